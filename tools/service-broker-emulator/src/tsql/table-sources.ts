import { unsupported } from '../unsupported.ts';
import type { Expression, Predicate } from './ast/expressions.ts';
import type { JoinType, SelectStatement, TableSource } from './ast/queries.ts';
import { nestedTooDeeply } from './errors.ts';
import { parseExpression } from './expressions.ts';
import { parseArgument } from './function-calls.ts';
import {
  isIdentifier,
  parseColumnNames,
  parseDottedParts,
  parseIdentifier,
  parseString,
  toObjectName,
} from './names.ts';
import { parseOpenJson } from './open-json.ts';
import { parsePivot, startsPivot } from './pivot.ts';
import { parsePredicate } from './predicates.ts';
import { continueQuery, isSetOperator, parseSelect } from './queries.ts';
import { isBareHintList, parseTableHints } from './table-hints.ts';
import { maxChain, type TokenStream } from './token-stream.ts';

/** Rowset providers that reach outside the emulator or need components that it doesn't have. */
const foreignRowsets: ReadonlySet<string> = new Set([
  'OPENROWSET',
  'OPENQUERY',
  'OPENDATASOURCE',
  'OPENXML',
  'CONTAINSTABLE',
  'FREETEXTTABLE',
  'SEMANTICKEYPHRASETABLE',
  'SEMANTICSIMILARITYTABLE',
  'SEMANTICSIMILARITYDETAILSTABLE',
  'CHANGETABLE',
  'PREDICT',
]);

/** The sources after FROM, separated by commas. */
export function parseFrom(t: TokenStream): TableSource[] {
  return t.commaList(parseTableSource);
}

/** A table source with its joins. */
export function parseTableSource(t: TokenStream): TableSource {
  return continueJoins(t, parsePrimary(t));
}

function continueJoins(t: TokenStream, first: TableSource): TableSource {
  let left = first;
  for (let links = 1; ; links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const join = parseJoinStep(t, left);
    if (join === undefined) return left;
    left = pivots(t, join);
  }
}

/** The source with what turns it: PIVOT and UNPIVOT, one behind the other. */
function pivots(t: TokenStream, source: TableSource): TableSource {
  let turned = source;
  for (let links = 1; startsPivot(t); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    turned = parsePivot(t, turned);
  }
  return turned;
}

/** One join onto what is left of it, or `undefined` when none follows. */
function parseJoinStep(t: TokenStream, left: TableSource): TableSource | undefined {
  const { line } = t;
  const type = parseJoinType(t);
  if (type === undefined) return undefined;
  if (type === 'cross' || type === 'crossApply' || type === 'outerApply') {
    return { kind: 'join', type, left, right: parsePrimary(t), line };
  }
  const { right, on } = t.nested(parseRightSide);
  return { kind: 'join', type, left, right, on, line };
}

