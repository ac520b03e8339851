import type { AnyEntity, ColumnEdge, EdgeProjection, EndPoint, NodeProjection } from '@hartonomous/provenance-schema';

/*
 * Statement texts, one set per entity definition, built once. Names come from definitions, which `defineEntity` has
 * checked to be plain words; values travel as parameters only. Every statement takes `$rows`, a list of maps with an
 * `index` into the batch, and `$sequence`.
 *
 * The index to use is said where a pattern could be found by several: the planner chooses by the counts of the moment it
 * plans, and while they are small it takes the one on the tenant, or a scan of all keys, which then walks through all
 * atoms (measured in a young graph: 2.7 s for 1000 rows instead of 0.1 s). A hint for an index that isn't there is
 * ignored.
 *
 * An end that isn't in the graph yet is created with `placeholder: true` and without `syncSequence`, so that it keeps
 * no writer out; the end's own sync fills it in.
 */

/** Statements for the edges that one foreign-key column stands for. */
export interface ColumnEdgeStatements {
  /** Removes the edge of rows whose end is another now (`row.end`) or none (`null`); returns ends to tidy. */
  readonly removeOthers: string;
  /** Creates or refreshes the edge to `row.end`. */
  readonly merge: string;
}

export interface NodeStatements {
  readonly kind: 'node';
  /** Returns the indexes of rows that a later batch has written or deleted already. */
  readonly stale: string;
  readonly upsert: string;
  readonly edges: readonly ColumnEdgeStatements[];
  /** Turns a node that others' edges still end at into a placeholder, and deletes one without; after its own edges. */
  readonly remove: readonly string[];
}

export interface EdgeStatements {
  readonly kind: 'edge';
  readonly stale: string;
  /** For each type: removes the row's edge if its type or an end is another now; returns ends to tidy. */
  readonly removeOthers: readonly string[];
  /** By relationship type: refreshes edges that are there and returns the indexes of their rows. */
  readonly update: ReadonlyMap<string, string>;
  /** By relationship type: creates edges that aren't there. */
  readonly create: ReadonlyMap<string, string>;
  /** For each type: removes the row's edge; returns ends to tidy. */
  readonly remove: readonly string[];
}

/** Leaves the tombstones of removed rows (`row.tombstone`). */
export const WRITE_TOMBSTONES = [
  'UNWIND $rows AS row',
  'MERGE (t:SyncTombstone {key: row.tombstone})',
  'SET t.syncSequence = $sequence, t.deletedAt = datetime()',
].join('\n');

/** Deletes placeholders (`$ends`, element ids) that no edge needs any more. */
export const TIDY_PLACEHOLDERS = [
  'UNWIND $ends AS end',
  'MATCH (n) WHERE elementId(n) = end AND n.placeholder AND NOT EXISTS { (n)--() }',
  'DELETE n',
].join('\n');

const cache = new WeakMap<AnyEntity, NodeStatements | EdgeStatements>();

/** Statements of an entity. */
export function statementsOf(entity: AnyEntity): NodeStatements | EdgeStatements {
  const known = cache.get(entity);
  if (known !== undefined) return known;
  const { graph } = entity;
  const built = graph.kind === 'node' ? nodeStatements(entity, graph) : edgeStatements(graph);
  cache.set(entity, built);
  return built;
}

function nodeStatements(entity: AnyEntity, graph: NodeProjection): NodeStatements {
  refuseAmbiguousEdges(entity);
  const node = pattern('n', graph, 'row.key');
  const byKey = keyHint('n', graph);
  return {
    kind: 'node',
    stale: [
      'UNWIND $rows AS row',
      `OPTIONAL MATCH ${node}`,
      byKey,
      'OPTIONAL MATCH (t:SyncTombstone {key: row.tombstone})',
      'WITH row, n, t WHERE n.syncSequence > $sequence OR t.syncSequence > $sequence',
      'RETURN DISTINCT row.index AS index',
    ].join('\n'),
    upsert: [
      'UNWIND $rows AS row',
      `MERGE ${node}`,
      'SET n += row.properties, n.syncSequence = $sequence',
      'REMOVE n.placeholder',
    ].join('\n'),
    edges: entity.edges.map((edge) => columnEdgeStatements(node, byKey, edge)),
    remove: [
      `UNWIND $rows AS row\nMATCH ${node}\n${byKey}\nWHERE NOT EXISTS { (n)--() }\nDELETE n`,
      `UNWIND $rows AS row\nMATCH ${node}\n${byKey}\nSET n = row.key, n.placeholder = true`,
    ],
  };
}

