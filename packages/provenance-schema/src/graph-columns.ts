import type { Column } from './column.ts';
import type { AnyEntity, EndPoint } from './define-entity.ts';

const known = new WeakMap<AnyEntity, ReadonlyMap<string, Column>>();

/**
 * Columns that the graph is made of, by name, in the table's order: the id, the tenant, those with a property, and those
 * that end edges. The others are SQL's own and never read for the graph.
 */
export function graphColumns(entity: AnyEntity): ReadonlyMap<string, Column> {
  const found = known.get(entity);
  if (found !== undefined) return found;
  const { graph, edges } = entity;
  const names = new Set([entity.key, entity.tenant]);
  const add = ({ key }: EndPoint) => {
    for (const { column } of key) names.add(column);
  };
  for (const { end } of edges) add(end);
  if (graph.kind === 'node') add(graph);
  else {
    add(graph.from);
    add(graph.to);
    names.add(graph.type.column).add(graph.id.column);
  }
  const columns = new Map(
    Object.entries(entity.columns).filter(([name, { property }]) => property !== null || names.has(name)),
  );
  known.set(entity, columns);
  return columns;
}
