import { isAggregateName } from './aggregate.ts';

/** True when the expression calls an aggregate of its own query: subqueries have theirs, OVER makes it a window function. */
export function containsAggregate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return false;
  if (Array.isArray(node)) return node.some(containsAggregate);
  if ('kind' in node) {
    if (node.kind === 'subquery' || node.kind === 'exists') return false;
    if (node.kind === 'inQuery' || node.kind === 'quantified')
      return 'operand' in node && containsAggregate(node.operand);
    if (node.kind === 'function' && 'name' in node && !('over' in node && node.over !== undefined)) {
      const { name } = node;
      if (typeof name === 'object' && name !== null && 'name' in name && typeof name.name === 'string') {
        const qualified = 'schema' in name && name.schema !== undefined;
        if (!qualified && isAggregateName(name.name.toUpperCase())) return true;
      }
    }
  }
  return Object.values(node).some(containsAggregate);
}
