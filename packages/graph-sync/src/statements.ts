import {
  type AnyEntity,
  type ColumnEdge,
  type ColumnKind,
  type EdgeProjection,
  type EndPoint,
  type KeyProperty,
  type NodeProjection,
  propertyColumns,
} from '@hartonomous/provenance-schema';

import { unpacked } from './packed-value.ts';

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
interface ColumnEdgeStatements {
  /**
   * Removes edges of the row's nodes that end elsewhere than at `row.end` (`null`: all), and those of its node in
   * another tenant; returns ends to tidy.
   */
  readonly removeOthers: string;
}

/**
 * Statements for properties that no two nodes may share. The table has the same rule, so of two nodes with one value one is
 * out of date, and the message about its row is still to come: its own batch will have a greater number than either.
 */
interface ClaimStatements {
  /** Names of the properties. */
  readonly properties: readonly string[];
  /** Returns the indexes of rows whose values (`row.claim`) a node has that a later batch has written. */
  readonly taken: string;
  /** Takes the values away from other nodes, which earlier batches have written. */
  readonly release: string;
}

/**
 * What the graph has of a row: its node (`own`), a node in another tenant that the row has left (`elsewhere`), or either of
 * them from a later batch (`late`). A row may be in several.
 */
export type NodeState = 'late' | 'own' | 'elsewhere';

export interface NodeStatements {
  readonly kind: 'node';
  /** Returns the indexes of rows whose node, in this or another tenant, a later batch has written. */
  readonly stale: string;
  /**
   * Looks at what the graph has of the rows; `$rows` is one list of id and `keep` of each, packed. Returns a record per
   * {@link NodeState} that there is, with the `positions` of its rows; rows without any node are in none of them. Each record
   * says how many of the entity's edges (`edges`) and how many vectors (`vectors`) its nodes have.
   */
  readonly lookUp: string;
  /**
   * Writes nodes and their edges. `$rows` are lists of packed values as {@link rowLayout} has them; NULLs at the end of a
   * list may be left out.
   *
   * @param how `create` for rows without a node, `merge` for all others; it costs a third more
   * @param present which of the entity's edges any of the rows has, a bit each by position
   */
  readonly write: (how: 'create' | 'merge', present: number) => string;
  /** Whether an edge may be of two rows, or counted twice for one: then a sum of edges doesn't tell whether there are others. */
  readonly sharesEdgeTypes: boolean;
  /** Returns one record: how many edges of each kind the rows' nodes have (`edges0`...); `$rows` as for `lookUp`. */
  readonly countEdges: string;
  readonly edges: readonly ColumnEdgeStatements[];
  /** For each set of properties that is unique besides the key, in the definition's order. */
  readonly claims: readonly ClaimStatements[];
  /**
   * Turns nodes that others' edges still end at into placeholders, and deletes those without; after their own edges.
   * All nodes of the row's id but the one in tenant `row.keep`.
   */
  readonly remove: readonly string[];
}

export interface EdgeStatements {
  readonly kind: 'edge';
  /** Returns the indexes of rows that have an edge, and whether a later batch wrote it (`stale`). */
  readonly find: string;
  /** For each type: removes the row's edge if its type or an end is another now; returns ends to tidy. */
  readonly removeOthers: readonly string[];
  /** By relationship type: refreshes edges that are there and returns the indexes of their rows. */
  readonly update: ReadonlyMap<string, string>;
  /** By relationship type: creates edges that aren't there. */
  readonly create: ReadonlyMap<string, string>;
  /** For each type: removes the row's edge; returns ends to tidy. */
  readonly remove: readonly string[];
}

/**
 * What a batch does with the lock: it notes its number, so that a sequence that is behind the graph (a restored database) can
 * be told, and asks for two things. `found`: whether a later batch has deleted anything; as a rule not, and then nobody needs
 * to look up single tombstones. `purged`: the greatest number of a tombstone that is no longer there. A number that the graph
 * doesn't know stays unknown.
 */
export const noteSequenceStatement = [
  'SET lock.greatestSequence = CASE WHEN $sequence > lock.greatestSequence THEN $sequence ELSE lock.greatestSequence END',
  'RETURN EXISTS { MATCH (t:SyncTombstone) WHERE t.syncSequence > $sequence } AS found, lock.purgedSequence AS purged',
].join('\n');

