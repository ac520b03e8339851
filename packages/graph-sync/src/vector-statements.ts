import type { AnyEntity, NodeProjection, VectorProjection } from '@hartonomous/provenance-schema';
import { keyHint, keyParts } from './statements.ts';

/** Statements for the vectors of nodes; all take `$rows`, whose rows have `id` and `keep` as the statements of nodes have them. */
export interface VectorStatements {
  readonly projection: VectorProjection;
  /**
   * Writes the models' nodes, where no later batch has: `$models` are all that SQL has, with `isInGraph`; those that the graph isn't
   * to have are changed where they are there, and not created. `$sequence`.
   */
  readonly writeModels: string;
  /** Removes edges of the rows' nodes to models that aren't in `row.models`. */
  readonly removeOthers: string;
  /** Finds properties of the rows' nodes with vectors of models that aren't in `row.models`: `index` and `names`. */
  readonly findOthers: string;
  /** Takes properties away: `row.clear` is a map of their names to NULL. */
  readonly clear: string;
  /**
   * Writes vectors of one model: `$key`, `$property`, and rows with `vector`, `jobId`, `createdAt`. What is the same already isn't
   * written again, because the index would take it out and in. Returns how many nodes there were, and how many vectors were written.
   */
  readonly write: string;
  /** Removes all edges to models from nodes of the row's id but the one in tenant `row.keep`. */
  readonly removeAll: string;
}

/** Statements of a node entity; `null` where its nodes have no vectors. */
export function vectorStatementsOf(entity: AnyEntity): VectorStatements | null {
  const { graph } = entity;
  if (graph.kind !== 'node' || graph.vectors === undefined) return null;
  const known = cache.get(entity);
  if (known !== undefined) return known;
  const built = vectorStatements(entity, graph, graph.vectors);
  cache.set(entity, built);
  return built;
}

const cache = new WeakMap<AnyEntity, VectorStatements>();

function vectorStatements(entity: AnyEntity, graph: NodeProjection, projection: VectorProjection): VectorStatements {
  const { id, tenant } = keyParts(entity, graph);
  if (tenant === null) throw new TypeError(`Entity ${entity.name}: nodes with vectors must have a tenant.`);
  const { prefix, type, model } = projection;
  const own = `n.${id} = row.id AND n.${tenant} = row.keep`;
  const match = (more = '') =>
    ['UNWIND $rows AS row', `MATCH (n:${graph.label})${more}`, keyHint('n', graph), `WHERE ${own}`].join('\n');
  const edge = `-[r:${type}]->(m:${model.label})`;
  return {
    projection,
    writeModels: [
      'UNWIND $models AS row',
      'FOREACH (present IN CASE WHEN row.isInGraph THEN [1] ELSE [] END |',
      `MERGE (:${model.label} {${model.key}: row.key}))`,
      'WITH row',
      `MATCH (m:${model.label} {${model.key}: row.key})`,
      'WHERE m.syncSequence IS NULL OR m.syncSequence <= $sequence',
      'SET m.name = row.name, m.version = row.version, m.dimension = row.dimension, m.isRead = row.isRead, m.syncSequence = $sequence',
    ].join('\n'),
    removeOthers: `${match(edge)} AND NOT m.${model.key} IN row.models\nDELETE r`,
    findOthers: [
      match(),
      `WITH row, [name IN keys(n) WHERE name STARTS WITH '${prefix}' AND NOT substring(name, ${prefix.length}) IN row.models] AS names`,
      'WHERE size(names) > 0',
      'RETURN row.index AS index, names',
    ].join('\n'),
    clear: `${match()}\nSET n += row.clear`,
    write: [
      `MATCH (m:${model.label} {${model.key}: $key})`,
      'UNWIND $rows AS row',
      `MATCH (n:${graph.label})`,
      keyHint('n', graph),
      `WHERE ${own}`,
      `MERGE (n)-[r:${type}]->(m)`,
      'SET r.jobId = row.jobId, r.createdAt = row.createdAt, r.syncSequence = $sequence',
      'WITH n, row, n[$property] IS NULL OR n[$property] <> row.vector AS isOther',
      'CALL (n, row, isOther) {',
      '  WITH n, row, isOther WHERE isOther',
      '  CALL db.create.setNodeVectorProperty(n, $property, row.vector)',
      '  RETURN count(*) AS changed',
      '}',
      'RETURN count(*) AS nodes, sum(changed) AS changed',
    ].join('\n'),
    removeAll: [
      'UNWIND $rows AS row',
      `MATCH (n:${graph.label})-[r:${type}]->()`,
      keyHint('n', graph),
      `WHERE n.${id} = row.id AND n.${tenant} IS NOT NULL AND (row.keep IS NULL OR n.${tenant} <> row.keep)`,
      'DELETE r',
    ].join('\n'),
  };
}
