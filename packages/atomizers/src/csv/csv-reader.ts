import { CsvError, type Parser, parse } from 'csv-parse';
import { ByteWindow } from '../byte-window.ts';
import { FileBrokenError, ValueTooLargeError } from '../errors.ts';

/** A row, as it is written and as its fields. */
export interface CsvRow {
  readonly raw: Uint8Array;
  readonly fields: readonly string[];
  /** In bytes from the start of the text. */
  readonly start: number;
  /** Number of its first line. */
  readonly line: number;
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

/** Splits CSV that comes in pieces into rows, blank ones included; their raw bytes together are all bytes. */
export class CsvReader {
  readonly #parser: Parser;
  readonly #maxRowBytes: number;
  readonly #window = new ByteWindow();
  #line = 1;

  /**
   * @param delimiter one character
   * @param maxRowBytes largest row in bytes
   */
  constructor(delimiter: string, maxRowBytes: number) {
    this.#maxRowBytes = maxRowBytes;
    this.#parser = parse({
      delimiter,
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: maxRowBytes,
    });
    // What goes wrong is looked for after each write; without a listener it would end the process.
    this.#parser.on('error', () => undefined);
  }

  /**
   * The rows that are complete with these bytes.
   *
   * @throws FileBrokenError, ValueTooLargeError
   */
  *push(bytes: Uint8Array): Generator<CsvRow> {
    this.#window.append(bytes);
    // The parser works while it is written to, so that nothing is read ahead of what is asked for.
    this.#parser.write(bytes);
    for (let parsed = this.#read(); parsed !== null; parsed = this.#read()) yield this.#row(parsed);
    if (this.#window.end - this.#window.start > this.#maxRowBytes) this.#refuse();
  }

  /** The last row, and what is behind it. */
  async *end(): AsyncGenerator<CsvRow> {
    this.#parser.end();
    try {
      for await (const parsed of this.#parser) yield this.#row(parsed as ParsedRecord);
    } catch (error) {
      throw this.#translate(error);
    }
    if (this.#window.end > this.#window.start) yield this.#cut(this.#window.end, []);
  }

  /** Lets go of the parser. */
  [Symbol.dispose](): void {
    this.#parser.destroy();
  }

  #read(): ParsedRecord | null {
    if (this.#parser.errored !== null) throw this.#translate(this.#parser.errored);
    return this.#parser.read() as ParsedRecord | null;
  }

  #row({ record, info }: ParsedRecord): CsvRow {
    return this.#cut(info.bytes, record);
  }

  #cut(end: number, fields: readonly string[]): CsvRow {
    const start = this.#window.start;
    const raw = this.#window.slice(start, end);
    const row = { raw, fields, start, line: this.#line };
    this.#window.dropTo(end);
    for (let at = raw.indexOf(10); at !== -1; at = raw.indexOf(10, at + 1)) this.#line += 1;
    return row;
  }

  #refuse(): never {
    throw new ValueTooLargeError('CSV', `the row that starts in line ${this.#line}`, this.#maxRowBytes);
  }

  #translate(error: unknown): unknown {
    if (!(error instanceof CsvError)) return error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') this.#refuse();
    return new FileBrokenError('CSV', `${error.message}; the row starts in line ${this.#line}`, error);
  }
}