/** Deletes at most `$limit` tombstones that are older than `$olderThanMs`, and notes the greatest of their numbers. */
export const purgeTombstonesStatement = [
  'MATCH (t:SyncTombstone) WHERE t.deletedAt < datetime() - duration({milliseconds: $olderThanMs})',
  'WITH t LIMIT $limit',
  'WITH t, t.syncSequence AS number',
  'DELETE t',
  'WITH count(*) AS removed, max(number) AS purged',
  "MATCH (lock:SyncLock {name: 'graph-sync'})",
  'SET lock.purgedSequence = CASE WHEN purged > coalesce(lock.purgedSequence, 0) THEN purged ELSE lock.purgedSequence END',
  'RETURN removed',
].join('\n');

/** Returns the indexes of rows that a later batch has deleted. */
export const staleByTombstoneStatement = [
  'UNWIND $rows AS row',
  'MATCH (t:SyncTombstone {key: row.tombstone}) WHERE t.syncSequence > $sequence',
  'RETURN row.index AS index',
].join('\n');

/** Leaves the tombstones of removed rows (`row.tombstone`). */
export const writeTombstonesStatement = [
  'UNWIND $rows AS row',
  'MERGE (t:SyncTombstone {key: row.tombstone})',
  'SET t.syncSequence = $sequence, t.tenantId = row.tenantId, t.deletedAt = datetime()',
].join('\n');

/** Deletes placeholders (`$ends`, element ids) that no edge needs any more. */
export const tidyPlaceholdersStatement = [
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
  const layout = rowLayout(entity, graph);
  const byKey = keyHint('n', graph);
  const { id, tenant } = keyParts(entity, graph);
  // A composite index is sought by its first property only together with a condition on the others.
  const all = `n.${id} = row.id${tenant === null ? '' : ` AND n.${tenant} IS NOT NULL`}`;
  // Ids and tenants are integers.
  const [rowId, rowTenant] = [unpacked('$rows[at]', 'integer'), unpacked('$rows[at + 1]', 'integer')];
  const eachRow = 'UNWIND range(0, size($rows) - 2, 2) AS at';
  const elsewhere = tenant === null ? 'false' : `n.${tenant} <> row.keep`;
  const vectorEdges = graph.vectors === undefined ? [] : [`-[:${graph.vectors.type}]->`];
  return {
    kind: 'node',
    stale: [
      'UNWIND $rows AS row',
      `MATCH (n:${graph.label})`,
      byKey,
      `WHERE ${all} AND n.syncSequence > $sequence`,
      'RETURN DISTINCT row.index AS index',
    ].join('\n'),
    lookUp: [
      eachRow,
      `MATCH (n:${graph.label})`,
      byKey,
      `WHERE n.${id} = ${rowId}${tenant === null ? '' : ` AND n.${tenant} IS NOT NULL`}`,
      'WITH n, at / 2 AS position, CASE',
      "  WHEN n.syncSequence > $sequence THEN 'late'",
      `  WHEN ${tenant === null ? 'true' : `n.${tenant} = ${rowTenant}`} THEN 'own'`,
      // What the row left is a placeholder by now: others' edges still end there.
      "  WHEN n.syncSequence IS NOT NULL THEN 'elsewhere'",
      'END AS state',
      'WHERE state IS NOT NULL',
      `RETURN state, collect(position) AS positions, ${sumOf(entity.edges.map(({ type, direction }) => arrow(direction, `:${type}`)))} AS edges, ${sumOf(vectorEdges)} AS vectors`,
    ].join('\n'),
    write: writeStatements(entity, graph, layout),
    sharesEdgeTypes: new Set(entity.edges.map(({ type }) => type)).size < entity.edges.length,
    countEdges: [
      eachRow,
      `MATCH (n:${graph.label})`,
      byKey,
      `WHERE n.${id} = ${rowId}${tenant === null ? '' : ` AND n.${tenant} = ${rowTenant}`}`,
      `RETURN count(*) AS nodes${entity.edges.map(({ type, direction }, n) => `, ${sumOf([arrow(direction, `:${type}`)])} AS edges${n}`).join('')}`,
    ].join('\n'),
    edges: entity.edges.map(({ type, direction, end }) => ({
      removeOthers: [
        'UNWIND $rows AS row',
        `MATCH (n:${graph.label})${arrow(direction, `r:${type}`)}(e:${end.label})`,
        byKey,
        `WHERE ${all} AND (row.end IS NULL OR ${differs('e', end, 'row.end')} OR ${elsewhere})`,
        'WITH r, CASE WHEN e.placeholder THEN [elementId(e)] ELSE [] END AS ends',
        'DELETE r',
        'RETURN ends',
      ].join('\n'),
    })),
    claims: (graph.unique ?? []).map((unique) => claimStatements(graph.label, id, unique)),
    remove: ['WHERE NOT EXISTS { (n)--() }\nDELETE n', `SET n = {${keepKey(graph)}, placeholder: true}`].map((action) =>
      [
        'UNWIND $rows AS row',
        `MATCH (n:${graph.label})`,
        byKey,
        `WHERE ${all} AND (row.keep IS NULL OR ${elsewhere})`,
        'WITH n',
        action,
      ].join('\n'),
    ),
  };
}

