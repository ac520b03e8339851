import type { AnyEntity, NodeProjection } from '@hartonomous/provenance-schema';
import { checksumModulus, checksumNull, checksumWeights } from './reconcile-fields.ts';
import { keyHint, keyParts } from './statements.ts';

/** What comparing a range of vectors in the graph takes; `$after` is exclusive, `$to` inclusive. */
export interface VectorReconcileStatements {
  /** The `id` of the `$size`-th node after `$after`, and how many `rows` there are up to it. */
  readonly upperBound: string;
  /** By the model's `key`: what `VectorSummary` has, of the edges. */
  readonly summaries: string;
  /** How many properties with vectors there are. */
  readonly properties: string;
  /** Each vector, by its edge or its property. */
  readonly vectors: string;
  /** The same with its numbers. */
  readonly vectorsWithNumbers: string;
}

/** @throws TypeError for an entity whose nodes have no vectors */
export function vectorReconcileStatements(entity: AnyEntity, graph: NodeProjection): VectorReconcileStatements {
  const { id, tenant } = keyParts(entity, graph);
  if (graph.vectors === undefined || tenant === null) throw new TypeError(`Nodes of ${entity.name} have no vectors.`);
  const { prefix, type, model } = graph.vectors;
  const match = (range: string, more = '') =>
    `MATCH (n:${graph.label})${more} ${keyHint('n', graph)}\nWHERE ${range} AND n.${tenant} IS NOT NULL`;
  const range = `n.${id} > $after AND n.${id} <= $to`;
  const property = `n['${prefix}' + key]`;
  const sum = (value: string) =>
    `sum((n.${id} % ${checksumWeights} + 1) * coalesce((${value}) % ${checksumModulus}, ${checksumNull}))`;
  const vectors = (numbers: string) =>
    [
      match(range),
      `WITH n, [name IN keys(n) WHERE name STARTS WITH '${prefix}' | substring(name, ${prefix.length})] AS carried,`,
      `  [(n)-[r:${type}]->(m:${model.label}) | {key: m.${model.key}, jobId: r.jobId, createdAt: r.createdAt.epochMillis}] AS edges`,
      'WITH n, edges, carried + [edge IN edges WHERE NOT edge.key IN carried | edge.key] AS names',
      'UNWIND names AS key',
      'WITH n, key, head([edge IN edges WHERE edge.key = key]) AS edge',
      `RETURN n.${id} AS id, n.${tenant} AS tenantId, key, edge IS NOT NULL AS hasEdge, edge.jobId AS jobId,`,
      `  edge.createdAt AS createdAt, size(${property}) AS size, ${numbers} AS numbers, n.syncSequence AS syncSequence`,
    ].join('\n');
  return {
    upperBound: [
      match(`n.${id} > $after`),
      `WITH n.${id} AS id ORDER BY id LIMIT $size`,
      'RETURN max(id) AS id, count(*) AS rows',
    ].join('\n'),
    summaries: [
      match(range, `-[r:${type}]->(m:${model.label})`),
      `WITH n, r, m.${model.key} AS key`,
      `RETURN key, count(*) AS rows, ${sum('r.jobId')} AS jobs, ${sum('r.createdAt.epochMillis')} AS times, ${sum(`size(${property})`)} AS sizes`,
    ].join('\n'),
    properties: `${match(range)}\nRETURN sum(size([name IN keys(n) WHERE name STARTS WITH '${prefix}'])) AS properties`,
    vectors: vectors('null'),
    vectorsWithNumbers: vectors(`[number IN ${property} | toFloat(number)]`),
  };
}
