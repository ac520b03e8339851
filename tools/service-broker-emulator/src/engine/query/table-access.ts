import type { ComparisonOperator, Expression } from '../../tsql/ast/expressions.ts';
import type { IndexDefinition } from '../catalog/table-definition.ts';
import type { IndexAccess, TableStore } from '../storage/table-store.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { compileAccessConversion, notAccessible } from './conversion.ts';
import type { TableRelation } from './environment.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, Frame } from './frame.ts';
import { type Conjunct, isSubset, type Leaf, type Scan } from './join-tree.ts';
import { lockAtOnce, noHints, rowsAtOnce, type TableHints } from './table-hints.ts';

type KeyConversion = (value: SqlValue) => SqlValue | typeof notAccessible;

/** `column operator value`, where the value does not depend on the table's own row. */
interface Bound {
  readonly ordinal: number;
  readonly operator: ComparisonOperator;
  readonly value: CompiledExpression;
  readonly convert: KeyConversion;
}

/** A way into a table through one of its indexes, chosen when the plan is compiled, filled with values at each scan. */
export interface AccessPath {
  readonly index: IndexDefinition;
  readonly equal: readonly Bound[];
  readonly low: Bound | undefined;
  readonly high: Bound | undefined;
  /** True when at most one row can match. */
  readonly single: boolean;
}

const mirrored: Record<ComparisonOperator, ComparisonOperator> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The bounds that a condition sets on columns of `leaf`, given that the rows of `bound` slots are known. */
function boundsOf(conjunct: Conjunct, leaf: Leaf, bound: ReadonlySet<number>): readonly Bound[] {
  const { node } = conjunct;
  if (node.kind === 'comparison') {
    if (node.operator === '<>') return [];
    return [
      ...boundOf(node.left, node.operator, node.right, conjunct, leaf, bound),
      ...boundOf(node.right, mirrored[node.operator], node.left, conjunct, leaf, bound),
    ];
  }
  if (node.kind === 'between' && !node.negated) {
    return [
      ...boundOf(node.operand, '>=', node.low, conjunct, leaf, bound),
      ...boundOf(node.operand, '<=', node.high, conjunct, leaf, bound),
    ];
  }
  return [];
}

function boundOf(
  columnNode: Expression,
  operator: ComparisonOperator,
  valueNode: Expression,
  conjunct: Conjunct,
  leaf: Leaf,
  bound: ReadonlySet<number>,
): readonly Bound[] {
  if (columnNode.kind !== 'column') return [];
  const { scope, sources } = conjunct;
  const found = scope.seeing(sources, () => scope.resolve(columnNode.parts, columnNode.line));
  if (found.depth !== 0 || found.slot !== leaf.source.slot) return [];
  const { value, slots } = scope.track(() => scope.seeing(sources, () => compileExpression(valueNode, scope)));
  if (!isSubset(slots, bound)) return [];
  const convert = compileAccessConversion(value.type, found.column.type);
  return convert === undefined ? [] : [{ ordinal: found.ordinal, operator, value, convert }];
}

/** The best index for the conditions, or undefined when none helps. */
export function chooseAccess(
  leaf: Leaf,
  conditions: readonly Conjunct[],
  bound: ReadonlySet<number>,
): AccessPath | undefined {
  if (leaf.table === undefined || leaf.table.definition.indexes.length === 0) return undefined;
  const bounds = conditions.flatMap((condition) => boundsOf(condition, leaf, bound));
  if (bounds.length === 0) return undefined;
  let best: AccessPath | undefined;
  let bestScore = 0;
  for (const index of leaf.table.definition.indexes) {
    if (index.filter !== undefined) continue;
    const path = pathThrough(index, bounds);
    const score = scoreOf(path);
    if (score > bestScore) {
      best = path;
      bestScore = score;
    }
  }
  return best;
}

/** A scan through the first of the leaf's seeks that a condition gives a value for. */
export function seekScan(leaf: Leaf, conditions: readonly Conjunct[], bound: ReadonlySet<number>): Scan | undefined {
  if (leaf.seeks === undefined) return undefined;
  const bounds = conditions.flatMap((condition) => boundsOf(condition, leaf, bound));
  const { slot } = leaf.source;
  const { read } = leaf.hints ?? noHints;
  for (const seek of leaf.seeks) {
    const match = bounds.find((candidate) => candidate.ordinal === seek.ordinal && candidate.operator === '=');
    if (match === undefined || (seek.after !== undefined && !names(conditions, leaf, seek.after))) continue;
    return (frame, step) => {
      const value = match.convert(match.value.evaluate(frame));
      if (value === null) return true;
      if (value === notAccessible) return leaf.scan(frame, step);
      for (const row of seek.rows(frame.run.context, value, read)) {
        frame.rows[slot] = row;
        if (!step()) return false;
      }
      return true;
    };
  }
  return undefined;
}

