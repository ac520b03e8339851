import type { SQLInputValue } from 'node:sqlite';
import type { IndexDefinition } from '../catalog/table-definition.ts';
import type { RowLockMode } from './table-store.ts';
import type { Transaction } from './transaction.ts';

/** One end of a range, as keys of the first columns of an index. */
export interface KeyBound {
  readonly keys: readonly SQLInputValue[];
  readonly inclusive: boolean;
}

/**
 * The keys that a SERIALIZABLE or HOLDLOCK read keeps others from changing or adding to: those it asked for and the gaps
 * beside them, up to the neighbouring keys, as SQL Server locks the next key with the gap before it.
 */
export interface KeyRange {
  readonly transaction: Transaction;
  readonly mode: RowLockMode;
  /** Absent = the whole table. */
  readonly index: IndexDefinition | undefined;
  /** Absent = from the first key on. */
  readonly low: KeyBound | undefined;
  /** Absent = to the last key and beyond. */
  readonly high: KeyBound | undefined;
}

/** The order of keys in one column: NULL first, then as SQLite orders what is stored. */
function compareKeys(a: SQLInputValue, b: SQLInputValue): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares as many columns as both have: a shorter list stands for all keys that begin with it. */
export function compareKeyLists(a: readonly SQLInputValue[], b: readonly SQLInputValue[]): number {
  const width = Math.min(a.length, b.length);
  for (let position = 0; position < width; position += 1) {
    const order = compareKeys(a[position] ?? null, b[position] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function isAbove(keys: readonly SQLInputValue[], bound: KeyBound | undefined): boolean {
  if (bound === undefined) return true;
  const order = compareKeyLists(keys, bound.keys);
  return bound.inclusive ? order >= 0 : order > 0;
}

function isBelow(keys: readonly SQLInputValue[], bound: KeyBound | undefined): boolean {
  if (bound === undefined) return true;
  const order = compareKeyLists(keys, bound.keys);
  return bound.inclusive ? order <= 0 : order < 0;
}

/** @param keys of all columns of the range's index */
export function isInRange(range: KeyRange, keys: readonly SQLInputValue[]): boolean {
  return isAbove(keys, range.low) && isBelow(keys, range.high);
}

/** Whether two ranges have keys in common. Ranges of different indexes are locks on different things. */
export function overlaps(a: KeyRange, b: KeyRange): boolean {
  if (a.index === undefined || b.index === undefined) return true;
  if (a.index !== b.index) return false;
  return !isApart(a.low, b.high) && !isApart(b.low, a.high);
}

function isApart(low: KeyBound | undefined, high: KeyBound | undefined): boolean {
  if (low === undefined || high === undefined) return false;
  const order = compareKeyLists(low.keys, high.keys);
  return order > 0 || (order === 0 && !(low.inclusive && high.inclusive));
}
