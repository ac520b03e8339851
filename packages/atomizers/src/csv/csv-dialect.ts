import { type CsvDialect, CsvReader } from './csv-reader.ts';

const delimiters = [',', ';', '\t', '|'];
/** Delimiters chosen when the usual ones occur in the texts; a cell with one of them may be any value. */
const rareDelimiters = ['^', '~', '\u001f'];
/** What a cell is worth that looks like a value, and one that still has another delimiter in it. */
const cellWorth = { value: 1, unknown: 0.3 } as const;
const maxSampleRows = 100;
const number = /^[-+(]?[\p{Sc}\s]?\d[\d\s.,']*(?:e[-+]?\d+)?\s?[%\p{Sc})]?$/iu;

/** The delimiter that a first line `sep=;` states, as Excel has it; undefined where there is none. */
export function statedDelimiter(text: string): string | undefined {
  return /^"?sep=([^\r\n"])"?[,;\t|]*(?:\r\n|\n|\r|$)/i.exec(text)?.[1];
}

/**
 * Tells the dialect of a table from its beginning, as others do (van den Burg and others, "Wrangling messy CSV files by
 * detecting row and type patterns", 2019): of all that are possible the one whose rows are most alike and whose cells look
 * most like values.
 *
 * @param text the beginning of the table
 * @param isTabs whether the file's name says that it is separated by tabs
 */
export function tellDialect(text: string, isTabs: boolean): CsvDialect {
  if (isTabs) return { delimiter: '\t', quoting: hasConsistentQuotes(text, '\t') ? 'doubled' : 'none' };
  const stated = statedDelimiter(text);
  const quotings: CsvDialect['quoting'][] = ['doubled'];
  if (text.includes('\\"')) quotings.push('backslash');
  if (/[,;\t|] +"|" +[,;\t|]/.test(text)) quotings.push('spaced');
  if (/(?:^|[,;\t|\r\n])'[^'\r\n]*'(?=[,;\t|\r\n])/.test(text)) quotings.push('single');
  let best: CsvDialect = { delimiter: stated ?? ',', quoting: 'doubled' };
  let bestScore = 0;
  for (const delimiter of stated === undefined ? [...delimiters, ...rareDelimiters] : [stated]) {
    for (const quoting of quotings) {
      const score = scoreOf(sampleRows(text, { delimiter, quoting }), delimiter);
      // A little more doesn't count: the first of equal ones is the more usual.
      if (score <= bestScore * 1.02) continue;
      best = { delimiter, quoting };
      bestScore = score;
    }
  }
  return isDoubled(sampleRows(text, best)) ? { ...best, delimiter: best.delimiter.repeat(2) } : best;
}

/** Whether there is nothing in every second field, but where a cell has the delimiter in it: then that is the same character twice. */
function isDoubled(rows: readonly (readonly string[])[]): boolean {
  if (rows.length < 2 || !rows.some((fields) => fields.slice(1).some((field) => field !== ''))) return false;
  const doubled = rows.filter(
    (fields) => fields.length % 2 === 1 && fields.every((field, at) => at % 2 === 0 || field === ''),
  );
  return doubled.length >= rows.length * 0.9;
}

/** The first rows of a text, without blank ones and without a last one that is cut. */
export function sampleRows(text: string, dialect: CsvDialect): readonly (readonly string[])[] {
  const reader = new CsvReader(dialect, text.length * 4);
  const rows: (readonly string[])[] = [];
  for (const { fields } of reader.push(text)) {
    if (fields.length > 1 || (fields[0] ?? '').trim() !== '') rows.push(fields);
    if (rows.length >= maxSampleRows) return rows;
  }
  // A short text has no line end, or is one row.
  if (rows.length < 2) for (const { fields } of reader.end()) rows.push(fields);
  return rows;
}

/** The number of fields that most rows have. */
export function usualLength(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [usual] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return usual?.[0] ?? 0;
}

function scoreOf(rows: readonly (readonly string[])[], delimiter: string): number {
  const usual = usualLength(rows);
  if (usual < 2) return 0;
  const even = rows.filter(({ length }) => length === usual);
  const cells = even.flat();
  const worth = cells.reduce((sum, cell) => sum + (isValue(cell, delimiter) ? cellWorth.value : cellWorth.unknown), 0);
  return (even.length / rows.length) * (worth / cells.length) * (1 - 1 / (usual + 1));
}

function isValue(cell: string, delimiter: string): boolean {
  const text = cell.trim();
  if (text === '' || number.test(text)) return true;
  // What begins with a quotation mark, or has a backslash, isn't taken apart as it should be.
  return !/^"|\\/.test(text) && !delimiters.some((each) => each !== delimiter && text.includes(each));
}

/** Whether each field that begins with a quotation mark also ends with one, as in what Excel writes. */
function hasConsistentQuotes(text: string, delimiter: string): boolean {
  let quoted = 0;
  for (const row of sampleRows(text, { delimiter, quoting: 'none' })) {
    for (const field of row) {
      if (!field.startsWith('"')) continue;
      // Of a field of several lines each piece has one of its marks; such are rare, and there is none at all otherwise.
      if (!/^"(?:[^"]|"")*"?$/.test(field)) return false;
      quoted += 1;
    }
  }
  if (quoted === 0) return false;
  const even = sampleRows(text, { delimiter, quoting: 'doubled' });
  const usual = usualLength(even);
  return even.filter(({ length }) => length === usual).length >= even.length * 0.9 && usual > 1;
}
