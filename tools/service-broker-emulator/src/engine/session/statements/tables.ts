import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import type { AlterTableStatement, CreateTableStatement } from '../../../tsql/ast/tables.ts';
import { buildTableDefinition, extendTableDefinition } from '../../catalog/build-table-definition.ts';
import type { TableObject } from '../../catalog/catalog-object.ts';
import { constraintNotCreated } from '../../catalog/errors.ts';
import { nameKey } from '../../catalog/name-key.ts';
import type { ForeignKeyDefinition, TableColumn, TableDefinition } from '../../catalog/table-definition.ts';
import { compileAddedColumns, compileTableCheck, underSettingsOf } from '../../query/compile-statement.ts';
import type { Database } from '../../server/database.ts';
import { MemoryTable } from '../../storage/memory-table.ts';
import type { TableStore } from '../../storage/table-store.ts';
import { compileAssignment } from '../../types/convert.ts';
import { underDateSettings } from '../../types/date-settings.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import { objectNotFound } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { tableStatementContext } from '../module-tables.ts';
import { databaseOf, findObject, printName } from '../name-resolution.ts';
import { ambiguousCascade } from './cascade-paths.ts';
import { refuseAlterOf, refuseDropOf } from './column-dependents.ts';
import {
  alteredColumnNotFound,
  cascadeBesideInsteadOf,
  cascadesMeet,
  constraintNotDropped,
  droppedColumnNotFound,
  invalidForeignKeyTable,
  invalidReferencedColumn,
  keyReferenced,
  noMatchingKey,
  notAConstraint,
  nullsInAlteredColumn,
} from './errors/definition-errors.ts';

export function runCreateTable(run: Interpreter, statement: CreateTableStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { name } = statement;
  if (name.name.startsWith('#')) {
    const definition = buildTableDefinition(
      'dbo',
      name.name,
      statement.table,
      tableStatementContext(session, session.database, 'dbo', true),
    );
    const transaction = session.transactionForWriting();
    session.tempTables.add(name.name, new MemoryTable({ definition, transactional: true }));
    transaction.record(() => session.tempTables.drop(name.name));
    if (frame.nestLevel > 0) frame.addTempTable(name.name);
    return;
  }
  const database = databaseOf(name, session.database, session.server.databases);
  const schema = session.targetSchema(name, frame);
  const definition = buildTableDefinition(
    schema,
    name.name,
    statement.table,
    tableStatementContext(session, database, frame.defaultSchema),
  );
  checkForeignKeys(database, definition);
  database.createTable(session.transactionForWriting(), definition);
}

/** @throws {SqlError} 1767, 1770, 1776 when a foreign key points nowhere, 1787 for one that cascades beside an INSTEAD OF trigger */
function checkForeignKeys(
  database: Database,
  definition: TableDefinition,
  added: readonly ForeignKeyDefinition[] = definition.foreignKeys,
): void {
  const { insteadOf } = database.triggerEvents(definition);
  for (const key of definition.foreignKeys) {
    if (
      (insteadOf.has('delete') && key.onDelete !== 'noAction') ||
      (insteadOf.has('update') && key.onUpdate !== 'noAction')
    ) {
      throw cascadeBesideInsteadOf(key.name, definition.name);
    }
    const self =
      nameKey(key.referencedTable) === nameKey(definition.name) &&
      nameKey(key.referencedSchema) === nameKey(definition.schema);
    const found = database.catalog.find(key.referencedSchema, key.referencedTable);
    const target = self ? definition : found?.kind === 'table' ? found.definition : undefined;
    if (target === undefined) {
      throw constraintNotCreated(invalidForeignKeyTable(key.name, key.referencedSchema, key.referencedTable));
    }
    const missing = key.referencedColumns.find((name) =>
      target.columns.every((column) => nameKey(column.name) !== nameKey(name)),
    );
    if (missing !== undefined) {
      throw constraintNotCreated(invalidReferencedColumn(key.name, missing, key.referencedTable));
    }
    const wanted = key.referencedColumns.map(nameKey).sort().join();
    const candidate = target.indexes.some(
      (index) =>
        index.kind !== 'index' &&
        index.filter === undefined &&
        index.columns
          .map((entry) => nameKey(target.columns[entry.ordinal]?.name ?? ''))
          .sort()
          .join() === wanted,
    );
    if (!candidate) {
      throw constraintNotCreated(noMatchingKey(key.referencedSchema, key.referencedTable, key.name));
    }
  }
  const ambiguous = ambiguousCascade(database, definition, added);
  if (ambiguous !== undefined) throw constraintNotCreated(cascadesMeet(ambiguous.name, definition.name));
}

