import { unsupported } from '../unsupported.ts';
import type { DbccCheckIdentity, DbccStatement } from './ast/dbcc.ts';
import { parseExpression } from './expressions.ts';
import { parseObjectName, parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `DBCC USEROPTIONS` and `DBCC CHECKIDENT`; other commands are refused by name. */
export function parseDbcc(t: TokenStream): DbccStatement {
  const { line } = t.expect('DBCC');
  const { key } = t.current;
  switch (key) {
    case 'USEROPTIONS':
      t.advance();
      return { kind: 'dbcc', command: key, silent: parseSilence(t), line };
    case 'CHECKIDENT': {
      t.advance();
      const check = parseCheckIdentity(t);
      return { kind: 'dbcc', command: key, ...check, silent: parseSilence(t), line };
    }
    default:
      return unsupported(`DBCC ${key}`, line);
  }
}

function parseSilence(t: TokenStream): boolean {
  if (!t.acceptAll('WITH', 'NO_INFOMSGS')) return false;
  if (t.is(',')) unsupported('options of DBCC besides NO_INFOMSGS', t.line);
  return true;
}

/** `(table [, NORESEED | RESEED [, value]])`. */
function parseCheckIdentity(t: TokenStream): Pick<DbccCheckIdentity, 'table' | 'reseed' | 'value'> {
  t.expect('(');
  const { kind } = t.current;
  const table = kind === 'string' || kind === 'unicodeString' ? parseString(t) : parseObjectName(t);
  let reseed = true;
  let value: DbccCheckIdentity['value'];
  if (t.accept(',')) {
    reseed = t.expectOneOf('RESEED', 'NORESEED') === 'RESEED';
    if (reseed && t.accept(',')) value = parseExpression(t);
  }
  t.expect(')');
  return { table, reseed, ...(value === undefined ? {} : { value }) };
}
