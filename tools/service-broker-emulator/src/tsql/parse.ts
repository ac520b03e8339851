import type { Expression, Predicate } from './ast/expressions.ts';
import type { ParameterDefinition } from './ast/modules.ts';
import type { TypeReference } from './ast/nodes.ts';
import type { Batch } from './ast/statements.ts';
import { parseExpression as expression } from './expressions.ts';
import { checkLabels } from './labels.ts';
import { parseParameter } from './modules.ts';
import { parseType } from './names.ts';
import { parsePredicate as predicate } from './predicates.ts';
import { parseModuleBody } from './statements.ts';
import { TokenStream } from './token-stream.ts';

/** How a batch is read. */
export interface ParseOptions {
  /** Whether "..." is an identifier, as with SET QUOTED_IDENTIFIER ON. @default true */
  readonly quotedIdentifier?: boolean;
  /** Whether nothing equals NULL, as with SET ANSI_NULLS ON. @default true */
  readonly ansiNulls?: boolean;
}

/**
 * Parses one batch of T-SQL: what stands between two GO lines.
 *
 * @throws {SqlError} with SQL Server's number, text and line for the first syntax error; 40000 for a construct that the
 * emulator doesn't have
 */
export function parseBatch(sql: string, options: ParseOptions = {}): Batch {
  const t = new TokenStream(sql, options.quotedIdentifier ?? true);
  t.ansiNulls = options.ansiNulls ?? true;
  const statements = parseModuleBody(t);
  checkLabels(statements);
  return { statements };
}

function parseWhole<T>(text: string, parse: (t: TokenStream) => T): T {
  const t = new TokenStream(text, true);
  const result = parse(t);
  if (!t.atEnd) throw t.unexpected();
  return result;
}

/** Parses a stored expression: the text of a default or computed column. @throws {SqlError} */
export function parseExpression(text: string): Expression {
  return parseWhole(text, expression);
}

/** Parses a stored condition: the text of a check or of an index filter. @throws {SqlError} */
export function parsePredicate(text: string): Predicate {
  return parseWhole(text, predicate);
}

/** Parses a data type, for example `decimal(10, 2)`. @throws {SqlError} */
export function parseTypeReference(text: string): TypeReference {
  return parseWhole(text, parseType);
}

/** Parses the parameter list of sp_executesql and sp_prepare, `@P0 int, @o int OUTPUT`; may be empty. @throws {SqlError} */
export function parseParameterDeclarations(text: string): readonly ParameterDefinition[] {
  return parseWhole(text, (t) => (t.atEnd ? [] : t.commaList(parseParameter)));
}
