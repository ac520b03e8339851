import type { InsertBulkStatement } from '../../tsql/ast/insert-bulk.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { TableColumn } from '../catalog/table-definition.ts';
import { compileOrder } from '../query/conversion.ts';
import type { QueryEnvironment } from '../query/environment.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { nvarcharMaxType } from '../types/type-info.ts';
import { bulkRowsUnsorted } from './errors.ts';

const orderOption = /^ORDER \((.*)\)$/;

interface SortKey {
  readonly position: number;
  readonly type: SqlType;
  compare(a: SqlValue, b: SqlValue): number;
}

function textOf(row: SqlRow, keys: readonly SortKey[]): string {
  const values = keys.map(({ position, type }) => {
    const value = row[position] ?? null;
    return value === null ? 'NULL' : String(compileConversion(type, nvarcharMaxType, { explicit: true })(value));
  });
  return `(${values.join(', ')})`;
}

/**
 * Holds the rows of a bulk load to the order that INSERT BULK ... WITH (ORDER (...)) claims. It counts only where it is that of
 * the table's clustered index, and not where a key has to be converted first. Sources: Microsoft's documentation of BULK INSERT;
 * tedious' suite.
 *
 * @param given columns of the rows; one of another type than the key is converted, and rows are sorted after that
 * @throws {SqlError} 4819 for the first two rows that aren't in order
 */
export function checkSorted(
  target: InsertBulkStatement,
  given: readonly Pick<TableColumn, 'name' | 'type'>[],
  rows: readonly SqlRow[],
  environment: QueryEnvironment,
): void {
  const listed = target.options.map((option) => orderOption.exec(option)?.[1]).find((text) => text !== undefined);
  const relation = listed === undefined ? undefined : environment.relation(target.table);
  if (listed === undefined || relation?.kind !== 'table') return;
  const { columns, indexes } = relation.definition;
  const clustered = indexes.find((index) => index.clustered);
  const wanted = listed.split(', ').map((text) => ({
    name: nameKey(text.replace(/ (ASC|DESC)$/, '')),
    descending: text.endsWith(' DESC'),
  }));
  const fits =
    clustered?.columns.length === wanted.length &&
    clustered.columns.every(
      (entry, index) =>
        nameKey(columns[entry.ordinal]?.name ?? '') === wanted[index]?.name &&
        entry.descending === wanted[index]?.descending,
    );
  if (!fits) return;
  const typeOf = (list: readonly Pick<TableColumn, 'name' | 'type'>[], name: string) =>
    list.find((column) => nameKey(column.name) === name)?.type;
  const converted = wanted.some(({ name }) => {
    const [arrived, stored] = [typeOf(given, name), typeOf(columns, name)];
    return (
      arrived === undefined || stored === undefined || arrived.name !== stored.name || arrived.length !== stored.length
    );
  });
  if (converted) return;
  const keys = wanted.map(({ name, descending }): SortKey => {
    const type = typeOf(columns, name) ?? { name: 'int' };
    const position = given.findIndex((column) => nameKey(column.name) === name);
    return { position, type, compare: compileOrder(type, descending) };
  });
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    const difference = keys
      .map(({ position, compare }) => compare(before[position] ?? null, row[position] ?? null))
      .find((order) => order !== 0);
    if ((difference ?? 0) <= 0) continue;
    throw bulkRowsUnsorted(textOf(before, keys), textOf(row, keys));
  }
}
