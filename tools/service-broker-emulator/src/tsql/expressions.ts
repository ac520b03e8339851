import { unsupported } from '../unsupported.ts';
import type { BinaryOperator, Expression, Literal } from './ast/expressions.ts';
import { nestedTooDeeply } from './errors.ts';
import { parseCase, parseCast, parseConvert, parseIif, parseNextValueFor, parseTrim } from './expression-forms.ts';
import { parseCallTail } from './function-calls.ts';
import { isIdentifier, parseColumnParts, parseIdentifier, toObjectName } from './names.ts';
import { continueQuery, isSetOperator, parseSubquery } from './queries.ts';
import { maxChain, type TokenStream } from './token-stream.ts';

const multiplicative = 2;

const operatorPrecedence: Readonly<Partial<Record<string, 1 | 2>>> = {
  '+': 1,
  '-': 1,
  '&': 1,
  '|': 1,
  '^': 1,
  '*': multiplicative,
  '/': multiplicative,
  '%': multiplicative,
};

/** Methods of the xml type; their names are case-sensitive. */
const xmlMethods: ReadonlySet<string> = new Set(['value', 'query', 'exist', 'nodes', 'modify']);

/** Functions that T-SQL writes without parentheses. */
const niladicFunctions: ReadonlySet<string> = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_USER',
  'SESSION_USER',
  'SYSTEM_USER',
  'USER',
]);

/** Reserved words that are names of functions too. */
const reservedFunctions: ReadonlySet<string> = new Set(['LEFT', 'RIGHT', 'COALESCE', 'NULLIF']);

const rowsetOnly: ReadonlySet<string> = new Set(['OPENROWSET', 'OPENQUERY', 'OPENXML', 'OPENDATASOURCE']);

/**
 * A scalar expression.
 *
 * @throws {SqlError} 102, 156 or 191
 */
export function parseExpression(t: TokenStream): Expression {
  return continueExpression(t, parseUnary(t), 1);
}

/** The bit shifts of SQL Server 2022, which are functions too. */
const shifts: Readonly<Partial<Record<string, string>>> = { '<<': 'LEFT_SHIFT', '>>': 'RIGHT_SHIFT' };

/** @param mixed other operators stand beside it: which of them binds stronger isn't documented */
function parseShift(t: TokenStream, left: Expression, mixed: boolean): Expression {
  const { key, line } = t.advance();
  const right = parseUnary(t);
  if (mixed || operatorPrecedence[t.current.key] !== undefined || shifts[t.current.key] !== undefined) {
    unsupported(`${key} beside another operator without parentheses`, line);
  }
  const name = { name: shifts[key] ?? '', line };
  return { kind: 'function', name, arguments: [left, right], star: false, distinct: false, line };
}

/** Goes on after an operand with the operators of at least this precedence. */
export function continueExpression(t: TokenStream, operand: Expression, minimum: 1 | 2): Expression {
  let left = operand;
  let links = 0;
  for (;;) {
    const { key } = t.current;
    if (shifts[key] !== undefined) {
      left = parseShift(t, left, links > 0 || minimum > 1);
      continue;
    }
    const precedence = operatorPrecedence[key];
    if (precedence === undefined || precedence < minimum) return left;
    if (++links > maxChain) throw nestedTooDeeply(t.line);
    const { line } = t.advance();
    let right = parseUnary(t);
    if (precedence < multiplicative) right = continueExpression(t, right, multiplicative);
    left = { kind: 'binary', operator: key as BinaryOperator, left, right, line };
  }
}

/** A sign binds weaker than `*`: SQL Server reads `-100.0 / -100.0 * 10.0` as `-(100.0 / -(100.0 * 10.0))`. */
function parseUnary(t: TokenStream): Expression {
  const { key, line } = t.current;
  if (key === '-' || key === '+') {
    t.advance();
    const operand = t.nested(parseUnary);
    return { kind: 'unary', operator: key, operand: continueExpression(t, operand, multiplicative), line };
  }
  if (key === '~') {
    t.advance();
    return { kind: 'unary', operator: '~', operand: t.nested(parseUnary), line };
  }
  return parsePostfix(t, parsePrimary(t));
}

/** COLLATE, AT TIME ZONE and xml methods behind an operand. */
export function parsePostfix(t: TokenStream, operand: Expression): Expression {
  let result = operand;
  let links = 0;
  for (;;) {
    const { line } = t;
    if (++links > maxChain) throw nestedTooDeeply(line);
    if (t.is('COLLATE')) {
      t.advance();
      result = {
        kind: 'collate',
        operand: result,
        collation: t.accept('DATABASE_DEFAULT') ? 'DATABASE_DEFAULT' : parseIdentifier(t),
        line,
      };
    } else if (t.areNext('AT', 'TIME', 'ZONE')) {
      t.acceptAll('AT', 'TIME', 'ZONE');
      result = { kind: 'atTimeZone', operand: result, zone: parsePrimary(t), line };
    } else if (t.is('.') && t.peek(2).key === '(' && result.kind !== 'column' && result.kind !== 'literal') {
      t.advance();
      result = parseMethod(t, result, parseIdentifier(t));
    } else {
      return result;
    }
  }
}

function parseMethod(t: TokenStream, target: Expression, method: string): Expression {
  const { line } = t.previous;
  if (!xmlMethods.has(method)) unsupported(`the method .${method}()`, line);
  t.expect('(');
  const parameters = t.is(')') ? [] : t.commaList(parseExpression);
  t.expect(')');
  const namespaces = t.xmlNamespaces === '' ? {} : { namespaces: t.xmlNamespaces };
  return { kind: 'method', target, method, arguments: parameters, ...namespaces, line };
}

