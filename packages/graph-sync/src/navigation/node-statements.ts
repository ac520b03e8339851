import type { LabelShape, Relation, ShownProperty } from './graph-shape.ts';
import { shapeOf } from './graph-shape.ts';

const PREVIEW_LENGTH = 80;

/** One row for a node of the tenant: its `properties`, and how many neighbours each relation has, as `counts`. */
export function nodeStatement(shape: LabelShape): string {
  const counts = shape.relations.map((relation) => `COUNT { ${neighbourLines(relation).join(' ')} }`);
  return [
    ...startLines(shape),
    `RETURN ${propertyMap('n', shape, shape.properties, false)} AS properties,`,
    `  coalesce(n.placeholder, false) AS isPlaceholder, [${counts.join(', ')}] AS counts`,
  ].join('\n');
}

/** One row for a node of the tenant, with the page of one group of its neighbours as `items`. The first page has no `$afterId`. */
export function neighboursStatement(shape: LabelShape, relation: Relation): string {
  const { id } = shapeOf(relation.label);
  const later = relation.edgeId === null ? '' : ` OR m.${id} = $afterId AND r.${relation.edgeId} > $afterEdge`;
  return [
    ...startLines(shape),
    'CALL (n) {',
    ...neighbourLines(relation, `$afterId IS NULL OR m.${id} > $afterId${later}`),
    ...pageLines(relation),
    '}',
    'RETURN items',
  ].join('\n');
}

function startLines({ label, id, tenant, hint }: LabelShape): string[] {
  // The tenant is a part of some keys only, so both are always asked for.
  const inTenant = tenant === null ? '' : ` AND n.${tenant} = $tenantId`;
  return [`MATCH (n:${label})`, hint('n'), `WHERE n.${id} = $id${inTenant}`];
}

function neighbourLines({ type, direction, label }: Relation, condition?: string): string[] {
  const { tenant } = shapeOf(label);
  const conditions = [
    // Not by the index on the tenant; see tenantNode.
    ...(tenant === null ? [] : [`coalesce(m.${tenant}, null) = $tenantId`]),
    ...(condition === undefined ? [] : [`(${condition})`]),
  ];
  return [
    `MATCH (n)${direction === 'out' ? `-[r:${type}]->` : `<-[r:${type}]-`}(m:${label})`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`]),
  ];
}

function pageLines(relation: Relation): string[] {
  const shape = shapeOf(relation.label);
  const edgeId = relation.edgeId === null ? 'null' : `r.${relation.edgeId}`;
  const edge = `r{${relation.edgeProperties.map((name) => `.${name}`).join(', ')}}`;
  const shown = shape.properties.filter(({ size }) => size !== 'bulk');
  return [
    `WITH m, r ORDER BY m.${shape.id}${relation.edgeId === null ? '' : `, ${edgeId}`} LIMIT $limit`,
    `RETURN collect({properties: ${propertyMap('m', shape, shown, true)},`,
    `  isPlaceholder: coalesce(m.placeholder, false), edgeId: ${edgeId}, edge: ${edge}}) AS items`,
  ];
}

function propertyMap(
  variable: string,
  { id }: LabelShape,
  properties: readonly ShownProperty[],
  isCut: boolean,
): string {
  const entries = properties.map(({ name, size }) =>
    isCut && size === 'text' ? `${name}: left(${variable}.${name}, ${PREVIEW_LENGTH})` : `.${name}`,
  );
  return `${variable}{${[`.${id}`, ...entries.filter((entry) => entry !== `.${id}`)].join(', ')}}`;
}
