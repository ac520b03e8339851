import { sampleRows, statedDelimiter, usualLength } from './csv-dialect.ts';
import type { CsvDialect } from './csv-reader.ts';

/** Longer names are cut in metadata: one huge name over many rows would make metadata without end. */
const maxNameLength = 128;

/** What the rows at the beginning of a table are. */
export interface CsvBeginning {
  /** How many rows, blank ones left out, are before the header or the first row: titles, comments, `sep=`. */
  readonly titles: number;
  readonly hasHeader: boolean;
  /** How many fields most rows have. */
  readonly length: number;
  /** Whether each row begins with a name that the header has no column for, as R writes tables. */
  readonly hasRowNames: boolean;
}

/** Tells where the table begins in a text, and whether it has a header. */
export function tellBeginning(text: string, dialect: CsvDialect): CsvBeginning {
  return tellBeginningOf(sampleRows(text, dialect), statedDelimiter(text) === undefined ? 0 : 1);
}

/**
 * The same for rows that are taken apart already.
 *
 * @param rows the first of them, without blank ones
 * @param stated how many of them aren't rows in any case
 */
export function tellBeginningOf(rows: readonly (readonly string[])[], stated = 0): CsvBeginning {
  const comments = leadingComments(rows, stated);
  if (comments > stated) return tellBeginningOf(rows, comments);
  const length = usualLength(rows.slice(stated));
  const firstWith = (fields: (row: readonly string[]) => number): number =>
    rows.findIndex((row, index) => index >= stated && fields(row) >= Math.min(length, 2));
  const isHeaderAt = (index: number): boolean => {
    const header = rows[index];
    return header !== undefined && isHeader(header, rows.slice(index + 1));
  };
  const isTable = (first: number): boolean => length > 1 && first > 0 && rows.length - first >= 2;
  // Spreadsheets write a title with as many delimiters as the table has; without a header below it may as well be a row.
  const padded = firstWith(filledFields);
  if (isTable(padded) && isHeaderAt(padded)) return beginning(rows, padded, true, length);
  // Lines of a name and a value, as banks put before the table: a header of full length is behind them, with numbers below.
  const described = rows.findIndex((row, index) => index >= stated && filledFields(row) === length);
  if (isTable(described) && length > 2 && isTypedHeader(rows, described, length)) {
    return beginning(rows, described, true, length);
  }
  // What has fewer fields than the table, and all rows behind it enough, is a title.
  const first = firstWith((row) => row.length);
  const titles = isTable(first) ? first : stated;
  return beginning(rows, titles, isHeaderAt(titles), length);
}

function beginning(
  rows: readonly (readonly string[])[],
  titles: number,
  hasHeader: boolean,
  length: number,
): CsvBeginning {
  const below = rows.slice(titles + 1);
  const isShort = hasHeader && rows[titles]?.length === length - 1 && below.length > 1;
  const names = new Set(below.map(([first = '']) => first));
  // Where the last fields are all blank, the rows end with a delimiter.
  const hasRowNames =
    isShort &&
    names.size === below.length &&
    below.every((row) => row.length === length) &&
    below.some((row) => (row.at(-1) ?? '').trim() !== '');
  return { titles, hasHeader, length, hasRowNames };
}

/** Whether a row is a header without a doubt: names that differ, with a number or a date below one of them in all rows of the table. */
function isTypedHeader(rows: readonly (readonly string[])[], index: number, length: number): boolean {
  const names = (rows[index] ?? []).map((field) => field.trim());
  const below = rows.slice(index + 1).filter((row) => row.length === length);
  if (below.length < 2 || below.length * 10 < (rows.length - index - 1) * 9) return false;
  if (names.some((name) => /^[-+]?\d/.test(name)) || new Set(names).size !== names.length) return false;
  return names.some((_, column) => below.every((row) => /^[-+]?\d/.test(row[column]?.trim() ?? '')));
}

/** How many of the first lines aren't rows: those that begin with a number sign and have another number of fields than the table. */
function leadingComments(rows: readonly (readonly string[])[], stated: number): number {
  const isMarked = ([first = '']: readonly string[]): boolean => first.trimStart().startsWith('#');
  const table = rows.findIndex((row, index) => index >= stated && !isMarked(row));
  if (table === -1) return stated;
  const length = usualLength(rows.slice(table));
  let comments = stated;
  while (comments < table && rows[comments]?.length !== length) comments += 1;
  return comments;
}