/** How many edges like `arrows` the nodes `n` of a group have, all together. */
function sumOf(arrows: readonly string[]): string {
  return arrows.length === 0 ? '0' : `sum(${arrows.map((like) => `COUNT { (n)${like}() }`).join(' + ')})`;
}

function claimStatements(label: string, id: string, unique: readonly KeyProperty[]): ClaimStatements {
  const properties = unique.map(({ property }) => property);
  const match = [
    'UNWIND $rows AS row',
    `MATCH (o:${label}) ${keyHint('o', { label, key: unique })}`,
    `WHERE ${properties.map((property) => `o.${property} = row.claim.${property}`).join(' AND ')} AND o.${id} <> row.id`,
  ].join('\n');
  return {
    properties,
    taken: `${match} AND o.syncSequence > $sequence\nRETURN row.index AS index`,
    release: `${match} AND o.syncSequence <= $sequence\nSET ${properties.map((name) => `o.${name} = null`).join(', ')}`,
  };
}

/*
 * One statement for a node and its edges, and rows as lists with one SET per property: `SET n += map` could set any
 * property, the keys too, so the planner would put an Eager on either side of it, and maps send each name with each row.
 * Nothing is read back in it for the same reason: counting the edges here, or looking for a node elsewhere, made a row
 * cost half as much again. An edge that no row has is left out: its FOREACH costs a fifth of a row even when it does
 * nothing. Texts are built when first asked for, and there are few: the rows of a batch are much alike.
 */
function writeStatements(entity: AnyEntity, graph: NodeProjection, layout: RowLayout): NodeStatements['write'] {
  // A row's node may be made as the placeholder end of another row's edge, in the same statement.
  const isOwnEnd = entity.edges.some(({ end }) => end.label === graph.label);
  const texts = new Map<string, string>();
  return (how, present) => {
    const verb = isOwnEnd ? 'merge' : how;
    const key = `${verb}${present}`;
    const text = texts.get(key) ?? writeStatement(entity, graph, layout, verb, present);
    texts.set(key, text);
    return text;
  };
}

function writeStatement(
  entity: AnyEntity,
  graph: NodeProjection,
  layout: RowLayout,
  how: 'create' | 'merge',
  present: number,
): string {
  const verb = how === 'create' ? 'CREATE' : 'MERGE';
  const key = layout.key.map(({ property, kind }, n) => `${property}: ${unpacked(`row[${n}]`, kind)}`).join(', ');
  const set = layout.properties
    .map(({ property, kind }, n) => `n.${property} = ${unpacked(`row[${layout.key.length + n}]`, kind)}, `)
    .join('');
  const edges = entity.edges.map(({ type, direction, end }, position) => {
    if ((present & (1 << position)) === 0) return [];
    const positions = layout.endPositions[position] ?? [];
    const endKey = end.key
      .map(({ property, column }, n) => `${property}: ${unpacked(`row[${positions[n]}]`, kindOf(entity, column))}`)
      .join(', ');
    const merge = [
      `MERGE (e${position}:${end.label} {${endKey}}) ON CREATE SET e${position}.placeholder = true`,
      `${verb} (n)${arrow(direction, `r${position}:${type}`)}(e${position})`,
      `SET r${position}.syncSequence = $sequence`,
    ].join('\n');
    const absent = end.key.flatMap(({ column }, n) =>
      entity.columns[column]?.nullable ? [`row[${positions[n]}] IS NULL`] : [],
    );
    if (absent.length === 0) return [merge];
    return [`FOREACH (present IN CASE WHEN ${absent.join(' OR ')} THEN [] ELSE [1] END |\n${merge})`];
  });
  return [
    'UNWIND $rows AS row',
    `${verb} (n:${graph.label} {${key}})`,
    `SET ${set}n.syncSequence = $sequence${how === 'create' ? '' : ', n.placeholder = null'}`,
    ...edges.flat(),
    'RETURN count(*) AS written',
  ].join('\n');
}

