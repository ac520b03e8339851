import type { TableObject } from '../catalog/catalog-object.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import { isCharacterType } from '../types/type-info.ts';
import { defineView, type SystemView } from './define-view.ts';
import { typeFacts } from './type-ids.ts';
import { seenObjects } from './visible.ts';

function tables(database: Database, session: SessionCore): TableObject[] {
  return [...seenObjects(database, session)].filter((object): object is TableObject => object.kind === 'table');
}

const exactNumbers = new Set(['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'money', 'smallmoney']);

export const informationSchemaViews: readonly SystemView[] = [
  defineView(
    'INFORMATION_SCHEMA',
    'TABLES',
    { TABLE_CATALOG: 'name', TABLE_SCHEMA: 'name', TABLE_NAME: 'name', TABLE_TYPE: 'description' },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'table' && object.kind !== 'view') continue;
        yield {
          TABLE_CATALOG: database.name,
          TABLE_SCHEMA: object.schema,
          TABLE_NAME: object.name,
          TABLE_TYPE: object.kind === 'table' ? 'BASE TABLE' : 'VIEW',
        };
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
      NUMERIC_SCALE: 'int',
      DATETIME_PRECISION: 'smallint',
      COLLATION_NAME: 'name',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        for (const [ordinal, column] of table.definition.columns.entries()) {
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
            COLUMN_DEFAULT: column.default === undefined ? null : `(${column.default.text})`,
            IS_NULLABLE: column.nullable ? 'YES' : 'NO',
            DATA_TYPE: type.name === 'rowversion' ? 'timestamp' : type.name,
            CHARACTER_MAXIMUM_LENGTH: sized ? length : null,
            CHARACTER_OCTET_LENGTH: sized ? facts.maxLength : null,
            NUMERIC_PRECISION: exactNumbers.has(type.name) ? facts.precision : null,
            NUMERIC_SCALE: exactNumbers.has(type.name) ? facts.scale : null,
            DATETIME_PRECISION: /time|date/.test(type.name) ? (type.scale ?? (type.name === 'datetime' ? 3 : 0)) : null,
            COLLATION_NAME: isCharacterType(type) ? (type.collation ?? 'SQL_Latin1_General_CP1_CI_AS') : null,
          };
        }
      }
    },
  ),
  defineView(
    'INFORMATION_SCHEMA',
    'ROUTINES',
    {
      ROUTINE_CATALOG: 'name',
      ROUTINE_SCHEMA: 'name',
      ROUTINE_NAME: 'name',
      ROUTINE_TYPE: 'description',
      ROUTINE_DEFINITION: 'text',
    },
    function* (database, session) {
      for (const object of seenObjects(database, session)) {
        if (object.kind !== 'procedure' && object.kind !== 'function') continue;
        yield {
          ROUTINE_CATALOG: database.name,
          ROUTINE_SCHEMA: object.schema,
          ROUTINE_NAME: object.name,
          ROUTINE_TYPE: object.kind.toUpperCase(),
          ROUTINE_DEFINITION: object.text.slice(0, 4000),
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
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      CONSTRAINT_TYPE: 'description',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const row = (name: string, type: string) => ({
          CONSTRAINT_CATALOG: database.name,
          CONSTRAINT_SCHEMA: table.schema,
          CONSTRAINT_NAME: name,
          TABLE_SCHEMA: table.schema,
          TABLE_NAME: table.name,
          CONSTRAINT_TYPE: type,
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
      CONSTRAINT_SCHEMA: 'name',
      CONSTRAINT_NAME: 'name',
      TABLE_SCHEMA: 'name',
      TABLE_NAME: 'name',
      COLUMN_NAME: 'name',
      ORDINAL_POSITION: 'int',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const { columns, foreignKeys, indexes } = table.definition;
        const keys = [
          ...indexes
            .filter((index) => index.kind === 'primaryKey' || index.kind === 'uniqueConstraint')
            .map((index) => ({ name: index.name, ordinals: index.columns.map((entry) => entry.ordinal) })),
          ...foreignKeys.map((key) => ({ name: key.name, ordinals: key.columns })),
        ];
        for (const { name, ordinals } of keys) {
          for (const [position, ordinal] of ordinals.entries()) {
            yield {
              CONSTRAINT_SCHEMA: table.schema,
              CONSTRAINT_NAME: name,
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
];
