import { nameKey } from '../catalog/name-key.ts';
import { partId } from '../catalog/part-id.ts';
import type { TableColumn, TableDefinition } from '../catalog/table-definition.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SeenTable } from '../session/temp-table-object.ts';
import { defaultCollation, isBinaryType, isCharacterType } from '../types/type-info.ts';
import { seenBaseTables } from './base-tables.ts';
import { bit, definedViews, defineView, type SystemView } from './define-view.ts';
import { computedDefinition, filterDefinition } from './definition-text.ts';
import { internalTables } from './internal-table-views.ts';
import { objectFacts } from './object-views.ts';
import { relationColumns } from './relation-columns.ts';
import { typeFacts } from './type-ids.ts';
import { userTypeId } from './user-type-id.ts';
import { seenObjects, seenTables, seenTypes, seesDefinitions } from './visible.ts';

function tables(database: Database, session: SessionCore): SeenTable[] {
  return [...seenTables(database, session)];
}

/** What has columns and indexes; `isShown`: with the texts of its computed columns and filters. */
interface Shape {
  readonly objectId: number;
  readonly definition: TableDefinition;
  readonly isShown: boolean;
}

/** Tables and table types. */
function* shapes(database: Database, session: SessionCore): Iterable<Shape> {
  for (const table of tables(database, session)) {
    const isShown = seesDefinitions(database, session, table);
    yield { objectId: table.objectId, definition: table.definition, isShown };
  }
  for (const type of seenTypes(database, session)) {
    if (type.kind === 'tableType')
      yield { objectId: partId(type.schema, `TT_${nameKey(type.name)}`), definition: type.definition, isShown: true };
  }
}

function columnFacts(database: Database, objectId: number, schema: string, column: TableColumn, ordinal: number) {
  const facts = typeFacts(column.type);
  return {
    object_id: objectId,
    name: column.name,
    column_id: ordinal + 1,
    system_type_id: facts.systemTypeId,
    user_type_id: userTypeId(database, column.alias, facts.systemTypeId),
    max_length: facts.maxLength,
    precision: facts.precision,
    scale: facts.scale,
    collation_name: isCharacterType(column.type) ? (column.type.collation ?? defaultCollation) : null,
    is_nullable: bit(column.nullable),
    is_ansi_padded: bit(
      isCharacterType(column.type) || isBinaryType(column.type) || column.type.name === 'sql_variant',
    ),
    is_rowguidcol: bit(column.rowGuid === true),
    is_identity: bit(column.identity !== undefined),
    is_computed: bit(column.computed !== undefined),
    default_object_id: column.default === undefined ? 0 : partId(schema, column.default.name),
  };
}

const columnColumns = {
  object_id: 'int',
  name: 'name',
  column_id: 'int',
  system_type_id: 'tinyint',
  user_type_id: 'int',
  max_length: 'smallint',
  precision: 'tinyint',
  scale: 'tinyint',
  collation_name: 'name',
  is_nullable: 'bit',
  is_ansi_padded: 'bit',
  is_rowguidcol: 'bit',
  is_identity: 'bit',
  is_computed: 'bit',
  default_object_id: 'int',
} as const;

/** Columns of tables, table types, views, queues and of the server's own tables. */
function* allColumns(database: Database, session: SessionCore) {
  yield* columns(database, session);
  for (const { objectId, columns: shown } of seenBaseTables(database, session)) {
    for (const [ordinal, column] of shown.entries()) yield columnFacts(database, objectId, 'sys', column, ordinal);
  }
  for (const object of seenObjects(database, session)) {
    for (const [ordinal, { name, type, nullable }] of relationColumns(object, database, session).entries())
      yield columnFacts(database, object.objectId, object.schema, { name, type, nullable }, ordinal);
  }
}

/** Columns of the views that the server brings along. */
function* systemColumns(database: Database) {
  for (const view of definedViews) {
    const { columns: shown } = view.relation(database);
    for (const [ordinal, { name, type, nullable }] of shown.entries())
      yield columnFacts(database, partId(view.schema, view.name), view.schema, { name, type, nullable }, ordinal);
  }
}

function* columns(database: Database, session: SessionCore) {
  for (const { objectId, definition, isShown } of shapes(database, session)) {
    for (const [ordinal, column] of definition.columns.entries()) {
      yield { ...columnFacts(database, objectId, definition.schema, column, ordinal), column, isShown };
    }
  }
}

const indexKinds = { primaryKey: [1, 0], uniqueConstraint: [0, 1], uniqueIndex: [0, 0], index: [0, 0] } as const;

/** Index ids: 1 for the clustered index, then 2 and up; 0 stands for a heap. */
export function indexIds(definition: TableDefinition): ReadonlyMap<string, number> {
  let next = 2;
  return new Map(definition.indexes.map((index) => [index.name, index.clustered ? 1 : next++]));
}

