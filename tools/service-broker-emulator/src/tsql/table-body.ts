import { unsupported } from '../unsupported.ts';
import type { InlineIndex } from './ast/indexes.ts';
import type { ColumnDefinition, ConstraintDefinition, TableBody } from './ast/tables.ts';
import { parseConstraintBody, startsConstraint } from './constraints.ts';
import { parseExpression } from './expressions.ts';
import { parseInlineIndex } from './indexes.ts';
import { parseIdentifier, parseSignedInteger, parseType } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** Collects the parts of a table body in the order in which they are written. */
export interface TableParts {
  readonly columns: ColumnDefinition[];
  readonly constraints: ConstraintDefinition[];
  readonly indexes: InlineIndex[];
}

/** `( column, constraint, index ... )`. */
export function parseTableBody(t: TokenStream): TableBody {
  const parts: TableParts = { columns: [], constraints: [], indexes: [] };
  t.expect('(');
  do {
    // A comma behind the last element is accepted, as SQL Server does.
    if (t.is(')') && parts.columns.length > 0) break;
    parseTableElement(t, parts);
  } while (t.accept(',') || startsTableConstraint(t));
  t.expect(')');
  return parts;
}

/** SQL Server takes a constraint without the comma in front of it. */
function startsTableConstraint(t: TokenStream): boolean {
  return t.is('CONSTRAINT') || startsConstraint(t);
}

/** One column, constraint or index of a table. */
export function parseTableElement(t: TokenStream, parts: TableParts): void {
  if (t.is('PERIOD') && t.peek(1).key === 'FOR') unsupported('PERIOD FOR SYSTEM_TIME', t.line);
  if (t.is('INDEX')) {
    parts.indexes.push(parseInlineIndex(t, []));
  } else if (startsTableConstraint(t)) {
    parts.constraints.push(parseNamedConstraint(t, undefined));
  } else {
    parseColumn(t, parts);
  }
}

function parseNamedConstraint(t: TokenStream, column: string | undefined): ConstraintDefinition {
  const name = t.accept('CONSTRAINT') ? parseIdentifier(t) : undefined;
  return parseConstraintBody(t, name, column);
}

function parseColumn(t: TokenStream, parts: TableParts): void {
  const { line } = t;
  const name = parseIdentifier(t);
  if (t.accept('AS')) {
    parts.columns.push(parseComputed(t, name, line));
    while (startsTableConstraint(t)) parts.constraints.push(parseNamedConstraint(t, name));
    return;
  }
  parts.columns.push(parseOrdinaryColumn(t, name, line, parts));
}

function parseComputed(t: TokenStream, name: string, line: number): ColumnDefinition {
  const start = t.current;
  const expression = parseExpression(t);
  const text = t.textSince(start);
  const persisted = t.accept('PERSISTED');
  const notNull = persisted && t.acceptAll('NOT', 'NULL');
  return {
    name,
    computed: { expression, text, persisted },
    ...(notNull ? { nullable: false } : {}),
    rowGuid: false,
    line,
  };
}

/** Column attributes that stand for features the emulator doesn't have. */
const unsupportedAttributes = ['SPARSE', 'FILESTREAM', 'MASKED', 'ENCRYPTED', 'GENERATED', 'HIDDEN', 'COLUMN_SET'];

type ColumnAttributes = {
  -readonly [K in 'nullable' | 'identity' | 'collation']?: NonNullable<ColumnDefinition[K]>;
} & { rowGuid: boolean };

function parseOrdinaryColumn(t: TokenStream, name: string, line: number, parts: TableParts): ColumnDefinition {
  const type = parseType(t);
  const attributes: ColumnAttributes = { rowGuid: false };
  while (parseAttribute(t, name, attributes, parts)) {
    // Attributes and constraints of a column come in any order.
  }
  return { name, type, ...attributes, line };
}

function parseAttribute(t: TokenStream, column: string, attributes: ColumnAttributes, parts: TableParts): boolean {
  const { key, line } = t.current;
  if (unsupportedAttributes.includes(key)) unsupported(`${key} columns`, line);
  switch (key) {
    case 'COLLATE':
      t.advance();
      attributes.collation = parseIdentifier(t);
      return true;
    case 'NULL':
      t.advance();
      attributes.nullable = true;
      return true;
    case 'NOT':
      t.advance();
      if (attributes.identity !== undefined && t.acceptAll('FOR', 'REPLICATION')) return true;
      t.expect('NULL');
      attributes.nullable = false;
      return true;
    case 'IDENTITY':
      t.advance();
      attributes.identity = parseIdentity(t);
      return true;
    case 'ROWGUIDCOL':
      t.advance();
      attributes.rowGuid = true;
      return true;
    case 'INDEX':
      parts.indexes.push(parseInlineIndex(t, [{ name: column, descending: false }]));
      return true;
  }
  if (!startsTableConstraint(t)) return false;
  parts.constraints.push(parseNamedConstraint(t, column));
  return true;
}

function parseIdentity(t: TokenStream): { readonly seed: bigint; readonly increment: bigint } {
  if (!t.accept('(')) return { seed: 1n, increment: 1n };
  const seed = parseSignedInteger(t);
  t.expect(',');
  const increment = parseSignedInteger(t);
  t.expect(')');
  return { seed, increment };
}

/** The column of ALTER TABLE ... ALTER COLUMN: name, type, COLLATE and NULL. */
export function parseAlteredColumn(t: TokenStream): ColumnDefinition {
  const { line } = t;
  const name = parseIdentifier(t);
  if (t.is('ADD') || t.is('DROP')) unsupported(`ALTER COLUMN ... ${t.current.key}`, line);
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
