import type { AlterAuthorizationStatement } from './ast/authorization.ts';
import { parseIdentifier, parseObjectName } from './names.ts';
import { parseClass } from './permissions.ts';
import type { TokenStream } from './token-stream.ts';

/** `AUTHORIZATION ON class::name TO owner | SCHEMA OWNER`, behind ALTER. */
export function parseAlterAuthorization(t: TokenStream, line: number): AlterAuthorizationStatement {
  t.expect('AUTHORIZATION');
  t.expect('ON');
  const securable = parseClass(t);
  const name = parseObjectName(t);
  t.expect('TO');
  const owner = t.acceptAll('SCHEMA', 'OWNER') ? undefined : parseIdentifier(t);
  return { kind: 'alterAuthorization', class: securable, name, ...(owner === undefined ? {} : { owner }), line };
}
