import type { QueryExpression, SelectStatement } from '../../tsql/ast/queries.ts';
import { bindCtes } from './cte.ts';
import { orderByInNested } from './errors/query-errors.ts';
import { applyForClause } from './for-clause.ts';
import { hintedPlace } from './max-recursion.ts';
import type { QueryPlace, QueryPlan } from './query-plan.ts';
import { compileOrderedSet, compileSet } from './set-operation.ts';
import { compileSpecification } from './specification.ts';

/** Compiles a query inside another statement: subquery, derived table, view, CTE, function body. */
export function compileQuery(statement: SelectStatement, place: QueryPlace): QueryPlan {
  if (
    statement.orderBy.length > 0 &&
    statement.offset === undefined &&
    statement.for === undefined &&
    !hasTop(statement.query)
  ) {
    throw orderByInNested(statement.line);
  }
  return compileTopQuery(statement, place);
}

/** Compiles a whole SELECT statement, or one that may be ordered for its own sake (INSERT ... SELECT). */
export function compileTopQuery(statement: SelectStatement, outerPlace: QueryPlace): QueryPlan {
  const around = { ...outerPlace, ...hintedPlace(statement.options) };
  const place = { ...around, ctes: bindCtes(statement, around) };
  const plan =
    statement.query.kind === 'specification'
      ? compileSpecification(statement.query, place, statement)
      : compileOrderedSet(statement.query, place, statement);
  return statement.for === undefined ? plan : applyForClause(plan, statement.for, statement.line);
}

/** Compiles an operand of UNION, EXCEPT or INTERSECT. */
export function compileQueryExpression(query: QueryExpression, place: QueryPlace): QueryPlan {
  return query.kind === 'specification'
    ? compileSpecification(query, place, { orderBy: [] })
    : compileSet(query, place);
}

function hasTop(query: QueryExpression): boolean {
  return query.kind === 'specification' && query.top !== undefined;
}