export const tableViews: readonly SystemView[] = [
  defineView(
    'sys',
    'tables',
    {
      name: 'name',
      object_id: 'int',
      principal_id: 'int',
      schema_id: 'int',
      parent_object_id: 'int',
      type: 'char2',
      type_desc: 'description',
      create_date: 'datetime',
      modify_date: 'datetime',
      is_ms_shipped: 'bit',
      max_column_id_used: 'int',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        yield { ...objectFacts(database, table), max_column_id_used: table.definition.columns.length };
      }
    },
  ),
  defineView('sys', 'columns', columnColumns, allColumns),
  defineView('sys', 'system_columns', columnColumns, systemColumns),
  defineView('sys', 'all_columns', columnColumns, function* (database, session) {
    yield* allColumns(database, session);
    yield* systemColumns(database);
  }),
  defineView(
    'sys',
    'identity_columns',
    { ...columnColumns, seed_value: 'variant', increment_value: 'variant', last_value: 'variant' },
    function* (database, session) {
      const value = (number: bigint) => ({ baseType: { name: 'bigint' as const }, value: number });
      for (const table of tables(database, session)) {
        for (const [ordinal, column] of table.definition.columns.entries()) {
          if (column.identity === undefined) continue;
          const { currentIdentity } = table.store;
          yield {
            ...columnFacts(database, table.objectId, table.schema, column, ordinal),
            seed_value: value(column.identity.seed),
            increment_value: value(column.identity.increment),
            last_value: currentIdentity === undefined ? null : value(currentIdentity),
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'computed_columns',
    { ...columnColumns, definition: 'longText', is_persisted: 'bit' },
    function* (database, session) {
      for (const { column, isShown, ...facts } of columns(database, session)) {
        if (column.computed === undefined) continue;
        yield {
          ...facts,
          definition: isShown ? computedDefinition(column.computed.text) : null,
          is_persisted: bit(column.computed.persisted),
        };
      }
    },
  ),
  defineView(
    'sys',
    'indexes',
    {
      object_id: 'int',
      name: 'name',
      index_id: 'int',
      type: 'tinyint',
      type_desc: 'description',
      is_unique: 'bit',
      data_space_id: 'int',
      ignore_dup_key: 'bit',
      is_primary_key: 'bit',
      is_unique_constraint: 'bit',
      fill_factor: 'tinyint',
      is_padded: 'bit',
      is_disabled: 'bit',
      has_filter: 'bit',
      filter_definition: 'longText',
    },
    function* (database, session) {
      const common = { data_space_id: 1, ignore_dup_key: 0, fill_factor: 0, is_padded: 0, is_disabled: 0 };
      for (const { objectId, definition, isShown } of shapes(database, session)) {
        const ids = indexIds(definition);
        if (!definition.indexes.some((index) => index.clustered)) {
          yield {
            ...common,
            object_id: objectId,
            index_id: 0,
            type: 0,
            type_desc: 'HEAP',
            is_unique: 0,
            is_primary_key: 0,
            is_unique_constraint: 0,
            has_filter: 0,
          };
        }
        for (const index of definition.indexes) {
          const [primary, unique] = indexKinds[index.kind];
          yield {
            ...common,
            object_id: objectId,
            name: index.name,
            index_id: ids.get(index.name) ?? null,
            type: index.clustered ? 1 : 2,
            type_desc: index.clustered ? 'CLUSTERED' : 'NONCLUSTERED',
            is_unique: bit(index.kind !== 'index'),
            is_primary_key: primary,
            is_unique_constraint: unique,
            has_filter: bit(index.filter !== undefined),
            filter_definition: index.filter === undefined || !isShown ? null : filterDefinition(index.filter),
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'index_columns',
    {
      object_id: 'int',
      index_id: 'int',
      index_column_id: 'int',
      column_id: 'int',
      key_ordinal: 'tinyint',
      is_descending_key: 'bit',
      is_included_column: 'bit',
    },
    function* (database, session) {
      for (const { objectId, definition } of shapes(database, session)) {
        const ids = indexIds(definition);
        for (const index of definition.indexes) {
          const indexId = ids.get(index.name) ?? null;
          for (const [position, entry] of index.columns.entries()) {
            yield {
              object_id: objectId,
              index_id: indexId,
              index_column_id: position + 1,
              column_id: entry.ordinal + 1,
              key_ordinal: position + 1,
              is_descending_key: bit(entry.descending),
              is_included_column: 0,
            };
          }
          for (const [position, ordinal] of index.include.entries()) {
            yield {
              object_id: objectId,
              index_id: indexId,
              index_column_id: index.columns.length + position + 1,
              column_id: ordinal + 1,
              key_ordinal: 0,
              is_descending_key: 0,
              is_included_column: 1,
            };
          }
        }
      }
    },
    undefined,
    undefined,
    // Joined to columns without an order they come in that of the index, as on SQL Server: SQLAlchemy counts on it.
    500,
  ),
  defineView(
    'sys',
    'partitions',
    {
      partition_id: 'bigint',
      object_id: 'int',
      index_id: 'int',
      partition_number: 'int',
      hobt_id: 'bigint',
      rows: 'bigint',
    },
    function* (database, session) {
      for (const table of tables(database, session)) {
        const ids = [...indexIds(table.definition).values()];
        const rows = BigInt(table.store.approximateRowCount);
        for (const indexId of ids.includes(1) ? ids : [0, ...ids]) {
          yield {
            partition_id: BigInt(table.objectId) * 256n + BigInt(indexId),
            object_id: table.objectId,
            index_id: indexId,
            partition_number: 1,
            hobt_id: BigInt(table.objectId) * 256n + BigInt(indexId),
            rows,
          };
        }
      }
      for (const table of internalTables(database, session)) {
        yield {
          partition_id: BigInt(table.objectId) * 256n + 1n,
          object_id: table.objectId,
          index_id: 1,
          partition_number: 1,
          hobt_id: BigInt(table.objectId) * 256n + 1n,
          rows: BigInt(table.rows),
        };
      }
    },
  ),
];
