import type { SqlError } from '../../errors.ts';
import type { IndexDefinition, TableDefinition } from '../catalog/table-definition.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { isBinaryType, nvarcharMaxType } from '../types/type-info.ts';
import { duplicateConstraintKey, duplicateIndexKey, duplicateKeyInData } from './errors.ts';

function displayKeyValue(type: SqlType, value: SqlValue): string {
  if (value === null) return '<NULL>';
  if (isBinaryType(type)) return `0x${Buffer.from(value as Uint8Array).toString('hex')}`;
  if (type.name === 'uniqueidentifier') return (value as string).toLowerCase();
  if (typeof value === 'string') return value;
  return String(compileConversion(type, nvarcharMaxType)(value));
}

/** The values of an index's columns as error texts show them, for example `(1, abc)`. */
function displayKey(definition: TableDefinition, index: IndexDefinition, values: SqlRow): string {
  const parts = index.columns.map(({ ordinal }) => {
    const column = definition.columns[ordinal];
    return column === undefined ? '' : displayKeyValue(column.type, values[ordinal] ?? null);
  });
  return `(${parts.join(', ')})`;
}

/** 2627 for a constraint, 2601 for a unique index. */
export function duplicateKeyError(definition: TableDefinition, index: IndexDefinition, values: SqlRow): SqlError {
  const object = `${definition.schema}.${definition.name}`;
  const key = displayKey(definition, index, values);
  if (index.kind === 'uniqueIndex') {
    return duplicateIndexKey(object, index.name, key);
  }
  const kind = index.kind === 'primaryKey' ? 'PRIMARY KEY' : 'UNIQUE KEY';
  return duplicateConstraintKey(kind, index.name, object, key);
}

/** 1505: existing rows are in the way of a new unique index or constraint. */
export function duplicateKeyOnBuildError(
  definition: TableDefinition,
  index: IndexDefinition,
  values: SqlRow,
): SqlError {
  return duplicateKeyInData(definition.schema, definition.name, index.name, displayKey(definition, index, values));
}
