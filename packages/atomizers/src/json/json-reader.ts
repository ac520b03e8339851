import { Tokenizer, TokenizerError, TokenType } from '@streamparser/json';
import { ByteWindow } from '../byte-window.ts';
import { FileBrokenError, ValueTooLargeError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import { JsonGrammar } from './json-grammar.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';

/** A value of a JSON text, as it is written there. */
export interface JsonValue {
  readonly pointer: string;
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';
  readonly raw: Uint8Array;
  /** A string without quotes and escapes; anything else as written. */
  readonly text: string;
  /** In bytes from the start of the text. */
  readonly start: number;
}

/** A value that stands for itself, or an element of the outermost array with the values in it. */
export interface JsonRecord {
  readonly value: JsonValue;
  readonly values: readonly JsonValue[];
}

const tokenTypes = new Map<TokenType, JsonValue['type']>([
  [TokenType.STRING, 'string'],
  [TokenType.NUMBER, 'number'],
  [TokenType.TRUE, 'boolean'],
  [TokenType.FALSE, 'boolean'],
  [TokenType.NULL, 'null'],
]);

/** Leaves numbers as they are written, for JavaScript's would lose digits. */
class ExactTokenizer extends Tokenizer {
  /** Of the last number. */
  numberLength = 0;

  override parseNumber(digits: string): number {
    this.numberLength = digits.length;
    return 0;
  }
}

/** Longer strings are gathered in a buffer of this size. */
const stringBufferSize = 64 * 1024;

/**
 * Reads a JSON text, or several one after the other, that comes in pieces. Keeps what is needed of it only: the value that is being read, and the
 * element of the outermost array that it is in, as long as that is short enough to be an atom.
 */
export class JsonReader {
  readonly #limits: AtomizerLimits;
  readonly #tokenizer: ExactTokenizer;
  #grammar: JsonGrammar;
  /** The bytes that are still needed. */
  readonly #window: ByteWindow;
  #hasToken = false;
  /** Of what has left the window: line feeds, and where the last line starts. */
  #linesBefore = 0;
  #lineStart = 0;
  #lastTokenEnd = 0;
  #emptyStart = -2;
  #record: { start: number; values: JsonValue[] } | undefined;
  #ready: JsonRecord[] = [];

  /**
   * @param limits `maxNesting`, `maxValueBytes` and `maxSectionLength` count
   * @param expectedBytes how long the text is, if that's known: buffers are made for it
   */
  constructor(limits: AtomizerLimits, expectedBytes = Number.POSITIVE_INFINITY) {
    this.#window = new ByteWindow(Math.min(expectedBytes, 2 * stringBufferSize));
    const isShort = expectedBytes < stringBufferSize;
    this.#tokenizer = new ExactTokenizer({
      stringBufferSize: isShort ? 0 : stringBufferSize,
      numberBufferSize: isShort ? 0 : 1024,
      separator: '',
    });
    this.#limits = limits;
    this.#grammar = new JsonGrammar(limits.maxNesting);
    this.#tokenizer.onToken = ({ token, value, offset }) => this.#token(token, value, offset);
  }

  /**
   * The values that are complete with these bytes.
   *
   * @param bytes UTF-8, ending with a whole character
   * @throws FileBrokenError, NestingTooDeepError, ValueTooLargeError
   */
  push(bytes: Uint8Array): readonly JsonRecord[] {
    this.#window.append(bytes);
    this.#translate(() => this.#tokenizer.write(bytes));
    const consumed = this.#window.end;
    if (consumed - this.#lastTokenEnd > this.#limits.maxValueBytes) {
      throw new ValueTooLargeError('JSON', `byte ${this.#lastTokenEnd}`, this.#limits.maxValueBytes);
    }
    if (this.#record !== undefined && consumed - this.#record.start > this.#limits.maxSectionLength) this.#dissolve();
    this.#forget();
    return this.#take();
  }

  /** The last values. */
  end(): readonly JsonRecord[] {
    this.#translate(() => this.#tokenizer.end());
    if (this.#hasToken && !this.#grammar.isComplete) throw new FileBrokenError('JSON', 'it ends before its value does');
    return this.#take();
  }

  #token(token: TokenType, value: unknown, offset: number): void {
    if (token === TokenType.SEPARATOR) return;
    this.#hasToken = true;
    // A text behind a whole value is another value: records that are written one after the other.
    if (this.#grammar.isComplete && startsValue(token)) this.#grammar = new JsonGrammar(this.#limits.maxNesting);
    const place = this.#grammar.next(token, value, offset);
    if (place.kind === 'open') {
      this.#emptyStart = offset;
      if (place.isRecord) this.#record = { start: offset, values: [] };
    }
    const end = this.#endOf(token, offset);
    this.#lastTokenEnd = end;
    const type = tokenTypes.get(token);
    if (place.kind === 'scalar' && type !== undefined) {
      const raw = this.#window.slice(offset, end);
      const text = token === TokenType.STRING ? String(value).toWellFormed() : raw.toString('utf8');
      this.#value({ pointer: place.pointer, type, raw, text, start: offset }, place.isRecord);
    }
    if (place.kind === 'close') this.#close(token, place, end);
  }

  #close(token: TokenType, place: { pointer: string; isRecord: boolean; isEmpty: boolean }, end: number): void {
    const record = place.isRecord ? this.#record : undefined;
    if (place.isRecord) this.#record = undefined;
    if (!place.isEmpty && record === undefined) return;
    const start = record?.start ?? this.#emptyStart;
    const type = token === TokenType.RIGHT_BRACKET ? 'array' : 'object';
    const raw = this.#window.slice(start, end);
    const value: JsonValue = { pointer: place.pointer, type, raw, text: raw.toString('utf8'), start };
    if (record === undefined) this.#value(value, place.isRecord);
    else if (raw.length > this.#limits.maxSectionLength) this.#release([...record.values]);
    else this.#ready.push({ value, values: record.values });
  }

  #value(value: JsonValue, isRecord: boolean): void {
    if (this.#record !== undefined && !isRecord) this.#record.values.push(value);
    else this.#ready.push({ value, values: [] });
  }

  /** The element has grown too long to be an atom: its values belong to the file. */
  #dissolve(): void {
    const values = this.#record?.values ?? [];
    this.#record = undefined;
    this.#release(values);
  }

  #release(values: readonly JsonValue[]): void {
    for (const value of values) this.#ready.push({ value, values: [] });
  }

  #take(): readonly JsonRecord[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #endOf(token: TokenType, offset: number): number {
    if (token === TokenType.STRING) return this.#endOfString(offset);
    if (token === TokenType.NUMBER) return offset + this.#tokenizer.numberLength;
    if (token === TokenType.FALSE) return offset + 5;
    return token === TokenType.TRUE || token === TokenType.NULL ? offset + 4 : offset + 1;
  }

  #endOfString(offset: number): number {
    let at = offset + 1;
    for (;;) {
      const byte = this.#window.at(at);
      if (byte === undefined) throw new RangeError(`The JSON string at byte ${offset} has left the window.`);
      if (byte === 0x22) return at + 1;
      at += byte === 0x5c ? 2 : 1;
    }
  }

  #forget(): void {
    const record = this.#record?.start ?? Number.POSITIVE_INFINITY;
    // A container that was just opened may turn out to be empty, and then it's a value.
    const opened = this.#emptyStart === this.#lastTokenEnd - 1 ? this.#emptyStart : Number.POSITIVE_INFINITY;
    const to = Math.min(this.#lastTokenEnd, record, opened);
    const dropped = this.#window.slice(this.#window.start, to);
    for (let at = dropped.indexOf(10); at !== -1; at = dropped.indexOf(10, at + 1)) {
      this.#linesBefore += 1;
      this.#lineStart = this.#window.start + at + 1;
    }
    this.#window.dropTo(to);
  }

  #translate(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw this.#broken(error.offset, error.message, error);
      if (!(error instanceof TokenizerError)) throw error;
      // What isn't a token begins behind the last one that is.
      const offset = this.#lastTokenEnd + spacesAt(this.#rest(this.#lastTokenEnd));
      const rest = this.#rest(offset);
      const word = /^[^\s,:{}[\]"]{1,20}/.exec(rest)?.[0];
      const detail =
        word === undefined ? 'a string has a character that has to be escaped, or no end' : `${word} isn't JSON`;
      throw this.#broken(offset, detail, error);
    }
  }

  #rest(offset: number): string {
    const end = Math.min(this.#window.end, offset + 100);
    return offset >= end ? '' : this.#window.slice(offset, end).toString('utf8');
  }

  #broken(offset: number, detail: string, cause: unknown): FileBrokenError {
    const before = this.#window.slice(this.#window.start, Math.max(this.#window.start, offset));
    let line = this.#linesBefore + 1;
    let start = this.#lineStart;
    for (let at = before.indexOf(10); at !== -1; at = before.indexOf(10, at + 1)) {
      line += 1;
      start = this.#window.start + at + 1;
    }
    const column = before.subarray(Math.max(0, start - this.#window.start)).toString('utf8').length + 1;
    return new FileBrokenError('JSON', `line ${line}, column ${column}: ${detail}`, cause);
  }
}

function spacesAt(text: string): number {
  return text.length - text.trimStart().length;
}

function startsValue(token: TokenType): boolean {
  return token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET || tokenTypes.has(token);
}
