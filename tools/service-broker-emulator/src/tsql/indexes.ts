import { unsupported } from '../unsupported.ts';
import type { CreateIndexStatement, IndexColumn, InlineIndex } from './ast/indexes.ts';
import { isIdentifier, parseColumnNames, parseIdentifier, parseObjectName } from './names.ts';
import { parsePredicate } from './predicates.ts';
import type { TokenStream } from './token-stream.ts';
import { withoutOuterParentheses } from './without-outer-parentheses.ts';

/** `( column [ASC|DESC], ... )`. */
export function parseIndexColumns(t: TokenStream): IndexColumn[] {
  return t.parenthesized((stream) => {
    const name = parseIdentifier(stream);
    return { name, descending: stream.acceptOneOf('ASC', 'DESC') === 'DESC' };
  });
}

/** WITH (options) and the filegroup or partition scheme: they say how to store and build, not what the index means. */
export function skipIndexOptions(t: TokenStream): void {
  if (t.is('WITH') && t.peek(1).key === '(') {
    t.advance();
    skipOptionList(t);
  } else if (t.areNext('WITH', 'FILLFACTOR', '=')) {
    t.expect('WITH', 'FILLFACTOR', '=');
    t.advance();
  }
  skipStorage(t);
}

/** `( NAME = value, NAME = value (sub-options) ... )`. */
export function skipOptionList(t: TokenStream): void {
  t.parenthesized(skipOption);
}

function skipOption(t: TokenStream): void {
  const name = t.advance();
  if (name.kind !== 'word') throw t.unexpected(name);
  t.expect('=');
  const value = t.advance();
  if (!isIdentifier(value) && value.kind !== 'integer' && value.key !== 'ON' && value.key !== 'OFF') {
    throw t.unexpected(value);
  }
  if (name.key === 'IGNORE_DUP_KEY' && value.key === 'ON') unsupported('IGNORE_DUP_KEY = ON', name.line);
  if (t.acceptOneOf('MINUTES', 'PERCENT') === undefined && t.is('('))
    unsupported(`the options of ${name.key}`, name.line);
}

/** `ON filegroup` and `ON scheme (column)`, in any of the places that take them. */
export function skipStorage(t: TokenStream): void {
  while (t.is('ON') || t.is('TEXTIMAGE_ON') || t.is('FILESTREAM_ON')) {
    const next = t.peek(1);
    if (next.key === 'DELETE' || next.key === 'UPDATE') return;
    t.advance();
    if (t.current.kind === 'string') t.advance();
    else parseIdentifier(t);
    if (t.is('(')) unsupported('partition schemes', t.line);
  }
}

/** Columns, INCLUDE, WHERE and options: what all forms of an index share. */
function parseIndexTail(
  t: TokenStream,
  head: Pick<InlineIndex, 'name' | 'unique' | 'clustered' | 'line'>,
  columns: readonly IndexColumn[],
): InlineIndex {
  const include = t.accept('INCLUDE') ? parseColumnNames(t) : [];
  let filter: Pick<InlineIndex, 'where' | 'whereText'> = {};
  if (t.accept('WHERE')) {
    const start = t.current;
    const where = parsePredicate(t);
    filter = { where, whereText: withoutOuterParentheses(t.textSince(start)) };
  }
  skipIndexOptions(t);
  return { ...head, columns, include, ...filter };
}

/**
 * `INDEX name [UNIQUE] [CLUSTERED] (columns) ...` in a table body.
 *
 * @param ownColumn the column that it is written at, taken when no columns are given
 */
export function parseInlineIndex(t: TokenStream, ownColumn: readonly IndexColumn[]): InlineIndex {
  const { line } = t.expect('INDEX');
  const name = parseIdentifier(t);
  const unique = t.accept('UNIQUE');
  const clustered = t.acceptOneOf('CLUSTERED', 'NONCLUSTERED') === 'CLUSTERED';
  if (t.is('COLUMNSTORE') || t.is('HASH')) unsupported(`${t.current.key} indexes`, line);
  const columns = t.is('(') || ownColumn.length === 0 ? parseIndexColumns(t) : ownColumn;
  return parseIndexTail(t, { name, unique, clustered, line }, columns);
}

/** `CREATE [UNIQUE] [CLUSTERED | NONCLUSTERED] INDEX name ON table (columns) ...`, from behind CREATE. */
export function parseCreateIndex(t: TokenStream, line: number): CreateIndexStatement {
  const unique = t.accept('UNIQUE');
  const clustered = t.acceptOneOf('CLUSTERED', 'NONCLUSTERED') === 'CLUSTERED';
  if (t.is('COLUMNSTORE')) unsupported('COLUMNSTORE indexes', line);
  t.expect('INDEX');
  const name = parseIdentifier(t);
  t.expect('ON');
  const table = parseObjectName(t);
  const columns = parseIndexColumns(t);
  const index = parseIndexTail(t, { name, unique, clustered, line }, columns);
  return { kind: 'createIndex', index, table, line };
}
