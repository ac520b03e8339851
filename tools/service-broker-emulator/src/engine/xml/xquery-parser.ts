import type { SqlError } from '../../errors.ts';
import { unsupported } from '../../unsupported.ts';
import { xqueryError } from './errors.ts';
import type { XQueryAxis, XQueryExpression, XQueryOperator, XQueryStep, XQueryTest } from './xquery-expression.ts';

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'variable' | 'end';
  readonly text: string;
}

const tokenPattern =
  /\s*(?:(\(:)|((?:[\p{L}_][\p{L}\p{N}_.-]*:)?[\p{L}_][\p{L}\p{N}_.-]*(?!:)|[\p{L}_][\p{L}\p{N}_.-]*(?=:\*|::)|\*:[\p{L}_][\p{L}\p{N}_.-]*)|("(?:[^"]|"")*"|'(?:[^']|'')*')|(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(\$[\p{L}_][\p{L}\p{N}_.-]*)|(::|\/\/|\.\.|!=|<=|>=|<<|>>|:\*|:=|[/.@()[\],=<>+\-*|{};]))/uy;

/** Comparison words of XQuery and the operators that they are for single values. */
const valueComparisons: Readonly<Record<string, XQueryOperator>> = {
  eq: '=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};
const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const axes: ReadonlySet<string> = new Set<XQueryAxis>([
  'child',
  'attribute',
  'self',
  'parent',
  'descendant',
  'descendant-or-self',
]);
const kindTests: Readonly<Record<string, 'node' | 'text' | 'comment' | 'instruction'>> = {
  node: 'node',
  text: 'text',
  comment: 'comment',
  'processing-instruction': 'instruction',
};
const unsupportedWords: ReadonlySet<string> = new Set([
  'for',
  'let',
  'some',
  'every',
  'if',
  'element',
  'attribute',
  'insert',
  'delete',
  'replace',
]);
const anyNode: XQueryStep = { axis: 'descendant-or-self', test: { kind: 'node' }, predicates: [] };

/** @param method as SQL Server names it in its errors, for example `value()` */
export function parseXQuery(text: string, method: string): XQueryExpression {
  return new XQueryParser(text, method).parse();
}

class XQueryParser {
  readonly #method: string;
  readonly #namespaces = new Map<string, string>([
    ['xml', 'http://www.w3.org/XML/1998/namespace'],
    ['xs', 'http://www.w3.org/2001/XMLSchema'],
    ['fn', 'fn'],
    ['sql', 'sql'],
  ]);
  #defaultNamespace = '';
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, method: string) {
    this.#method = method;
    this.#tokens = this.#tokenize(this.#prologue(text));
  }

  parse(): XQueryExpression {
    const expression = this.#sequence();
    const rest = this.#peek();
    if (rest.kind !== 'end') {
      throw this.#error(2370, `No more tokens expected at the end of the XQuery expression. Found '${rest.text}'.`);
    }
    return expression;
  }

  #error(number: number, text: string): SqlError {
    return xqueryError(this.#method, text, number);
  }

  /** `declare namespace p="uri";` and `declare default element namespace "uri";` */
  #prologue(text: string): string {
    const pattern =
      /^\s*declare\s+(?:namespace\s+([\p{L}_][\p{L}\p{N}_.-]*)\s*=|default\s+element\s+namespace)\s*(?:"([^"]*)"|'([^']*)')\s*;?/iu;
    let rest = text;
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      const uri = match[2] ?? match[3] ?? '';
      if (match[1] === undefined) this.#defaultNamespace = uri;
      else this.#namespaces.set(match[1], uri);
      rest = rest.slice(match[0].length);
    }
    return rest;
  }

  #tokenize(text: string): readonly Token[] {
    const tokens: Token[] = [];
    let at = 0;
    const end = text.trimEnd().length;
    while (at < end) {
      tokenPattern.lastIndex = at;
      const match = tokenPattern.exec(text);
      if (match === null) {
        throw this.#error(2217, `Syntax error near '${text.slice(at).trimStart().slice(0, 20)}'.`);
      }
      const [, comment, name, string, number, variable, symbol] = match;
      at = tokenPattern.lastIndex;
      if (comment !== undefined) {
        const close = text.indexOf(':)', at);
        if (close === -1) throw this.#error(2217, 'A comment is not closed.');
        at = close + 2;
      } else if (name !== undefined) tokens.push({ kind: 'name', text: name });
      else if (string !== undefined) {
        const quote = string.charAt(0);
        tokens.push({ kind: 'string', text: string.slice(1, -1).replaceAll(quote + quote, quote) });
      } else if (number !== undefined) tokens.push({ kind: 'number', text: number });
      else if (variable !== undefined) tokens.push({ kind: 'variable', text: variable });
      else tokens.push({ kind: 'symbol', text: symbol ?? '' });
    }
    tokens.push({ kind: 'end', text: '' });
    return tokens;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '' };
  }

  #isSymbol(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  #isWord(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'name' && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#isSymbol(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) {
      throw this.#error(2205, `"${text}" was expected.`);
    }
  }

  #sequence(): XQueryExpression {
    const first = this.#or();
    if (!this.#isSymbol(',')) return first;
    const items = [first];
    while (this.#take(',')) items.push(this.#or());
    return { kind: 'sequence', items };
  }

  #or(): XQueryExpression {
    let left = this.#and();
    while (this.#isWord('or')) {
      this.#at++;
      left = { kind: 'binary', operator: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): XQueryExpression {
    let left = this.#comparison();
    while (this.#isWord('and')) {
      this.#at++;
      left = { kind: 'binary', operator: 'and', left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): XQueryExpression {
    const left = this.#additive();
    const token = this.#peek();
    const operator =
      token.kind === 'symbol' && comparisons.has(token.text)
        ? (token.text as XQueryOperator)
        : token.kind === 'name' && Object.hasOwn(valueComparisons, token.text)
          ? valueComparisons[token.text]
          : undefined;
    if (operator === undefined) return left;
    this.#at++;
    return { kind: 'binary', operator, left, right: this.#additive() };
  }

  #additive(): XQueryExpression {
    let left = this.#multiplicative();
    while (this.#isSymbol('+') || this.#isSymbol('-')) {
      const operator = this.#peek().text === '+' ? '+' : '-';
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#multiplicative() };
    }
    return left;
  }

  #multiplicative(): XQueryExpression {
    let left = this.#unary();
    for (;;) {
      const operator: XQueryOperator | undefined = this.#isSymbol('*')
        ? '*'
        : this.#isWord('div')
          ? 'div'
          : this.#isWord('mod')
            ? 'mod'
            : undefined;
      if (operator === undefined) return left;
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
  }

  #unary(): XQueryExpression {
    if (this.#take('-')) return { kind: 'negate', operand: this.#unary() };
    if (this.#take('+')) return this.#unary();
    let left = this.#path();
    while (this.#take('|')) left = { kind: 'binary', operator: 'union', left, right: this.#path() };
    return left;
  }

  #path(): XQueryExpression {
    if (this.#take('//')) {
      return { kind: 'path', absolute: true, filters: [], steps: [anyNode, ...this.#steps()] };
    }
    if (this.#take('/')) {
      const steps = this.#startsStep() ? this.#steps() : [];
      return { kind: 'path', absolute: true, filters: [], steps };
    }
    const start = this.#primary();
    if (start === undefined) return { kind: 'path', absolute: false, filters: [], steps: this.#steps() };
    const filters = this.#predicates();
    const steps: XQueryStep[] = [];
    if (this.#take('//')) steps.push(anyNode, ...this.#steps());
    else if (this.#take('/')) steps.push(...this.#steps());
    if (filters.length === 0 && steps.length === 0) return start;
    return { kind: 'path', absolute: false, start, filters, steps };
  }

  /** Literal, parenthesized expression or function call; undefined when a step stands here. */
  #primary(): XQueryExpression | undefined {
    const token = this.#peek();
    switch (token.kind) {
      case 'string':
        this.#at++;
        return { kind: 'literal', value: token.text };
      case 'number':
        this.#at++;
        return { kind: 'literal', value: Number(token.text) };
      case 'variable':
        return unsupported(`the XQuery variable ${token.text}`);
      case 'symbol':
        if (token.text === '(') return this.#parenthesized();
        if (token.text === '<') return unsupported('XQuery element constructors');
        return undefined;
      case 'name':
        if (this.#isSymbol('(', 1) && !Object.hasOwn(kindTests, token.text)) return this.#call(token.text);
        if (unsupportedWords.has(token.text) && ['variable', 'name'].includes(this.#peek(1).kind)) {
          return unsupported(`the XQuery expression '${token.text}'`);
        }
        return undefined;
      default:
        throw this.#error(2209, `Syntax error near '${token.text === '' ? '<eof>' : token.text}'`);
    }
  }

  #parenthesized(): XQueryExpression {
    this.#expect('(');
    if (this.#take(')')) return { kind: 'sequence', items: [] };
    const inner = this.#sequence();
    this.#expect(')');
    return inner;
  }

  #call(written: string): XQueryExpression {
    this.#at += 2;
    const args: XQueryExpression[] = [];
    if (!this.#isSymbol(')')) {
      do args.push(this.#or());
      while (this.#take(','));
    }
    this.#expect(')');
    return { kind: 'call', name: written.startsWith('fn:') ? written.slice(3) : written, arguments: args };
  }

  #predicates(): XQueryExpression[] {
    const predicates: XQueryExpression[] = [];
    while (this.#take('[')) {
      predicates.push(this.#sequence());
      this.#expect(']');
    }
    return predicates;
  }

  #startsStep(): boolean {
    const token = this.#peek();
    return token.kind === 'name' || (token.kind === 'symbol' && ['@', '.', '..', '*'].includes(token.text));
  }

  #steps(): XQueryStep[] {
    const steps = [this.#step()];
    for (;;) {
      if (this.#take('//')) steps.push(anyNode, this.#step());
      else if (this.#take('/')) steps.push(this.#step());
      else return steps;
    }
  }

  #step(): XQueryStep {
    if (this.#take('..')) return { axis: 'parent', test: { kind: 'node' }, predicates: this.#predicates() };
    if (this.#take('.')) return { axis: 'self', test: { kind: 'node' }, predicates: this.#predicates() };
    let axis: XQueryAxis = 'child';
    if (this.#take('@')) axis = 'attribute';
    else if (this.#peek().kind === 'name' && this.#isSymbol('::', 1)) {
      const name = this.#peek().text;
      if (!axes.has(name)) return unsupported(`the XQuery axis ${name}`);
      axis = name as XQueryAxis;
      this.#at += 2;
    }
    return { axis, test: this.#test(axis), predicates: this.#predicates() };
  }

  #test(axis: XQueryAxis): XQueryTest {
    if (this.#take('*')) return { kind: 'name' };
    const token = this.#peek();
    if (token.kind !== 'name') {
      throw this.#error(2209, `Syntax error near '${token.text === '' ? '<eof>' : token.text}'`);
    }
    this.#at++;
    if (this.#isSymbol('(')) return this.#kindTest(token.text);
    if (token.text.startsWith('*:')) return { kind: 'name', localName: token.text.slice(2) };
    if (this.#take(':*')) return { kind: 'name', namespace: this.#namespace(token.text) };
    const colon = token.text.indexOf(':');
    if (colon !== -1) {
      return {
        kind: 'name',
        localName: token.text.slice(colon + 1),
        namespace: this.#namespace(token.text.slice(0, colon)),
      };
    }
    return { kind: 'name', localName: token.text, namespace: axis === 'attribute' ? '' : this.#defaultNamespace };
  }

  #kindTest(name: string): XQueryTest {
    const kind = Object.hasOwn(kindTests, name) ? kindTests[name] : undefined;
    if (kind === undefined) return unsupported(`the XQuery node test ${name}()`);
    this.#expect('(');
    if (!this.#take(')')) return unsupported(`the XQuery node test ${name}() with an argument`);
    return { kind };
  }

  #namespace(prefix: string): string {
    const namespace = this.#namespaces.get(prefix);
    if (namespace === undefined) {
      throw this.#error(2229, `The name "${prefix}" does not denote a namespace.`);
    }
    return namespace;
  }
}
