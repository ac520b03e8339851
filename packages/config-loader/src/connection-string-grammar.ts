import { ConnectionStringError } from './errors.ts';

/** One `keyword=value` of a connection string, with quotes and doubling undone. */
export interface ConnectionStringPair {
  /** As written, trimmed. */
  readonly keyword: string;
  readonly value: string;
}

/** A pair with where it stands, for messages: what is written there may be a piece of a password whose quotes were forgotten. */
export interface PlacedPair extends ConnectionStringPair {
  /** Of the keyword, from 1. */
  readonly position: number;
  readonly isQuoted: boolean;
}

/**
 * Splits an ADO.NET connection string into its pairs, in order, by the grammar of System.Data.Common: pairs end with
 * `;`, empty ones are skipped; blanks around keywords and values are dropped; `==` in a keyword is a `=`; a value that
 * starts with `"` or `'` ends at the same quote, which is doubled inside. A value may hold `=` as it is. `{}` quoting
 * belongs to ODBC and means nothing here.
 *
 * @throws ConnectionStringError saying at which position the text stops making sense; it never repeats a piece of it
 */
export function parseConnectionStringPairs(text: string): readonly PlacedPair[] {
  const pairs: PlacedPair[] = [];
  const scanner = { text, position: 0 };
  for (;;) {
    skip(scanner, /[\s;]*/y);
    if (scanner.position >= text.length) return pairs;
    const position = scanner.position + 1;
    const keyword = readKeyword(scanner);
    pairs.push({ position, keyword, ...readValue(scanner) });
  }
}

/** Writes pairs as a connection string that {@link parseConnectionStringPairs} reads back unchanged. */
export function formatConnectionStringPairs(pairs: readonly ConnectionStringPair[]): string {
  return pairs.map(({ keyword, value }) => `${keyword.replaceAll('=', '==')}=${quoteValue(value)}`).join(';');
}

interface Scanner {
  readonly text: string;
  position: number;
}

function readKeyword(scanner: Scanner): string {
  const start = scanner.position;
  const raw = match(scanner, /(?:[^=;]|==)*/y);
  if (scanner.text[scanner.position] !== '=') {
    throw problem(`the part at position ${start + 1} has no "=" between keyword and value`);
  }
  scanner.position += 1;
  const keyword = raw.replaceAll('==', '=').trim();
  if (keyword === '') throw problem(`there is no keyword before the "=" at position ${scanner.position}`);
  return keyword;
}

function readValue(scanner: Scanner): Pick<PlacedPair, 'value' | 'isQuoted'> {
  skip(scanner, /\s*/y);
  const quote = scanner.text[scanner.position];
  if (quote !== '"' && quote !== "'") return { value: match(scanner, /[^;]*/y).trimEnd(), isQuoted: false };
  const start = scanner.position;
  const quoted = match(scanner, quote === '"' ? /"(?:[^"]|"")*"/y : /'(?:[^']|'')*'/y);
  if (quoted === '') throw problem(`the value at position ${start + 1} has no closing quote for its first one`);
  skip(scanner, /\s*/y);
  if (scanner.position < scanner.text.length && scanner.text[scanner.position] !== ';') {
    throw problem(
      `the value at position ${start + 1} goes on after its closing quote; a quote inside a quoted value is written twice`,
    );
  }
  return { value: quoted.slice(1, -1).replaceAll(quote + quote, quote), isQuoted: true };
}

function quoteValue(value: string): string {
  const needsQuotes = value === '' || /;|^\s|\s$|^["'=]/.test(value);
  if (!needsQuotes) return value;
  return value.includes('"') && !value.includes("'") ? `'${value}'` : `"${value.replaceAll('"', '""')}"`;
}

function match(scanner: Scanner, pattern: RegExp): string {
  pattern.lastIndex = scanner.position;
  const found = pattern.exec(scanner.text)?.[0] ?? '';
  scanner.position += found.length;
  return found;
}

function skip(scanner: Scanner, pattern: RegExp): void {
  match(scanner, pattern);
}

function problem(message: string): ConnectionStringError {
  return new ConnectionStringError([{ message }]);
}
