import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type { ProceduralStatement } from './ast/statements.ts';
import { parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `EXECUTE AS CALLER`, `EXECUTE AS USER = 'x'`, `EXECUTE AS LOGIN = @x`. */
export function parseExecuteAsStatement(t: TokenStream): ProceduralStatement {
  const { line } = t.advance();
  t.expect('AS');
  const word = t.expectOneOf('CALLER', 'USER', 'LOGIN');
  if (word === 'CALLER') return { kind: 'executeAs', context: 'caller', line };
  t.expect('=');
  const at = t.line;
  const name: Expression =
    t.current.kind === 'variable'
      ? { kind: 'variable', name: t.advance().text, line: at }
      : { kind: 'literal', type: 'string', value: parseString(t), unicode: true, line: at };
  if (t.is('WITH') && (t.peek(1).key === 'NO' || t.peek(1).key === 'COOKIE')) {
    unsupported(`EXECUTE AS ... WITH ${t.peek(1).key === 'NO' ? 'NO REVERT' : 'COOKIE'}`, line);
  }
  return { kind: 'executeAs', context: word === 'USER' ? 'user' : 'login', name, line };
}

export function parseRevert(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('REVERT');
  if (t.areNext('WITH', 'COOKIE')) unsupported('REVERT WITH COOKIE', line);
  return { kind: 'revert', line };
}
