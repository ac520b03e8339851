import { unsupported } from '../unsupported.ts';
import type { ObjectName } from './ast/nodes.ts';
import type { TriggerStateStatement } from './ast/triggers.ts';
import { parseIdentifier, parseObjectName } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `ENABLE|DISABLE TRIGGER ALL | name, ... ON table`. */
export function parseTriggerState(t: TokenStream): TriggerStateStatement {
  const { line } = t;
  const head = parseTriggerStateHead(t, parseObjectName);
  t.expect('ON');
  if (t.is('DATABASE') || t.areNext('ALL', 'SERVER')) unsupported('DDL and logon triggers', line);
  return { kind: 'triggerState', ...head, table: parseObjectName(t), line };
}

/** `ENABLE|DISABLE TRIGGER ALL | name, ...` of ALTER TABLE. */
export function parseTableTriggerState(t: TokenStream, table: ObjectName): TriggerStateStatement {
  const { line } = t;
  return { kind: 'triggerState', ...parseTriggerStateHead(t, parseTriggerName), table, line };
}

/** In ALTER TABLE a trigger's name stands without its schema. */
function parseTriggerName(t: TokenStream): ObjectName {
  const { line } = t;
  return { name: parseIdentifier(t), line };
}

function parseTriggerStateHead(
  t: TokenStream,
  parseName: (stream: TokenStream) => ObjectName,
): Pick<TriggerStateStatement, 'enabled' | 'names'> {
  const enabled = t.expectOneOf('ENABLE', 'DISABLE') === 'ENABLE';
  t.expect('TRIGGER');
  return { enabled, names: t.accept('ALL') ? [] : t.commaList(parseName) };
}
