import { unsupported } from '../unsupported.ts';
import type { KillStatement } from './ast/kill.ts';
import { parseInteger } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `KILL session [WITH STATUSONLY]`. Distributed transactions and notification subscriptions, which it ends too, aren't here. */
export function parseKill(t: TokenStream): KillStatement {
  const { line } = t.expect('KILL');
  if (t.is('QUERY') || t.is('STATS')) unsupported(`KILL ${t.current.key}`, line);
  if (t.current.kind === 'string' || t.current.kind === 'unicodeString') {
    unsupported('KILL of a distributed transaction', line);
  }
  const session = parseInteger(t);
  return { kind: 'kill', session, statusOnly: t.acceptAll('WITH', 'STATUSONLY'), line };
}
