import type { LabelShape, Relation, ShownProperty } from './graph-shape.ts';
import { shapeOf } from './graph-shape.ts';
import { returnedProperty } from './property-value.ts';

const previewLength = 80;

/** There are a dozen of them, of hundreds of parts. */
const nodeStatements = new Map<LabelShape, string>();

/**
 * One row for a node of the tenant: its `properties`, how many `relationships` it has, and, where these are at most `$most`, its neighbours
 * as `groups`: direction, type, label, how many, and the first `$limit` as `items` of {@link neighboursStatement}. They are walked through
 * once; on a node with very many, that would sort them all.
 */
export function nodeStatement(shape: LabelShape): string {
  const known = nodeStatements.get(shape);
  if (known !== undefined) return known;
  const text = newNodeStatement(shape);
  nodeStatements.set(shape, text);
  return text;
}

function newNodeStatement(shape: LabelShape): string {
  return [
    ...startLines(shape),
    'WITH n, COUNT { (n)--() } AS relationships',
    'CALL (n, relationships) {',
    '  WITH n WHERE relationships <= $most',
    '  CALL (n) {',
    ...directionLines(shape),
    '  }',
    '  UNWIND labels(m) AS label',
    '  WITH direction, r, m, type(r) AS type, label',
    `  WHERE ${byLabel(shape, ofTenant)}`,
    `  WITH direction, r, m, type, label, ${byLabel(shape, ({ id }) => `m.${id}`)} AS id, ${byEdge(shape, edgeIdOf)} AS edgeId`,
    '  ORDER BY id, edgeId',
    '  WITH direction, type, label, collect({m: m, r: r, edgeId: edgeId}) AS found',
    '  WITH direction, type, label, size(found) AS count, found[..$limit] AS first',
    `  RETURN collect([direction, type, label, count, [one IN first | ${groupItem(shape)}]]) AS groups`,
    '}',
    `RETURN ${valueList('n', shape.properties, false)} AS properties, coalesce(n.placeholder, false) AS isPlaceholder,`,
    '  relationships, groups',
  ].join('\n');
}

/** One row for a node of the tenant: how many neighbours each of its relations has, as `counts`. */
export function countsStatement(shape: LabelShape): string {
  const counts = shape.relations.map((relation) => `COUNT { ${neighbourLines(relation).join(' ')} }`);
  return [...startLines(shape), `RETURN [${counts.join(', ')}] AS counts`].join('\n');
}

/**
 * One row for a node of the tenant, with the page of one group of its neighbours as `items`: values of {@link listedProperties}, whether it
 * is a placeholder, id of the relationship, and values of its `edgeProperties`. As lists, because maps repeat each name in each item. The
 * first page has no `$afterId`.
 */
export function neighboursStatement(shape: LabelShape, relation: Relation): string {
  const { id } = shapeOf(relation.label);
  const edgeId = edgeIdOf(relation);
  const later = relation.edgeId === null ? '' : ` OR m.${id} = $afterId AND ${edgeId} > $afterEdge`;
  return [
    ...startLines(shape),
    'CALL (n) {',
    ...neighbourLines(relation, `$afterId IS NULL OR m.${id} > $afterId${later}`),
    `WITH m, r ORDER BY m.${id}${relation.edgeId === null ? '' : `, ${edgeId}`} LIMIT $limit`,
    `RETURN collect([${neighbourList('m', relation.label)}, coalesce(m.placeholder, false), ${edgeId}, ${edgeList(relation)}]) AS items`,
    '}',
    'RETURN items',
  ].join('\n');
}

/** Properties that a list of nodes of a label shows, in the order of their values. */
export function listedProperties({ properties }: LabelShape): readonly ShownProperty[] {
  return properties.filter(({ size }) => size !== 'bulk');
}

function startLines({ label, id, tenant, hint }: LabelShape): string[] {
  // The tenant is a part of some keys only, so both are always asked for.
  const inTenant = tenant === null ? '' : ` AND n.${tenant} = $tenantId`;
  return [`MATCH (n:${label})`, hint('n'), `WHERE n.${id} = $id${inTenant}`];
}

/** Relationships of the declared types alone. One from a node to itself goes both ways. */
function directionLines({ relations }: LabelShape): string[] {
  const walks = (['out', 'in'] as const).flatMap((direction) => {
    const types = new Set(relations.filter((one) => one.direction === direction).map(({ type }) => type));
    if (types.size === 0) return [];
    const edge = `[r:${[...types].join('|')}]`;
    return [
      `    MATCH (n)${direction === 'out' ? `-${edge}->` : `<-${edge}-`}(m) RETURN r, m, '${direction}' AS direction`,
    ];
  });
  return walks.flatMap((walk, place) => (place === 0 ? [walk] : ['    UNION ALL', walk]));
}

function neighbourLines({ type, direction, label }: Relation, condition?: string): string[] {
  const shape = shapeOf(label);
  const conditions = [
    ...(shape.tenant === null ? [] : [ofTenant(shape)]),
    ...(condition === undefined ? [] : [`(${condition})`]),
  ];
  return [
    `MATCH (n)${direction === 'out' ? `-[r:${type}]->` : `<-[r:${type}]-`}(m:${label})`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`]),
  ];
}

function ofTenant({ tenant }: LabelShape): string {
  // Not by the index on the tenant; see tenantNode.
  return tenant === null ? 'true' : `coalesce(m.${tenant}, null) = $tenantId`;
}

/** An expression for each label that neighbours may have; null for any other. */
function byLabel({ relations }: LabelShape, expression: (neighbour: LabelShape) => string): string {
  const labels = [...new Set(relations.map(({ label }) => label))];
  return cases(labels.map((label) => [`label = '${label}'`, expression(shapeOf(label))]));
}

/** An expression for each kind of relationship; `null` where they have no properties. */
function byEdge({ relations }: LabelShape, expression: (relation: Relation) => string): string {
  const own = relations.filter(({ edgeId }) => edgeId !== null);
  return cases(own.map((one) => [`label = '${one.label}' AND type = '${one.type}'`, expression(one)]));
}

/** The first condition that holds decides; conditions with the same result are merged. */
function cases(all: readonly (readonly [condition: string, result: string])[]): string {
  const conditions = new Map<string, Set<string>>();
  for (const [condition, result] of all) {
    conditions.set(result, (conditions.get(result) ?? new Set()).add(condition));
  }
  if (conditions.size === 0) return 'null';
  const branches = [...conditions].map(([result, some]) => `WHEN ${[...some].join(' OR ')} THEN ${result}`);
  return `CASE ${branches.join(' ')} END`;
}

function edgeIdOf({ edgeId }: Relation): string {
  return edgeId === null ? 'null' : `r.${edgeId}`;
}

function groupItem(shape: LabelShape): string {
  const values = byLabel(shape, ({ label }) => neighbourList('one.m', label));
  const edge = byEdge(shape, (relation) => edgeList(relation, 'one.r'));
  return `[${values}, coalesce(one.m.placeholder, false), one.edgeId, coalesce(${edge}, [])]`;
}

function neighbourList(variable: string, label: string): string {
  return valueList(variable, listedProperties(shapeOf(label)), true);
}

function edgeList({ edgeProperties }: Relation, variable = 'r'): string {
  return valueList(variable, edgeProperties, false);
}

function valueList(variable: string, properties: readonly ShownProperty[], isCut: boolean): string {
  const values = properties.map((property) => {
    const value = returnedProperty(variable, property);
    return isCut && property.size === 'text' ? `left(${value}, ${previewLength})` : value;
  });
  return `[${values.join(', ')}]`;
}
