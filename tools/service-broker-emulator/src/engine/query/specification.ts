import type { Expression } from '../../tsql/ast/expressions.ts';
import type { OrderByItem, QuerySpecification } from '../../tsql/ast/queries.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { GroupsNeeded } from './aggregate-owner.ts';
import { containsAggregate } from './contains-aggregate.ts';
import { Frame } from './frame.ts';
import { compileConjuncts, compileFrom } from './from-clause.ts';
import { groupScan } from './group-scan.ts';
import { Grouping } from './grouping.ts';
import { planFrom } from './join-planner.ts';
import { leavesOf, type Scan } from './join-tree.ts';
import { compileOrderKeys, type OrderKey } from './order-by.ts';
import { limitRows, mostRows, type OrderedRow, OrderedRows, type RowLimits, windowOf } from './ordered-rows.ts';
import { compilePredicate } from './predicate.ts';
import type { QueryPlace, QueryPlan, RowConsumer } from './query-plan.ts';
import { compileRowKey } from './row-key.ts';
import { type CompiledTop, compileRowCount, compileTop } from './row-limit.ts';
import { Scope } from './scope.ts';
import { compileSelectList } from './select-list.ts';
import { rowLocker } from './table-hints.ts';
import type { OriginTracking } from './updatable.ts';
import { WindowList } from './window.ts';

/** What follows a query: its order and the part of the rows that is wanted. */
export interface QueryEnding {
  readonly orderBy: readonly OrderByItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
}

/** Compiles SELECT ... FROM ... WHERE ... GROUP BY ... HAVING, with the ORDER BY that follows it. */
export function compileSpecification(
  spec: QuerySpecification,
  place: QueryPlace,
  ending: QueryEnding,
  tracking?: OriginTracking,
): QueryPlan {
  const scope = new Scope(place.environment, place.outer, place.ctes);
  const takeBack = place.environment.attempt();
  try {
    return compileInto(scope, spec, ending, tracking, false);
  } catch (error) {
    if (!(error instanceof GroupsNeeded && error.scope === scope)) throw error;
    takeBack();
    return compileInto(new Scope(place.environment, place.outer, place.ctes), spec, ending, tracking, true);
  }
}

function compileInto(
  scope: Scope,
  spec: QuerySpecification,
  ending: QueryEnding,
  tracking: OriginTracking | undefined,
  grouped: boolean,
): QueryPlan {
  scope.clause = 'FROM clause';
  const root = tracking === undefined ? compileFrom(spec.from, scope) : tracking.source(spec.from, scope);
  const where = spec.where === undefined ? [] : compileConjuncts(spec.where, scope, 'WHERE clause');
  let scan: Scan = root === undefined ? withoutFrom(where.map((part) => part.test)) : planFrom(root, where);

  const locker = rowLocker(root);
  const aggregated = grouped || isAggregated(spec, ending, scope);
  if (aggregated) {
    if (locker !== undefined) scan = lockedScan(scan, locker);
    scope.clause = 'GROUP BY clause';
    const grouping = new Grouping(scope, spec.groupBy ?? [], spec.groupingSets);
    scope.grouping = grouping;
    scope.clause = 'HAVING clause';
    const having = spec.having === undefined ? undefined : compilePredicate(spec.having, scope);
    scan = groupScan(scan, grouping, having, spec.groupBy !== undefined && spec.groupBy.length > 0);
  }
  const windows = new WindowList(scope.newSlot());
  scope.windows = windows;
  scope.clause = 'select list';
  const columns = compileSelectList(spec.items, scope);
  scope.clause = 'ORDER BY clause';
  const order = compileOrderKeys(ending.orderBy, columns, scope, spec.distinct);
  scan = windows.scan(scan);
  scope.windows = undefined;
  scope.clause = 'other';
  const top = spec.top === undefined ? undefined : compileTop(spec.top, order.length > 0, scope);
  const offset = ending.offset === undefined ? undefined : compileRowCount(ending.offset, scope, 'OFFSET');
  const fetch = ending.fetch === undefined ? undefined : compileRowCount(ending.fetch, scope, 'FETCH');
  const limits: RowLimits = { top, offset, fetch };

  const evaluators = columns.map((column) => column.expression.evaluate);
  const width = evaluators.length;
  const project = (frame: Frame): SqlRow => {
    const row = new Array<SqlValue>(width);
    for (let index = 0; index < width; index++) row[index] = (evaluators[index] as (frame: Frame) => SqlValue)(frame);
    tracking?.projected(row, frame);
    return row;
  };
  const lock = aggregated ? undefined : locker;
  const distinct = spec.distinct ? compileRowKey(columns.map((column) => column.type)) : undefined;
  const assigns = spec.items.some((item) => item.kind === 'assignment');
  const newFrame = (run: Frame['run'], outer: Frame | undefined): Frame => {
    const frame = new Frame(run, outer);
    frame.rows = new Array<SqlRow>(scope.slotCount);
    return frame;
  };
  const plan = {
    columns: columns.map(({ expression: _expression, node: _node, ...column }) => column),
    correlated: scope.correlated || (root !== undefined && leavesOf(root).some((leaf) => leaf.correlated)),
  };

  if (order.length === 0 && top?.percent !== true && offset === undefined) {
    return {
      ...plan,
      scan: (run, outer, consume) => {
        const frame = newFrame(run, outer);
        return streamRows(frame, scan, project, distinct, top, lock, consume);
      },
    };
  }
  return {
    ...plan,
    scan: (run, outer, consume) => {
      const frame = newFrame(run, outer);
      const window = windowOf(frame, limits);
      const most = mostRows(window);
      const rows = assigns
        ? // Variables take their values in the order of ORDER BY, so these rows are computed after the sort.
          orderedLate(frame, scan, project, order, most, lock)
        : orderedRows(frame, scan, project, distinct, order, most, lock);
      return limitRows(rows, window, order, consume);
    },
  };
}

