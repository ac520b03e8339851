import type { Expression } from './ast/expressions.ts';
import type { GetConversationGroupStatement, ReceiveStatement } from './ast/receive.ts';
import { parseSimpleValue } from './conversations.ts';
import { isIdentifier, parseObjectName, parseVariableName } from './names.ts';
import { parseSelectItem } from './select-items.ts';
import type { TokenStream } from './token-stream.ts';

/** `RECEIVE [TOP (n)] items FROM queue [INTO @table] [WHERE column = value]`. */
export function parseReceive(t: TokenStream): ReceiveStatement {
  const { line } = t.expect('RECEIVE');
  let top: Expression | undefined;
  if (t.accept('TOP')) {
    t.expect('(');
    top = parseSimpleValue(t);
    t.expect(')');
  }
  const items = t.commaList(parseSelectItem);
  t.expect('FROM');
  const queue = parseObjectName(t);
  const into = t.accept('INTO') ? parseVariableName(t) : undefined;
  const where = t.accept('WHERE') ? parseReceiveCondition(t) : undefined;
  return {
    kind: 'receive',
    ...(top ? { top } : {}),
    items,
    queue,
    ...(into ? { into } : {}),
    ...(where ? { where } : {}),
    line,
  };
}

function parseReceiveCondition(t: TokenStream): ReceiveStatement['where'] {
  const name = t.current;
  if (!isIdentifier(name)) throw t.unexpected();
  const column = name.text.toLowerCase();
  if (column !== 'conversation_handle' && column !== 'conversation_group_id') throw t.unexpected();
  t.advance();
  t.expect('=');
  return { column, value: parseSimpleValue(t) };
}

/** `GET CONVERSATION GROUP @g FROM queue`. */
export function parseGetConversationGroup(t: TokenStream): GetConversationGroupStatement {
  const { line } = t;
  t.expect('GET', 'CONVERSATION', 'GROUP');
  const variable = parseVariableName(t);
  t.expect('FROM');
  return { kind: 'getConversationGroup', variable, queue: parseObjectName(t), line };
}
