import type { Expression } from './ast/expressions.ts';
import type { AssignmentOperator, SelectItem } from './ast/queries.ts';
import { parseExpression } from './expressions.ts';
import { isIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

const assignmentOperators: ReadonlySet<string> = new Set<AssignmentOperator>([
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
]);

/** The assignment operator that a token is, if it is one. */
function assignmentOperator(token: Token): AssignmentOperator | undefined {
  return assignmentOperators.has(token.key) ? (token.key as AssignmentOperator) : undefined;
}

/** @throws {SqlError} 102 or 156 */
export function parseAssignmentOperator(t: TokenStream): AssignmentOperator {
  const operator = assignmentOperator(t.current);
  if (operator === undefined) throw t.unexpected();
  t.advance();
  return operator;
}

function isAlias(token: Token): boolean {
  return isIdentifier(token) || token.kind === 'string' || token.kind === 'unicodeString';
}

/** Whether `name.name.*` stands here. */
function isQualifiedStar(t: TokenStream): boolean {
  let offset = 0;
  while (isIdentifier(t.peek(offset)) && t.peek(offset + 1).key === '.') {
    offset += 2;
    if (t.peek(offset).key === '*') return true;
  }
  return false;
}

function parseQualifiedStar(t: TokenStream): SelectItem {
  const { line } = t;
  const qualifier: string[] = [];
  while (!t.accept('*')) {
    qualifier.push(t.advance().text);
    t.expect('.');
  }
  return { kind: 'star', qualifier, line };
}

/** One item of a select list, of OUTPUT or of RECEIVE. */
export function parseSelectItem(t: TokenStream): SelectItem {
  const { current } = t;
  const { line } = current;
  if (current.key === '*') {
    t.advance();
    return { kind: 'star', qualifier: [], line };
  }
  const next = t.peek(1);
  if (current.kind === 'variable') {
    const operator = assignmentOperator(next);
    if (operator !== undefined) {
      t.advance();
      t.advance();
      return { kind: 'assignment', variable: current.text, operator, expression: parseExpression(t), line };
    }
  } else if (next.key === '=' && isAlias(current)) {
    t.advance();
    t.advance();
    return { kind: 'expression', expression: parseExpression(t), alias: current.text, line };
  } else if (next.key === '.' && isQualifiedStar(t)) {
    return parseQualifiedStar(t);
  }
  return parseAliased(t, parseExpression(t), line);
}

function parseAliased(t: TokenStream, expression: Expression, line: number): SelectItem {
  if (t.accept('AS')) {
    if (!isAlias(t.current)) throw t.unexpected();
    return { kind: 'expression', expression, alias: t.advance().text, line };
  }
  if (isAlias(t.current) && !isLabel(t)) return { kind: 'expression', expression, alias: t.advance().text, line };
  return { kind: 'expression', expression, line };
}

/** `name:` is the label of the next statement, not an alias. */
function isLabel(t: TokenStream): boolean {
  return t.current.kind === 'word' && t.peek(1).key === ':';
}
