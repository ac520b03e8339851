import { unsupported } from '../unsupported.ts';
import { mayBeNull, withNulls } from './ansi-nulls.ts';
import type { ComparisonOperator, Expression, Predicate } from './ast/expressions.ts';
import { conditionExpected, nestedTooDeeply } from './errors.ts';
import { closeSetOperation, continueExpression, parseExpression, parsePostfix } from './expressions.ts';
import { parseIdentifier } from './names.ts';
import { continueQuery, isSetOperator, parseParenthesizedQuery } from './queries.ts';
import { maxChain, type TokenStream } from './token-stream.ts';

/** What a parenthesis in a search condition may hold: the closing parenthesis comes long after it is opened. */
type Operand = Expression | Predicate;

const predicateKinds: ReadonlySet<string> = new Set<Predicate['kind']>([
  'and',
  'or',
  'not',
  'comparison',
  'quantified',
  'distinctFrom',
  'isNull',
  'between',
  'in',
  'inQuery',
  'like',
  'exists',
  'updated',
]);

function isPredicate(node: Operand): node is Predicate {
  return predicateKinds.has(node.kind);
}

const comparisons: Readonly<Partial<Record<string, ComparisonOperator>>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '!>': '<=',
  '>': '>',
  '>=': '>=',
  '!<': '>=',
};

/**
 * A search condition.
 *
 * @throws {SqlError} 102, 156, 191, or 4145 for a scalar where a condition must be
 */
export function parsePredicate(t: TokenStream): Predicate {
  return asPredicate(t, parseOr(t));
}

function asPredicate(t: TokenStream, operand: Operand): Predicate {
  if (isPredicate(operand)) return operand;
  const { text, line } = t.near;
  throw conditionExpected(text, line);
}

function parseOr(t: TokenStream): Operand {
  let left = parseAnd(t);
  for (let links = 1; t.is('OR'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const condition = asPredicate(t, left);
    const { line } = t.advance();
    left = { kind: 'or', left: condition, right: asPredicate(t, parseAnd(t)), line };
  }
  return left;
}

function parseAnd(t: TokenStream): Operand {
  let left = parseNot(t);
  for (let links = 1; t.is('AND'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const condition = asPredicate(t, left);
    const { line } = t.advance();
    left = { kind: 'and', left: condition, right: asPredicate(t, parseNot(t)), line };
  }
  return left;
}

function parseNot(t: TokenStream): Operand {
  if (!t.is('NOT')) return parseComparison(t);
  const { line } = t.advance();
  return { kind: 'not', operand: asPredicate(t, t.nested(parseNot)), line };
}

function parseComparison(t: TokenStream): Operand {
  const { line, key } = t.current;
  if (key === 'EXISTS') {
    t.advance();
    return { kind: 'exists', query: parseParenthesizedQuery(t), line };
  }
  if (key === 'CONTAINS' || key === 'FREETEXT') unsupported(`the ${key} predicate`, line);
  if (key === 'UPDATE' && t.peek(1).key === '(') {
    t.advance();
    t.expect('(');
    const column = parseIdentifier(t);
    t.expect(')');
    return { kind: 'updated', column, line };
  }
  if (key === '(' && t.peek(1).key !== 'SELECT') {
    const inner = t.nested(parseGroup);
    if (isPredicate(inner)) return inner;
    return parseComparisonTail(t, continueExpression(t, parsePostfix(t, inner), 1));
  }
  return parseComparisonTail(t, parseExpression(t));
}

/** `( ... )` that holds a condition or a scalar; which one shows only inside. */
function parseGroup(t: TokenStream): Operand {
  t.advance();
  const inner = parseOr(t);
  if (!isPredicate(inner) && inner.kind === 'subquery' && isSetOperator(t)) return closeSetOperation(t, inner);
  t.expect(')');
  return inner;
}

function parseComparisonTail(t: TokenStream, left: Expression): Operand {
  const { line, key } = t.current;
  const operator = comparisons[key];
  if (operator !== undefined) {
    t.advance();
    return parseRightSide(t, left, operator, line);
  }
  switch (key) {
    case 'IS':
      t.advance();
      return parseIs(t, left, line);
    case 'NOT':
      t.advance();
      return parseRange(t, left, true, line);
    case 'BETWEEN':
    case 'IN':
    case 'LIKE':
      return parseRange(t, left, false, line);
    default:
      return left;
  }
}

function parseRightSide(t: TokenStream, left: Expression, operator: ComparisonOperator, line: number): Predicate {
  const quantifier = t.acceptOneOf('ALL', 'ANY', 'SOME');
  if (quantifier === undefined) {
    const comparison = { kind: 'comparison', operator, left, right: parseExpression(t), line } as const;
    return t.ansiNulls ? comparison : withNulls(comparison);
  }
  const query = parseParenthesizedQuery(t);
  return { kind: 'quantified', operator, quantifier: quantifier === 'ALL' ? 'all' : 'any', operand: left, query, line };
}

function parseIs(t: TokenStream, operand: Expression, line: number): Predicate {
  const negated = t.accept('NOT');
  if (t.acceptAll('DISTINCT', 'FROM')) {
    return { kind: 'distinctFrom', left: operand, right: parseExpression(t), negated, line };
  }
  t.expect('NULL');
  return { kind: 'isNull', operand, negated, line };
}

function parseRange(t: TokenStream, operand: Expression, negated: boolean, line: number): Predicate {
  switch (t.expectOneOf('BETWEEN', 'IN', 'LIKE')) {
    case 'BETWEEN': {
      const low = parseExpression(t);
      t.expect('AND');
      return { kind: 'between', operand, low, high: parseExpression(t), negated, line };
    }
    case 'LIKE': {
      const pattern = parseExpression(t);
      const escapeMark = t.accept('ESCAPE') ? parseExpression(t) : undefined;
      return { kind: 'like', operand, pattern, ...(escapeMark ? { escape: escapeMark } : {}), negated, line };
    }
    case 'IN':
      return t.nested(() => parseIn(t, operand, negated, line));
  }
}

function parseIn(t: TokenStream, operand: Expression, negated: boolean, line: number): Predicate {
  if (t.areNext('(', 'SELECT')) return { kind: 'inQuery', operand, query: parseParenthesizedQuery(t), negated, line };
  t.expect('(');
  const list = t.commaList(parseExpression);
  const [first] = list;
  if (list.length === 1 && first?.kind === 'subquery') {
    const query = isSetOperator(t) ? continueQuery(t, first.query) : first.query;
    t.expect(')');
    return { kind: 'inQuery', operand, query, negated, line };
  }
  t.expect(')');
  if (!t.ansiNulls && list.some(mayBeNull)) unsupported('IN with NULL or a variable under SET ANSI_NULLS OFF', line);
  return { kind: 'in', operand, list, negated, line };
}
