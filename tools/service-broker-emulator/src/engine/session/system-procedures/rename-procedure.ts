import type { SqlError } from '../../../errors.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { unsupported } from '../../../unsupported.ts';
import type { CatalogObject, TableObject } from '../../catalog/catalog-object.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { partId } from '../../catalog/part-id.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import { permissionDenied } from '../../security/errors.ts';
import { objectSecurable } from '../../security/securables.ts';
import { atomically } from '../atomic-work.ts';
import { changeReferences, moveObject } from '../move-object.ts';
import { findObject, parseObjectName } from '../name-resolution.ts';
import { sequenceUser } from '../sequence-user.ts';
import type { SessionCore } from '../session-core.ts';
import { done, requiredText, textAt } from './call-arguments.ts';
import {
  newNameTaken,
  renamedElsewhere,
  renamedItemAmbiguous,
  renamedItemNotFound,
  renamedTypeUnknown,
  renamesDependedOn,
} from './errors.ts';
import type { SystemProcedure } from './system-procedure.ts';

function notFound(session: SessionCore, name: string, type: string): SqlError {
  return renamedItemNotFound(name, session.database.name, type);
}

/** Whether a stored expression names a column. */
function mentions(text: string, column: string): boolean {
  return new RegExp(`(^|[^\\p{L}\\p{N}_])${RegExp.escape(column)}($|[^\\p{L}\\p{N}_])`, 'iu').test(text);
}

function requireAlter(session: SessionCore, object: CatalogObject): void {
  const securable = objectSecurable(session.database, object);
  const refusal = () => permissionDenied('ALTER', object, session.database.name);
  session.authorize([{ permission: 'ALTER', securable, chain: undefined, refusal }], undefined);
}

function renameColumn(session: SessionCore, table: TableObject, from: string, to: string): void {
  const { definition } = table;
  const ordinal = definition.columns.findIndex((column) => nameKey(column.name) === nameKey(from));
  const same = definition.columns.findIndex((column) => nameKey(column.name) === nameKey(to));
  if (same >= 0 && same !== ordinal) throw newNameTaken(to, 'COLUMN');
  const texts = [
    ...definition.checks.map((check) => check.text),
    ...definition.columns.flatMap((column) => column.computed?.text ?? []),
    ...definition.indexes.flatMap((index) => index.filter ?? []),
  ];
  if (texts.some((text) => mentions(text, from))) {
    throw renamesDependedOn(`${table.schema}.${table.name}.${from}`);
  }
  const columns = definition.columns.map((column, index) => (index === ordinal ? { ...column, name: to } : column));
  const transaction = session.transactionForWriting();
  const owner = { class: 1, major: table.objectId } as const;
  session.database.properties.move(transaction, { ...owner, minor: from }, { ...owner, minor: to });
  session.database.principals.renameColumn(transaction, pathOf(session, table), nameKey(from), nameKey(to));
  session.database.rebuildTable(transaction, table, { ...definition, columns }, (row) => row);
  changeReferences(session, table, (key) => ({
    ...key,
    referencedColumns: key.referencedColumns.map((name) => (nameKey(name) === nameKey(from) ? to : name)),
  }));
}

/** What permissions on an object are kept by. */
function pathOf({ database }: SessionCore, object: { readonly schema: string; readonly name: string }): string {
  return objectSecurable(database, object).path[0] ?? '';
}

function renameObject(session: SessionCore, object: CatalogObject, to: string): void {
  const { catalog, principals } = session.database;
  const transaction = session.transactionForWriting();
  const same = catalog.find(object.schema, to);
  if (same !== undefined && same !== object) throw newNameTaken(to, 'OBJECT');
  if (object.kind === 'queue') throw unsupported('sp_rename of a queue');
  if (object.kind === 'sequence' && sequenceUser(session.database, object) !== undefined)
    throw renamesDependedOn(`${object.schema}.${object.name}`);
  principals.moveSecurable(transaction, pathOf(session, object), pathOf(session, { schema: object.schema, name: to }));
  moveObject(session, object, { schema: object.schema, name: to });
}

/** Renames an index or constraint of a table. */
function renamePart(session: SessionCore, table: TableObject, from: string, to: string): void {
  const { definition } = table;
  const key = nameKey(from);
  const renamed = <T extends { readonly name: string }>(part: T): T => {
    return nameKey(part.name) === key ? { ...part, name: to } : part;
  };
  const changed: TableDefinition = {
    ...definition,
    indexes: definition.indexes.map(renamed),
    checks: definition.checks.map(renamed),
    foreignKeys: definition.foreignKeys.map(renamed),
    columns: definition.columns.map((column) =>
      column.default === undefined ? column : { ...column, default: renamed(column.default) },
    ),
  };
  const transaction = session.transactionForWriting();
  const { properties } = session.database;
  const index = { class: 7, major: table.objectId } as const;
  properties.move(transaction, { ...index, minor: from }, { ...index, minor: to });
  const constraint = (name: string) => ({ class: 1, major: partId(table.schema, name), minor: '' }) as const;
  properties.move(transaction, constraint(from), constraint(to));
  session.database.rebuildTable(transaction, table, changed, (row) => row);
}