function filledFields(row: readonly string[]): number {
  return row.findLastIndex((field) => field.trim() !== '') + 1;
}

/**
 * Whether a row is a header. It is one if all its fields are filled, different, and no numbers. One with empty or equal names,
 * or with years, needs the rows below to say so too: by numbers below a name, or by columns that are all empty.
 */
function isHeader(row: readonly string[], below: readonly (readonly string[])[]): boolean {
  const names = row.map((field) => field.trim());
  const filled = names.filter((name) => name !== '');
  const isCounted = areCounted(filled);
  const isPlace = (name: string): boolean => isYear(name) || (isCounted && isNumber(name));
  if (filled.length === 0 || filled.some((name) => (isNumber(name) && !isPlace(name)) || isTruth(name))) return false;
  const years = filled.filter(isPlace);
  if (years.length === filled.length || new Set(years).size !== years.length) return false;
  const isPlain = filled.length === names.length && new Set(names).size === names.length && years.length === 0;
  if (isPlain) return true;
  if (below.length === 0 || filled.length * 2 < names.length) return false;
  return names.some((name, index) => {
    const values = below.map((each) => each[index]?.trim() ?? '');
    const numbers = values.filter(isNumber).length;
    if (name !== '' && !isPlace(name)) return numbers * 2 > values.length;
    if (name === '')
      return values.every((value) => value === '') || (index === 0 && values.every((value) => /^\d+$/.test(value)));
    // Numbers that count on may as well be the first row; values with a fraction below them aren't counted.
    return (
      numbers > 0 &&
      values.every((value) => !isYear(value)) &&
      (isYear(name) || !values.every((value) => /^\d*$/.test(value)))
    );
  });
}

/** Whether all numbers among names count on from 0 or 1, as those of a matrix's columns do, and there are at least three. */
function areCounted(names: readonly string[]): boolean {
  const numbers = names.filter(isNumber);
  const first = Number(numbers[0]);
  if (numbers.length < 3 || numbers.length === names.length || (first !== 0 && first !== 1)) return false;
  return numbers.every((number, index) => number === String(first + index));
}

function isNumber(text: string): boolean {
  return text !== '' && (!Number.isNaN(Number(text)) || /^[-+]?\d[\d.]*,\d+$/.test(text));
}

function isTruth(text: string): boolean {
  return /^(?:true|false)$/i.test(text);
}

function isYear(text: string): boolean {
  return /^(?:1[89]|20|21)\d\d$/.test(text);
}

const plain = { enumerable: true, writable: true, configurable: true };

/** Names the fields of rows. A column without name is `column N`; of equal names the second is `name (2)`. */
export class ColumnNames {
  readonly #names: string[] = [];
  readonly #known = new Set<string>();
  readonly #header: readonly string[];
  readonly #inHeader: ReadonlySet<string>;
  /** By name, the number that its next column tries first: thousands of columns may have one name. */
  readonly #numbers = new Map<string, number>();

  constructor(header: readonly string[]) {
    this.#header = header.map((field) => field.trim().slice(0, maxNameLength).toWellFormed());
    this.#inHeader = new Set(this.#header);
  }

  /** The names of the first columns. */
  first(count: number): readonly string[] {
    while (this.#names.length < count) this.#names.push(this.#next(this.#names.length));
    return this.#names.slice(0, count);
  }

  /** The fields of a row by column name. @param but fields that are left out */
  values(fields: readonly string[], but?: string): Readonly<Record<string, string>> {
    while (this.#names.length < fields.length) this.#names.push(this.#next(this.#names.length));
    const named: Record<string, string> = {};
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] ?? '';
      const name = this.#names[index] ?? '';
      if (field === but) continue;
      if (name !== '__proto__') named[name] = field;
      else Object.defineProperty(named, name, { value: field, ...plain });
    }
    return named;
  }

  #next(index: number): string {
    const name = this.#header[index] || `column ${index + 1}`;
    let unique = name;
    // A name that another column has from its header isn't given to one that has none.
    const isTaken = (each: string): boolean =>
      this.#known.has(each) || (each !== this.#header[index] && this.#inHeader.has(each));
    let number = this.#numbers.get(name) ?? 2;
    for (; isTaken(unique); number++) unique = `${name} (${number})`;
    this.#numbers.set(name, number);
    this.#known.add(unique);
    return unique;
  }
}
