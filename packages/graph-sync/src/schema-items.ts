import type { GraphConstraint, GraphIndex, GraphSchema, ReferenceNode } from '@hartonomous/provenance-schema';
import { WRITER_LOCK_CONSTRAINT } from './write-transaction.ts';

/** Something with a name that the graph should have. */
export type SchemaItem =
  | { readonly type: 'constraint'; readonly supporting: boolean; readonly definition: GraphConstraint }
  | { readonly type: 'index'; readonly supporting: boolean; readonly definition: GraphIndex };

const writerLock: GraphConstraint = {
  name: WRITER_LOCK_CONSTRAINT.name,
  kind: 'unique',
  label: WRITER_LOCK_CONSTRAINT.label,
  properties: [WRITER_LOCK_CONSTRAINT.property],
  edition: 'any',
  otherwise: null,
};

/** Constraints of a schema, then those that the sync itself needs. */
export function constraintItems(schema: GraphSchema): readonly SchemaItem[] {
  const item = (supporting: boolean) => (definition: GraphConstraint) =>
    ({ type: 'constraint', supporting, definition }) as const;
  return [...schema.constraints.map(item(false)), ...[...schema.supporting.constraints, writerLock].map(item(true))];
}

/** Indexes of a schema, then those that the sync itself needs. */
export function indexItems(schema: GraphSchema): readonly SchemaItem[] {
  const item = (supporting: boolean) => (definition: GraphIndex) =>
    ({ type: 'index', supporting, definition }) as const;
  return [...schema.indexes.map(item(false)), ...schema.supporting.indexes.map(item(true))];
}

/** Whether an edition lacks the item. */
export function isLeftOut(item: SchemaItem, edition: 'community' | 'enterprise'): boolean {
  return item.type === 'constraint' && item.definition.edition === 'enterprise' && edition !== 'enterprise';
}

/** Creates the item unless there is one of its name or shape. */
export function createStatement(item: SchemaItem): string {
  const { definition } = item;
  const properties = (variable: string) => definition.properties.map((name) => `${variable}.${name}`).join(', ');
  if (item.type === 'constraint') {
    const { name, label, kind } = item.definition;
    const rule = kind === 'unique' ? 'IS UNIQUE' : 'IS NOT NULL';
    return `CREATE CONSTRAINT ${name} IF NOT EXISTS FOR (n:${label}) REQUIRE (${properties('n')}) ${rule}`;
  }
  const { name, on, of } = item.definition;
  const target = on === 'node' ? `(n:${of})` : `()-[n:${of}]-()`;
  return `CREATE INDEX ${name} IF NOT EXISTS FOR ${target} ON (${properties('n')})`;
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
