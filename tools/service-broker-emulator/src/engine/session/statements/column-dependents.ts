import { columnsOfCheck, columnsOfExpression } from '../../catalog/mentioned-columns.ts';
import { nameKey } from '../../catalog/name-key.ts';
import type { TableColumn, TableDefinition } from '../../catalog/table-definition.ts';
import type { Database } from '../../server/database.ts';
import { lengthOf } from '../../types/type-info.ts';
import { columnInUse } from './errors/definition-errors.ts';

const ofVariableLength: ReadonlySet<string> = new Set(['varchar', 'nvarchar', 'varbinary']);

/** Foreign keys of all tables that point at a column. */
function referencesTo(database: Database, definition: TableDefinition, column: TableColumn): string[] {
  return [...database.catalog.objects].flatMap((object) =>
    object.kind !== 'table'
      ? []
      : object.definition.foreignKeys
          .filter(
            (key) =>
              nameKey(key.referencedSchema) === nameKey(definition.schema) &&
              nameKey(key.referencedTable) === nameKey(definition.name) &&
              key.referencedColumns.some((name) => nameKey(name) === nameKey(column.name)),
          )
          .map(({ name }) => name),
  );
}

function computedFrom(definition: TableDefinition, key: string): string[] {
  return definition.columns.flatMap(({ name, computed }) =>
    computed !== undefined && columnsOfExpression(computed.text).has(key) ? [name] : [],
  );
}

/** @throws {SqlError} 4922 after 5074 for a column that constraints, indexes or other columns are made of */
export function refuseDropOf(database: Database, definition: TableDefinition, ordinal: number): void {
  const column = definition.columns[ordinal];
  if (column === undefined) return;
  const key = nameKey(column.name);
  const [use] = [
    ...definition.indexes
      .filter(({ columns, include }) => [...columns.map((entry) => entry.ordinal), ...include].includes(ordinal))
      .map(({ name }) => name),
    ...definition.foreignKeys.filter(({ columns }) => columns.includes(ordinal)).map(({ name }) => name),
    ...(column.default === undefined ? [] : [column.default.name]),
    ...definition.checks.filter(({ text }) => columnsOfCheck(text).has(key)).map(({ name }) => name),
    ...computedFrom(definition, key),
    ...referencesTo(database, definition, column),
  ];
  if (use !== undefined) throw columnInUse('DROP COLUMN', use, column.name);
}

/**
 * A column can't be altered while a key or other columns are made of it; under an index, a UNIQUE constraint or a CHECK it may
 * only grow, under a DEFAULT change its length. Source: Microsoft's documentation of ALTER TABLE, "ALTER COLUMN".
 *
 * @throws {SqlError} 4922 after 5074
 */
export function refuseAlterOf(
  database: Database,
  definition: TableDefinition,
  ordinal: number,
  { type, nullable }: Pick<TableColumn, 'type' | 'nullable'>,
): void {
  const column = definition.columns[ordinal];
  if (column === undefined) return;
  const key = nameKey(column.name);
  const sameName = type.name === column.type.name;
  const sameSize = type.length === column.type.length && type.precision === column.type.precision;
  const sameType = sameName && sameSize && type.scale === column.type.scale;
  const sameCollation = (type.collation ?? '') === (column.type.collation ?? '');
  if (sameType && sameCollation && nullable === column.nullable) return;
  const grows = sameName && ofVariableLength.has(type.name) && lengthOf(type) >= lengthOf(column.type) && sameCollation;
  const growsOnly = grows && nullable === column.nullable;
  const resized = sameName && ofVariableLength.has(type.name) && sameCollation;
  const [use] = [
    ...definition.indexes
      .filter(({ columns, include }) => [...columns.map((entry) => entry.ordinal), ...include].includes(ordinal))
      .filter(({ kind }) => kind === 'primaryKey' || !growsOnly)
      .map(({ name }) => name),
    ...definition.foreignKeys
      .filter(({ columns }) => columns.includes(ordinal) && !(sameType && sameCollation))
      .map(({ name }) => name),
    ...(column.default !== undefined && !sameName ? [column.default.name] : []),
    ...(resized || sameType
      ? []
      : definition.checks.filter(({ text }) => columnsOfCheck(text).has(key)).map(({ name }) => name)),
    ...computedFrom(definition, key),
    ...referencesTo(database, definition, column),
  ];
  if (use !== undefined) throw columnInUse('ALTER COLUMN', use, column.name);
}
