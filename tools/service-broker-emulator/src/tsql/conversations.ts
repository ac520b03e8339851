import type {
  BeginDialogStatement,
  ConversationTimerStatement,
  EndConversationStatement,
  MoveConversationStatement,
  SendStatement,
} from './ast/conversations.ts';
import type { Expression } from './ast/expressions.ts';
import { parseSigned } from './execute.ts';
import { parseExpression, tryLiteral } from './expressions.ts';
import { parseIdentifier, parseVariableName } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** The name of a contract or message type: an identifier, or DEFAULT, which needs no brackets here. */
export function parseBrokerName(t: TokenStream): string {
  return t.is('DEFAULT') ? t.advance().text.toUpperCase() : parseIdentifier(t);
}

/** A literal or variable, where Service Broker takes nothing more. */
export function parseSimpleValue(t: TokenStream): Expression {
  const { kind, line } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  if (t.is('-') || t.is('+')) return parseSigned(t);
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}

type DialogOptions = Pick<
  BeginDialogStatement,
  'relatedConversation' | 'relatedConversationGroup' | 'lifetime' | 'encryption'
>;

function parseDialogOption(t: TokenStream): DialogOptions {
  const option = t.expectOneOf('RELATED_CONVERSATION', 'RELATED_CONVERSATION_GROUP', 'LIFETIME', 'ENCRYPTION');
  t.expect('=');
  switch (option) {
    case 'RELATED_CONVERSATION':
      return { relatedConversation: parseSimpleValue(t) };
    case 'RELATED_CONVERSATION_GROUP':
      return { relatedConversationGroup: parseSimpleValue(t) };
    case 'LIFETIME':
      return { lifetime: parseSimpleValue(t) };
    case 'ENCRYPTION':
      return { encryption: t.expectOneOf('ON', 'OFF') === 'ON' };
  }
}

function parseContractName(t: TokenStream): string | Expression {
  return t.current.kind === 'variable' ? parseSimpleValue(t) : parseBrokerName(t);
}

/** `BEGIN DIALOG [CONVERSATION] @h FROM SERVICE s TO SERVICE 't' ...`. */
export function parseBeginDialog(t: TokenStream): BeginDialogStatement {
  const { line } = t;
  t.expect('BEGIN', 'DIALOG');
  t.accept('CONVERSATION');
  const handle = parseVariableName(t);
  t.expect('FROM', 'SERVICE');
  const fromService = t.current.kind === 'variable' ? parseSimpleValue(t) : parseIdentifier(t);
  t.expect('TO', 'SERVICE');
  const toService = parseSimpleValue(t);
  const brokerInstance = t.accept(',') ? parseSimpleValue(t) : undefined;
  const contract = t.accept('ON') ? t.expect('CONTRACT') && parseContractName(t) : undefined;
  const options = t.is('WITH') ? parseDialogOptions(t) : {};
  return {
    kind: 'beginDialog',
    handle,
    fromService,
    toService,
    ...(brokerInstance ? { brokerInstance } : {}),
    ...(contract === undefined ? {} : { contract }),
    ...options,
    line,
  };
}

const dialogOptions: ReadonlySet<string> = new Set([
  'RELATED_CONVERSATION',
  'RELATED_CONVERSATION_GROUP',
  'LIFETIME',
  'ENCRYPTION',
]);

function parseDialogOptions(t: TokenStream): DialogOptions {
  t.expect('WITH');
  let options = parseDialogOption(t);
  while (t.accept(',') || dialogOptions.has(t.current.key)) options = { ...options, ...parseDialogOption(t) };
  return options;
}

/** `SEND ON CONVERSATION @h | (@h, ...) [MESSAGE TYPE name] [(body)]`. */
export function parseSend(t: TokenStream): SendStatement {
  const { line } = t;
  t.expect('SEND', 'ON', 'CONVERSATION');
  const handles = t.is('(') ? t.parenthesized(parseSimpleValue) : [parseSimpleValue(t)];
  let messageType: string | Expression | undefined;
  if (t.acceptAll('MESSAGE', 'TYPE')) {
    messageType = t.current.kind === 'variable' ? parseSimpleValue(t) : parseBrokerName(t);
  }
  let body: Expression | undefined;
  if (t.accept('(')) {
    body = parseExpression(t);
    t.expect(')');
  }
  return {
    kind: 'send',
    handles,
    ...(messageType === undefined ? {} : { messageType }),
    ...(body ? { body } : {}),
    line,
  };
}

/** `MOVE CONVERSATION @h TO @g`. */
export function parseMoveConversation(t: TokenStream): MoveConversationStatement {
  const { line } = t;
  t.expect('MOVE', 'CONVERSATION');
  const handle = parseSimpleValue(t);
  t.expect('TO');
  return { kind: 'moveConversation', handle, group: parseSimpleValue(t), line };
}

/** `END CONVERSATION @h [WITH ERROR = n DESCRIPTION = 'text' | WITH CLEANUP]`. */
export function parseEndConversation(t: TokenStream): EndConversationStatement {
  const { line } = t;
  t.expect('END', 'CONVERSATION');
  const handle = parseSimpleValue(t);
  if (t.acceptAll('WITH', 'CLEANUP')) return { kind: 'endConversation', handle, cleanup: true, line };
  if (!t.acceptAll('WITH', 'ERROR')) return { kind: 'endConversation', handle, cleanup: false, line };
  t.expect('=');
  const code = parseSimpleValue(t);
  t.expect('DESCRIPTION', '=');
  const description = parseSimpleValue(t);
  return { kind: 'endConversation', handle, error: { code, description }, cleanup: false, line };
}

/** `BEGIN CONVERSATION TIMER (@h) TIMEOUT = seconds`. */
export function parseConversationTimer(t: TokenStream): ConversationTimerStatement {
  const { line } = t;
  t.expect('BEGIN', 'CONVERSATION', 'TIMER', '(');
  const handle = parseSimpleValue(t);
  t.expect(')', 'TIMEOUT', '=');
  return { kind: 'conversationTimer', handle, timeout: parseSimpleValue(t), line };
}
