import type { SqlError } from '../errors.ts';
import { incorrectKeyword, incorrectSyntax, nestedTooDeeply, unexpectedWith } from './errors.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './tokens.ts';

/**
 * How deep parentheses, subqueries, CASE and blocks may nest. Each level takes a dozen stack frames here and some more
 * in whatever walks the tree: several hundred would overflow the stack, well below a hundred would refuse real code
 * (chains of ELSE IF count).
 */
const maxDepth = 200;

/**
 * How many operators of one chain (`a + b + ...`, `x OR y OR ...`, UNION ALL) are allowed. Chains grow to the left, so
 * the parser itself doesn't recurse, but who walks the tree does: tens of thousands would overflow its stack; a limit
 * of a hundred would refuse generated statements that SQL Server runs.
 */
export const maxChain = 1000;

/** Tokens behind which a statement begins without a semicolon. */
const boundaries: ReadonlySet<string> = new Set([';', 'BEGIN', 'ELSE', 'AS', 'TRY', 'CATCH']);

/** The tokens of a batch with a position; what all parts of the parser work on. */
export class TokenStream {
  readonly source: string;
  /** Loops and CATCH blocks around the current statement, for BREAK, CONTINUE and bare THROW. */
  loops = 0;
  catches = 0;
  /** WITH XMLNAMESPACES of the current statement, as declarations that stand before each XQuery in it. */
  xmlNamespaces = '';
  /** Statements that are being parsed: 1 in a statement of the batch itself, more inside blocks, branches and modules. */
  statementDepth = 0;
  private tokens: readonly Token[];
  private last: Token;
  private quotedIdentifier: boolean;
  /** SET ANSI_NULLS where the current statement stands. */
  ansiNulls = true;
  /** Inside the text of a module, where SET QUOTED_IDENTIFIER and SET ANSI_NULLS change nothing. */
  inModule = false;
  private index = 0;
  private depth = 0;
  private bodyStart = -1;

  constructor(source: string, quotedIdentifier: boolean) {
    this.source = source;
    this.quotedIdentifier = quotedIdentifier;
    this.tokens = tokenize(source, quotedIdentifier);
    this.last = this.tokens[this.tokens.length - 1] as Token;
  }

  get current(): Token {
    return this.tokens[this.index] ?? this.last;
  }

  /** The token before the current one. */
  get previous(): Token {
    return this.tokens[this.index - 1] ?? this.last;
  }

  get line(): number {
    return this.current.line;
  }

  get atEnd(): boolean {
    return this.index >= this.tokens.length - 1;
  }

  /** Whether only empty statements stand before the current token. */
  get atStart(): boolean {
    let before = this.index - 1;
    while (before >= 0 && this.tokens[before]?.key === ';') before -= 1;
    return before < 0;
  }

  /** Whether the current statement is inside a block, a branch or a module. */
  get isNestedStatement(): boolean {
    return this.statementDepth > 1;
  }

  /** Whether what stands before the current token can't be a statement that wants a semicolon. */
  get isStatementBoundary(): boolean {
    return this.atStart || boundaries.has(this.previous.key) || this.index === this.bodyStart;
  }

  /** Reads the rest of the text by the other rule for "...": SET QUOTED_IDENTIFIER takes effect while a batch is read. */
  quoteBy(quotedIdentifier: boolean): void {
    if (this.inModule || quotedIdentifier === this.quotedIdentifier) return;
    this.quotedIdentifier = quotedIdentifier;
    const { start, line } = this.current;
    this.tokens = [
      ...this.tokens.slice(0, this.index),
      ...tokenize(this.source, quotedIdentifier, { position: start, line }),
    ];
    this.last = this.tokens[this.tokens.length - 1] as Token;
  }

  /** Marks that a statement begins here though the token before it doesn't show it, as behind a condition. */
  markStatementStart(): void {
    this.bodyStart = this.index;
  }

  peek(offset: number): Token {
    return this.tokens[this.index + offset] ?? this.last;
  }

  advance(): Token {
    const token = this.current;
    if (!this.atEnd) this.index += 1;
    return token;
  }

  /** Whether the current token is this word (upper case) or symbol. */
  is(key: string): boolean {
    return this.current.key === key;
  }

  /** Whether the tokens from the current one on are these words and symbols. */
  areNext(...keys: readonly string[]): boolean {
    return keys.every((key, offset) => this.peek(offset).key === key);
  }

  accept(key: string): boolean {
    if (this.current.key !== key) return false;
    this.index += 1;
    return true;
  }

  /** Takes the whole sequence or nothing. */
  acceptAll(...keys: readonly string[]): boolean {
    if (!this.areNext(...keys)) return false;
    this.index += keys.length;
    return true;
  }

  /** Takes the first of the words that stands here. */
  acceptOneOf<const K extends string>(...keys: readonly K[]): K | undefined {
    const found = keys.find((key) => key === this.current.key);
    if (found !== undefined) this.index += 1;
    return found;
  }

  /** @throws {SqlError} 102, 156 or 319 */
  expect(...keys: readonly string[]): Token {
    let token = this.current;
    for (const key of keys) {
      token = this.current;
      if (token.key !== key) throw this.unexpected();
      this.index += 1;
    }
    return token;
  }

  /** @throws {SqlError} 102, 156 or 319 */
  expectOneOf<const K extends string>(...keys: readonly K[]): K {
    const found = this.acceptOneOf(...keys);
    if (found === undefined) throw this.unexpected();
    return found;
  }

  /** The error for a token that the grammar has no place for. At the end of the batch SQL Server names the last token. */
  unexpected(token: Token = this.current): SqlError {
    if (token.kind === 'end') {
      const last = this.tokens[this.tokens.length - 2];
      return incorrectSyntax(last?.text ?? '', last?.line ?? token.line);
    }
    if (token.key === 'WITH') return unexpectedWith(token.text, token.line);
    return token.reserved ? incorrectKeyword(token.text, token.line) : incorrectSyntax(token.text, token.line);
  }

  /** Text for "near" in messages that aren't 102. */
  get near(): { readonly text: string; readonly line: number } {
    return this.atEnd ? this.previous : this.current;
  }

  /** Source from a token to the end of the last token taken. */
  textSince(start: Token): string {
    return this.source.slice(start.start, this.previous.end);
  }

  /** Runs one level of nested grammar. @throws {SqlError} 191 */
  nested<T>(parse: (stream: TokenStream) => T): T {
    if (this.depth >= maxDepth) throw nestedTooDeeply(this.line);
    this.depth += 1;
    const result = parse(this);
    this.depth -= 1;
    return result;
  }

  /** `( item, item ... )`. */
  parenthesized<T>(item: (stream: TokenStream) => T): T[] {
    this.expect('(');
    const items = this.commaList(item);
    this.expect(')');
    return items;
  }

  /** One or more items separated by commas. */
  commaList<T>(item: (stream: TokenStream) => T): T[] {
    const items = [item(this)];
    while (this.accept(',')) items.push(item(this));
    return items;
  }
}
