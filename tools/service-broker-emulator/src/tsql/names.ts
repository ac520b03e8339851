import { unsupported } from '../unsupported.ts';
import type { ObjectName, TypeReference } from './ast/nodes.ts';
import { databaseInName, databaseInTypeName } from './errors.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

/** Whether a token can stand for an identifier: quoted, or a word that is not reserved. */
export function isIdentifier(token: Token): boolean {
  return token.kind === 'quoted' || (token.kind === 'word' && !token.reserved && !token.key.startsWith('$'));
}

/** @throws {SqlError} 102 or 156 */
export function parseIdentifier(t: TokenStream): string {
  if (!isIdentifier(t.current)) throw t.unexpected();
  return t.advance().text;
}

/** A local variable's name with its `@`. */
export function parseVariableName(t: TokenStream): string {
  if (t.current.kind !== 'variable') throw t.unexpected();
  return t.advance().text;
}

/** The value of a string literal. */
export function parseString(t: TokenStream): string {
  if (t.current.kind !== 'string' && t.current.kind !== 'unicodeString') throw t.unexpected();
  return t.advance().text;
}

/** A non-negative integer literal. */
export function parseInteger(t: TokenStream): number {
  if (t.current.kind !== 'integer') throw t.unexpected();
  return Number(t.advance().text);
}

/** An integer literal with an optional sign. */
export function parseSignedInteger(t: TokenStream): bigint {
  const negative = t.accept('-');
  if (!negative) t.accept('+');
  if (t.current.kind !== 'integer' && !(t.current.kind === 'decimal' && t.current.text.endsWith('.'))) {
    throw t.unexpected();
  }
  const value = BigInt(t.advance().text.replace('.', ''));
  return negative ? -value : value;
}

/** `ON` or `OFF`. */
export function parseOnOff(t: TokenStream): boolean {
  return t.expectOneOf('ON', 'OFF') === 'ON';
}

function parseParts(t: TokenStream, parsePart: (stream: TokenStream) => string): string[] {
  const parts = [parsePart(t)];
  while (t.accept('.')) parts.push(t.is('.') ? '' : parsePart(t));
  return parts;
}

/** Dotted identifiers; `a..b` leaves an empty part. */
export function parseDottedParts(t: TokenStream): string[] {
  return parseParts(t, parseIdentifier);
}

/** Dotted identifiers of a column, which may be a pseudo-column such as `$action` or `$rowguid`. */
export function parseColumnParts(t: TokenStream): string[] {
  return parseParts(t, (stream) =>
    stream.current.key.startsWith('$') ? stream.advance().text : parseIdentifier(stream),
  );
}

/** Makes a name of one to four parts, in the order written. */
export function toObjectName(t: TokenStream, parts: readonly string[], line: number): ObjectName {
  if (parts.length > 4) {
    throw t.unexpected(t.previous);
  }
  const [name = '', schema, database, server] = parts.toReversed();
  return {
    line,
    ...(server ? { server } : {}),
    ...(database ? { database } : {}),
    ...(schema ? { schema } : {}),
    name,
  };
}

/** `[[[server.]database.]schema.]name`; `database..name` and `..name` leave parts open. */
export function parseObjectName(t: TokenStream): ObjectName {
  const { line } = t;
  const leading: string[] = [];
  while (t.accept('.')) leading.push('');
  return toObjectName(t, [...leading, ...parseDottedParts(t)], line);
}

/**
 * `[schema.]name` of what can be made and dropped only in the database that the session is in.
 *
 * @param statement as SQL Server names it in the error
 * @throws {SqlError} 166 for the name of a database, the session's own too
 */
export function parseNameInDatabase(t: TokenStream, statement: string): ObjectName {
  const name = parseObjectName(t);
  if (name.database !== undefined || name.server !== undefined) throw databaseInName(statement, name.line);
  return name;
}

/** A name that T-SQL gives no schema, as a one-part object name. */
export function parseSimpleName(t: TokenStream): ObjectName {
  const { line } = t;
  return { line, name: parseIdentifier(t) };
}

/** `( name, name ... )`. */
export function parseColumnNames(t: TokenStream): string[] {
  return t.parenthesized(parseIdentifier);
}

function parseTypeParameter(t: TokenStream): number | 'max' {
  return t.accept('MAX') ? 'max' : parseInteger(t);
}

/** Words that follow CHAR, CHARACTER, BINARY and the like. */
function parseTypeName(t: TokenStream): ObjectName {
  const { line } = t;
  if (t.acceptAll('DOUBLE', 'PRECISION')) return { line, name: 'float' };
  if (t.accept('NATIONAL')) {
    if (t.accept('TEXT')) return { line, name: 'ntext' };
    t.expectOneOf('CHAR', 'CHARACTER');
    return { line, name: t.accept('VARYING') ? 'nvarchar' : 'nchar' };
  }
  if (t.areNext('CHAR', 'VARYING') || t.areNext('CHARACTER', 'VARYING')) {
    t.advance();
    t.advance();
    return { line, name: 'varchar' };
  }
  if (t.acceptAll('BINARY', 'VARYING')) return { line, name: 'varbinary' };
  if (t.is('CURSOR')) return { line, name: t.advance().text };
  return parseSchemaTypeName(t);
}

/** `[schema.]name` of a type. @throws {SqlError} 117 for one of another database */
export function parseSchemaTypeName(t: TokenStream): ObjectName {
  const name = parseObjectName(t);
  const { server, database, schema, line } = name;
  if (database === undefined && server === undefined) return name;
  throw databaseInTypeName(
    [server, database, schema ?? '', name.name].filter((part) => part !== undefined).join('.'),
    line,
  );
}

/** A data type; `sysname`, `dbo.MyType` and `xml` too. */
export function parseType(t: TokenStream): TypeReference {
  const { line } = t;
  const name = parseTypeName(t);
  if (!t.is('(')) return { line, name, parameters: [] };
  if (name.name.toLowerCase() === 'xml') unsupported('xml typed by a schema collection', line);
  const parameters = t.parenthesized(parseTypeParameter);
  return { line, name, parameters };
}