/** Bytes of a `0x` literal; an odd number of digits gets a leading zero. */
function binaryValue(text: string): Uint8Array {
  const digits = text.length % 2 === 0 ? text.slice(2) : `0${text.slice(2)}`;
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** The literal that stands here, if one does. */
export function tryLiteral(t: TokenStream): Literal | undefined {
  const { current } = t;
  const { line, text } = current;
  switch (current.kind) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'money':
      t.advance();
      return { kind: 'literal', type: current.kind, text, line };
    case 'string':
    case 'unicodeString':
      t.advance();
      return { kind: 'literal', type: 'string', value: text, unicode: current.kind === 'unicodeString', line };
    case 'binary':
      t.advance();
      return { kind: 'literal', type: 'binary', value: binaryValue(text), line };
    case 'word':
      if (current.key !== 'NULL') return undefined;
      t.advance();
      return { kind: 'literal', type: 'null', line };
    default:
      return undefined;
  }
}

function parsePrimary(t: TokenStream): Expression {
  const { current } = t;
  const { line } = current;
  switch (current.kind) {
    case 'variable':
      return { kind: 'variable', name: t.advance().text, line };
    case 'globalVariable':
      return { kind: 'globalVariable', name: t.advance().text, line };
    case 'word':
      return parseWord(t);
    case 'quoted':
      return parseNameOrCall(t);
    case 'symbol':
      if (current.key === '(') return t.nested(parseParenthesis);
      if (current.key === '{') return parseOdbcEscape(t);
      if (current.key === '::') unsupported('static functions called with ::', line);
      throw t.unexpected();
    default: {
      const literal = tryLiteral(t);
      if (literal === undefined) throw t.unexpected();
      return literal;
    }
  }
}

/** `(expression)`, `(SELECT ...)` or a parenthesised first part of a subquery, `((SELECT ...) UNION ...)`. */
function parseParenthesis(t: TokenStream): Expression {
  if (t.peek(1).key === 'SELECT') return parseSubquery(t);
  t.advance();
  const inner = parseExpression(t);
  if (inner.kind === 'subquery' && isSetOperator(t)) return closeSetOperation(t, inner);
  t.expect(')');
  return inner;
}

/** `((SELECT ...) UNION SELECT ...)` once its first, parenthesised part is read; takes the closing parenthesis. */
export function closeSetOperation(t: TokenStream, first: Expression & { readonly kind: 'subquery' }): Expression {
  const query = continueQuery(t, first.query);
  t.expect(')');
  return { kind: 'subquery', query, line: first.line };
}

function parseWord(t: TokenStream): Expression {
  const { key, line, reserved } = t.current;
  if (reserved) return parseReserved(t);
  const before = t.peek(1).key;
  if (before === '(') {
    switch (key) {
      case 'CAST':
      case 'TRY_CAST':
        return parseCast(t);
      case 'IIF':
        return parseIif(t);
      case 'TRIM':
        return parseTrim(t);
      case 'PARSE':
      case 'TRY_PARSE':
      case 'JSON_OBJECT':
      case 'JSON_ARRAY':
      case 'JSON_OBJECTAGG':
      case 'JSON_ARRAYAGG':
        return unsupported(key, line);
    }
  }
  if (key === 'NEXT' && t.areNext('NEXT', 'VALUE', 'FOR')) return parseNextValueFor(t);
  return parseNameOrCall(t);
}

function parseReserved(t: TokenStream): Expression {
  const { key, line, text } = t.current;
  switch (key) {
    case 'NULL':
      t.advance();
      return { kind: 'literal', type: 'null', line };
    case 'CASE':
      return t.nested(parseCase);
    case 'CONVERT':
    case 'TRY_CONVERT':
      return parseConvert(t);
    case 'IDENTITY':
      if (t.peek(1).key === '(') unsupported('the IDENTITY() function of SELECT INTO', line);
      throw t.unexpected();
  }
  if (niladicFunctions.has(key)) {
    t.advance();
    return { kind: 'function', name: { name: text, line }, arguments: [], star: false, distinct: false, line };
  }
  if (reservedFunctions.has(key) && t.peek(1).key === '(') {
    t.advance();
    return parseCallTail(t, { name: text, line });
  }
  if (rowsetOnly.has(key)) unsupported(key, line);
  throw t.unexpected();
}

function parseNameOrCall(t: TokenStream): Expression {
  const { line } = t;
  const parts = parseColumnParts(t);
  if (t.is('::')) unsupported('static methods called with ::', line);
  if (!t.is('(')) return { kind: 'column', parts, line };
  const last = parts[parts.length - 1] ?? '';
  if (parts.length > 1 && t.previous.kind === 'word' && xmlMethods.has(last)) {
    return parseMethod(t, { kind: 'column', parts: parts.slice(0, -1), line }, last);
  }
  return parseCallTail(t, toObjectName(t, parts, line));
}

/** `{fn name(...)}`; drivers send the rest of ODBC's escapes already translated. */
function parseOdbcEscape(t: TokenStream): Expression {
  const { line } = t.advance();
  if (!t.accept('FN')) {
    if (isIdentifier(t.current)) unsupported(`the ODBC escape {${t.current.text}}`, line);
    throw t.unexpected();
  }
  const call = t.nested(parseExpression);
  t.expect('}');
  return call;
}
