import { nameKey } from '../catalog/name-key.ts';
import { partId } from '../catalog/part-id.ts';
import type { CheckDefinition, ForeignKeyDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import { bit, defineView, type SystemView } from './define-view.ts';
import { checkDefinition, defaultDefinition } from './definition-text.ts';
import { objectTypeDescription } from './object-types.ts';
import { constraintFacts } from './object-views.ts';
import { indexIds } from './table-views.ts';
import { seenTypes, seesDefinitions } from './visible.ts';

const head = {
  name: 'name',
  object_id: 'int',
  schema_id: 'int',
  parent_object_id: 'int',
  type: 'char2',
  type_desc: 'description',
  create_date: 'datetime',
  modify_date: 'datetime',
  is_ms_shipped: 'bit',
} as const;

const actions = {
  noAction: [0, 'NO_ACTION'],
  cascade: [1, 'CASCADE'],
  setNull: [2, 'SET_NULL'],
  setDefault: [3, 'SET_DEFAULT'],
} as const;

function typeConstraint(name: string, code: string) {
  const type = code.padEnd(2);
  return { name, object_id: partId('dbo', name), schema_id: 1, type, type_desc: objectTypeDescription(code) };
}

/** The id of the index that a foreign key points at. */
function keyIndexId(referenced: TableDefinition, { referencedColumns }: ForeignKeyDefinition): number | null {
  const wanted = referencedColumns.map(nameKey).sort().join();
  const index = referenced.indexes.find(
    ({ kind, columns, filter }) =>
      kind !== 'index' &&
      filter === undefined &&
      columns
        .map(({ ordinal }) => nameKey(referenced.columns[ordinal]?.name ?? ''))
        .sort()
        .join() === wanted,
  );
  return (index === undefined ? undefined : indexIds(referenced).get(index.name)) ?? null;
}

/** Table types with the id that their constraints have as parent. */
function* typeDefinitions(database: Database, session: SessionCore) {
  for (const type of seenTypes(database, session)) {
    if (type.kind !== 'tableType') continue;
    yield { parent_object_id: partId(type.schema, `TT_${nameKey(type.name)}`), definition: type.definition };
  }
}

function checkFacts(check: CheckDefinition, { columns }: TableDefinition) {
  return {
    definition: checkDefinition(check.text),
    is_disabled: bit(!check.enabled),
    is_not_trusted: bit(check.untrusted === true),
    // 0 for a constraint of the table.
    parent_column_id: columns.findIndex(({ name }) => name === check.column) + 1,
    is_system_named: bit(check.systemNamed === true),
  };
}

export const constraintViews: readonly SystemView[] = [
  defineView(
    'sys',
    'key_constraints',
    { ...head, unique_index_id: 'int', is_system_named: 'bit' },
    function* (database, session) {
      for (const { table, ...facts } of constraintFacts(database, session)) {
        if (facts.type !== 'PK' && facts.type !== 'UQ') continue;
        const id = typeof facts.name === 'string' ? indexIds(table.definition).get(facts.name) : undefined;
        const index = table.definition.indexes.find(({ name }) => name === facts.name);
        yield { ...facts, unique_index_id: id ?? null, is_system_named: bit(index?.systemNamed === true) };
      }
    },
  ),
  defineView(
    'sys',
    'check_constraints',
    {
      ...head,
      definition: 'longText',
      is_disabled: 'bit',
      is_not_trusted: 'bit',
      parent_column_id: 'int',
      is_system_named: 'bit',
    },
    function* (database, session) {
      for (const { parent_object_id, definition } of typeDefinitions(database, session)) {
        for (const check of definition.checks) {
          yield { ...typeConstraint(check.name, 'C'), parent_object_id, ...checkFacts(check, definition) };
        }
      }
      for (const { table, ...facts } of constraintFacts(database, session)) {
        const check = table.definition.checks.find((candidate) => candidate.name === facts.name);
        if (facts.type?.toString().trim() !== 'C' || check === undefined) continue;
        const shown = checkFacts(check, table.definition);
        yield { ...facts, ...shown, definition: seesDefinitions(database, session, table) ? shown.definition : null };
      }
    },
  ),
  defineView(
    'sys',
    'default_constraints',
    { ...head, definition: 'longText', parent_column_id: 'int', is_system_named: 'bit' },
    function* (database, session) {
      for (const { parent_object_id, definition } of typeDefinitions(database, session)) {
        for (const [ordinal, { default: value }] of definition.columns.entries()) {
          if (value === undefined) continue;
          const facts = { ...typeConstraint(value.name, 'D'), parent_object_id };
          yield {
            ...facts,
            definition: defaultDefinition(value.text),
            parent_column_id: ordinal + 1,
            is_system_named: 1,
          };
        }
      }
      for (const { table, ...facts } of constraintFacts(database, session)) {
        const ordinal = table.definition.columns.findIndex((column) => column.default?.name === facts.name);
        const column = table.definition.columns[ordinal];
        if (facts.type?.toString().trim() !== 'D' || column?.default === undefined) continue;
        yield {
          ...facts,
          definition: seesDefinitions(database, session, table) ? defaultDefinition(column.default.text) : null,
          parent_column_id: ordinal + 1,
          is_system_named: bit(column.default.systemNamed === true),
        };
      }
    },
  ),
  defineView(
    'sys',
    'foreign_keys',
    {
      ...head,
      referenced_object_id: 'int',
      key_index_id: 'int',
      is_disabled: 'bit',
      is_not_trusted: 'bit',
      is_system_named: 'bit',
      delete_referential_action: 'tinyint',
      delete_referential_action_desc: 'description',
      update_referential_action: 'tinyint',
      update_referential_action_desc: 'description',
    },
    function* (database, session) {
      for (const { table, ...facts } of constraintFacts(database, session)) {
        const key = table.definition.foreignKeys.find((candidate) => candidate.name === facts.name);
        if (facts.type?.toString().trim() !== 'F' || key === undefined) continue;
        const [onDelete, onDeleteText] = actions[key.onDelete];
        const [onUpdate, onUpdateText] = actions[key.onUpdate];
        const referenced = database.catalog.find(key.referencedSchema, key.referencedTable);
        yield {
          ...facts,
          referenced_object_id: referenced?.objectId ?? null,
          key_index_id: referenced?.kind === 'table' ? keyIndexId(referenced.definition, key) : null,
          is_disabled: bit(!key.enabled),
          is_not_trusted: bit(key.untrusted === true),
          is_system_named: bit(key.systemNamed === true),
          delete_referential_action: onDelete,
          delete_referential_action_desc: onDeleteText,
          update_referential_action: onUpdate,
          update_referential_action_desc: onUpdateText,
        };
      }
    },
  ),
  defineView(
    'sys',
    'foreign_key_columns',
    {
      constraint_object_id: 'int',
      constraint_column_id: 'int',
      parent_object_id: 'int',
      parent_column_id: 'int',
      referenced_object_id: 'int',
      referenced_column_id: 'int',
    },
    function* (database, session) {
      for (const { table, ...facts } of constraintFacts(database, session)) {
        const key = table.definition.foreignKeys.find((candidate) => candidate.name === facts.name);
        if (facts.type?.toString().trim() !== 'F' || key === undefined) continue;
        const referenced = database.catalog.find(key.referencedSchema, key.referencedTable);
        if (referenced?.kind !== 'table') continue;
        for (const [position, ordinal] of key.columns.entries()) {
          const name = nameKey(key.referencedColumns[position] ?? '');
          yield {
            constraint_object_id: facts.object_id ?? null,
            constraint_column_id: position + 1,
            parent_object_id: table.objectId,
            parent_column_id: ordinal + 1,
            referenced_object_id: referenced.objectId,
            referenced_column_id:
              referenced.definition.columns.findIndex((column) => nameKey(column.name) === name) + 1,
          };
        }
      }
    },
  ),
];