/** A property and the kind of column that it comes from. */
interface RowProperty {
  readonly property: string;
  readonly kind: ColumnKind;
}

/** What the values of a written row are, in this order, and where to find some of them. */
export interface RowLayout {
  readonly key: readonly RowProperty[];
  readonly properties: readonly RowProperty[];
  /** Values of edges' ends that are not in the row's own key. */
  readonly ends: readonly { readonly edge: number; readonly property: string }[];
  /** Of each edge, where the values of its end's key are. */
  readonly endPositions: readonly (readonly number[])[];
  /** As {@link keyParts} gives them. */
  readonly id: string;
  readonly tenant: string | null;
}

const layouts = new WeakMap<NodeProjection, RowLayout>();

/** Layout of the rows of {@link NodeStatements.write}. */
export function rowLayout(entity: AnyEntity, graph: NodeProjection): RowLayout {
  const known = layouts.get(graph);
  if (known !== undefined) return known;
  const key = graph.key.map(({ property, column }) => ({ property, kind: kindOf(entity, column) }));
  const properties = propertyColumns(entity).map(({ property, column: { kind } }) => ({ property, kind }));
  const ends: { edge: number; property: string }[] = [];
  const endPositions = entity.edges.map(({ end }, edge) =>
    end.key.map(({ property, column }) => {
      const own = graph.key.findIndex((part) => part.column === column);
      return own < 0 ? key.length + properties.length + ends.push({ edge, property }) - 1 : own;
    }),
  );
  const layout = { key, properties, ends, endPositions, ...keyParts(entity, graph) };
  layouts.set(graph, layout);
  return layout;
}

/** @throws TypeError when the entity has no such column, which `defineEntity` refuses */
function kindOf(entity: AnyEntity, column: string): ColumnKind {
  const found = entity.columns[column];
  if (found === undefined) throw new TypeError(`Entity ${entity.name} has no column ${column}.`);
  return found.kind;
}

/**
 * The properties with the entity's id and its tenant; the tenant is `null` where the key has none or the id is it.
 *
 * @throws TypeError when the key lacks the id: rows of a tenant could not be told apart
 */
export function keyParts(
  entity: AnyEntity,
  graph: NodeProjection,
): { readonly id: string; readonly tenant: string | null } {
  const id = graph.key.find(({ column }) => column === entity.key);
  if (id === undefined) throw new TypeError(`Entity ${entity.name}: the node's key lacks ${entity.key}.`);
  const tenant = graph.key.find(({ column }) => column !== entity.key);
  return { id: id.property, tenant: tenant?.property ?? null };
}

function keepKey(graph: NodeProjection): string {
  return graph.key.map(({ property }) => `${property}: n.${property}`).join(', ');
}

function arrow(direction: ColumnEdge['direction'], inner: string): string {
  return direction === 'out' ? `-[${inner}]->` : `<-[${inner}]-`;
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
    find: [
      'UNWIND $rows AS row',
      ...values.map(
        (type, n) => `OPTIONAL MATCH ()-[r${n}:${type} {${id}: row.id}]->() USING INDEX SEEK r${n}:${type}(${id})`,
      ),
      `WITH row, ${values.map((_, n) => `r${n}`).join(', ')}, [number IN [${values.map((_, n) => `r${n}.syncSequence`).join(', ')}] WHERE number IS NOT NULL] AS written`,
      `WHERE ${values.map((_, n) => `r${n} IS NOT NULL`).join(' OR ')}`,
      'RETURN row.index AS index, any(number IN written WHERE number > $sequence) AS stale',
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

/** Names the index on an end's key; with a hint the planner can't take a scan for it. */
export function keyHint(variable: string, { label, key }: EndPoint): string {
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
