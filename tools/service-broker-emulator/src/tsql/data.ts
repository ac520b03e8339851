import { unsupported } from '../unsupported.ts';
import type {
  DataTarget,
  DeleteStatement,
  InsertStatement,
  OutputClause,
  SetItem,
  TruncateStatement,
  UpdateStatement,
} from './ast/data.ts';
import type { Predicate } from './ast/expressions.ts';
import type { InsertBulkStatement } from './ast/insert-bulk.ts';
import type { CommonTableExpression } from './ast/queries.ts';
import { parseExecute } from './execute.ts';
import { parseExpression } from './expressions.ts';
import { parseArgument } from './function-calls.ts';
import { parseInsertBulk } from './insert-bulk.ts';
import { parseColumnNames, parseDottedParts, parseIdentifier, parseObjectName } from './names.ts';
import { parsePredicate } from './predicates.ts';
import { parseChangeTop, parseSelectStatement } from './queries.ts';
import { parseQueryHints } from './query-hints.ts';
import { parseAssignmentOperator, parseSelectItem } from './select-items.ts';
import { parseTableHints } from './table-hints.ts';
import { parseFrom, parseValuesRows } from './table-sources.ts';
import type { TokenStream } from './token-stream.ts';

/** The table or table variable that a statement changes, with its hints. */
export function parseDataTarget(t: TokenStream): DataTarget {
  const { line, kind, key } = t.current;
  if (kind === 'variable') {
    const name = t.advance().text;
    parseTableHints(t);
    return { kind: 'tableVariable', name, line };
  }
  if (key === 'OPENROWSET' || key === 'OPENQUERY' || key === 'OPENDATASOURCE') unsupported(key, line);
  const name = parseObjectName(t);
  return { kind: 'table', name, hints: parseTableHints(t), line };
}

/** OUTPUT ... [INTO ...], possibly twice: one for the table and one for the client. */
export function parseOutput(t: TokenStream): OutputClause[] {
  const clauses: OutputClause[] = [];
  while (clauses.length < 2 && t.accept('OUTPUT')) {
    const items = t.commaList(parseSelectItem);
    if (!t.accept('INTO')) {
      clauses.push({ items });
      break;
    }
    const target = parseOutputTarget(t);
    const columns = t.is('(') && t.peek(1).key !== 'SELECT' ? parseColumnNames(t) : undefined;
    clauses.push({ items, into: { target, ...(columns ? { columns } : {}) } });
  }
  return clauses;
}

function parseOutputTarget(t: TokenStream): DataTarget {
  const { line, kind } = t.current;
  if (kind === 'variable') return { kind: 'tableVariable', name: t.advance().text, line };
  return { kind: 'table', name: parseObjectName(t), hints: [], line };
}

/** The last part of a possibly qualified column name: INSERT ignores the qualifiers. */
function parseInsertColumn(t: TokenStream): string {
  const parts = parseDottedParts(t);
  return parts[parts.length - 1] ?? '';
}

/** OPTION (...) after a data change. */
export function parseOptions(t: TokenStream): readonly string[] {
  return t.is('OPTION') ? parseQueryHints(t) : [];
}

export function parseInsert(
  t: TokenStream,
  ctes: readonly CommonTableExpression[] = [],
): InsertStatement | InsertBulkStatement {
  const { line } = t.expect('INSERT');
  if (t.is('BULK')) return parseInsertBulk(t, line);
  const top = t.is('TOP') ? parseChangeTop(t) : undefined;
  t.accept('INTO');
  const target = parseDataTarget(t);
  const columns = t.is('(') && !isQueryStart(t) ? t.parenthesized(parseInsertColumn) : undefined;
  const output = parseOutput(t);
  const source = parseInsertSource(t);
  const options = parseOptions(t);
  return {
    kind: 'insert',
    with: ctes,
    options,
    ...(top ? { top } : {}),
    target,
    ...(columns ? { columns } : {}),
    output,
    source,
    line,
  };
}

