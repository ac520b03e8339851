import { unsupported } from '../unsupported.ts';
import type { TableSource } from './ast/queries.ts';
import { parseExpression } from './expressions.ts';
import { parseColumnNames, parseColumnParts, parseIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** Whether PIVOT or UNPIVOT follows a table source. */
export function startsPivot(t: TokenStream): boolean {
  return t.is('PIVOT') || t.is('UNPIVOT');
}

/** `PIVOT (aggregate(column) FOR column IN (values)) AS alias` and `UNPIVOT (value FOR name IN (columns)) AS alias`. */
export function parsePivot(t: TokenStream, source: TableSource): TableSource {
  const { line } = t;
  if (t.expectOneOf('PIVOT', 'UNPIVOT') === 'UNPIVOT') return parseUnpivot(t, source, line);
  t.expect('(');
  const aggregate = parseExpression(t);
  if (aggregate.kind !== 'function' || aggregate.star || aggregate.distinct) throw t.unexpected(t.previous);
  if (aggregate.arguments[0]?.kind !== 'column') unsupported('PIVOT over other than a column', line);
  t.expect('FOR');
  const column = parseColumnParts(t);
  t.expect('IN');
  const values = parseColumnNames(t);
  t.expect(')');
  t.accept('AS');
  return { kind: 'pivot', source, aggregate, column, values, alias: parseIdentifier(t), line };
}

function parseUnpivot(t: TokenStream, source: TableSource, line: number): TableSource {
  t.expect('(');
  const value = parseIdentifier(t);
  t.expect('FOR');
  const name = parseIdentifier(t);
  t.expect('IN');
  const columns = t.parenthesized(parseColumnParts);
  t.expect(')');
  t.accept('AS');
  return { kind: 'unpivot', source, value, name, columns, alias: parseIdentifier(t), line };
}
