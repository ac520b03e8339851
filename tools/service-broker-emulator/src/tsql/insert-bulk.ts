import type { InsertBulkStatement } from './ast/insert-bulk.ts';
import type { ColumnDefinition } from './ast/tables.ts';
import { parseIdentifier, parseObjectName, parseType } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** A column of INSERT BULK: name, type, COLLATE and NULL, as clients announce it. */
function parseBulkColumn(t: TokenStream): ColumnDefinition {
  const { line } = t;
  const name = parseIdentifier(t);
  const type = parseType(t);
  const collation = t.accept('COLLATE') ? parseIdentifier(t) : undefined;
  const nullable = t.acceptAll('NOT', 'NULL') ? false : t.accept('NULL') ? true : undefined;
  return {
    name,
    type,
    ...(nullable === undefined ? {} : { nullable }),
    ...(collation ? { collation } : {}),
    rowGuid: false,
    line,
  };
}

/** One option in upper case: a word, `name = number` or `ORDER (column ASC, ...)`. */
function parseBulkOption(t: TokenStream): string {
  const word = t.advance();
  if (word.kind !== 'word') throw t.unexpected(word);
  if (t.accept('=')) return `${word.key} = ${t.advance().text.toUpperCase()}`;
  if (!t.is('(')) return word.key;
  const columns = t.parenthesized((stream) => {
    const name = parseIdentifier(stream);
    const direction = stream.acceptOneOf('ASC', 'DESC');
    return direction === undefined ? name : `${name} ${direction}`;
  });
  return `${word.key} (${columns.join(', ')})`;
}

/** `INSERT BULK table [(columns)] [WITH (options)]`, from BULK on. */
export function parseInsertBulk(t: TokenStream, line: number): InsertBulkStatement {
  t.expect('BULK');
  const table = parseObjectName(t);
  const columns = t.is('(') ? t.parenthesized(parseBulkColumn) : [];
  const options = t.accept('WITH') ? t.parenthesized(parseBulkOption) : [];
  return { kind: 'insertBulk', table, columns, options, line };
}
