import { ValueTooLargeError } from '../errors.ts';

/** How a table of text is written. */
export interface CsvDialect {
  /** One character, or the same twice. */
  readonly delimiter: string;
  /**
   * `doubled`: fields may be in quotation marks, and one within is doubled (RFC 4180). `backslash`: one within has a
   * backslash before it (MySQL). `spaced`: as doubled, with blanks before and behind the marks. `single`: as doubled, with apostrophes
   * for marks. `none`: a quotation mark is a character (IANA's text/tab-separated-values).
   */
  readonly quoting: 'doubled' | 'backslash' | 'spaced' | 'single' | 'none';
}

/** A row, as written and as its fields; consecutive empty lines are one row with an empty field. */
export interface CsvRow {
  /** With its line end. */
  readonly text: string;
  /** At most as many as a spreadsheet has columns; a row with more of them isn't a table's. */
  readonly fields: readonly string[];
  readonly fieldCount: number;
  /** Number of its first line. */
  readonly line: number;
  /** Whether a quotation mark in it has no other one, and was taken as a character. */
  readonly hasOpenQuote: boolean;
}

/** Excel's columns. */
const maxFields = 16_384;
/** A row that is longer than this is looked at again only when much of it has come. */
const longRow = 256 * 1024;
const doubleQuote = '"';
const singleQuote = "'";
const backslash = 0x5c;
const blank = 0x20;
const lineFeed = 10;
const carriageReturn = 13;

interface ScannedField {
  readonly value: string;
  readonly end: number;
}

/**
 * Splits a table of text that comes in pieces into rows, blank ones included, whose texts together are the text. A quotation
 * mark that isn't the first of a field, or whose field goes on behind the second one, is a character.
 */
export class CsvReader {
  readonly #delimiter: string;
  /** The delimiter's character. */
  readonly #parting: number;
  readonly #quoting: CsvDialect['quoting'];
  readonly #mark: string;
  readonly #quote: number;
  readonly #maxRowBytes: number;
  #text = '';
  #line = 1;
  #waitFor = 0;

  /** @param maxRowBytes largest row in bytes */
  constructor({ delimiter, quoting }: CsvDialect, maxRowBytes: number) {
    this.#delimiter = delimiter;
    this.#parting = delimiter.charCodeAt(0);
    this.#quoting = quoting;
    this.#mark = quoting === 'single' ? singleQuote : doubleQuote;
    this.#quote = this.#mark.charCodeAt(0);
    this.#maxRowBytes = maxRowBytes;
  }

