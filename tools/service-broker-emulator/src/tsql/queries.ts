import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type {
  CommonTableExpression,
  OrderByItem,
  QueryExpression,
  QuerySpecification,
  SelectStatement,
  SetOperation,
  TopClause,
} from './ast/queries.ts';
import { nestedTooDeeply } from './errors.ts';
import { parseExpression, tryLiteral } from './expressions.ts';
import { parseForClause } from './for-clause.ts';
import { parseOrderBy } from './function-calls.ts';
import { parseGroupBy } from './group-by.ts';
import { parseColumnNames, parseIdentifier, parseObjectName } from './names.ts';
import { parsePredicate } from './predicates.ts';
import { parseQueryHints } from './query-hints.ts';
import { parseSelectItem } from './select-items.ts';
import { parseFrom } from './table-sources.ts';
import { maxChain, type TokenStream } from './token-stream.ts';
import { parseXmlNamespaces } from './xml-namespaces.ts';

/** A SELECT as a statement: with OPTION, after its common table expressions. */
export function parseSelectStatement(t: TokenStream, ctes: readonly CommonTableExpression[] = []): SelectStatement {
  const { line } = t;
  const select = finishSelect(t, ctes, parseQueryExpression(t, false), line);
  if (!t.is('OPTION')) return select;
  const options = parseQueryHints(t);
  // OPTION may also stand before FOR.
  const forClause = select.for === undefined && startsForClause(t) ? parseForClause(t) : undefined;
  return { ...select, options, ...(forClause ? { for: forClause } : {}) };
}

/**
 * A SELECT inside something else: a view, a cursor, a table source.
 *
 * @param isSubquery whether parenthesised operands of UNION may have an order: a statement's may not. Source: Microsoft's
 * own parser, which takes it in derived tables and subqueries only.
 */
export function parseSelect(t: TokenStream, isSubquery = false): SelectStatement {
  const { line } = t;
  return finishSelect(t, [], parseQueryExpression(t, isSubquery), line);
}

/** `(SELECT ...)` where only a query can be. */
export function parseParenthesizedQuery(t: TokenStream): SelectStatement {
  return t.nested(() => {
    t.expect('(');
    const query = parseSelect(t, true);
    t.expect(')');
    return query;
  });
}

/** `(SELECT ...)` as a value. */
export function parseSubquery(t: TokenStream): Expression & { readonly kind: 'subquery' } {
  const { line } = t;
  return { kind: 'subquery', query: parseParenthesizedQuery(t), line };
}

/** Alias of an operand with an order; no name of T-SQL. */
const orderedOperand = '\u0000ordered';

/** Whether UNION, EXCEPT or INTERSECT stands here. */
export function isSetOperator(t: TokenStream): boolean {
  const { key } = t.current;
  return key === 'UNION' || key === 'EXCEPT' || key === 'INTERSECT';
}

/** Goes on after a first, parenthesised query with set operators and what may follow them. */
export function continueQuery(t: TokenStream, first: SelectStatement): SelectStatement {
  const left = continueUnion(t, continueIntersect(t, operandOf(t, first), true), true);
  return finishSelect(t, [], left, first.line);
}

/** A parenthesised query as an operand of UNION, without FOR; one with an order is a derived table. */
function operandOf(t: TokenStream, select: SelectStatement): QueryExpression {
  if (select.for !== undefined) throw t.unexpected();
  if (select.orderBy.length === 0) return select.query;
  const { line } = select;
  return {
    kind: 'specification',
    distinct: false,
    items: [{ kind: 'star', line, qualifier: [] }],
    from: [{ kind: 'derived', query: select, alias: orderedOperand, line }],
    line,
  };
}

function finishSelect(
  t: TokenStream,
  ctes: readonly CommonTableExpression[],
  query: QueryExpression,
  line: number,
): SelectStatement {
  const orderBy: readonly OrderByItem[] = t.is('ORDER') ? parseOrderBy(t) : [];
  const limits = orderBy.length > 0 && t.is('OFFSET') ? parseOffset(t) : {};
  const forClause = startsForClause(t) ? parseForClause(t) : undefined;
  return {
    kind: 'select',
    with: ctes,
    query,
    orderBy,
    ...limits,
    ...(forClause ? { for: forClause } : {}),
    options: [],
    line,
  };
}

/** A cursor's FOR READ ONLY and FOR UPDATE belong to the cursor. */
function startsForClause(t: TokenStream): boolean {
  return t.is('FOR') && t.peek(1).key !== 'READ' && t.peek(1).key !== 'UPDATE';
}

function parseOffset(t: TokenStream): { readonly offset: Expression; readonly fetch?: Expression } {
  t.expect('OFFSET');
  const offset = parseExpression(t);
  t.expectOneOf('ROW', 'ROWS');
  if (!t.areNext('FETCH', 'NEXT') && !t.areNext('FETCH', 'FIRST')) return { offset };
  // FETCH NEXT FROM cursor is the next statement.
  if (t.peek(2).key === 'FROM') return { offset };
  t.advance();
  t.advance();
  const fetch = parseExpression(t);
  t.expectOneOf('ROW', 'ROWS');
  t.expect('ONLY');
  return { offset, fetch };
}