/** A table whose shape can be changed: of the catalog, or a temp table of the session. */
type AlterableTable = Pick<TableObject, 'schema' | 'name' | 'definition'> & {
  readonly store: TableStore;
  /** Where it is, which needn't be where the session is; of a temp table: the session's. */
  readonly database: Database;
} & ({ readonly object: TableObject } | { readonly store: MemoryTable });

/** @throws {SqlError} 4902 when it isn't a table */
export function requireTable(run: Interpreter, name: ObjectName, frame: ModuleFrame): AlterableTable {
  const { session } = run;
  if (name.name.startsWith('#')) {
    const store = session.tempTables.find(name.name);
    if (store !== undefined)
      return { schema: 'dbo', name: name.name, definition: store.definition, store, database: session.database };
  } else {
    const database = databaseOf(name, session.database, session.server.databases);
    const object = findObject(name, database, frame.defaultSchema);
    if (object?.kind === 'table') {
      const { schema, name: tableName, definition, store } = object;
      return { schema, name: tableName, definition, store, object, database };
    }
  }
  throw objectNotFound(printName(name), 4902);
}

/** Puts a table with another shape in the place of the old one, its rows mapped. */
export function rebuild(
  run: Interpreter,
  table: AlterableTable,
  definition: TableDefinition,
  mapRow: (row: SqlRow) => SqlRow,
): void {
  const { session } = run;
  const transaction = session.transactionForWriting();
  if ('object' in table) {
    table.database.rebuildTable(transaction, table.object, definition, mapRow);
    return;
  }
  const { name, store } = table;
  const rebuilt = store.rebuild({ definition }, mapRow);
  session.tempTables.replace(name, rebuilt);
  transaction.record(() => session.tempTables.replace(name, store));
}

function dropColumns(run: Interpreter, table: AlterableTable, names: readonly string[], ifExists: boolean): void {
  const { definition } = table;
  const dropped = new Set<number>();
  for (const name of names) {
    const ordinal = definition.columns.findIndex((column) => nameKey(column.name) === nameKey(name));
    if (ordinal < 0) {
      if (ifExists) continue;
      throw droppedColumnNotFound(name, definition.name);
    }
    refuseDropOf(table.database, definition, ordinal);
    dropped.add(ordinal);
  }
  const kept = definition.columns.map((_, ordinal) => ordinal).filter((ordinal) => !dropped.has(ordinal));
  const moved = (ordinal: number): number => kept.indexOf(ordinal);
  rebuild(
    run,
    table,
    {
      ...definition,
      columns: kept.flatMap((ordinal) => definition.columns[ordinal] ?? []),
      indexes: definition.indexes.map((index) => ({
        ...index,
        columns: index.columns.map((entry) => ({ ...entry, ordinal: moved(entry.ordinal) })),
        include: index.include.map(moved),
      })),
      foreignKeys: definition.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(moved) })),
    },
    (row) => kept.map((ordinal) => row[ordinal] ?? null),
  );
}

/** @throws {SqlError} 3727 after 3725 for a key that foreign keys of tables point at */
function refuseReferencedKey(
  database: Database,
  { schema, name: table, columns, indexes }: TableDefinition,
  name: string,
): void {
  const namesOf = (index: TableDefinition['indexes'][number]): string =>
    index.columns
      .map(({ ordinal }) => nameKey(columns[ordinal]?.name ?? ''))
      .sort()
      .join();
  const dropped = indexes.find((index) => nameKey(index.name) === nameKey(name));
  if (dropped === undefined) return;
  const wanted = namesOf(dropped);
  // Another key of the same columns does as well.
  if (indexes.some((index) => index !== dropped && index.kind !== 'index' && namesOf(index) === wanted)) return;
  for (const object of database.catalog.objects) {
    if (object.kind !== 'table') continue;
    const user = object.definition.foreignKeys.find(
      (key) =>
        nameKey(key.referencedSchema) === nameKey(schema) &&
        nameKey(key.referencedTable) === nameKey(table) &&
        key.referencedColumns.map(nameKey).sort().join() === wanted,
    );
    if (user !== undefined) throw constraintNotDropped(keyReferenced(name, object.name, user.name));
  }
}

