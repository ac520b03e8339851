import { TokenType } from '@streamparser/json';
import { NestingTooDeepError } from '../errors.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';

/** Longer pointers are cut: one huge key over many values would make metadata without end. */
const maxPointerLength = 2048;

/** What a token is within its document. */
export interface JsonPlace {
  readonly kind: 'open' | 'close' | 'scalar' | 'punctuation';
  /** JSON pointer (RFC 6901) of the value that begins or ends here. */
  readonly pointer: string;
  /** How many containers are around the value. */
  readonly depth: number;
  /** Whether the value is an element of an array that is in no other array. */
  readonly isRecord: boolean;
  /** Of a `close`: whether nothing was between. */
  readonly isEmpty: boolean;
}

interface Frame {
  readonly isArray: boolean;
  readonly pointer: string;
  readonly isRecord: boolean;
  readonly isOutermostArray: boolean;
  key: string;
  count: number;
}

type Expectation = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'end-of-value' | 'nothing';

const punctuation: JsonPlace = { kind: 'punctuation', pointer: '', depth: 0, isRecord: false, isEmpty: false };

/** Holds a sequence of JSON tokens to the grammar, with a stack of its own: depth costs memory, not call stack. */
export class JsonGrammar {
  readonly #maxNesting: number;
  readonly #stack: Frame[] = [];
  #expected: Expectation = 'value';

  constructor(maxNesting: number) {
    this.#maxNesting = maxNesting;
  }

  /** Whether the document has come to its end. */
  get isComplete(): boolean {
    return this.#expected === 'nothing';
  }

  /**
   * Takes the next token.
   *
   * @throws JsonSyntaxError where the token can't stand, NestingTooDeepError
   */
  next(token: TokenType, value: unknown, offset: number): JsonPlace {
    const top = this.#stack.at(-1);
    const expected = this.#expected;
    switch (token) {
      case TokenType.COLON:
        if (expected !== 'colon') throw unexpected(token, expected, offset);
        this.#expected = 'value';
        return punctuation;
      case TokenType.COMMA:
        if (expected !== 'end-of-value' || top === undefined) throw unexpected(token, expected, offset);
        this.#expected = top.isArray ? 'value' : 'key';
        return punctuation;
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        return this.#close(token, offset);
      default:
        break;
    }
    if (expected === 'key' || expected === 'first-key') {
      if (token !== TokenType.STRING || top === undefined) throw unexpected(token, expected, offset);
      top.key = String(value);
      this.#expected = 'colon';
      return punctuation;
    }
    if (expected !== 'value' && expected !== 'first-value') throw unexpected(token, expected, offset);
    return this.#begin(token, top);
  }

  #begin(token: TokenType, top: Frame | undefined): JsonPlace {
    const pointer = top === undefined ? '' : pointerOf(top);
    if (top !== undefined) top.count += 1;
    const depth = this.#stack.length;
    const isRecord = top?.isOutermostArray ?? false;
    if (token !== TokenType.LEFT_BRACE && token !== TokenType.LEFT_BRACKET) {
      this.#endValue();
      return { kind: 'scalar', pointer, depth, isRecord, isEmpty: false };
    }
    if (depth >= this.#maxNesting) throw new NestingTooDeepError('JSON', this.#maxNesting);
    const isArray = token === TokenType.LEFT_BRACKET;
    const isOutermostArray = isArray && !this.#stack.some((frame) => frame.isArray);
    this.#stack.push({ isArray, pointer, isRecord, isOutermostArray, key: '', count: 0 });
    this.#expected = isArray ? 'first-value' : 'first-key';
    return { kind: 'open', pointer, depth, isRecord, isEmpty: false };
  }

  #close(token: TokenType, offset: number): JsonPlace {
    const frame = this.#stack.at(-1);
    const allowed = token === TokenType.RIGHT_BRACKET ? 'first-value' : 'first-key';
    const matches = frame?.isArray === (token === TokenType.RIGHT_BRACKET);
    if (frame === undefined || !matches || (this.#expected !== allowed && this.#expected !== 'end-of-value')) {
      throw unexpected(token, this.#expected, offset);
    }
    this.#stack.pop();
    this.#endValue();
    const { pointer, isRecord } = frame;
    return { kind: 'close', pointer, depth: this.#stack.length, isRecord, isEmpty: frame.count === 0 };
  }

  #endValue(): void {
    this.#expected = this.#stack.length === 0 ? 'nothing' : 'end-of-value';
  }
}

function pointerOf({ pointer, isArray, count, key }: Frame): string {
  const whole = `${pointer}/${isArray ? count : escapePointer(key)}`;
  return whole.length <= maxPointerLength ? whole : `${whole.slice(0, maxPointerLength - 1).toWellFormed()}…`;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1').toWellFormed();
}

function unexpected(token: TokenType, expected: Expectation, offset: number): JsonSyntaxError {
  const wanted = expected === 'nothing' ? 'the end' : expected.replace('first-', '').replaceAll('-', ' ');
  return new JsonSyntaxError(offset, `there is ${TokenType[token]} where ${wanted} should be`);
}
