import type { Expression } from '../../tsql/ast/expressions.ts';
import { compileKey } from '../types/compare.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { bringTogether } from './conversion.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, Frame } from './frame.ts';
import { type Conjunct, filtered, isSubset, type Leaf, type Scan } from './join-tree.ts';

/** A row of one leaf, with the id row of a stored table where one is wanted. */
interface KeptRow {
  readonly row: SqlRow;
  readonly id: SqlRow | undefined;
}

type KeyOf = (frame: Frame) => string | number | bigint | null;

interface KeyPair {
  readonly condition: Conjunct;
  readonly own: KeyOf;
  readonly other: KeyOf;
}

/**
 * Reaches the rows of a leaf through a hash table over `own = other` conditions, built at the first row that asks.
 * Undefined when there is no such condition, or when hashing could not help because the leaf is scanned once.
 */
export function hashScan(
  leaf: Leaf,
  conditions: readonly Conjunct[],
  bound: ReadonlySet<number>,
  first: boolean,
): Scan | undefined {
  const own = new Set([leaf.source.slot]);
  const pairs = conditions.flatMap((condition) => keyPair(condition, own, bound));
  // The leading source of a query is scanned once, except that of a correlated subquery.
  const useful = first ? pairs.filter((pair) => pair.condition.correlated) : pairs;
  if (useful.length === 0) return undefined;
  const chosen = new Set(useful.map((pair) => pair.condition));
  const rest = conditions.filter((condition) => !chosen.has(condition));
  const inside = rest.filter((condition) => isSubset(condition.slots, own) && !condition.correlated);
  const outside = rest.filter((condition) => !inside.includes(condition));
  const build = filtered(leaf.scan, inside);
  const ownKey = combine(useful.map((pair) => pair.own));
  const otherKey = combine(useful.map((pair) => pair.other));
  const { slot } = leaf.source;
  const { idSlot } = leaf;
  const planKey = {};
  const probe: Scan = (frame, step) => {
    const results = leaf.correlated ? frame.results : frame.run.results;
    let table = results.get(planKey) as Map<string | number | bigint, KeptRow[]> | undefined;
    const wanted = otherKey(frame);
    if (wanted === null) return true;
    if (table === undefined) {
      table = new Map();
      const target = table;
      build(frame, () => {
        const key = ownKey(frame);
        if (key === null) return true;
        const kept = keep(frame, slot, idSlot);
        const bucket = target.get(key);
        if (bucket === undefined) target.set(key, [kept]);
        else bucket.push(kept);
        return true;
      });
      results.set(planKey, table);
    }
    for (const kept of table.get(wanted) ?? []) {
      restore(frame, slot, idSlot, kept);
      if (!step()) return false;
    }
    return true;
  };
  return filtered(probe, outside);
}

/** Rows of a computed source, produced once and kept while the statement (or this execution of the query) runs. */
export function keptScan(leaf: Leaf, scan: Scan, correlated: boolean): Scan {
  const planKey = {};
  const { slot } = leaf.source;
  const { idSlot } = leaf;
  return (frame, step) => {
    const results = correlated ? frame.results : frame.run.results;
    let rows = results.get(planKey) as KeptRow[] | undefined;
    if (rows === undefined) {
      rows = [];
      const target = rows;
      scan(frame, () => {
        target.push(keep(frame, slot, idSlot));
        return true;
      });
      results.set(planKey, rows);
    }
    for (const kept of rows) {
      restore(frame, slot, idSlot, kept);
      if (!step()) return false;
    }
    return true;
  };
}

function keep(frame: Frame, slot: number, idSlot: number | undefined): KeptRow {
  return { row: frame.rows[slot] as SqlRow, id: idSlot === undefined ? undefined : frame.rows[idSlot] };
}

function restore(frame: Frame, slot: number, idSlot: number | undefined, kept: KeptRow): void {
  frame.rows[slot] = kept.row;
  if (idSlot !== undefined) frame.rows[idSlot] = kept.id as SqlRow;
}

/** The equality of a condition as a pair of keys, when one side reads only `own` slots and the other only `bound` ones. */
export function keyPair(condition: Conjunct, own: ReadonlySet<number>, bound: ReadonlySet<number>): readonly KeyPair[] {
  const { node, scope, sources } = condition;
  if (node.kind !== 'comparison' || node.operator !== '=') return [];
  const compileSide = (side: Expression) =>
    scope.track(() => scope.seeing(sources, () => compileExpression(side, scope)));
  const left = compileSide(node.left);
  const right = compileSide(node.right);
  const ownLeft = left.slots.size > 0 && isSubset(left.slots, own) && isSubset(right.slots, bound);
  const ownRight = right.slots.size > 0 && isSubset(right.slots, own) && isSubset(left.slots, bound);
  if (!ownLeft && !ownRight) return [];
  const sides = bringTogether(left.value, right.value);
  const key = compileKey(sides.type);
  const leftKey = keyed(sides.left, key);
  const rightKey = keyed(sides.right, key);
  return [ownLeft ? { condition, own: leftKey, other: rightKey } : { condition, own: rightKey, other: leftKey }];
}

function keyed(expression: CompiledExpression, key: ReturnType<typeof compileKey>): KeyOf {
  const { evaluate } = expression;
  return (frame) => {
    const value = evaluate(frame);
    return value === null ? null : key(value);
  };
}

/** One key of several; NULL in any part means that nothing can be equal. */
export function combine(keys: readonly KeyOf[]): KeyOf {
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return only;
  return (frame) => {
    let text = '';
    for (const key of keys) {
      const part = key(frame);
      if (part === null) return null;
      const written = String(part);
      text += `${written.length}:${written}`;
    }
    return text;
  };
}