/** UNION and EXCEPT have one precedence, INTERSECT a higher one. */
function parseQueryExpression(t: TokenStream, isSubquery: boolean): QueryExpression {
  return continueUnion(t, parseIntersect(t, isSubquery), isSubquery);
}

function continueUnion(t: TokenStream, first: QueryExpression, isSubquery: boolean): QueryExpression {
  let left = first;
  for (let links = 1; t.is('UNION') || t.is('EXCEPT'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const { key, line } = t.advance();
    let operator: SetOperation['operator'] = 'except';
    if (key === 'UNION') operator = t.accept('ALL') ? 'unionAll' : 'union';
    left = { kind: 'set', operator, left, right: parseIntersect(t, isSubquery), line };
  }
  return left;
}

function parseIntersect(t: TokenStream, isSubquery: boolean): QueryExpression {
  return continueIntersect(t, parseQueryPrimary(t, isSubquery), isSubquery);
}

function continueIntersect(t: TokenStream, first: QueryExpression, isSubquery: boolean): QueryExpression {
  let left = first;
  for (let links = 1; t.is('INTERSECT'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const { line } = t.advance();
    left = { kind: 'set', operator: 'intersect', left, right: parseQueryPrimary(t, isSubquery), line };
  }
  return left;
}

function parseQueryPrimary(t: TokenStream, isSubquery: boolean): QueryExpression {
  if (!t.is('(')) return parseSpecification(t);
  return t.nested(() => {
    const { line } = t.expect('(');
    const query = parseQueryExpression(t, isSubquery);
    const operand = isSubquery && t.is('ORDER') ? operandOf(t, finishSelect(t, [], query, line)) : query;
    t.expect(')');
    return operand;
  });
}

function parseSpecification(t: TokenStream): QuerySpecification {
  const { line } = t.expect('SELECT');
  const quantifier = t.acceptOneOf('ALL', 'DISTINCT');
  const top = t.is('TOP') ? parseTop(t) : undefined;
  const items = t.commaList(parseSelectItem);
  const into = t.accept('INTO') ? parseObjectName(t) : undefined;
  const from = t.accept('FROM') ? parseFrom(t) : [];
  const where = t.accept('WHERE') ? parsePredicate(t) : undefined;
  const grouping = t.accept('GROUP') ? parseGroupBy(t) : {};
  const having = t.accept('HAVING') ? parsePredicate(t) : undefined;
  return {
    kind: 'specification',
    distinct: quantifier === 'DISTINCT',
    ...(top ? { top } : {}),
    items,
    ...(into ? { into } : {}),
    from,
    ...(where ? { where } : {}),
    ...grouping,
    ...(having ? { having } : {}),
    line,
  };
}

/** `TOP (n) [PERCENT] [WITH TIES]`; the old form without parentheses takes a literal only. */
function parseTop(t: TokenStream): TopClause {
  t.expect('TOP');
  let count: Expression | undefined;
  if (t.is('(') && t.peek(1).key === 'SELECT') {
    count = parseSubquery(t);
  } else if (t.accept('(')) {
    count = parseExpression(t);
    t.expect(')');
  } else if (t.current.kind === 'integer' || t.current.kind === 'float' || t.current.kind === 'decimal') {
    count = tryLiteral(t);
  }
  if (count === undefined) throw t.unexpected();
  return { count, percent: t.accept('PERCENT'), withTies: t.acceptAll('WITH', 'TIES') };
}

/** TOP of INSERT, UPDATE, DELETE and MERGE, which takes parentheses always. @throws {SqlError} 102 */
export function parseChangeTop(t: TokenStream): TopClause {
  if (t.peek(1).key !== '(') {
    t.advance();
    throw t.unexpected();
  }
  return parseTop(t);
}

/** `WITH name [(columns)] AS (query), ...`, up to the statement it belongs to. */
export function parseCommonTableExpressions(t: TokenStream): CommonTableExpression[] {
  const { line } = t.expect('WITH');
  if (t.is('XMLNAMESPACES') && t.peek(1).key === '(') {
    t.xmlNamespaces = parseXmlNamespaces(t);
    if (!t.accept(',')) return [];
  }
  if (t.is('CHANGE_TRACKING_CONTEXT') && t.peek(1).key === '(') unsupported('WITH CHANGE_TRACKING_CONTEXT', line);
  return t.commaList((stream) => {
    const name = parseIdentifier(stream);
    const columns = stream.is('(') ? parseColumnNames(stream) : undefined;
    stream.expect('AS');
    return { name, ...(columns ? { columns } : {}), query: parseParenthesizedQuery(stream) };
  });
}