function columnEdgeStatements(node: string, byKey: string, edge: ColumnEdge): ColumnEdgeStatements {
  const between = (type: string) => (edge.direction === 'out' ? `-[r:${type}]->` : `<-[r:${type}]-`);
  return {
    removeOthers: [
      'UNWIND $rows AS row',
      `MATCH ${node}${between(edge.type)}(e:${edge.end.label})`,
      byKey,
      `WHERE row.end IS NULL OR ${differs('e', edge.end, 'row.end')}`,
      'WITH r, CASE WHEN e.placeholder THEN [elementId(e)] ELSE [] END AS ends',
      'DELETE r',
      'RETURN ends',
    ].join('\n'),
    merge: [
      'UNWIND $rows AS row',
      `MATCH ${node}`,
      byKey,
      `MERGE ${pattern('e', edge.end, 'row.end')} ON CREATE SET e.placeholder = true`,
      `MERGE (n)${between(edge.type)}(e)`,
      'SET r.syncSequence = $sequence',
    ].join('\n'),
  };
}

function edgeStatements(graph: EdgeProjection): EdgeStatements {
  const id = graph.id.property;
  const { values } = graph.type;
  const removed = [
    'WITH r, [end IN [a, b] WHERE end.placeholder | elementId(end)] AS ends',
    'DELETE r',
    'RETURN ends',
  ].join('\n');
  return {
    kind: 'edge',
    stale: [
      'UNWIND $rows AS row',
      ...values.map(
        (type, n) => `OPTIONAL MATCH ()-[r${n}:${type} {${id}: row.id}]->() USING INDEX SEEK r${n}:${type}(${id})`,
      ),
      'OPTIONAL MATCH (t:SyncTombstone {key: row.tombstone})',
      `WITH row, t, [${values.map((_, n) => `r${n}.syncSequence`).join(', ')}] AS written`,
      'WHERE any(number IN written WHERE number > $sequence) OR t.syncSequence > $sequence',
      'RETURN DISTINCT row.index AS index',
    ].join('\n'),
    removeOthers: values.map((type) =>
      [
        'UNWIND $rows AS row',
        `MATCH (a)-[r:${type} {${id}: row.id}]->(b) USING INDEX SEEK r:${type}(${id})`,
        `WHERE row.type <> '${type}' OR ${differs('a', graph.from, 'row.from')} OR ${differs('b', graph.to, 'row.to')}`,
        removed,
      ].join('\n'),
    ),
    // Two statements where MERGE would be one: for MERGE between two known ends the planner may choose to walk through
    // the whole index of the type, depending on how many edges there were when it planned.
    update: byType(values, (type) => [
      'UNWIND $rows AS row',
      `MATCH ()-[r:${type} {${id}: row.id}]->() USING INDEX SEEK r:${type}(${id})`,
      'SET r += row.properties, r.syncSequence = $sequence',
      'RETURN row.index AS index',
    ]),
    create: byType(values, (type) => [
      'UNWIND $rows AS row',
      `MERGE ${pattern('a', graph.from, 'row.from')} ON CREATE SET a.placeholder = true`,
      `MERGE ${pattern('b', graph.to, 'row.to')} ON CREATE SET b.placeholder = true`,
      `CREATE (a)-[r:${type} {${id}: row.id}]->(b)`,
      'SET r += row.properties, r.syncSequence = $sequence',
    ]),
    remove: values.map((type) =>
      [
        'UNWIND $rows AS row',
        `MATCH (a)-[r:${type} {${id}: row.id}]->(b) USING INDEX SEEK r:${type}(${id})`,
        removed,
      ].join('\n'),
    ),
  };
}

function byType(types: readonly string[], lines: (type: string) => readonly string[]): ReadonlyMap<string, string> {
  return new Map(types.map((type) => [type, lines(type).join('\n')]));
}

function pattern(variable: string, end: EndPoint, from: string): string {
  const key = end.key.map(({ property }) => `${property}: ${from}.${property}`).join(', ');
  return `(${variable}:${end.label} {${key}})`;
}

function keyHint(variable: string, { label, key }: EndPoint): string {
  return `USING INDEX SEEK ${variable}:${label}(${key.map(({ property }) => property).join(', ')})`;
}

function differs(variable: string, end: EndPoint, from: string): string {
  return end.key.map(({ property }) => `${variable}.${property} <> ${from}.${property}`).join(' OR ');
}

// Such edges could not be told apart in the graph, and each would remove the other's.
function refuseAmbiguousEdges(entity: AnyEntity): void {
  const seen = new Set<string>();
  for (const { type, direction, end } of entity.edges) {
    const shape = `${type} ${direction} ${end.label}`;
    if (seen.has(shape)) throw new TypeError(`Entity ${entity.name} has two column edges of the shape ${shape}.`);
    seen.add(shape);
  }
}