  /**
   * The rows that are complete with this piece, which doesn't end between CR and LF.
   *
   * @throws ValueTooLargeError
   */
  *push(piece: string): Generator<CsvRow> {
    this.#text += piece;
    if (this.#text.length >= this.#waitFor) yield* this.#rows(false);
    if (Buffer.byteLength(this.#text) <= this.#maxRowBytes) return;
    // A single unclosed quotation mark must not make the file unreadable.
    yield* this.#rows(false, true);
    if (Buffer.byteLength(this.#text) > this.#maxRowBytes) this.#refuse();
  }

  /** The last row. */
  *end(): Generator<CsvRow> {
    yield* this.#rows(true);
  }

  /** @param takesOpenQuote whether a quotation mark in the first row that is still unclosed is a plain character */
  *#rows(isEnd: boolean, takesOpenQuote = false): Generator<CsvRow> {
    const text = this.#text;
    let start = 0;
    while (start < text.length) {
      const takesQuote = isEnd || (takesOpenQuote && start === 0);
      const row = this.#emptyLines(text, start) ?? this.#row(text, start, isEnd, takesQuote);
      if (row === undefined) break;
      if (row.text.length > this.#maxRowBytes / 4 && Buffer.byteLength(row.text) > this.#maxRowBytes) this.#refuse();
      yield row;
      this.#line += lineEndsIn(row.text);
      start += row.text.length;
    }
    this.#text = text.slice(start);
    this.#waitFor = this.#text.length < longRow ? 0 : this.#text.length * 1.5;
  }

  /** The empty lines that start here, where there are several. */
  #emptyLines(text: string, start: number): CsvRow | undefined {
    const unit = text.startsWith('\r\n', start) ? '\r\n' : text.charAt(start);
    if (unit !== '\n' && unit !== '\r' && unit !== '\r\n') return undefined;
    let end = start + unit.length;
    // No call per line: there may be a hundred million.
    const first = unit.charCodeAt(0);
    if (unit.length === 1) while (text.charCodeAt(end) === first) end += 1;
    else while (text.charCodeAt(end) === first && text.charCodeAt(end + 1) === lineFeed) end += 2;
    // The last CR of several may be the first half of a line end.
    if (unit === '\r' && text.charCodeAt(end) === lineFeed) end -= 1;
    if (end - start <= unit.length) return undefined;
    return { text: text.slice(start, end), fields: [''], fieldCount: 1, line: this.#line, hasOpenQuote: false };
  }

  /** The row that starts here; undefined while its end isn't there. */
  #row(text: string, start: number, isEnd: boolean, takesOpenQuote: boolean): CsvRow | undefined {
    const fields: string[] = [];
    let hasOpenQuote = false;
    let fieldCount = 0;
    for (let at = start; ; at += 1) {
      let field: ScannedField | 'character' | 'open' = 'character';
      const mark = this.#quoting === 'spaced' ? behindBlanks(text, at) : at;
      if (this.#quoting !== 'none' && text.charCodeAt(mark) === this.#quote) field = this.#quoted(text, mark, isEnd);
      if (field === 'open') {
        if (!takesOpenQuote) return undefined;
        hasOpenQuote = true;
      }
      if (typeof field === 'string') field = this.#unquoted(text, at);
      fieldCount += 1;
      if (fieldCount <= maxFields) fields.push(field.value);
      at = field.end;
      if (at + this.#delimiter.length > text.length && !isEnd) return undefined;
      if (this.#isDelimiter(text, at)) {
        at += this.#delimiter.length - 1;
        continue;
      }
      const end = text.startsWith('\r\n', at) ? at + 2 : Math.min(at + 1, text.length);
      return { text: text.slice(start, end), fields, fieldCount, line: this.#line, hasOpenQuote };
    }
  }

  #unquoted(text: string, start: number): ScannedField {
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === lineFeed || code === carriageReturn) break;
      if (code === this.#parting && this.#isDelimiter(text, at)) break;
    }
    return { value: text.slice(start, at), end: at };
  }

  #quoted(text: string, start: number, isEnd: boolean): ScannedField | 'character' | 'open' {
    for (let at = text.indexOf(this.#mark, start + 1); at !== -1; at = text.indexOf(this.#mark, at + 1)) {
      if (this.#quoting === 'backslash' && isEscaped(text, at, start)) continue;
      if (this.#quoting !== 'backslash' && text.charCodeAt(at + 1) === this.#quote) {
        at += 1;
        continue;
      }
      const end = this.#quoting === 'spaced' ? behindBlanks(text, at + 1) : at + 1;
      const next = text.charCodeAt(end);
      if (Number.isNaN(next) && !isEnd) return 'open';
      if (next === this.#parting && end + this.#delimiter.length > text.length && !isEnd) return 'open';
      const ends = Number.isNaN(next) || next === lineFeed || next === carriageReturn || this.#isDelimiter(text, end);
      if (!ends) return 'character';
      return { value: this.#unescaped(text.slice(start + 1, at)), end };
    }
    return 'open';
  }

  #isDelimiter(text: string, at: number): boolean {
    if (text.charCodeAt(at) !== this.#parting) return false;
    return this.#delimiter.length === 1 || text.startsWith(this.#delimiter, at);
  }

  #unescaped(value: string): string {
    if (this.#quoting === 'backslash') return value.includes('\\') ? value.replaceAll(/\\(["\\])/g, '$1') : value;
    return value.includes(this.#mark) ? value.replaceAll(this.#mark + this.#mark, this.#mark) : value;
  }

  #refuse(): never {
    throw new ValueTooLargeError('CSV', `the row that starts in line ${this.#line}`, this.#maxRowBytes);
  }
}

function behindBlanks(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === blank) at += 1;
  return at;
}

/** Whether an odd number of backslashes is before a place. */
function isEscaped(text: string, at: number, start: number): boolean {
  let before = at;
  while (before - 1 > start && text.charCodeAt(before - 1) === backslash) before -= 1;
  return (at - before) % 2 === 1;
}

function lineEndsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) count += 1;
  }
  return count;
}
