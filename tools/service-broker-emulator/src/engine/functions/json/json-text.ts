import { SqlError } from '../../../errors.ts';
import { malformedJson } from '../errors.ts';

/** A JSON value with its place in the text, so that a part can be handed out as it was written. */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** Offsets into the text that was parsed; `end` is behind the value. */
  readonly start: number;
  readonly end: number;
  /** Unescaped text of a string, source text of a number or literal, '' otherwise. */
  readonly text: string;
  readonly members: readonly JsonMember[];
  readonly elements: readonly JsonNode[];
}

interface JsonMember {
  readonly name: string;
  /** Offset of the name's opening quote. */
  readonly start: number;
  readonly value: JsonNode;
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals = ['true', 'false', 'null'] as const;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const none: readonly never[] = [];
/** SQL Server's own limit on nesting. */
const maximumDepth = 128;

/**
 * Parses JSON text.
 *
 * @throws {SqlError} 13609 with the place where it stops to be JSON
 */
export function parseJson(text: string): JsonNode {
  return new JsonParser(text).parse();
}

/** True when the text is JSON; `kinds` narrows what may stand at the top. */
export function isJsonText(text: string, kinds: readonly JsonNode['kind'][] = ['object', 'array']): boolean {
  try {
    return kinds.includes(parseJson(text).kind);
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

class JsonParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonNode {
    const node = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return node;
  }

  #unexpected(): SqlError {
    const found = this.#at < this.#text.length ? this.#text.charAt(this.#at) : '.';
    return malformedJson(found, this.#at);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #value(): JsonNode {
    this.#space();
    const start = this.#at;
    const character = this.#text.charAt(start);
    if (character === '{' || character === '[') {
      if (++this.#depth > maximumDepth) throw this.#unexpected();
      const node = character === '{' ? this.#object() : this.#array();
      this.#depth--;
      return node;
    }
    if (character === '"') {
      const text = this.#string();
      return { kind: 'string', start, end: this.#at, text, members: none, elements: none };
    }
    for (const literal of literals) {
      if (!this.#text.startsWith(literal, start)) continue;
      this.#at += literal.length;
      const kind = literal === 'null' ? 'null' : 'boolean';
      return { kind, start, end: this.#at, text: literal, members: none, elements: none };
    }
    numberPattern.lastIndex = start;
    const match = numberPattern.exec(this.#text);
    if (match === null) throw this.#unexpected();
    this.#at = numberPattern.lastIndex;
    return { kind: 'number', start, end: this.#at, text: match[0], members: none, elements: none };
  }

  #object(): JsonNode {
    const start = this.#at++;
    const members: JsonMember[] = [];
    this.#space();
    if (this.#text.charAt(this.#at) !== '}') {
      for (;;) {
        this.#space();
        if (this.#text.charAt(this.#at) !== '"') throw this.#unexpected();
        const nameStart = this.#at;
        const name = this.#string();
        this.#space();
        if (this.#text.charAt(this.#at) !== ':') throw this.#unexpected();
        this.#at++;
        members.push({ name, start: nameStart, value: this.#value() });
        if (!this.#more('}')) break;
      }
    }
    this.#at++;
    return { kind: 'object', start, end: this.#at, text: '', members, elements: none };
  }

  #array(): JsonNode {
    const start = this.#at++;
    const elements: JsonNode[] = [];
    this.#space();
    if (this.#text.charAt(this.#at) !== ']') {
      for (;;) {
        elements.push(this.#value());
        if (!this.#more(']')) break;
      }
    }
    this.#at++;
    return { kind: 'array', start, end: this.#at, text: '', members: none, elements };
  }

  /** True after a comma, false at the closing bracket. */
  #more(close: string): boolean {
    this.#space();
    const character = this.#text.charAt(this.#at);
    if (character === close) return false;
    if (character !== ',') throw this.#unexpected();
    this.#at++;
    return true;
  }

  #string(): string {
    let result = '';
    let from = ++this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code) || code < 0x20) throw this.#unexpected();
      if (code === 0x22) {
        result += this.#text.slice(from, this.#at++);
        return result;
      }
      if (code !== 0x5c) {
        this.#at++;
        continue;
      }
      result += this.#text.slice(from, this.#at);
      const escaped = this.#text.charAt(++this.#at);
      if (escaped === 'u') {
        const hex = this.#text.slice(this.#at + 1, this.#at + 5);
        if (!/^[0-9A-Fa-f]{4}$/.test(hex)) throw this.#unexpected();
        result += String.fromCharCode(Number.parseInt(hex, 16));
        this.#at += 5;
      } else {
        const character = Object.hasOwn(escapes, escaped) ? escapes[escaped] : undefined;
        if (character === undefined) throw this.#unexpected();
        result += character;
        this.#at++;
      }
      from = this.#at;
    }
  }
}
