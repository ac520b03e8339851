import type { OpenJsonColumn, TableSource } from './ast/queries.ts';
import { parseIdentifier, parseString, parseType } from './names.ts';
import { parseOptionalAlias, parseRowsetArguments } from './table-sources.ts';
import type { TokenStream } from './token-stream.ts';

function parseColumn(t: TokenStream): OpenJsonColumn {
  const name = parseIdentifier(t);
  const type = parseType(t);
  const path = t.current.kind === 'string' || t.current.kind === 'unicodeString' ? parseString(t) : undefined;
  const asJson = t.acceptAll('AS', 'JSON');
  return { name, type, ...(path === undefined ? {} : { path }), asJson };
}

/** `OPENJSON(json [, path]) [WITH (column type ['path'] [AS JSON], ...)] [alias]`. */
export function parseOpenJson(t: TokenStream): TableSource {
  const { line } = t.expect('OPENJSON');
  const [json, path, extra] = parseRowsetArguments(t);
  if (json === undefined || extra !== undefined) throw t.unexpected(t.previous);
  const columns = t.is('WITH') && t.peek(1).key === '(' ? parseWith(t) : undefined;
  const alias = parseOptionalAlias(t);
  return {
    kind: 'openjson',
    json,
    ...(path ? { path } : {}),
    ...(columns ? { with: columns } : {}),
    ...(alias ? { alias } : {}),
    line,
  };
}

function parseWith(t: TokenStream): OpenJsonColumn[] {
  t.expect('WITH');
  return t.parenthesized(parseColumn);
}