function dropConstraints(run: Interpreter, table: AlterableTable, names: readonly string[], ifExists: boolean): void {
  let { definition } = table;
  for (const name of names) {
    const isNamed = (constraint: { readonly name: string }): boolean => nameKey(constraint.name) === nameKey(name);
    const found =
      definition.indexes.some(
        (index) => isNamed(index) && (index.kind === 'primaryKey' || index.kind === 'uniqueConstraint'),
      ) ||
      definition.checks.some(isNamed) ||
      definition.foreignKeys.some(isNamed) ||
      definition.columns.some((column) => column.default !== undefined && isNamed(column.default));
    if (!found) {
      if (ifExists) continue;
      throw constraintNotDropped(notAConstraint(name));
    }
    refuseReferencedKey(table.database, definition, name);
    definition = {
      ...definition,
      indexes: definition.indexes.filter((index) => !isNamed(index)),
      checks: definition.checks.filter((check) => !isNamed(check)),
      foreignKeys: definition.foreignKeys.filter((key) => !isNamed(key)),
      columns: definition.columns.map((column) => {
        if (column.default === undefined || !isNamed(column.default)) return column;
        const { default: _dropped, ...rest } = column;
        return rest;
      }),
    };
  }
  rebuild(run, table, definition, (row) => row);
}

function alterColumn(run: Interpreter, table: AlterableTable, change: TableColumn): void {
  const { definition } = table;
  const ordinal = definition.columns.findIndex((column) => nameKey(column.name) === nameKey(change.name));
  const before = definition.columns[ordinal];
  if (before === undefined) {
    throw alteredColumnNotFound(change.name, definition.name);
  }
  const name = `${table.database.name}.${definition.schema}.${definition.name}`;
  const convert = underDateSettings(run.session.options.dates, () =>
    compileAssignment(before.type, change.type, change.name, name),
  );
  refuseAlterOf(table.database, definition, ordinal, change);
  const { alias: _alias, ...kept } = before;
  const { type, nullable, alias } = change;
  const changed: TableColumn = { ...kept, type, nullable, ...(alias === undefined ? {} : { alias }) };
  const columns = definition.columns.map((column, index) => (index === ordinal ? changed : column));
  rebuild(run, table, { ...definition, columns }, (row) =>
    row.map((value, index) => {
      if (index !== ordinal) return value;
      if (value === null && !change.nullable) {
        throw nullsInAlteredColumn(change.name, table.database.name, definition.schema, definition.name);
      }
      return convert(value);
    }),
  );
}

export function runAlterTable(run: Interpreter, statement: AlterTableStatement, frame: ModuleFrame): void {
  const { session } = run;
  const table = requireTable(run, statement.name, frame);
  const { definition } = table;
  const { change } = statement;
  switch (change.kind) {
    case 'add': {
      const extended = extendTableDefinition(definition, change.table, {
        ...tableStatementContext(session, table.database, frame.defaultSchema),
        unchecked: !change.withCheck,
      });
      checkForeignKeys(table.database, extended, extended.foreignKeys.slice(definition.foreignKeys.length));
      const environment = session.environment(frame, table.database);
      const filled = change.table.constraints.flatMap((constraint) =>
        constraint.kind === 'default' && constraint.withValues === true ? [nameKey(constraint.column)] : [],
      );
      underSettingsOf(environment, () => {
        const compiled = compileAddedColumns(extended, definition.columns.length, environment, new Set(filled));
        const added = compiled(session.context(frame));
        rebuild(run, table, extended, (row) => [...row, ...added(row)]);
        if (change.withCheck)
          compileTableCheck(extended, environment)(
            session.context(frame),
            requireTable(run, statement.name, frame).store,
          );
      });
      return;
    }
    case 'alterColumn': {
      const context = tableStatementContext(session, table.database, frame.defaultSchema);
      const [column] = buildTableDefinition(
        table.schema,
        table.name,
        { columns: [change.column], constraints: [], indexes: [] },
        context,
      ).columns;
      if (column !== undefined) alterColumn(run, table, column);
      return;
    }
    case 'dropColumns':
      dropColumns(run, table, change.names, change.ifExists);
      return;
    case 'dropConstraints':
      dropConstraints(run, table, change.names, change.ifExists);
      return;
    case 'checkConstraints': {
      const named = (name: string): boolean =>
        change.names.length === 0 || change.names.some((candidate) => nameKey(candidate) === nameKey(name));
      const { enabled } = change;
      // What is turned on again is not looked at unless that is said.
      const untrusted = !(enabled && change.withCheck);
      const changed: TableDefinition = {
        ...definition,
        checks: definition.checks.map((check) => (named(check.name) ? { ...check, enabled, untrusted } : check)),
        foreignKeys: definition.foreignKeys.map((key) => (named(key.name) ? { ...key, enabled, untrusted } : key)),
      };
      rebuild(run, table, changed, (row) => row);
      if (untrusted) return;
      const checked = {
        ...changed,
        checks: changed.checks.filter(({ name }) => named(name)),
        foreignKeys: changed.foreignKeys.filter(({ name }) => named(name)),
      };
      const environment = session.environment(frame, table.database);
      underSettingsOf(environment, () =>
        compileTableCheck(checked, environment)(session.context(frame), requireTable(run, statement.name, frame).store),
      );
      return;
    }
  }
}
