import type { SQLInputValue } from 'node:sqlite';
import type { CommittedRows } from './committed-rows.ts';
import type { IndexKeys } from './index-keys.ts';
import type { KeyBound, KeyRange } from './key-range.ts';
import type { IndexAccess } from './table-store.ts';

/** The keys that an access gives, up to the keys beside them: only a unique key that is there has no gaps. */
export function keyGaps(
  access: IndexAccess | undefined,
  keys: IndexKeys,
  committed: CommittedRows,
): Pick<KeyRange, 'index' | 'low' | 'high'> {
  if (access === undefined) return { index: undefined, low: undefined, high: undefined };
  const { index, equal, low, high } = access;
  const prefix = equal.map((value, position) => keys.key(index.columns[position]?.ordinal ?? 0, value));
  const isWholeKey = index.kind !== 'index' && equal.length === index.columns.length;
  if (isWholeKey && (committed.lookup(access) ?? []).length > 0) {
    const bound: KeyBound = { keys: prefix, inclusive: true };
    return { index, low: bound, high: bound };
  }
  const next = index.columns[equal.length]?.ordinal;
  const keysOf = (bound: IndexAccess['low']): readonly SQLInputValue[] =>
    bound === undefined || next === undefined ? prefix : [...prefix, keys.key(next, bound.value)];
  const beside = (from: readonly SQLInputValue[], side: 'before' | 'after'): KeyBound | undefined => {
    const found = from.length === 0 ? undefined : committed.neighbour(index, from, side);
    return found === undefined ? undefined : { keys: found, inclusive: false };
  };
  return { index, low: beside(keysOf(low), 'before'), high: beside(keysOf(high), 'after') };
}
