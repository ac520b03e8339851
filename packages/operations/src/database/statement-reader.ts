import { SqlScriptError } from '../errors.ts';
import { nameOf, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** Reads a statement word by word, without its comments. */
export class StatementReader {
  readonly #tokens: readonly SqlToken[];
  readonly #source: string;
  #position = 0;

  /** @param source for error messages */
  constructor(tokens: readonly SqlToken[], source: string) {
    this.#tokens = tokens;
    this.#source = source;
  }

  static of(text: string, source: string): StatementReader {
    return new StatementReader(
      [...sqlTokens(text)].filter(({ kind }) => kind !== 'space' && kind !== 'comment'),
      source,
    );
  }

  get atEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  peek(): SqlToken | undefined {
    return this.#tokens[this.#position];
  }

  next(): SqlToken {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw this.unexpected('more text');
    this.#position += 1;
    return token;
  }

  /** Whether these keywords or symbols come next; takes them if so. A quoted name is never a keyword. */
  accept(...words: readonly string[]): boolean {
    const found = words.every((word, index) => {
      const token = this.#tokens[this.#position + index];
      return token !== undefined && token.kind !== 'quotedName' && token.text.toUpperCase() === word;
    });
    if (found) this.#position += words.length;
    return found;
  }

  expect(...words: readonly string[]): void {
    if (!this.accept(...words)) throw this.unexpected(words.join(' '));
  }

  /** Goes on behind the first of these sequences of words; false when there is none. */
  seek(...words: readonly string[]): boolean {
    for (; !this.atEnd; this.#position += 1) if (this.accept(...words)) return true;
    return false;
  }

  /** The last part of a name with or without a schema. */
  name(): string {
    return this.qualifiedName().name;
  }

  qualifiedName(): { readonly schema: string | undefined; readonly name: string } {
    const first = this.#namePart();
    if (!this.accept('.')) return { schema: undefined, name: first };
    return { schema: first, name: this.#namePart() };
  }

  /** The comma-separated items between parentheses, each as a reader of its own. */
  list(): StatementReader[] {
    this.expect('(');
    const items: SqlToken[][] = [[]];
    for (let depth = 1; ; ) {
      const token = this.next();
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      if (depth === 0) break;
      if (token.text === ',' && depth === 1) items.push([]);
      else items.at(-1)?.push(token);
    }
    return items.filter((item) => item.length > 0).map((item) => new StatementReader(item, this.#source));
  }

  /** The tokens that are left, with blanks between them, but for what is one word of two tokens. */
  rest(): string {
    const tokens = this.#tokens.slice(this.#position);
    this.#position = this.#tokens.length;
    return tokens
      .map((token, index) => (isJoined(tokens[index - 1], token) ? '' : ' ') + token.text)
      .join('')
      .trimStart();
  }

  unexpected(wanted: string): SqlScriptError {
    const token = this.peek() ?? this.#tokens.at(-1);
    return new SqlScriptError(
      this.#source,
      token?.line ?? 1,
      `expected ${wanted}${this.atEnd ? ' before the end' : `, found "${token?.text}"`}`,
      'The deployment compares this file with the database and must understand it: write it like its neighbours.',
    );
  }

  #namePart(): string {
    const token = this.peek();
    const name = token === undefined ? undefined : nameOf(token);
    if (name === undefined) throw this.unexpected('a name');
    this.#position += 1;
    return name;
  }
}

/** Whether two tokens make one word of T-SQL, such as `>=` or `N'text'`. */
function isJoined(before: SqlToken | undefined, token: SqlToken): boolean {
  if (before === undefined) return true;
  if (token.kind === 'string') return before.kind === 'word' && before.text.toUpperCase() === 'N';
  return before.kind === 'symbol' && ['<=', '>=', '<>', '!=', '!<', '!>'].includes(before.text + token.text);
}