/** Whether a condition narrows a column of the leaf to one value or a list of values. */
function names(conditions: readonly Conjunct[], leaf: Leaf, ordinal: number): boolean {
  return conditions.some(({ node, scope, sources }) => {
    const column =
      node.kind === 'in' && !node.negated
        ? node.operand
        : node.kind === 'comparison' && node.operator === '='
          ? node.left
          : undefined;
    if (column?.kind !== 'column') return false;
    const found = scope.seeing(sources, () => scope.resolve(column.parts, column.line));
    return found.depth === 0 && found.slot === leaf.source.slot && found.ordinal === ordinal;
  });
}

function pathThrough(index: IndexDefinition, bounds: readonly Bound[]): AccessPath {
  const equal: Bound[] = [];
  for (const column of index.columns) {
    const match = bounds.find((candidate) => candidate.ordinal === column.ordinal && candidate.operator === '=');
    if (match === undefined) break;
    equal.push(match);
  }
  const next = index.columns[equal.length];
  const onNext = next === undefined ? [] : bounds.filter((candidate) => candidate.ordinal === next.ordinal);
  const unique = index.kind !== 'index';
  return {
    index,
    equal,
    low: onNext.find((candidate) => candidate.operator === '>' || candidate.operator === '>='),
    high: onNext.find((candidate) => candidate.operator === '<' || candidate.operator === '<='),
    single: unique && equal.length === index.columns.length,
  };
}

/** A whole unique key beats any prefix, a longer prefix a shorter one, and a range is better than nothing. */
function scoreOf(path: AccessPath): number {
  if (path.single) return 1000;
  return path.equal.length * 10 + (path.low === undefined ? 0 : 1) + (path.high === undefined ? 0 : 1);
}

/** The values of the path for this row of the frame. `'none'`: no row can match; `'all'`: the index can't be asked. */
function fillAccess(path: AccessPath, frame: Frame): IndexAccess | 'none' | 'all' {
  const equal: SqlValue[] = [];
  for (const bound of path.equal) {
    const value = bound.convert(bound.value.evaluate(frame));
    if (value === null) return 'none';
    if (value === notAccessible) return 'all';
    equal.push(value);
  }
  if (path.low === undefined && path.high === undefined) return { index: path.index, equal };
  const low = path.low === undefined ? undefined : path.low.convert(path.low.value.evaluate(frame));
  const high = path.high === undefined ? undefined : path.high.convert(path.high.value.evaluate(frame));
  if (low === null || high === null) return 'none';
  if (low === notAccessible || high === notAccessible) {
    return equal.length > 0 ? { index: path.index, equal } : 'all';
  }
  return {
    index: path.index,
    equal,
    ...(low === undefined ? {} : { low: { value: low, inclusive: path.low?.operator === '>=' } }),
    ...(high === undefined ? {} : { high: { value: high, inclusive: path.high?.operator === '<=' } }),
  };
}

/** Scans a stored table, through an index when a path is given. */
export function tableScan(
  table: TableRelation,
  slot: number,
  idSlot: number | undefined,
  path: AccessPath | undefined,
  hints: TableHints = noHints,
): Scan {
  const { read, lock, mode } = hints;
  return (frame, step) => {
    const { context } = frame.run;
    const store: TableStore = table.store(context);
    if (lock === 'table') {
      lockAtOnce(hints, () => store.lockTable(context.writeTransaction(), mode === 'X' ? 'X' : 'S'));
    }
    let access: IndexAccess | undefined;
    if (path !== undefined) {
      const filled = fillAccess(path, frame);
      if (filled === 'none') return true;
      if (filled !== 'all') access = filled;
    }
    if (lock === 'range') lockAtOnce(hints, () => store.lockRange(context.writeTransaction(), access, mode));
    const { rows } = frame;
    const stored = hints.noWait
      ? rowsAtOnce(() => store.scan(context.transaction, access, read))
      : store.scan(context.transaction, access, read);
    for (const row of stored) {
      rows[slot] = row.values;
      if (idSlot !== undefined) rows[idSlot] = [row.id];
      if (!step()) return false;
    }
    return true;
  };
}

/** A row of NULLs for the null-supplying side of an outer join. */
export function nullRow(width: number): SqlRow {
  return new Array<SqlValue>(width).fill(null);
}
