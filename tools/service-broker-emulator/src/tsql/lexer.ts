import { emptyName, identifierTooLong, missingCommentEnd, unclosedQuote } from './errors.ts';
import { isReserved, type Token, type TokenKind } from './tokens.ts';

const maxIdentifierLength = 128;

const tab = 9;
const lineFeed = 10;
const space = 32;
const quote = 39;
const doubleQuote = 34;
const dash = 45;
const dot = 46;
const slash = 47;
const star = 42;
const zero = 48;
const nine = 57;
const atSign = 64;
const dollar = 36;
const hash = 35;
const underscore = 95;
const leftBracket = 91;

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function isLetter(code: number): boolean {
  if (code < 128) return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return /\p{L}/u.test(String.fromCharCode(code));
}

function isWordStart(code: number): boolean {
  return isLetter(code) || code === underscore || code === hash;
}

function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === underscore || code === hash || code === atSign || code === dollar;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

function isBlank(code: number): boolean {
  // Everything up to the space, plus the no-break space and the ideographic space, separates tokens.
  return code <= space || code === 0xa0 || code === 0x3000 || code === 0xfeff;
}

/** Where in the text, and in which line, reading begins. */
interface LexerStart {
  readonly position: number;
  readonly line: number;
}

/** Splits one batch into tokens. */
class Lexer {
  private readonly source: string;
  private readonly quotedIdentifier: boolean;
  private readonly tokens: Token[] = [];
  private position: number;
  private line: number;

  constructor(source: string, quotedIdentifier: boolean, from: LexerStart) {
    this.source = source;
    this.quotedIdentifier = quotedIdentifier;
    this.position = from.position;
    this.line = from.line;
  }

  run(): Token[] {
    const { source } = this;
    const { length } = source;
    while (this.position < length) {
      const code = source.charCodeAt(this.position);
      if (code === lineFeed) {
        this.line += 1;
        this.position += 1;
      } else if (isBlank(code)) {
        this.position += 1;
      } else if (code === dash && source.charCodeAt(this.position + 1) === dash) {
        const end = source.indexOf('\n', this.position);
        this.position = end < 0 ? length : end;
      } else if (code === slash && source.charCodeAt(this.position + 1) === star) {
        this.blockComment();
      } else {
        this.token(code);
      }
    }
    this.tokens.push({ kind: 'end', text: '', key: '', reserved: false, start: length, end: length, line: this.line });
    return this.tokens;
  }

  private token(code: number): void {
    const { source } = this;
    const start = this.position;
    const next = source.charCodeAt(start + 1);
    if ((code === 78 || code === 110) && next === quote) {
      this.delimited('unicodeString', start + 1, quote);
    } else if (isWordStart(code)) {
      this.word(start);
    } else if (code === atSign) {
      this.variable(start, next);
    } else if (isDigit(code) || (code === dot && isDigit(next))) {
      this.number(start);
    } else if (code === quote) {
      this.delimited('string', start, quote);
    } else if (code === leftBracket) {
      this.delimited('quoted', start, 93);
    } else if (code === doubleQuote) {
      this.delimited(this.quotedIdentifier ? 'quoted' : 'string', start, doubleQuote);
    } else if (code === dollar) {
      if (isLetter(next)) this.word(start);
      else this.money(start);
    } else {
      this.symbol(start);
    }
  }

  private push(kind: TokenKind, text: string, key: string, start: number, line: number, reserved = false): void {
    this.tokens.push({ kind, text, key, reserved, start, end: this.position, line });
  }

  private endOfWord(from: number): number {
    let end = from;
    while (isWordPart(this.source.charCodeAt(end))) end += 1;
    return end;
  }

  private word(start: number): void {
    const end = this.endOfWord(start + 1);
    const text = this.source.slice(start, end);
    if (text.length > maxIdentifierLength) throw identifierTooLong(text, this.line);
    this.position = end;
    const key = text.toUpperCase();
    this.push('word', text, key, start, this.line, isReserved(key));
  }

  private variable(start: number, next: number): void {
    const end = this.endOfWord(start + 1);
    const text = this.source.slice(start, end);
    if (text.length > maxIdentifierLength) throw identifierTooLong(text, this.line);
    this.position = end;
    this.push(next === atSign ? 'globalVariable' : 'variable', text, '', start, this.line);
  }

  private digits(from: number): number {
    let end = from;
    while (isDigit(this.source.charCodeAt(end))) end += 1;
    return end;
  }

