import type { FunctionCall } from '../../tsql/ast/expressions.ts';
import { isAggregateName } from './aggregate.ts';
import { aggregateDepth } from './aggregate-owner.ts';
import type { Scope } from './scope.ts';

/**
 * True when the expression calls an aggregate over the rows of its own query: subqueries have theirs, OVER makes it a window function, and
 * one of a query around it is that query's.
 */
export function containsAggregate(node: unknown, scope: Scope): boolean {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return false;
  if (Array.isArray(node)) return node.some((part) => containsAggregate(part, scope));
  if ('kind' in node) {
    if (node.kind === 'subquery' || node.kind === 'exists') return false;
    if (node.kind === 'inQuery' || node.kind === 'quantified')
      return 'operand' in node && containsAggregate(node.operand, scope);
    if (isAggregateCall(node) && aggregateDepth(node, scope) === 0) return true;
  }
  return Object.values(node).some((part) => containsAggregate(part, scope));
}

/** A call of an aggregate, as such and not over a window. */
function isAggregateCall(node: object): node is FunctionCall {
  if (!('kind' in node && node.kind === 'function' && 'name' in node)) return false;
  if ('over' in node && node.over !== undefined) return false;
  const { name } = node;
  if (typeof name !== 'object' || name === null || !('name' in name) || typeof name.name !== 'string') return false;
  const qualified = 'schema' in name && name.schema !== undefined;
  return !qualified && isAggregateName(name.name.toUpperCase());
}
