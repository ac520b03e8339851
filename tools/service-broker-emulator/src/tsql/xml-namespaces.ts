import { unsupported } from '../unsupported.ts';
import { parseIdentifier, parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** A namespace in quotes as XQuery has them, which both kinds can't stand in. */
function quoted(uri: string, line: number): string {
  if (!uri.includes('"')) return `"${uri}"`;
  if (uri.includes("'")) unsupported('a namespace with quotes of both kinds', line);
  return `'${uri}'`;
}

/**
 * `XMLNAMESPACES ('uri' AS prefix, DEFAULT 'uri')`, from that word on.
 *
 * @returns the same as declarations of XQuery
 * @throws {SqlError} 40000 for a prefix that is declared twice
 */
export function parseXmlNamespaces(t: TokenStream): string {
  t.expect('XMLNAMESPACES', '(');
  const seen = new Set<string>();
  const declarations = t.commaList((stream) => {
    const { line } = stream;
    if (stream.accept('DEFAULT')) {
      if (seen.has('')) unsupported('two DEFAULT namespaces in XMLNAMESPACES', line);
      seen.add('');
      return `declare default element namespace ${quoted(parseString(stream), line)}; `;
    }
    const uri = parseString(stream);
    stream.expect('AS');
    const prefix = parseIdentifier(stream);
    if (seen.has(prefix)) unsupported(`the prefix ${prefix} twice in XMLNAMESPACES`, line);
    if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(prefix)) unsupported(`the prefix ${prefix} in XMLNAMESPACES`, line);
    seen.add(prefix);
    return `declare namespace ${prefix}=${quoted(uri, line)}; `;
  });
  t.expect(')');
  return declarations.join('');
}
