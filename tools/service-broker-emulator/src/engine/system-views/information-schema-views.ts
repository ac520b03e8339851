import type { ModuleObject } from '../catalog/catalog-object.ts';
import { columnsOfCheck } from '../catalog/mentioned-columns.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedFunction } from '../catalog/parsed-module.ts';
import type { TableColumn, TableDefinition } from '../catalog/table-definition.ts';
import type { Database } from '../server/database.ts';
import { resolveScalarType } from '../session/name-resolution.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SeenTable } from '../session/temp-table-object.ts';
import type { SqlType } from '../types/sql-type.ts';
import { isCharacterType, isUnicodeType, typeFamily } from '../types/type-info.ts';
import { defineView, type SystemView, viewTime } from './define-view.ts';
import { defaultDefinition } from './definition-text.ts';
import { relationColumns } from './relation-columns.ts';
import { typeFacts } from './type-ids.ts';
import { seenObjects, seenTables } from './visible.ts';

function tables(database: Database, session: SessionCore): SeenTable[] {
  return [...seenTables(database, session)];
}

const isFloat = (type: SqlType): boolean => typeFamily(type) === 'float';

const exactNumbers = new Set(['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'money', 'smallmoney']);

/** What a function returns: the name of a type, or TABLE; a procedure returns nothing of that kind. */
function returnedType(object: ModuleObject, database: Database): string | null {
  if (object.kind !== 'function') return null;
  const { returns } = parsedFunction(object);
  if (returns.kind !== 'scalar') return 'TABLE';
  return resolveScalarType(returns.type, database, object.schema).type.name;
}

/** Columns of tables and of views, which need not have a stored definition. */
function* shownColumns(database: Database, session: SessionCore) {
  for (const object of seenTables(database, session)) yield { object, columns: object.definition.columns };
  for (const object of seenObjects(database, session)) {
    if (object.kind !== 'view') continue;
    const columns = relationColumns(object, database, session).map(
      ({ name, type, nullable }): TableColumn => ({ name, type, nullable }),
    );
    yield { object, columns };
  }
}

/** The alias type of a column; `sysname` doesn't count. */
function domainOf({ alias }: TableColumn, database: Database) {
  if (alias === undefined || alias.schema === 'sys') return {};
  return { DOMAIN_CATALOG: database.name, DOMAIN_SCHEMA: alias.schema, DOMAIN_NAME: alias.name };
}

/** Keys of a table and its foreign keys, with their columns. */
function keysOf({
  foreignKeys,
  indexes,
}: TableDefinition): { readonly name: string; readonly ordinals: readonly number[] }[] {
  return [
    ...indexes
      .filter((index) => index.kind === 'primaryKey' || index.kind === 'uniqueConstraint')
      .map((index) => ({ name: index.name, ordinals: index.columns.map((entry) => entry.ordinal) })),
    ...foreignKeys.map((key) => ({ name: key.name, ordinals: key.columns })),
  ];
}

function ordinalsIn(columns: readonly TableColumn[], names: ReadonlySet<string>): number[] {
  return columns.flatMap(({ name }, ordinal) => (names.has(nameKey(name)) ? [ordinal] : []));
}

export const informationSchemaViews: readonly SystemView[] = [
  defineView(
    'INFORMATION_SCHEMA',
    'TABLES',
    { TABLE_CATALOG: 'name', TABLE_SCHEMA: 'name', TABLE_NAME: 'name', TABLE_TYPE: 'description' },
    function* (database, session) {
      const place = { TABLE_CATALOG: database.name };
      for (const { schema, name } of seenTables(database, session)) {
        yield { ...place, TABLE_SCHEMA: schema, TABLE_NAME: name, TABLE_TYPE: 'BASE TABLE' };
      }
      for (const { kind, schema, name } of seenObjects(database, session)) {
        if (kind === 'view') yield { ...place, TABLE_SCHEMA: schema, TABLE_NAME: name, TABLE_TYPE: 'VIEW' };
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'COLUMNS',
    {
      TABLE_CATALOG: 'name',
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      COLUMN_NAME: 'name',
      ORDINAL_POSITION: 'int',
      COLUMN_DEFAULT: 'text',
      IS_NULLABLE: 'description',
      DATA_TYPE: 'name',
      CHARACTER_MAXIMUM_LENGTH: 'int',
      CHARACTER_OCTET_LENGTH: 'int',
      NUMERIC_PRECISION: 'tinyint',
      NUMERIC_PRECISION_RADIX: 'smallint',
      NUMERIC_SCALE: 'int',
      DATETIME_PRECISION: 'smallint',
      CHARACTER_SET_CATALOG: 'name',
      CHARACTER_SET_SCHEMA: 'name',
      CHARACTER_SET_NAME: 'name',
      COLLATION_CATALOG: 'name',
      COLLATION_SCHEMA: 'name',
      COLLATION_NAME: 'name',
      DOMAIN_CATALOG: 'name',
      DOMAIN_SCHEMA: 'name',
      DOMAIN_NAME: 'name',
    },
    function* (database, session) {
      for (const { object: table, columns } of shownColumns(database, session)) {
        for (const [ordinal, column] of columns.entries()) {
          const { type } = column;
          const facts = typeFacts(type);
          const sized = isCharacterType(type) || type.name === 'binary' || type.name === 'varbinary';
          const length = type.length === 'max' ? -1 : (type.length ?? null);
          yield {
            TABLE_CATALOG: database.name,
            TABLE_SCHEMA: table.schema,
            TABLE_NAME: table.name,
            COLUMN_NAME: column.name,
            ORDINAL_POSITION: ordinal + 1,
            COLUMN_DEFAULT: column.default === undefined ? null : defaultDefinition(column.default.text),
            IS_NULLABLE: column.nullable ? 'YES' : 'NO',
            DATA_TYPE: type.name === 'rowversion' ? 'timestamp' : type.name,
            CHARACTER_MAXIMUM_LENGTH: sized ? length : null,
            CHARACTER_OCTET_LENGTH: sized ? facts.maxLength : null,
            NUMERIC_PRECISION: exactNumbers.has(type.name) || isFloat(type) ? facts.precision : null,
            NUMERIC_PRECISION_RADIX: isFloat(type) ? 2 : exactNumbers.has(type.name) ? 10 : null,
            NUMERIC_SCALE: exactNumbers.has(type.name) ? facts.scale : null,
            DATETIME_PRECISION: /time|date/.test(type.name) ? (type.scale ?? (type.name === 'datetime' ? 3 : 0)) : null,
            CHARACTER_SET_NAME: isCharacterType(type) ? (isUnicodeType(type) ? 'UNICODE' : 'iso_1') : null,
            COLLATION_NAME: isCharacterType(type) ? (type.collation ?? 'SQL_Latin1_General_CP1_CI_AS') : null,
            ...domainOf(column, database),
          };
        }
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'ROUTINES',
    {
      SPECIFIC_CATALOG: 'name',
      SPECIFIC_SCHEMA: 'name',
      SPECIFIC_NAME: 'name',
      ROUTINE_CATALOG: 'name',
      ROUTINE_SCHEMA: 'name',
      ROUTINE_NAME: 'name',
      ROUTINE_TYPE: 'description',
      DATA_TYPE: 'name',
      ROUTINE_BODY: 'description',
      ROUTINE_DEFINITION: 'text',
      IS_DETERMINISTIC: 'description',
      SQL_DATA_ACCESS: 'description',
      CREATED: 'datetime',
      LAST_ALTERED: 'datetime',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'procedure' && object.kind !== 'function') continue;
        yield {
          SPECIFIC_CATALOG: database.name,
          SPECIFIC_SCHEMA: object.schema,
          SPECIFIC_NAME: object.name,
          ROUTINE_CATALOG: database.name,
          ROUTINE_SCHEMA: object.schema,
          ROUTINE_NAME: object.name,
          ROUTINE_TYPE: object.kind.toUpperCase(),
          DATA_TYPE: returnedType(object, database),
          ROUTINE_BODY: 'SQL',
          ROUTINE_DEFINITION: object.text.slice(0, 4000),
          IS_DETERMINISTIC: 'NO',
          SQL_DATA_ACCESS: object.kind === 'procedure' ? 'MODIFIES' : 'READS',
          CREATED: viewTime(object.createdAt),
          LAST_ALTERED: viewTime(object.modifiedAt),
        };
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'SCHEMATA',
    { CATALOG_NAME: 'name', SCHEMA_NAME: 'name', SCHEMA_OWNER: 'name' },
    function* (database) {
      for (const schema of database.catalog.schemas)
        yield { CATALOG_NAME: database.name, SCHEMA_NAME: schema.name, SCHEMA_OWNER: schema.owner };
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'TABLE_CONSTRAINTS',
    {
      CONSTRAINT_CATALOG: 'name',
      CONSTRAINT_SCHEMA: 'name',
      CONSTRAINT_NAME: 'name',
      TABLE_CATALOG: 'name',
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      CONSTRAINT_TYPE: 'description',
      IS_DEFERRABLE: 'description',
      INITIALLY_DEFERRED: 'description',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const row = (name: string, type: string) => ({
          CONSTRAINT_CATALOG: database.name,
          CONSTRAINT_SCHEMA: table.schema,
          CONSTRAINT_NAME: name,
          TABLE_CATALOG: database.name,
          TABLE_SCHEMA: table.schema,
          TABLE_NAME: table.name,
          CONSTRAINT_TYPE: type,
          IS_DEFERRABLE: 'NO',
          INITIALLY_DEFERRED: 'NO',
        });
        for (const index of table.definition.indexes) {
          if (index.kind === 'primaryKey') yield row(index.name, 'PRIMARY KEY');
          if (index.kind === 'uniqueConstraint') yield row(index.name, 'UNIQUE');
        }
        for (const check of table.definition.checks) yield row(check.name, 'CHECK');
        for (const key of table.definition.foreignKeys) yield row(key.name, 'FOREIGN KEY');
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'KEY_COLUMN_USAGE',
    {
      CONSTRAINT_CATALOG: 'name',
      CONSTRAINT_SCHEMA: 'name',
      CONSTRAINT_NAME: 'name',
      TABLE_CATALOG: 'name',
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      COLUMN_NAME: 'name',
      ORDINAL_POSITION: 'int',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const { columns } = table.definition;
        for (const { name, ordinals } of keysOf(table.definition)) {
          for (const [position, ordinal] of ordinals.entries()) {
            yield {
              CONSTRAINT_CATALOG: database.name,
              CONSTRAINT_SCHEMA: table.schema,
              CONSTRAINT_NAME: name,
              TABLE_CATALOG: database.name,
              TABLE_SCHEMA: table.schema,
              TABLE_NAME: table.name,
              COLUMN_NAME: columns[ordinal]?.name ?? null,
              ORDINAL_POSITION: position + 1,
            };
          }
        }
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'CONSTRAINT_COLUMN_USAGE',
    {
      TABLE_CATALOG: 'name',
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      COLUMN_NAME: 'name',
      CONSTRAINT_CATALOG: 'name',
      CONSTRAINT_SCHEMA: 'name',
      CONSTRAINT_NAME: 'name',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const { columns, checks } = table.definition;
        const all = [
          ...keysOf(table.definition),
          ...checks.map(({ name, text }) => ({ name, ordinals: ordinalsIn(columns, columnsOfCheck(text)) })),
        ];
        for (const { name, ordinals } of all) {
          for (const ordinal of ordinals) {
            yield {
              TABLE_CATALOG: database.name,
              TABLE_SCHEMA: table.schema,
              TABLE_NAME: table.name,
              COLUMN_NAME: columns[ordinal]?.name ?? null,
              CONSTRAINT_CATALOG: database.name,
              CONSTRAINT_SCHEMA: table.schema,
              CONSTRAINT_NAME: name,
            };
          }
        }
      }
    },
  ),
];