function isQueryStart(t: TokenStream): boolean {
  return t.peek(1).key === 'SELECT' || t.peek(1).key === '(';
}

function parseInsertSource(t: TokenStream): InsertStatement['source'] {
  switch (t.current.key) {
    case 'VALUES':
      return { kind: 'values', rows: parseValuesRows(t) };
    case 'DEFAULT':
      t.expect('DEFAULT', 'VALUES');
      return { kind: 'defaultValues' };
    case 'EXEC':
    case 'EXECUTE':
      return { kind: 'execute', execute: parseExecute(t) };
    case 'SELECT':
    case '(':
      return { kind: 'select', query: parseSelectStatement(t) };
    default:
      throw t.unexpected();
  }
}

/** `column = value`, `@v = value`, `@v = column = value`, each with a compound operator too. */
export function parseSetItem(t: TokenStream): SetItem {
  const { line, kind } = t.current;
  if (kind === 'variable') {
    const variable = t.advance().text;
    const next = t.peek(1);
    if (t.is('=') && (next.kind === 'word' || next.kind === 'quoted') && isColumnAssignment(t)) {
      t.advance();
      const column = parseDottedParts(t);
      const operator = parseAssignmentOperator(t);
      return { variable, column, operator, value: parseArgument(t), line };
    }
    const operator = parseAssignmentOperator(t);
    return { variable, operator, value: parseExpression(t), line };
  }
  const column = parseDottedParts(t);
  if (t.is('(')) unsupported(`.${column[column.length - 1] ?? ''}() in SET`, line);
  const operator = parseAssignmentOperator(t);
  return { column, operator, value: parseArgument(t), line };
}

/** Whether `= column =` stands here, which assigns to the column and the variable. */
function isColumnAssignment(t: TokenStream): boolean {
  let offset = 1;
  while (t.peek(offset + 1).key === '.') offset += 2;
  const { key } = t.peek(offset + 1);
  return key !== '' && key.endsWith('=') && !['<=', '>=', '!='].includes(key);
}

/** WHERE with a condition or CURRENT OF. */
function parseWhere(t: TokenStream): { readonly where?: Predicate; readonly currentOf?: string } {
  if (!t.accept('WHERE')) return {};
  if (!t.acceptAll('CURRENT', 'OF')) return { where: parsePredicate(t) };
  t.accept('GLOBAL');
  return { currentOf: t.current.kind === 'variable' ? t.advance().text : parseIdentifier(t) };
}

export function parseUpdate(t: TokenStream, ctes: readonly CommonTableExpression[] = []): UpdateStatement {
  const { line } = t.expect('UPDATE');
  const top = t.is('TOP') ? parseChangeTop(t) : undefined;
  const target = parseDataTarget(t);
  t.expect('SET');
  const set = t.commaList(parseSetItem);
  const output = parseOutput(t);
  const from = t.accept('FROM') ? parseFrom(t) : [];
  const where = parseWhere(t);
  const options = parseOptions(t);
  return { kind: 'update', with: ctes, options, ...(top ? { top } : {}), target, set, output, from, ...where, line };
}

export function parseDelete(t: TokenStream, ctes: readonly CommonTableExpression[] = []): DeleteStatement {
  const { line } = t.expect('DELETE');
  const top = t.is('TOP') ? parseChangeTop(t) : undefined;
  t.accept('FROM');
  const target = parseDataTarget(t);
  const output = parseOutput(t);
  const from = t.accept('FROM') ? parseFrom(t) : [];
  const where = parseWhere(t);
  const options = parseOptions(t);
  return { kind: 'delete', with: ctes, options, ...(top ? { top } : {}), target, output, from, ...where, line };
}

export function parseTruncate(t: TokenStream): TruncateStatement {
  const { line } = t.expect('TRUNCATE', 'TABLE');
  const table = parseObjectName(t);
  if (t.is('WITH') && t.peek(1).key === '(') unsupported('TRUNCATE TABLE ... WITH (PARTITIONS)', line);
  return { kind: 'truncate', table, line };
}
