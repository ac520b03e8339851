import { unsupported } from '../unsupported.ts';
import type { CreateSchemaStatement, TransferStatement } from './ast/schemas.ts';
import { parseIdentifier, parseObjectName } from './names.ts';
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

/** `SCHEMA schema TRANSFER [OBJECT::]name`, from behind ALTER. */
export function parseAlterSchema(t: TokenStream, line: number): TransferStatement {
  t.expect('SCHEMA');
  const schema = parseIdentifier(t);
  t.expect('TRANSFER');
  if (t.acceptAll('TYPE', '::')) unsupported('ALTER SCHEMA ... TRANSFER of a type', line);
  if (t.acceptAll('XML', 'SCHEMA', 'COLLECTION', '::')) unsupported('XML SCHEMA COLLECTION', line);
  t.acceptAll('OBJECT', '::');
  return { kind: 'transfer', schema, name: parseObjectName(t), line };
}