function hasIndex({ definition }: TableObject, name: string): boolean {
  return definition.indexes.some((index) => nameKey(index.name) === nameKey(name));
}

function hasColumn({ definition }: TableObject, name: string): boolean {
  return definition.columns.some((column) => nameKey(column.name) === nameKey(name));
}

function hasConstraint({ definition }: TableObject, name: string): boolean {
  const parts = [
    ...definition.indexes.filter((index) => index.kind !== 'index'),
    ...definition.checks,
    ...definition.foreignKeys,
    ...definition.columns.flatMap((column) => column.default ?? []),
  ];
  return parts.some((part) => nameKey(part.name) === nameKey(name));
}

/** What `[[database.]schema.]name` means as an object. Constraints are objects too. */
function renameOfObject(session: SessionCore, name: ObjectName, to: string): (() => void) | undefined {
  const { database } = session;
  if (name.server !== undefined) return undefined;
  if (name.database !== undefined && nameKey(name.database) !== nameKey(database.name)) return undefined;
  const object = findObject(name, database, session.defaultSchema);
  if (object !== undefined) {
    return () => {
      requireAlter(session, object);
      renameObject(session, object, to);
    };
  }
  for (const table of database.catalog.objects) {
    if (table.kind !== 'table' || !hasConstraint(table, name.name)) continue;
    if (name.schema !== undefined && nameKey(table.schema) !== nameKey(name.schema)) continue;
    return () => {
      requireAlter(session, table);
      renamePart(session, table, name.name, to);
    };
  }
  return undefined;
}

function renameOfColumn(session: SessionCore, table: TableObject, name: string, to: string): (() => void) | undefined {
  if (!hasColumn(table, name)) return undefined;
  return () => {
    requireAlter(session, table);
    renameColumn(session, table, name, to);
  };
}

function renameOfIndex(session: SessionCore, table: TableObject, name: string, to: string): (() => void) | undefined {
  if (!hasIndex(table, name)) return undefined;
  return () => {
    requireAlter(session, table);
    renamePart(session, table, name, to);
  };
}

/** Renames what a name means, if that is one thing of this database. @throws {SqlError} 15225, 15248, 15333 */
function rename(session: SessionCore, written: string, to: string, claimed: string | undefined): void {
  const name = parseObjectName(written);
  const type = claimed?.toUpperCase();
  if (type === 'OBJECT' && name.server !== undefined) throw notFound(session, written, type);
  const inTable = name.schema === undefined ? undefined : ownerTable(session, name.schema, name.database);
  const meanings = [
    type === undefined || type === 'OBJECT' ? renameOfObject(session, name, to) : undefined,
    inTable === undefined || !(type === undefined || type === 'COLUMN')
      ? undefined
      : renameOfColumn(session, inTable, name.name, to),
    inTable === undefined || !(type === undefined || type === 'INDEX')
      ? undefined
      : renameOfIndex(session, inTable, name.name, to),
  ].filter((meaning) => meaning !== undefined);
  const [meaning, another] = meanings;
  if (meaning === undefined && claimed === undefined) throw notFound(session, written, '(null)');
  if (meaning === undefined || another !== undefined) throw renamedItemAmbiguous(claimed ?? '(null)');
  // Of a part of a table, what stands first of four; the table was looked for here all the same.
  if (name.server !== undefined && nameKey(name.server) !== nameKey(session.database.name)) {
    throw renamedElsewhere(name.server);
  }
  meaning();
}

/** The table of `[[database.]schema.]table.column`: what stands before the last point is its name, and so on. */
function ownerTable(session: SessionCore, table: string, schema: string | undefined): TableObject | undefined {
  const name = { name: table, line: 1, ...(schema === undefined ? {} : { schema }) };
  const object = findObject(name, session.database, session.defaultSchema);
  return object?.kind === 'table' ? object : undefined;
}

/** @throws {SqlError} 15249 for what isn't a type of a name; 40000 for one that isn't renamed here */
function requireKnown(type: string): void {
  const key = type.toUpperCase();
  if (['COLUMN', 'INDEX', 'OBJECT'].includes(key)) return;
  if (['DATABASE', 'STATISTICS', 'USERDATATYPE'].includes(key)) unsupported(`sp_rename with the object type ${type}`);
  throw renamedTypeUnknown(type);
}

/** sp_rename: tables, columns, indexes, constraints, sequences and modules. */
export const renameProcedure: SystemProcedure = {
  name: 'sp_rename',
  async call(run, values) {
    const written = requiredText(values, 0, '@objname', 'sp_rename');
    const to = requiredText(values, 1, '@newname', 'sp_rename');
    const type = textAt(values, 2, '@objtype');
    if (type !== undefined) requireKnown(type);
    await atomically(run, () => rename(run.session, written, to, type));
    run.sink.info({
      number: 15477,
      state: 1,
      severity: 0,
      text: 'Caution: Changing any part of an object name could break scripts and stored procedures.',
      procedure: 'sp_rename',
      line: 0,
    });
    return done;
  },
};
