import type { Predicate } from '../../tsql/ast/expressions.ts';
import type { SelectStatement } from '../../tsql/ast/queries.ts';
import { refuseConflict } from '../types/collation-precedence.ts';
import { commonType, compileCompare, compileKey } from '../types/compare.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { sameType } from '../types/type-info.ts';
import { compileQuery } from './compile-query.ts';
import { convertTo } from './conversion.ts';
import { moreThanOneValue, oneExpressionOnly } from './errors/name-errors.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, CompiledPredicate, Frame } from './frame.ts';
import { compileSignTest } from './predicate.ts';
import type { QueryPlan } from './query-plan.ts';
import type { Scope } from './scope.ts';

function compileSubquery(query: SelectStatement, scope: Scope): QueryPlan {
  return compileQuery(query, { environment: scope.environment, outer: scope, ctes: scope.ctes });
}

function compileValueSubquery(query: SelectStatement, scope: Scope): QueryPlan & { readonly type: SqlType } {
  const plan = compileSubquery(query, scope);
  const [column] = plan.columns;
  if (column === undefined || plan.columns.length > 1) throw oneExpressionOnly(query.line);
  return { ...plan, type: column.type };
}

/** Keeps the result of an uncorrelated part of the plan for the whole statement. */
function oncePerRun<T>(plan: QueryPlan, compute: (frame: Frame) => T): (frame: Frame) => T {
  if (plan.correlated) return compute;
  const key = {};
  return (frame) => {
    const { results } = frame.run;
    if (results.has(key)) return results.get(key) as T;
    const result = compute(frame);
    results.set(key, result);
    return result;
  };
}

/** `(SELECT ...)` as a value: NULL without a row, error 512 with more than one. */
export function compileScalarSubquery(query: SelectStatement, scope: Scope): CompiledExpression {
  const plan = compileValueSubquery(query, scope);
  return {
    type: plan.type,
    nullable: true,
    evaluate: oncePerRun(plan, (frame) => {
      let result: SqlValue = null;
      let rows = 0;
      plan.scan(frame.run, frame, (row) => {
        if (rows++ > 0) throw moreThanOneValue();
        result = row[0] ?? null;
        return true;
      });
      return result;
    }),
  };
}

export function compileExists(query: SelectStatement, scope: Scope): CompiledPredicate {
  const plan = compileSubquery(query, scope);
  return oncePerRun(plan, (frame) => !plan.scan(frame.run, frame, () => false));
}

export function compileInQuery(node: Extract<Predicate, { kind: 'inQuery' }>, scope: Scope): CompiledPredicate {
  const plan = compileValueSubquery(node.query, scope);
  const operand = compileExpression(node.operand, scope);
  const { type, left, convert } = meet(operand, plan.type);
  const compare = compileCompare(type);
  if (plan.correlated) {
    return (frame) => {
      const value = left.evaluate(frame);
      let unknown = false;
      const exhausted = plan.scan(frame.run, frame, (row) => {
        const candidate = convert(row[0] ?? null);
        if (value === null || candidate === null) {
          unknown = true;
          return true;
        }
        return compare(value, candidate) !== 0;
      });
      if (!exhausted) return true;
      return unknown ? null : false;
    };
  }
  const keyOf = compileKey(type);
  const collect = oncePerRun(plan, (frame) => {
    const keys = new Set<string | number | bigint>();
    let hasNull = false;
    plan.scan(frame.run, frame, (row) => {
      const candidate = convert(row[0] ?? null);
      if (candidate === null) hasNull = true;
      else keys.add(keyOf(candidate));
      return true;
    });
    return { keys, hasNull };
  });
  return (frame) => {
    const { keys, hasNull } = collect(frame);
    if (keys.size === 0 && !hasNull) return false;
    const value = left.evaluate(frame);
    if (value === null) return null;
    if (keys.has(keyOf(value))) return true;
    return hasNull ? null : false;
  };
}

/** `operand > ALL (SELECT ...)`, `operand = ANY (SELECT ...)`. */
export function compileQuantified(node: Extract<Predicate, { kind: 'quantified' }>, scope: Scope): CompiledPredicate {
  const plan = compileValueSubquery(node.query, scope);
  const { type, left, convert } = meet(compileExpression(node.operand, scope), plan.type);
  const compare = compileCompare(type);
  const holds = compileSignTest(node.operator);
  const all = node.quantifier === 'all';
  const collect = oncePerRun(plan, (frame) => {
    const values: SqlValue[] = [];
    plan.scan(frame.run, frame, (row) => {
      values.push(convert(row[0] ?? null));
      return true;
    });
    return values;
  });
  return (frame) => {
    const value = left.evaluate(frame);
    let unknown = false;
    for (const candidate of collect(frame)) {
      if (value === null || candidate === null) unknown = true;
      else if (holds(compare(value, candidate)) !== all) return !all;
    }
    return unknown ? null : all;
  };
}

/** The type in which an operand meets the values of a subquery, and how each side gets there. */
function meet(
  operand: CompiledExpression,
  values: SqlType,
): { type: SqlType; left: CompiledExpression; convert: (value: SqlValue) => SqlValue } {
  const type = commonType([operand.type, values]);
  refuseConflict(type, 'equal to');
  return {
    type,
    left: convertTo(operand, type),
    convert: sameType(values, type) ? (value) => value : compileConversion(values, type),
  };
}
