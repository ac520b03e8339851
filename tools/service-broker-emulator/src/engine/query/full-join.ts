import type { SqlRow } from '../types/sql-value.ts';
import { combine, keyPair } from './hash-join.ts';
import { type JoinNode, leavesOf, type Scan } from './join-tree.ts';
import { nullRow } from './table-access.ts';

/** FULL JOIN: the right side is read once; its rows that nothing matched come at the end, with NULLs for the left side. */
export function fullJoinScan(left: Scan, right: Scan, node: Extract<JoinNode, { readonly left: JoinNode }>): Scan {
  const leftLeaves = leavesOf(node.left);
  const rightLeaves = leavesOf(node.right);
  const slotsOf = (leaves: typeof leftLeaves): readonly number[] =>
    leaves.flatMap((leaf) => (leaf.idSlot === undefined ? [leaf.source.slot] : [leaf.source.slot, leaf.idSlot]));
  const nullsOf = (leaves: typeof leftLeaves): readonly SqlRow[] =>
    leaves.flatMap((leaf) => {
      const row = nullRow(leaf.source.columns.length);
      return leaf.idSlot === undefined ? [row] : [row, nullRow(1)];
    });
  const leftSlots = slotsOf(leftLeaves);
  const rightSlots = slotsOf(rightLeaves);
  const leftNulls = nullsOf(leftLeaves);
  const rightNulls = nullsOf(rightLeaves);
  const pairs = node.on.flatMap((condition) => keyPair(condition, new Set(rightSlots), new Set(leftSlots)));
  const rightKey = pairs.length === 0 ? undefined : combine(pairs.map((pair) => pair.own));
  const leftKey = pairs.length === 0 ? undefined : combine(pairs.map((pair) => pair.other));
  const tests = node.on.map((condition) => condition.test);

  return (frame, step) => {
    const put = (slots: readonly number[], rows: readonly SqlRow[]): void => {
      for (const [index, slot] of slots.entries()) frame.rows[slot] = rows[index] as SqlRow;
    };
    const entries: { readonly rows: readonly SqlRow[]; matched: boolean }[] = [];
    const byKey = new Map<string | number | bigint, typeof entries>();
    right(frame, () => {
      const entry = { rows: rightSlots.map((slot) => frame.rows[slot] as SqlRow), matched: false };
      entries.push(entry);
      const key = rightKey?.(frame) ?? null;
      if (key !== null) {
        const bucket = byKey.get(key);
        if (bucket === undefined) byKey.set(key, [entry]);
        else bucket.push(entry);
      }
      return true;
    });
    const wanted = left(frame, () => {
      let matched = false;
      const key = leftKey?.(frame) ?? null;
      const candidates = leftKey === undefined ? entries : key === null ? [] : (byKey.get(key) ?? []);
      for (const entry of candidates) {
        put(rightSlots, entry.rows);
        if (!tests.every((test) => test(frame) === true)) continue;
        matched = true;
        entry.matched = true;
        if (!step()) return false;
      }
      if (matched) return true;
      put(rightSlots, rightNulls);
      return step();
    });
    if (!wanted) return false;
    for (const entry of entries) {
      if (entry.matched) continue;
      put(leftSlots, leftNulls);
      put(rightSlots, entry.rows);
      if (!step()) return false;
    }
    return true;
  };
}
