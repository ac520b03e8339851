import type { Expression } from './ast/expressions.ts';
import type { WaitForStatement } from './ast/wait-for.ts';
import { parseSigned } from './execute.ts';
import { tryLiteral } from './expressions.ts';
import { parseGetConversationGroup, parseReceive } from './receive.ts';
import type { TokenStream } from './token-stream.ts';

/** `WAITFOR DELAY`, `WAITFOR TIME` and `WAITFOR (statement) [, TIMEOUT n]`. */
export function parseWaitFor(t: TokenStream): WaitForStatement {
  const { line } = t.expect('WAITFOR');
  if (!t.accept('(')) {
    const kind = t.expectOneOf('DELAY', 'TIME') === 'DELAY' ? 'delay' : 'time';
    return { kind: 'waitFor', wait: { kind, value: parseWaitValue(t) }, line };
  }
  if (!t.is('RECEIVE') && !t.is('GET')) throw t.unexpected();
  const statement = t.is('RECEIVE') ? parseReceive(t) : parseGetConversationGroup(t);
  t.expect(')');
  if (!t.accept(',')) return { kind: 'waitFor', wait: { kind: 'statement', statement }, line };
  t.expect('TIMEOUT');
  const timeout = parseTimeout(t);
  return { kind: 'waitFor', wait: { kind: 'statement', statement, timeout }, line };
}

function parseTimeout(t: TokenStream): Expression {
  if (t.is('-') || t.is('+')) return parseSigned(t);
  return parseWaitValue(t);
}

function parseWaitValue(t: TokenStream): Expression {
  const { kind, line } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}