/** In `a JOIN b JOIN c ON ... ON ...` the first ON belongs to the inner join. */
function parseRightSide(t: TokenStream): { readonly right: TableSource; readonly on: Predicate } {
  let right = parsePrimary(t);
  for (let links = 1; !t.accept('ON'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const join = parseJoinStep(t, right);
    if (join === undefined) throw t.unexpected();
    right = join;
  }
  return { right, on: parsePredicate(t) };
}

function parseJoinType(t: TokenStream): JoinType | undefined {
  switch (t.current.key) {
    case 'JOIN':
      t.advance();
      return 'inner';
    case 'INNER':
      t.advance();
      return finishJoin(t, 'inner');
    case 'LEFT':
      t.advance();
      t.accept('OUTER');
      return finishJoin(t, 'left');
    case 'RIGHT':
      t.advance();
      t.accept('OUTER');
      return finishJoin(t, 'right');
    case 'FULL':
      t.advance();
      t.accept('OUTER');
      return finishJoin(t, 'full');
    case 'CROSS':
      t.advance();
      return t.expectOneOf('JOIN', 'APPLY') === 'JOIN' ? 'cross' : 'crossApply';
    case 'OUTER':
      t.advance();
      t.expect('APPLY');
      return 'outerApply';
    default:
      return undefined;
  }
}

/** The join hint says how to execute; it changes no result. */
function finishJoin(t: TokenStream, type: JoinType): JoinType {
  t.acceptOneOf('LOOP', 'HASH', 'MERGE', 'REMOTE');
  t.expect('JOIN');
  return type;
}

function parsePrimary(t: TokenStream): TableSource {
  const source = pivots(t, parseUndecorated(t));
  if (t.is('TABLESAMPLE')) unsupported('TABLESAMPLE', t.line);
  return source;
}

function parseUndecorated(t: TokenStream): TableSource {
  const { kind, key, line } = t.current;
  if (kind === 'variable') return parseVariableSource(t);
  if (key === '(') {
    const inner = t.nested(parseParenthesis);
    return 'source' in inner ? inner.source : parseDerivedAlias(t, inner.query, line);
  }
  if (foreignRowsets.has(key)) unsupported(key, line);
  if (key === '::') unsupported('functions called with ::', line);
  if (key === 'OPENJSON' && t.peek(1).key === '(') return parseOpenJson(t);
  return parseNamedSource(t);
}

type Parenthesis = { readonly query: SelectStatement } | { readonly source: TableSource };

/** `( ... )` in FROM: a query that becomes a derived table, a join, or a table value constructor with its alias. */
function parseParenthesis(t: TokenStream): Parenthesis {
  const { line } = t.expect('(');
  if (t.is('SELECT')) {
    const query = parseSelect(t, true);
    t.expect(')');
    return { query };
  }
  if (t.is('VALUES')) return { source: parseValues(t, line) };
  if (['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(t.current.key)) {
    unsupported(`a nested ${t.current.key} as table source`, line);
  }
  if (!t.is('(')) {
    const source = parseTableSource(t);
    t.expect(')');
    return { source };
  }
  const innerLine = t.line;
  const inner = t.nested(parseParenthesis);
  if ('query' in inner && (t.is(')') || isSetOperator(t))) {
    const query = isSetOperator(t) ? continueQuery(t, inner.query) : inner.query;
    t.expect(')');
    return { query };
  }
  const first = 'source' in inner ? inner.source : parseDerivedAlias(t, inner.query, innerLine);
  const source = continueJoins(t, first);
  t.expect(')');
  return { source };
}

function parseValues(t: TokenStream, line: number): TableSource {
  const rows = parseValuesRows(t);
  t.expect(')');
  t.accept('AS');
  const alias = parseIdentifier(t);
  return { kind: 'values', rows, alias, columns: parseColumnNames(t), line };
}

/** `VALUES (expression or DEFAULT, ...), ...`. */
export function parseValuesRows(t: TokenStream): Expression[][] {
  t.expect('VALUES');
  return t.commaList((stream) => stream.parenthesized(parseArgument));
}

function parseDerivedAlias(t: TokenStream, query: SelectStatement, line: number): TableSource {
  t.accept('AS');
  const alias = parseIdentifier(t);
  const columns = t.is('(') && !isBareHintList(t) ? parseColumnNames(t) : undefined;
  return { kind: 'derived', query, alias, ...(columns ? { columns } : {}), line };
}

/** The alias of a table source, if one follows. */
export function parseOptionalAlias(t: TokenStream): string | undefined {
  if (t.accept('AS')) return parseIdentifier(t);
  if (!isIdentifier(t.current) || (t.current.kind === 'word' && t.peek(1).key === ':')) return undefined;
  return t.advance().text;
}

function parseVariableSource(t: TokenStream): TableSource {
  const { line, text: name } = t.advance();
  if (t.is('.')) {
    t.advance();
    if (parseIdentifier(t) !== 'nodes') throw t.unexpected(t.previous);
    return parseNodes(t, { kind: 'variable', name, line }, line);
  }
  const alias = parseOptionalAlias(t);
  parseTableHints(t);
  return { kind: 'tableVariable', name, ...(alias ? { alias } : {}), line };
}

/** `('path') AS table(column)`. */
function parseNodes(t: TokenStream, target: Expression, line: number): TableSource {
  t.expect('(');
  const path = t.xmlNamespaces + parseString(t);
  t.expect(')');
  t.accept('AS');
  const alias = parseIdentifier(t);
  t.expect('(');
  const column = parseIdentifier(t);
  t.expect(')');
  return { kind: 'nodes', target, path, alias, column, line };
}

function parseNamedSource(t: TokenStream): TableSource {
  const { line } = t;
  const leading: string[] = [];
  while (t.accept('.')) leading.push('');
  const parts = [...leading, ...parseDottedParts(t)];
  if (t.is('(') && !isBareHintList(t)) return parseFunctionSource(t, parts, line);
  const name = toObjectName(t, parts, line);
  if (t.areNext('FOR', 'SYSTEM_TIME')) unsupported('FOR SYSTEM_TIME', line);
  // Hints may stand before the alias in the old form, and behind it.
  const before = isBareHintList(t) ? parseTableHints(t) : [];
  const alias = parseOptionalAlias(t);
  if (t.is('TABLESAMPLE')) unsupported('TABLESAMPLE', line);
  const hints = [...before, ...parseTableHints(t)];
  return { kind: 'table', name, ...(alias ? { alias } : {}), hints, line };
}

function parseFunctionSource(t: TokenStream, parts: readonly string[], line: number): TableSource {
  if (parts.length > 1 && parts[parts.length - 1] === 'nodes') {
    return parseNodes(t, { kind: 'column', parts: parts.slice(0, -1), line }, line);
  }
  const name = toObjectName(t, parts, line);
  t.expect('(');
  const parameters = t.is(')') ? [] : t.commaList(parseArgument);
  t.expect(')');
  if (t.is('WITH') && t.peek(1).key === '(') unsupported(`a WITH clause on ${name.name}()`, line);
  const alias = parseOptionalAlias(t);
  const columns = alias !== undefined && t.is('(') ? parseColumnNames(t) : undefined;
  return {
    kind: 'function',
    name,
    arguments: parameters,
    ...(alias ? { alias } : {}),
    ...(columns ? { columns } : {}),
    line,
  };
}

/** The argument list of a rowset function where no alias may clash. */
export function parseRowsetArguments(t: TokenStream): Expression[] {
  return t.parenthesized(parseExpression);
}
