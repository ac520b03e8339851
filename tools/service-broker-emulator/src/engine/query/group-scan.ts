import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { AggregatePlan } from './aggregate-call.ts';
import type { CompiledPredicate } from './frame.ts';
import type { Grouping } from './grouping.ts';
import type { Scan } from './join-tree.ts';
import { compileRowKey } from './row-key.ts';

interface Group {
  readonly keys: SqlRow;
  readonly accumulators: ReturnType<AggregatePlan['create']>[];
}

/**
 * Turns rows into groups. Aggregates may still be added to `grouping` while the select list is compiled: they are looked
 * up when the scan runs.
 *
 * @param keyed false for an aggregate without GROUP BY, which gives one row even without input
 */
export function groupScan(scan: Scan, grouping: Grouping, having: CompiledPredicate | undefined, keyed: boolean): Scan {
  const keyOf = compileRowKey(grouping.keys.map((key) => key.type));
  const { slot, leftOutSlot, aggregates, keys: groupKeys, sets } = grouping;
  const none = groupKeys.map(() => 0);
  if (sets !== undefined) return setsScan(scan, grouping, sets, having);
  const newGroup = (keys: SqlRow): Group => ({ keys, accumulators: aggregates.map((plan) => plan.create()) });
  return (frame, step) => {
    const groups = new Map<string | number | bigint | null, Group>();
    const only = keyed ? undefined : newGroup([]);
    if (only !== undefined) groups.set(null, only);
    scan(frame, () => {
      let group = only;
      if (group === undefined) {
        const keys: SqlValue[] = groupKeys.map((key) => key.evaluate(frame));
        const key = keyOf(keys);
        group = groups.get(key);
        if (group === undefined) {
          group = newGroup(keys);
          groups.set(key, group);
        }
      }
      for (const accumulator of group.accumulators) accumulator.add(frame);
      return true;
    });
    frame.rows[leftOutSlot] = none;
    for (const group of groups.values()) {
      frame.rows[slot] = [...group.keys, ...group.accumulators.map((accumulator) => accumulator.result())];
      if (having !== undefined && having(frame) !== true) continue;
      if (!step()) return false;
    }
    return true;
  };
}

/** The same for several groupings: every row goes into a group of each, and the total of no rows is a row. */
function setsScan(
  scan: Scan,
  { slot, leftOutSlot, aggregates, keys: groupKeys }: Grouping,
  sets: readonly (readonly number[])[],
  having: CompiledPredicate | undefined,
): Scan {
  const keyOf = compileRowKey(groupKeys.map((key) => key.type));
  const newGroup = (keys: SqlRow): Group => ({ keys, accumulators: aggregates.map((plan) => plan.create()) });
  const groupings = sets.map((set) => {
    const has = groupKeys.map((_, ordinal) => set.includes(ordinal));
    return { has, leftOut: has.map((present) => (present ? 0 : 1)), isTotal: set.length === 0 };
  });
  return (frame, step) => {
    const found = groupings.map(({ isTotal }) => {
      const groups = new Map<string | number | bigint | null, Group>();
      const empty = groupKeys.map(() => null);
      if (isTotal) groups.set(keyOf(empty), newGroup(empty));
      return groups;
    });
    scan(frame, () => {
      const values = groupKeys.map((key) => key.evaluate(frame));
      for (const [index, { has }] of groupings.entries()) {
        const keys = values.map((value, ordinal) => (has[ordinal] === true ? value : null));
        const key = keyOf(keys);
        const groups = found[index];
        let group = groups?.get(key);
        if (group === undefined) {
          group = newGroup(keys);
          groups?.set(key, group);
        }
        for (const accumulator of group.accumulators) accumulator.add(frame);
      }
      return true;
    });
    for (const [index, { leftOut }] of groupings.entries()) {
      for (const group of found[index]?.values() ?? []) {
        frame.rows[leftOutSlot] = leftOut;
        frame.rows[slot] = [...group.keys, ...group.accumulators.map((accumulator) => accumulator.result())];
        if (having !== undefined && having(frame) !== true) continue;
        if (!step()) return false;
      }
    }
    return true;
  };
}
