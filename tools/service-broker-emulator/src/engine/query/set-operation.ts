import type { QueryExpression, SelectItem, SetOperation } from '../../tsql/ast/queries.ts';
import { refuseConflict, refuseConflictInColumn } from '../types/collation-precedence.ts';
import { commonType } from '../types/compare.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { sameType } from '../types/type-info.ts';
import { compileQueryExpression } from './compile-query.ts';
import { assignmentInSetOperation, intoBesideFirst, unequalSetColumns } from './errors/query-errors.ts';
import { Frame } from './frame.ts';
import { intoTarget } from './into-target.ts';
import { compileOutputOrder } from './order-by.ts';
import { limitRows, mostRows, OrderedRows, type RowLimits, windowOf } from './ordered-rows.ts';
import type { PlanColumn, QueryPlace, QueryPlan } from './query-plan.ts';
import { compileRowKey } from './row-key.ts';
import { compileRowCount } from './row-limit.ts';
import { Scope } from './scope.ts';
import type { QueryEnding } from './specification.ts';

/** UNION, UNION ALL, EXCEPT, INTERSECT. Columns are named by the left side and typed by both. */
export function compileSet(node: SetOperation, place: QueryPlace): QueryPlan {
  refuseInOperand(node.left);
  refuseInOperand(node.right);
  if (intoTarget(node.right) !== undefined) throw intoBesideFirst(node.line);
  const leftPlan = compileQueryExpression(node.left, place);
  const rightPlan = compileQueryExpression(node.right, place);
  if (leftPlan.columns.length !== rightPlan.columns.length) throw unequalSetColumns(node.line);
  const columns = leftPlan.columns.map((column, index): PlanColumn => {
    const other = rightPlan.columns[index] ?? column;
    const type = commonType([column.type, other.type]);
    // UNION ALL only shows the column, the others compare it.
    if (node.operator === 'unionAll') refuseConflictInColumn(type, 'UNION ALL', index + 1);
    else refuseConflict(type, node.operator.toUpperCase());
    return {
      name: column.name,
      type,
      nullable: column.nullable || (other.nullable && node.operator !== 'except'),
    };
  });
  const left = converted(leftPlan, columns);
  const right = converted(rightPlan, columns);
  const correlated = left.correlated || right.correlated;
  if (node.operator === 'unionAll') {
    return {
      columns,
      correlated,
      scan: (run, outer, consume) => left.scan(run, outer, consume) && right.scan(run, outer, consume),
    };
  }
  const keyOf = compileRowKey(columns.map((column) => column.type));
  const { operator } = node;
  return {
    columns,
    correlated,
    scan: (run, outer, consume) => {
      const seen = new Set<string | number | bigint | null>();
      const fresh = (row: SqlRow): boolean => {
        const key = keyOf(row);
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      };
      if (operator === 'union') {
        const take = (row: SqlRow): boolean => (fresh(row) ? consume(row) : true);
        return left.scan(run, outer, take) && right.scan(run, outer, take);
      }
      const inRight = new Set<string | number | bigint | null>();
      right.scan(run, outer, (row) => {
        inRight.add(keyOf(row));
        return true;
      });
      const wantedInRight = operator === 'intersect';
      return left.scan(run, outer, (row) =>
        inRight.has(keyOf(row)) === wantedInRight && fresh(row) ? consume(row) : true,
      );
    },
  };
}

/** @throws {SqlError} 10734 for an operand that sets variables */
function refuseInOperand(query: QueryExpression): void {
  if (query.kind === 'set' || !query.items.some((item) => item.kind === 'assignment')) return;
  throw assignmentInSetOperation(query.line);
}

function converted(plan: QueryPlan, columns: readonly PlanColumn[]): QueryPlan {
  const conversions = plan.columns.map((column, index) => {
    const target = columns[index]?.type ?? column.type;
    return sameType(column.type, target) ? undefined : compileConversion(column.type, target);
  });
  if (conversions.every((conversion) => conversion === undefined)) return plan;
  return {
    ...plan,
    scan: (run, outer, consume) =>
      plan.scan(run, outer, (row) =>
        consume(
          row.map((value, index) => conversions[index]?.(value) ?? (conversions[index] === undefined ? value : null)),
        ),
      ),
  };
}

function firstList(query: QueryExpression): readonly SelectItem[] {
  return query.kind === 'set' ? firstList(query.left) : query.items;
}

/** A set operation with the ORDER BY and OFFSET that follow the whole. */
export function compileOrderedSet(node: SetOperation, place: QueryPlace, ending: QueryEnding): QueryPlan {
  const plan = compileSet(node, place);
  if (ending.orderBy.length === 0 && ending.offset === undefined) return plan;
  const order = compileOutputOrder(ending.orderBy, plan.columns, firstList(node));
  const scope = new Scope(place.environment, place.outer, place.ctes);
  const offset = ending.offset === undefined ? undefined : compileRowCount(ending.offset, scope, 'OFFSET');
  const fetch = ending.fetch === undefined ? undefined : compileRowCount(ending.fetch, scope, 'FETCH');
  const limits: RowLimits = { offset, fetch };
  return {
    ...plan,
    scan: (run, outer, consume) => {
      const frame = new Frame(run, outer);
      const window = windowOf(frame, limits);
      const rows = new OrderedRows(order, mostRows(window));
      plan.scan(run, outer, (row) => {
        const keys = order.map((key) => key.value(frame, row));
        if (rows.wants(keys)) rows.add({ keys, row: () => row });
        return true;
      });
      return limitRows(rows.sorted(), window, order, consume);
    },
  };
}