  /** `1`, `1.`, `.5`, `1e3`, `1e` (exponent 0, as SQL Server takes it), `0xAB`, `0x`. */
  private number(start: number): void {
    const { source } = this;
    const second = source.charCodeAt(start + 1);
    if (source.charCodeAt(start) === zero && (second === 120 || second === 88)) {
      let end = start + 2;
      while (isHexDigit(source.charCodeAt(end))) end += 1;
      this.position = end;
      this.push('binary', source.slice(start, end), '', start, this.line);
      return;
    }
    let kind: TokenKind = 'integer';
    let end = this.digits(start);
    if (source.charCodeAt(end) === dot) {
      kind = 'decimal';
      end = this.digits(end + 1);
    }
    const exponent = source.charCodeAt(end);
    if (exponent === 101 || exponent === 69) {
      kind = 'float';
      end += 1;
      const sign = source.charCodeAt(end);
      if (sign === dash || sign === 43) end += 1;
      end = this.digits(end);
    }
    this.position = end;
    this.push(kind, source.slice(start, end), '', start, this.line);
  }

  /** `$`, `$1`, `$-1.5`, `$1,000.25`: SQL Server ignores the commas. */
  private money(start: number): void {
    const { source } = this;
    let end = start + 1;
    const sign = source.charCodeAt(end);
    if ((sign === dash || sign === 43) && isDigit(source.charCodeAt(end + 1))) end += 1;
    end = this.digits(end);
    if (source.charCodeAt(end) === dot) end = this.digits(end + 1);
    this.position = end;
    this.push('money', source.slice(start, end), '', start, this.line);
  }

  private delimited(kind: 'string' | 'unicodeString' | 'quoted', open: number, close: number): void {
    const { source } = this;
    const start = this.position;
    const startLine = this.line;
    const mark = String.fromCharCode(close);
    let from = open + 1;
    let text = '';
    for (;;) {
      const end = source.indexOf(mark, from);
      if (end < 0) throw unclosedQuote(text + source.slice(from), startLine);
      if (source.charCodeAt(end + 1) !== close) {
        text += source.slice(from, end);
        this.position = end + 1;
        break;
      }
      text += source.slice(from, end + 1);
      from = end + 2;
    }
    for (let at = source.indexOf('\n', open); at >= 0 && at < this.position; at = source.indexOf('\n', at + 1)) {
      this.line += 1;
    }
    if (kind === 'quoted') {
      if (text.length === 0) throw emptyName(startLine);
      if (text.length > maxIdentifierLength) throw identifierTooLong(text, startLine);
    }
    this.push(kind, text, '', start, startLine);
  }

  /** Block comments nest. */
  private blockComment(): void {
    const { source } = this;
    const startLine = this.line;
    let depth = 1;
    let position = this.position + 2;
    while (depth > 0) {
      const code = source.charCodeAt(position);
      if (Number.isNaN(code)) throw missingCommentEnd(startLine);
      const next = source.charCodeAt(position + 1);
      if (code === star && next === slash) {
        depth -= 1;
        position += 2;
      } else if (code === slash && next === star) {
        depth += 1;
        position += 2;
      } else {
        if (code === lineFeed) this.line += 1;
        position += 1;
      }
    }
    this.position = position;
  }

  private symbol(start: number): void {
    const { source } = this;
    const first = source.charAt(start);
    let text = first;
    let end = start + 1;
    if (first === '<' || first === '>' || first === '!') {
      // SQL Server takes blanks between the two characters of a comparison operator.
      let at = end;
      while (source.charCodeAt(at) === space || source.charCodeAt(at) === tab) at += 1;
      const second = source.charAt(at);
      if (at === end && second === first && first !== '!') {
        text = first + second;
        end = at + 1;
      } else if (
        second === '=' ||
        (first === '<' && second === '>') ||
        (first === '!' && (second === '<' || second === '>'))
      ) {
        text = first + second;
        end = at + 1;
      }
    } else if ('+-*/%&|^'.includes(first) && source.charAt(end) === '=') {
      text = `${first}=`;
      end += 1;
    } else if (first === ':' && source.charAt(end) === ':') {
      text = '::';
      end += 1;
    }
    this.position = end;
    this.push('symbol', text, text, start, this.line);
  }
}

/**
 * Splits a batch into tokens; the last one is of kind `end`.
 *
 * @param quotedIdentifier whether "..." is an identifier (SET QUOTED_IDENTIFIER ON) or a string
 * @param from @default the beginning
 * @throws {SqlError} 103, 105, 113 or 1038
 */
export function tokenize(
  source: string,
  quotedIdentifier: boolean,
  from: LexerStart = { position: 0, line: 1 },
): readonly Token[] {
  return new Lexer(source, quotedIdentifier, from).run();
}