type Locker = (frame: Frame) => () => void;

/** Locks every row that goes into a group. */
function lockedScan(scan: Scan, locker: Locker): Scan {
  return (frame, step) =>
    scan(frame, () => {
      locker(frame)();
      return step();
    });
}

/** The row, locked when it is asked for. */
function locking(row: () => SqlRow, lock: (() => void) | undefined): () => SqlRow {
  if (lock === undefined) return row;
  return () => {
    lock();
    return row();
  };
}

function withoutFrom(tests: readonly ((frame: Frame) => boolean | null)[]): Scan {
  return (frame, step) => (tests.every((test) => test(frame) === true) ? step() : true);
}

function isAggregated(spec: QuerySpecification, ending: QueryEnding, scope: Scope): boolean {
  return (
    spec.groupBy !== undefined ||
    spec.having !== undefined ||
    spec.items.some((item) => item.kind !== 'star' && containsAggregate(item.expression, scope)) ||
    ending.orderBy.some((item) => containsAggregate(item.expression, scope))
  );
}

function streamRows(
  frame: Frame,
  scan: Scan,
  project: (frame: Frame) => SqlRow,
  distinct: ((row: SqlRow) => string | number | bigint | null) | undefined,
  top: CompiledTop | undefined,
  lock: Locker | undefined,
  consume: RowConsumer,
): boolean {
  const limit = top === undefined ? Number.POSITIVE_INFINITY : top.count(frame);
  if (limit <= 0) return true;
  let wanted = true;
  let count = 0;
  const seen = distinct === undefined ? undefined : new Set<string | number | bigint | null>();
  scan(frame, () => {
    const row = project(frame);
    if (distinct !== undefined && seen !== undefined) {
      const key = distinct(row);
      if (seen.has(key)) return true;
      seen.add(key);
    }
    count++;
    lock?.(frame)();
    wanted = consume(row);
    return wanted && count < limit;
  });
  return wanted;
}

function orderedRows(
  frame: Frame,
  scan: Scan,
  project: (frame: Frame) => SqlRow,
  distinct: ((row: SqlRow) => string | number | bigint | null) | undefined,
  order: readonly OrderKey[],
  most: number,
  lock: Locker | undefined,
): readonly OrderedRow[] {
  const rows = new OrderedRows(order, most);
  const seen = new Set<string | number | bigint | null>();
  scan(frame, () => {
    const row = project(frame);
    if (distinct !== undefined) {
      const key = distinct(row);
      if (seen.has(key)) return true;
      seen.add(key);
    }
    const keys = keysOf(order, frame, row);
    if (rows.wants(keys)) rows.add({ keys, row: locking(() => row, lock?.(frame)) });
    return true;
  });
  return rows.sorted();
}

function orderedLate(
  frame: Frame,
  scan: Scan,
  project: (frame: Frame) => SqlRow,
  order: readonly OrderKey[],
  most: number,
  lock: Locker | undefined,
): readonly OrderedRow[] {
  const rows = new OrderedRows(order, most);
  scan(frame, () => {
    const keys = keysOf(order, frame, []);
    if (!rows.wants(keys)) return true;
    const snapshot = frame.rows.slice();
    rows.add({
      keys,
      row: locking(() => {
        frame.rows = snapshot;
        return project(frame);
      }, lock?.(frame)),
    });
    return true;
  });
  return rows.sorted();
}

function keysOf(order: readonly OrderKey[], frame: Frame, row: SqlRow): readonly SqlValue[] {
  return order.map((key) => key.value(frame, row));
}
