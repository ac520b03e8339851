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
  const { slot, aggregates } = grouping;
  const newGroup = (keys: SqlRow): Group => ({ keys, accumulators: aggregates.map((plan) => plan.create()) });
  return (frame, step) => {
    const groups = new Map<string | number | bigint | null, Group>();
    const only = keyed ? undefined : newGroup([]);
    if (only !== undefined) groups.set(null, only);
    scan(frame, () => {
      let group = only;
      if (group === undefined) {
        const keys: SqlValue[] = grouping.keys.map((key) => key.evaluate(frame));
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
    for (const group of groups.values()) {
      frame.rows[slot] = [...group.keys, ...group.accumulators.map((accumulator) => accumulator.result())];
      if (having !== undefined && having(frame) !== true) continue;
      if (!step()) return false;
    }
    return true;
  };
}
