import type { TableReading } from '../notes.ts';
import { ColumnNames } from './csv-header.ts';
import { CsvReader } from './csv-reader.ts';

/**
 * The fields of a row by column name, as the table that it is in has them: the text of a `csv-row` atom doesn't say that.
 *
 * @param row the atom's text
 * @param table of the document that the row is read in, from its metadata
 * @returns nothing for a blank row
 */
export function csvRowValues(
  row: string,
  { delimiter, quoting, columns }: Pick<TableReading, 'delimiter' | 'quoting' | 'columns'>,
): Readonly<Record<string, string>> {
  const reader = new CsvReader({ delimiter, quoting }, Buffer.byteLength(row) + 1);
  const [first] = [...reader.push(row), ...reader.end()];
  return first === undefined ? {} : new ColumnNames(columns ?? []).values(first.fields);
}
