import type {
  GraphConstraint,
  GraphIndex,
  GraphSchema,
  GraphSearchIndex,
  ReferenceNode,
  VectorIndexSettings,
} from '@hartonomous/provenance-schema';
import { writerLockConstraint } from '../write-transaction.ts';
import { migrationConstraint } from './migration-records.ts';
import { isOlder } from './server-version.ts';

/** Something with a name that the graph should have. */
export type SchemaItem =
  | { readonly type: 'constraint'; readonly supporting: boolean; readonly definition: GraphConstraint }
  | { readonly type: 'index'; readonly supporting: boolean; readonly definition: GraphIndex }
  | { readonly type: 'search index'; readonly supporting: false; readonly definition: GraphSearchIndex };

/** What decides which items a server can have. */
export interface ServerKind {
  readonly edition: 'community' | 'enterprise';
  readonly version: string;
}

/** Constraints of a schema, then those that the sync itself needs. */
export function constraintItems(schema: GraphSchema): readonly SchemaItem[] {
  const item = (supporting: boolean) => (definition: GraphConstraint) =>
    ({ type: 'constraint', supporting, definition }) as const;
  const own = [writerLockConstraint, migrationConstraint].map(
    ({ name, label, property }): GraphConstraint => ({
      ...{ name, kind: 'unique', label, properties: [property], edition: 'any', otherwise: null },
    }),
  );
  return [...schema.constraints.map(item(false)), ...[...schema.supporting.constraints, ...own].map(item(true))];
}

/** Indexes of a schema, then those that the sync itself needs, then those by which people search. */
export function indexItems(schema: GraphSchema): readonly SchemaItem[] {
  const item = (supporting: boolean) => (definition: GraphIndex) =>
    ({ type: 'index', supporting, definition }) as const;
  return [
    ...schema.indexes.map(item(false)),
    ...schema.supporting.indexes.map(item(true)),
    ...schema.searchIndexes.map((definition) => ({ type: 'search index', supporting: false, definition }) as const),
  ];
}

/** Why a server can't have the item, and what keeps the rule instead; `null` when it can. */
export function leftOutBecause(item: SchemaItem, { edition, version }: ServerKind): string | null {
  if (item.type === 'constraint') {
    const { edition: needed, otherwise } = item.definition;
    const isLacking = needed === 'enterprise' && edition !== 'enterprise';
    return isLacking ? `needs Neo4j Enterprise; kept by ${otherwise ?? 'nothing'}` : null;
  }
  if (item.type === 'search index' && isOlder(version, item.definition.since)) {
    return `needs Neo4j ${item.definition.since} or newer; without it there is no such search`;
  }
  return null;
}

/** What the item is, whatever its name; as {@link readSchema} says it. */
export function wantedShape({ type, definition }: SchemaItem): string {
  const properties = definition.properties.join(', ');
  if (type === 'constraint') return `${definition.kind} node ${definition.label}(${properties})`;
  if (type === 'index') return `range ${definition.on} ${definition.of}(${properties})`;
  const of = `${definition.kind} node ${definition.label}(${properties})`;
  if (definition.kind === 'fulltext') return `${of}, analyzer ${definition.analyzer}`;
  return `${of}, ${definition.dimensions} dimensions, ${definition.similarity}`;
}

/** How a vector index is built, as {@link readSchema} says it; `null` where the item doesn't say. */
export function wantedSettings({ type, definition }: SchemaItem): string | null {
  if (type !== 'search index' || definition.kind !== 'vector' || definition.settings === undefined) return null;
  const { quantization, m, efConstruction } = definition.settings;
  return settingsText(quantization, m, efConstruction);
}

/** See {@link wantedSettings}. */
export function settingsText(quantization: string, m: unknown, efConstruction: unknown): string {
  return `quantization ${quantization}, m ${m}, ef_construction ${efConstruction}`;
}

/** Creates the item unless there is one of its name or shape. */
export function createStatement({ type, definition }: SchemaItem, { version }: ServerKind): string {
  const { name } = definition;
  const properties = definition.properties.map((property) => `n.${property}`).join(', ');
  if (type === 'constraint') {
    const rule = definition.kind === 'unique' ? 'IS UNIQUE' : 'IS NOT NULL';
    return `CREATE CONSTRAINT ${name} IF NOT EXISTS FOR (n:${definition.label}) REQUIRE (${properties}) ${rule}`;
  }
  if (type === 'index') {
    const target = definition.on === 'node' ? `(n:${definition.of})` : `()-[n:${definition.of}]-()`;
    return `CREATE INDEX ${name} IF NOT EXISTS FOR ${target} ON (${properties})`;
  }
  if (definition.kind === 'fulltext') {
    return (
      `CREATE FULLTEXT INDEX ${name} IF NOT EXISTS FOR (n:${definition.label}) ON EACH [${properties}] ` +
      `OPTIONS {indexConfig: {\`fulltext.analyzer\`: '${definition.analyzer}'}}`
    );
  }
  return (
    `CREATE VECTOR INDEX ${name} IF NOT EXISTS FOR (n:${definition.label}) ON (${properties}) OPTIONS {indexConfig: ` +
    `{\`vector.dimensions\`: ${definition.dimensions}, \`vector.similarity_function\`: '${definition.similarity}'` +
    `${definition.settings === undefined ? '' : settingsIn(definition.settings, version)}}}`
  );
}

/** The settings in the words of the server's version. */
function settingsIn({ quantization, m, efConstruction }: VectorIndexSettings, version: string): string {
  const shortened = isOlder(version, '2026.6')
    ? `\`vector.quantization.enabled\`: ${quantization !== 'none'}`
    : `\`vector.quantization.type\`: '${quantization}'`;
  // 5.15 to 5.17 have none of them, and keep numbers as they are.
  if (isOlder(version, '5.18')) return '';
  return `, ${shortened}, \`vector.hnsw.m\`: ${m}, \`vector.hnsw.ef_construction\`: ${efConstruction}`;
}

/** Creates a reference node or completes its properties; a sync may have created it as the missing end of an edge. */
export function referenceNodeStatement({ label, key }: ReferenceNode): string {
  return `MERGE (n:${label} {${key.property}: $value}) SET n += $properties, n.placeholder = null`;
}

/** Finds a reference node with its properties. */
export function findReferenceNodeStatement({ label, key, properties }: ReferenceNode): string {
  const conditions = Object.keys(properties).map((name) => ` AND n.${name} = $properties.${name}`);
  conditions.push(' AND n.placeholder IS NULL');
  return `MATCH (n:${label}) WHERE n.${key.property} = $value${conditions.join('')} RETURN count(n) > 0 AS found`;
}
