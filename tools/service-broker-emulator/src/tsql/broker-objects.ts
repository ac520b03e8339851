import { unsupported } from '../unsupported.ts';
import type {
  BrokerPriorityStatement,
  ContractStatement,
  EventNotificationStatement,
  MessageTypeStatement,
  QueueActivation,
  QueueStatement,
  RouteStatement,
  ServiceStatement,
} from './ast/broker-objects.ts';
import type { ObjectName } from './ast/nodes.ts';
import { parseBrokerName } from './conversations.ts';
import { skipOptionList, skipStorage } from './indexes.ts';
import { parseExecuteAsClause } from './modules.ts';
import { parseIdentifier, parseInteger, parseObjectName, parseOnOff, parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

export type DefinitionMode = 'create' | 'alter';

function parseOwner(t: TokenStream): { readonly owner?: string } {
  return t.accept('AUTHORIZATION') ? { owner: parseIdentifier(t) } : {};
}

/** `MESSAGE TYPE name [AUTHORIZATION o] [VALIDATION = ...]`. */
export function parseMessageType(t: TokenStream, mode: DefinitionMode, line: number): MessageTypeStatement {
  t.expect('MESSAGE', 'TYPE');
  const name = parseIdentifier(t);
  const owner = mode === 'create' ? parseOwner(t) : {};
  if (mode === 'alter' || t.is('VALIDATION')) {
    t.expect('VALIDATION', '=');
    return { kind: 'messageType', mode, name, ...owner, validation: parseValidation(t), line };
  }
  return { kind: 'messageType', mode, name, ...owner, line };
}

function parseValidation(t: TokenStream): NonNullable<MessageTypeStatement['validation']> {
  const kind = t.expectOneOf('NONE', 'EMPTY', 'WELL_FORMED_XML', 'VALID_XML');
  if (kind !== 'VALID_XML') return { kind };
  t.expect('WITH', 'SCHEMA', 'COLLECTION');
  return { kind, collection: parseObjectName(t) };
}

/** `CONTRACT name [AUTHORIZATION o] (type SENT BY who, ...)`. */
export function parseContract(t: TokenStream, line: number): ContractStatement {
  t.expect('CONTRACT');
  const name = parseIdentifier(t);
  const owner = parseOwner(t);
  const messages = t.parenthesized((stream) => {
    const at = stream.line;
    const messageType = parseBrokerName(stream);
    stream.expect('SENT', 'BY');
    return { messageType, sentBy: stream.expectOneOf('INITIATOR', 'TARGET', 'ANY'), line: at };
  });
  return { kind: 'contract', name, ...owner, messages, line };
}

/** `SERVICE name [AUTHORIZATION o] ON QUEUE q [(contracts)]`; ALTER takes ADD and DROP CONTRACT in the list. */
export function parseService(t: TokenStream, mode: DefinitionMode, line: number): ServiceStatement {
  t.expect('SERVICE');
  const name = parseIdentifier(t);
  const owner = mode === 'create' ? parseOwner(t) : {};
  const addContracts: string[] = [];
  const dropContracts: string[] = [];
  let queue: ObjectName | undefined;
  if (mode === 'create' || !t.is('(')) {
    t.expect('ON', 'QUEUE');
    queue = parseObjectName(t);
  }
  if (t.is('(')) {
    t.parenthesized((stream) => {
      const change = mode === 'alter' ? stream.expectOneOf('ADD', 'DROP') : 'ADD';
      if (mode === 'alter') stream.expect('CONTRACT');
      (change === 'ADD' ? addContracts : dropContracts).push(parseBrokerName(stream));
    });
  }
  return {
    kind: 'service',
    mode,
    name,
    ...owner,
    ...(queue ? { queue } : {}),
    addContracts,
    dropContracts,
    line,
  };
}

type RouteOptions = Pick<RouteStatement, 'serviceName' | 'brokerInstance' | 'lifetime' | 'address'>;

function parseRouteOption(t: TokenStream): RouteOptions {
  const option = t.expectOneOf('SERVICE_NAME', 'BROKER_INSTANCE', 'LIFETIME', 'ADDRESS', 'MIRROR_ADDRESS');
  t.expect('=');
  switch (option) {
    case 'SERVICE_NAME':
      return { serviceName: parseString(t) };
    case 'BROKER_INSTANCE':
      return { brokerInstance: parseString(t) };
    case 'LIFETIME':
      return { lifetime: parseInteger(t) };
    case 'ADDRESS':
      return { address: parseString(t) };
    case 'MIRROR_ADDRESS':
      return unsupported('MIRROR_ADDRESS of routes', t.line);
  }
}

/** `ROUTE name WITH option, ...`. */
export function parseRoute(t: TokenStream, mode: DefinitionMode, line: number): RouteStatement {
  t.expect('ROUTE');
  const name = parseIdentifier(t);
  if (mode === 'create' && t.is('AUTHORIZATION')) unsupported('CREATE ROUTE ... AUTHORIZATION', line);
  t.expect('WITH');
  let options: RouteOptions = {};
  for (const option of t.commaList(parseRouteOption)) options = { ...options, ...option };
  if (mode === 'create' && options.address === undefined) throw t.unexpected();
  return { kind: 'route', mode, name, ...options, line };
}

type PriorityOptions = Pick<
  BrokerPriorityStatement,
  'contractName' | 'localServiceName' | 'remoteServiceName' | 'level'
>;

/** ANY and DEFAULT leave the option at what it is without being named. */
function parsePriorityOption(t: TokenStream): PriorityOptions {
  const option = t.expectOneOf('CONTRACT_NAME', 'LOCAL_SERVICE_NAME', 'REMOTE_SERVICE_NAME', 'PRIORITY_LEVEL');
  t.expect('=');
  if (option === 'PRIORITY_LEVEL') return t.accept('DEFAULT') ? {} : { level: parseInteger(t) };
  if (t.accept('ANY')) return {};
  switch (option) {
    case 'CONTRACT_NAME':
      return { contractName: parseIdentifier(t) };
    case 'LOCAL_SERVICE_NAME':
      return { localServiceName: parseIdentifier(t) };
    case 'REMOTE_SERVICE_NAME':
      return { remoteServiceName: parseString(t) };
  }
}

/** `BROKER PRIORITY name FOR CONVERSATION [SET (...)]`. */
export function parseBrokerPriority(t: TokenStream, mode: DefinitionMode, line: number): BrokerPriorityStatement {
  t.expect('BROKER', 'PRIORITY');
  const name = parseIdentifier(t);
  t.expect('FOR', 'CONVERSATION');
  let options: PriorityOptions = {};
  if (t.accept('SET')) {
    for (const option of t.parenthesized(parsePriorityOption)) options = { ...options, ...option };
  } else if (mode === 'alter') {
    throw t.unexpected();
  }
  return { kind: 'brokerPriority', mode, name, ...options, line };
}

/** `EVENT NOTIFICATION name ON QUEUE q FOR event, ... TO SERVICE 's', 'broker instance'`. */
export function parseEventNotification(t: TokenStream, line: number): EventNotificationStatement {
  t.expect('EVENT', 'NOTIFICATION');
  const name = parseIdentifier(t);
  t.expect('ON');
  if (t.is('SERVER') || t.is('DATABASE')) unsupported(`event notifications ON ${t.current.key}`, line);
  t.expect('QUEUE');
  const queue = parseObjectName(t);
  if (t.is('WITH')) unsupported('event notifications WITH FAN_IN', line);
  t.expect('FOR');
  const events = t.commaList((stream) => parseIdentifier(stream).toUpperCase());
  t.expect('TO', 'SERVICE');
  const service = parseString(t);
  t.expect(',');
  const brokerInstance = parseString(t);
  return { kind: 'eventNotification', mode: 'create', name, queue, events, service, brokerInstance, line };
}

/** `EVENT NOTIFICATION name ON QUEUE q` behind DROP. */
export function parseDropEventNotification(t: TokenStream, line: number): EventNotificationStatement {
  t.expect('EVENT', 'NOTIFICATION');
  const name = parseIdentifier(t);
  if (t.is(',')) unsupported('DROP EVENT NOTIFICATION of several', line);
  t.expect('ON');
  if (t.is('SERVER') || t.is('DATABASE')) unsupported(`event notifications ON ${t.current.key}`, line);
  t.expect('QUEUE');
  return { kind: 'eventNotification', mode: 'drop', name, queue: parseObjectName(t), events: [], line };
}

type QueueOptions = Pick<QueueStatement, 'status' | 'retention' | 'activation' | 'poisonMessageHandling'>;

/** `QUEUE name [WITH options]`, and for ALTER also REBUILD, REORGANIZE and MOVE TO. */
export function parseQueue(t: TokenStream, mode: DefinitionMode, line: number): QueueStatement {
  t.expect('QUEUE');
  const name = parseObjectName(t);
  if (mode === 'alter') {
    if (t.accept('MOVE')) {
      t.expect('TO');
      parseIdentifier(t);
      return { kind: 'queue', mode, name, maintenance: 'MOVE', line };
    }
    const maintenance = t.acceptOneOf('REBUILD', 'REORGANIZE');
    if (maintenance !== undefined) {
      if (t.accept('WITH')) skipOptionList(t);
      return { kind: 'queue', mode, name, maintenance, line };
    }
  }
  let options: QueueOptions = {};
  if (mode === 'alter' ? t.expect('WITH') : t.accept('WITH')) {
    do options = { ...options, ...parseQueueOption(t, mode) };
    while (t.accept(',') || startsQueueOption(t));
  }
  if (mode === 'create') skipStorage(t);
  return { kind: 'queue', mode, name, ...options, line };
}

/** The commas between options may be left out. */
function startsQueueOption(t: TokenStream): boolean {
  return ['STATUS', 'RETENTION', 'ACTIVATION', 'POISON_MESSAGE_HANDLING'].includes(t.current.key);
}

function parseQueueOption(t: TokenStream, mode: DefinitionMode): QueueOptions {
  switch (t.expectOneOf('STATUS', 'RETENTION', 'ACTIVATION', 'POISON_MESSAGE_HANDLING')) {
    case 'STATUS':
      t.expect('=');
      return { status: parseOnOff(t) };
    case 'RETENTION':
      t.expect('=');
      return { retention: parseOnOff(t) };
    case 'ACTIVATION':
      return { activation: parseActivation(t, mode) };
    case 'POISON_MESSAGE_HANDLING': {
      t.expect('(', 'STATUS', '=');
      const poisonMessageHandling = parseOnOff(t);
      t.expect(')');
      return { poisonMessageHandling };
    }
  }
}

function parseActivation(t: TokenStream, mode: DefinitionMode): QueueActivation | 'drop' {
  t.expect('(');
  if (mode === 'alter' && t.is('DROP')) {
    t.expect('DROP', ')');
    return 'drop';
  }
  let activation: QueueActivation = {};
  do activation = { ...activation, ...parseActivationOption(t) };
  while (t.accept(',') || !t.is(')'));
  t.expect(')');
  return activation;
}

function parseActivationOption(t: TokenStream): QueueActivation {
  if (t.is('EXECUTE') || t.is('EXEC')) return { executeAs: parseExecuteAsClause(t) };
  const option = t.expectOneOf('STATUS', 'PROCEDURE_NAME', 'MAX_QUEUE_READERS');
  t.expect('=');
  switch (option) {
    case 'STATUS':
      return { status: parseOnOff(t) };
    case 'PROCEDURE_NAME':
      return { procedure: parseObjectName(t) };
    case 'MAX_QUEUE_READERS':
      return { maxReaders: parseInteger(t) };
  }
}
