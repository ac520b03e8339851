import type { CatalogObject, TableObject } from '../catalog/catalog-object.ts';
import { constraintNames } from '../catalog/constraint-names.ts';
import { nameKey, objectKey } from '../catalog/name-key.ts';
import { partId } from '../catalog/part-id.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { Sequence } from '../storage/sequence.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { SessionCore } from './session-core.ts';

type ForeignKey = TableDefinition['foreignKeys'][number];

/** Where an object stands. */
export type Place = Pick<CatalogObject, 'schema' | 'name'>;

/** What may get another name or schema; a queue is known to services by its name. */
export type MovableObject = Exclude<CatalogObject, { kind: 'queue' }>;

/** Changes the foreign keys of all tables that point at one. */
export function changeReferences(
  session: SessionCore,
  table: TableObject,
  change: (key: ForeignKey) => ForeignKey,
): void {
  const { catalog } = session.database;
  for (const object of [...catalog.objects]) {
    if (object.kind !== 'table') continue;
    const points = (key: ForeignKey): boolean =>
      nameKey(key.referencedTable) === nameKey(table.name) && nameKey(key.referencedSchema) === nameKey(table.schema);
    if (!object.definition.foreignKeys.some(points)) continue;
    const foreignKeys = object.definition.foreignKeys.map((key) => (points(key) ? change(key) : key));
    const definition = { ...object.definition, foreignKeys };
    catalog.replace(session.transactionForWriting(), object, { ...object, definition });
  }
}

/**
 * Gives an object of the current database another name or schema. What belongs to it and what points at it follows, permissions on it
 * don't: that is its caller's to say.
 *
 * @throws {SqlError} 2714 for a name that is taken there
 */
export function moveObject(session: SessionCore, object: MovableObject, { schema, name }: Place): void {
  const { database } = session;
  const transaction = session.transactionForWriting();
  const triggers = object.kind === 'table' || object.kind === 'view' ? database.triggersOn(object) : [];
  const place = { schema, name };
  if (object.kind === 'table') moveTable(session, object, place);
  else if (object.kind === 'sequence') {
    const { state } = object;
    if (!(state instanceof Sequence)) throw new Error(`the sequence ${object.name} has no counter of its own`);
    put(session, transaction, object, { ...object, ...place, state: state.changed(name, object.definition) });
  } else put(session, transaction, object, { ...object, ...place });
  for (const trigger of triggers) put(session, transaction, trigger, { ...trigger, schema, parent: place });
}

function put({ database }: SessionCore, transaction: Transaction, before: CatalogObject, after: CatalogObject): void {
  database.catalog.remove(transaction, before);
  database.catalog.add(transaction, { ...after, modifiedAt: Date.now() });
}

function moveTable(session: SessionCore, table: TableObject, { schema, name }: Place): void {
  const { catalog, properties } = session.database;
  const transaction = session.transactionForWriting();
  changeReferences(session, table, (key) => ({ ...key, referencedSchema: schema, referencedTable: name }));
  const current = catalog.find(table.schema, table.name);
  if (current?.kind !== 'table') throw new Error(`the table ${table.name} has gone while it was moved`);
  const definition = { ...current.definition, schema, name };
  const rebuilt = session.database.rebuildTable(transaction, current, definition, (row) => row);
  put(session, transaction, rebuilt, { ...rebuilt, schema, name });
  if (objectKey(schema, '') === objectKey(table.schema, '')) return;
  const constraint = (home: string, part: string) => ({ class: 1, major: partId(home, part), minor: '' }) as const;
  for (const part of constraintNames(definition))
    properties.move(transaction, constraint(table.schema, part), constraint(schema, part));
}
