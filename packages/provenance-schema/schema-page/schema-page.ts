import { type AnyEntity, type ColumnKind, type EndPoint, entities, graphSchema } from '../src/index.ts';
import { searchIndexTable } from './search-index-table.ts';
import { cell, code, table } from './table.ts';

/** What the graph has of a column of that kind. */
const graphTypes: Readonly<Record<ColumnKind, string>> = {
  integer: 'INTEGER',
  float: 'FLOAT',
  text: 'STRING',
  hex: 'STRING, hexadecimal',
  time: 'ZONED DATETIME, UTC',
  vector: 'LIST&lt;FLOAT&gt;',
};

/** The reference page of entities and graph schema, as Markdown. */
export function schemaPage(): string {
  const sections = [
    '# Schema reference',
    '<!-- Generated from packages/provenance-schema by `pnpm schema` in that folder; a test compares. -->',
    'Every entity with its table and what it is in the graph, and the schema of the graph itself. Made from the definitions in ' +
      '`packages/provenance-schema/src/entities`, which the tables, the load queries and the graph statements come from or are ' +
      'compared with.',
    '## Entities',
    `An arrow is an edge of the graph, in its direction. Left out: \`BELONGS_TO_TENANT\`, which every node has. ` +
      'Grey: reference nodes, which all tenants share.',
    diagram(),
    'Every node and edge of a row also has `syncSequence`, the number of the batch that wrote it. A node that an edge needs and ' +
      'whose row is not synced (yet, or any more) has `placeholder: true` and its key only. A column that is NULL is a property ' +
      'that the node has not.',
    ...entities.flatMap(entitySection),
    '## Constraints',
    table(
      ['name', 'rule', 'editions', ''],
      [
        ...graphSchema.constraints.map((item) => constraintRow(item, '')),
        ...graphSchema.supporting.constraints.map((item) => constraintRow(item, 'for the sync')),
      ],
    ),
    `${graphSchema.constraints.length} constraints, as the operators' runbook counts them (R5), and those that the sync needs besides.`,
    '## Indexes',
    table(
      ['name', 'of', ''],
      [
        ...graphSchema.indexes.map((item) => indexRow(item, '')),
        ...graphSchema.supporting.indexes.map((item) => indexRow(item, 'for the sync')),
      ],
    ),
    `${graphSchema.indexes.length} range indexes by the runbook's count, and those that the sync needs besides.`,
    '## Search indexes',
    searchIndexTable(),
    '## Reference nodes',
    table(
      ['label', 'key', 'properties'],
      graphSchema.referenceNodes.map(({ label, key, properties }) => [
        code(label),
        code(`${key.property}: ${key.value}`),
        Object.entries(properties)
          .map(([name, value]) => code(`${name}: ${value}`))
          .join(', '),
      ]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function entitySection(entity: AnyEntity): string[] {
  const { graph } = entity;
  const what =
    graph.kind === 'node'
      ? `Node \`${nodePattern(graph)}\`.`
      : `Edge \`${nodePattern(graph.from)}-[:${graph.type.values.join('|')}]->${nodePattern(graph.to)}\`, found by \`${graph.id.property}\`.`;
  const unique =
    graph.kind === 'node'
      ? (graph.unique ?? []).map((key) => ` Unique besides: \`(${key.map(({ property }) => property).join(', ')})\`.`)
      : [];
  const edges = entity.edges.map(({ type, direction, end }) => [
    code(
      direction === 'out'
        ? `(:${entity.name})-[:${type}]->${nodePattern(end)}`
        : `${nodePattern(end)}-[:${type}]->(:${entity.name})`,
    ),
    end.key.map(({ column }) => code(column)).join(', '),
    isOptional(entity, end) ? 'where there is one' : 'always',
  ]);
  return [
    `### ${entity.name}`,
    `${entity.description} Table \`${entity.table.schema}.${entity.table.name}\`. ${what}${unique.join('')}`,
    table(
      ['column', 'SQL type', 'property', 'in the graph', ''],
      Object.entries(entity.columns).map(([name, column]) => [
        code(name),
        `${column.sqlType}${column.nullable ? '' : ' NOT NULL'}`,
        column.property === null ? '' : code(column.property),
        column.property === null ? '' : graphTypes[column.kind],
        notes(entity, name),
      ]),
    ),
    ...(edges.length === 0 ? [] : [table(['edge', 'from column', ''], edges)]),
    ...vectorNote(entity),
  ];
}

function vectorNote({ graph }: AnyEntity): string[] {
  if (graph.kind !== 'node' || graph.vectors === undefined) return [];
  const { prefix, type, model } = graph.vectors;
  return [
    `Vectors, from \`dbo.AtomEmbedding\`, of each model of \`dbo.EmbeddingModel\` that is in use or read: a property ` +
      `\`${prefix}KEY\` (LIST&lt;FLOAT&gt;, 32 bits each) and an edge \`(:${graph.label})-[:${type} {jobId, createdAt}]->` +
      `(:${model.label} {${model.key}, name, version, dimension, isRead})\`, where KEY is the model's \`ModelKey\`.`,
  ];
}

function notes(entity: AnyEntity, name: string): string {
  const { graph, edges, columns } = entity;
  const ends = graph.kind === 'edge' ? [graph.from, graph.to] : edges.map(({ end }) => end);
  const words: string[] = [];
  if (name === entity.key) words.push('id');
  if (name === entity.tenant && name !== entity.key) words.push('tenant');
  if (graph.kind === 'edge' && graph.type.column === name) words.push('type of the edge');
  else if (name !== entity.tenant && ends.some(({ key }) => key.some(({ column }) => column === name))) {
    words.push('ends an edge');
  }
  const values = columns[name]?.values ?? [];
  if (values.length > 0) words.push(`one of ${values.map(code).join(', ')}`);
  return words.join('; ');
}

function nodePattern({ label, key }: EndPoint): string {
  return `(:${label} {${key.map(({ property }) => property).join(', ')}})`;
}

function isOptional(entity: AnyEntity, { key }: EndPoint): boolean {
  return key.some(({ column }) => entity.columns[column]?.nullable === true);
}

function diagram(): string {
  const references = new Set(graphSchema.referenceNodes.map(({ label }) => label));
  const arrows = entities.flatMap((entity) => {
    const { graph } = entity;
    if (graph.kind === 'edge') {
      return [`  ${graph.from.label} -->|"${graph.type.values.join(' / ')}"| ${graph.to.label}`];
    }
    return entity.edges
      .filter(({ end }) => end.label !== 'Tenant')
      .map(({ type, direction, end }) => {
        const [from, to] = direction === 'out' ? [graph.label, end.label] : [end.label, graph.label];
        return `  ${from} -->|${type}| ${to}`;
      });
  });
  const style = `  classDef reference fill:#eee,stroke:#999,color:#333\n  class ${[...references].join(',')} reference`;
  return ['```mermaid', 'flowchart LR', '  Tenant', ...arrows, style, '```'].join('\n');
}

function constraintRow(item: (typeof graphSchema.constraints)[number], note: string): string[] {
  const rule = item.kind === 'unique' ? 'unique' : 'there must be a value';
  return [
    code(item.name),
    `${code(`${item.label}(${item.properties.join(', ')})`)} ${rule}`,
    item.edition === 'any' ? 'all' : `Enterprise; else kept by ${cell(item.otherwise ?? 'nothing')}`,
    note,
  ];
}

function indexRow(item: (typeof graphSchema.indexes)[number], note: string): string[] {
  const pattern = item.on === 'node' ? item.of : `[:${item.of}]`;
  return [code(item.name), code(`${pattern}(${item.properties.join(', ')})`), note];
}
