import { unsupported } from '../unsupported.ts';
import type { CreateSchemaStatement } from './ast/schemas.ts';
import { parseIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `SCHEMA name [AUTHORIZATION owner]` and `SCHEMA AUTHORIZATION owner`. */
export function parseCreateSchema(t: TokenStream, line: number): CreateSchemaStatement {
  t.expect('SCHEMA');
  const name = t.is('AUTHORIZATION') ? undefined : parseIdentifier(t);
  const owner = t.accept('AUTHORIZATION') ? parseIdentifier(t) : undefined;
  if (['CREATE', 'GRANT', 'DENY', 'REVOKE'].includes(t.current.key)) {
    unsupported('schema elements inside CREATE SCHEMA', t.line);
  }
  return { kind: 'createSchema', name: name ?? owner ?? '', ...(owner === undefined ? {} : { owner }), line };
}
