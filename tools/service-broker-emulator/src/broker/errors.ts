import { SqlError } from '../errors.ts';

/** Texts of transmission_status and of Error messages, from `sys.messages`. */
export const statusTexts = {
  brokerDisabledInSender: "The broker is disabled in the sender's database.",
  // Number and wording of the target's counterpart are not documented; this one is ours.
  brokerDisabledInTarget: "The broker is disabled in the target's database.",
  targetBusy: 'Target queue is busy; message(s) queued for delivery.',
  noRoute:
    'No route matches the destination service name for this conversation. Create a route to the destination service name for messages in this conversation to be delivered.',
  serviceNotFound:
    'The target service name could not be found. Ensure that the service name is specified correctly and/or the routing information has been supplied.',
  noLocalService:
    'The target service name matched a LOCAL route, but there is no service by that name in the local SQL Server instance.',
  queueDisabled: (queue: string) => `The service queue "${queue}" is currently disabled.`,
  enqueueFailed: (error: string) => `An exception occurred while enqueueing a message in the target queue. ${error}`,
} as const;

/** An Error message that the broker itself sends: a negative code, and the text of the error of that number. */
export interface ConversationError {
  readonly code: number;
  readonly description: string;
}

export const conversationErrors = {
  contractNotSupported: (service: string, contract: string): ConversationError => ({
    code: -8408,
    description: `Target service '${service}' does not support contract '${contract}'.`,
  }),
  remoteEndpointGone: (): ConversationError => ({
    code: -8462,
    description:
      'The remote conversation endpoint is either in a state where no more messages can be exchanged, or it has been dropped.',
  }),
  serviceDropped: (): ConversationError => ({ code: -8470, description: 'Remote service has been dropped.' }),
  lifetimeExceeded: (): ConversationError => ({
    code: -8489,
    description: 'The dialog has exceeded the specified LIFETIME.',
  }),
  remoteServiceMissing: (service: string): ConversationError => ({
    code: -8490,
    description: `Cannot find the remote service '${service}' because it does not exist.`,
  }),
  noPermission: (service: string): ConversationError => ({
    code: -8494,
    description: `You do not have permission to access the service '${service}'.`,
  }),
  validationFailed: (details: {
    type: string;
    reason: string;
    conversationId: string;
    isInitiator: boolean;
    sequence: number;
  }): ConversationError => ({
    code: -9615,
    description: `A message of type '${details.type}' failed XML validation on the target service. ${details.reason} This occurred in the message with Conversation ID '${details.conversationId}', Initiator: ${details.isInitiator ? 1 : 0}, and Message sequence number: ${details.sequence}.`,
  }),
  bodyNotEmpty: (): ConversationError => ({
    code: -8430,
    description: 'The message body failed the configured validation.',
  }),
} as const;

type Statement = 'END CONVERSATION' | 'SEND' | 'MOVE CONVERSATION' | 'BEGIN CONVERSATION TIMER';
const stateErrorNumbers: Record<Statement, number> = {
  'END CONVERSATION': 8427,
  SEND: 8429,
  'MOVE CONVERSATION': 8438,
  'BEGIN CONVERSATION TIMER': 8458,
};

/** Kinds of objects, in the words of error texts. */
export type ObjectWord =
  | 'message type'
  | 'contract'
  | 'service'
  | 'queue'
  | 'route'
  | 'broker priority'
  | 'event notification';

const objectWords: Record<ObjectWord, string> = {
  'message type': 'message type',
  contract: 'contract',
  service: 'service',
  queue: 'queue',
  route: 'route',
  'broker priority': 'conversation priority',
  'event notification': 'event notification',
};

export const brokerErrors = {
  /** For a statement that waits for messages of the queue while it is dropped. */
  queueGone: (name: string) => new SqlError(`Invalid object name '${name}'.`, { number: 208 }),
  alreadyExists: (name: string) =>
    new SqlError(`There is already an object named '${name}' in the database.`, { number: 2714, state: 6 }),
  missing: (action: 'find' | 'drop' | 'alter', kind: ObjectWord, name: string) =>
    new SqlError(
      `Cannot ${action} the ${objectWords[kind]} '${name}', because it does not exist or you do not have permission.`,
      { number: 15151 },
    ),
  bound: (kind: ObjectWord, name: string, user: ObjectWord) =>
    new SqlError(
      `The ${objectWords[kind]} '${name}' cannot be dropped because it is bound to one or more ${objectWords[user]}.`,
      { number: 3716 },
    ),
  duplicateMessageType: (name: string) =>
    new SqlError(`The message type '${name}' is specified more than once. Remove the duplicate message type.`, {
      number: 8403,
    }),
  lifetimeNull: () =>
    new SqlError('The dialog lifetime can not be NULL. Specify a valid dialog lifetime value from 1 to 2147483647.', {
      number: 8406,
    }),
  lifetimeOutOfRange: (value: number) =>
    new SqlError(
      `The dialog lifetime value of ${value} is outside the allowable range of 1 to 2147483647. Specify a valid dialog lifetime value.`,
      { number: 8411 },
    ),
  timerBeyondLifetime: () =>
    new SqlError("The conversation timer cannot be set beyond the conversation's lifetime.", { number: 8410 }),
  handleMissing: (position?: number) =>
    position === undefined
      ? new SqlError('The conversation handle is missing. Specify a conversation handle.', { number: 8418 })
      : new SqlError(`The conversation handle at position ${position} is missing. Specify a conversation handle.`, {
          number: 8441,
        }),
  errorIncomplete: () =>
    new SqlError(
      'Both the error code and the description must be provided for END CONVERSATION WITH ERROR. Neither value can be NULL.',
      { number: 8419 },
    ),
  // The reference gives the number but not the text.
  errorCodeNotPositive: () =>
    new SqlError('The error code for END CONVERSATION WITH ERROR must be greater than zero.', { number: 8424 }),
  groupMissing: () =>
    new SqlError('The conversation group is missing. Specify a conversation group.', { number: 8420 }),
  serviceNotFound: (name: string) => new SqlError(`The service "${name}" is not found.`, { number: 8423 }),
  contractNotFound: (name: string) => new SqlError(`The service contract '${name}' is not found.`, { number: 8425 }),
  handleNotFound: (handle: string, position?: number) =>
    position === undefined
      ? new SqlError(`The conversation handle "${handle}" is not found.`, { number: 8426 })
      : new SqlError(`The conversation handle "${handle}" at position ${position} is not found.`, { number: 8435 }),
  badState: (statement: Statement, state: string) =>
    new SqlError(
      `The conversation endpoint is not in a valid state for ${statement}. The current endpoint state is '${state}'.`,
      { number: stateErrorNumbers[statement] },
    ),
  messageTypeNotFound: (name: string) => new SqlError(`The message type "${name}" is not found.`, { number: 8428 }),
  bodyInvalid: () => new SqlError('The message body failed the configured validation.', { number: 8430 }),
  notInContract: (name: string) =>
    new SqlError(`The message type '${name}' is not part of the service contract.`, { number: 8431 }),
  sentByTargetOnly: (name: string) =>
    new SqlError(
      `The message cannot be sent because the message type '${name}' is marked SENT BY TARGET in the contract, however this service is an Initiator.`,
      { number: 8432 },
    ),
  bodyNull: () =>
    new SqlError('The message body may not be NULL. A zero-length UNICODE or binary string is allowed.', {
      number: 8433,
    }),
  sentByInitiatorOnly: (name: string) =>
    new SqlError(
      // "INTITIATOR" is SQL Server's own spelling.
      `The message cannot be sent because the message type '${name}' is marked SENT BY INTITIATOR in the contract, however this service is a Target.`,
      { number: 8434 },
    ),
  groupNotFound: (id: string) => new SqlError(`The conversation group "${id}" is not found.`, { number: 8436 }),
  destinationGroupInvalid: (id: string) =>
    new SqlError(`The destination conversation group '${id}' is invalid.`, { number: 8439 }),
  handleTwice: (handle: string, position: number) =>
    new SqlError(`The conversation handle '${handle}' at position ${position} appears more than once.`, {
      number: 8451,
    }),
  noInitiatorMessage: (contract: string) =>
    new SqlError(`The service contract '${contract}' must have at least one message SENT BY INITIATOR or ANY.`, {
      number: 8492,
    }),
  alterServiceNothing: (name: string) =>
    new SqlError(`The alter of service '${name}' must change the queue or at least one contract.`, { number: 8493 }),
  cannotRelate: (handle: string) =>
    new SqlError(`Cannot relate to conversation handle ${handle} because it is not found.`, { number: 9601 }),
  relatedServiceDiffers: (from: string, other: string, what: string, id: string) =>
    new SqlError(
      `The service '${from}' in the FROM SERVICE clause must match the service '${other}' referenced by ${what} = '${id}'.`,
      { number: 9610 },
    ),
  queueDisabled: (name: string) => new SqlError(statusTexts.queueDisabled(name), { number: 9617 }),
  notificationConfigured: (queue: string) =>
    new SqlError(
      `Cannot enable stored procedure activation on queue '${queue}'. Event notification for queue_activation is already configured on this queue.`,
      { number: 9717 },
    ),
  // The reference gives the number but not the text.
  activationConfigured: (queue: string) =>
    new SqlError(
      `Cannot create event notification for queue_activation on queue '${queue}'. Stored procedure activation is already configured on this queue.`,
      { number: 9718 },
    ),
  queueDisabledWithRetention: (name: string) =>
    new SqlError(
      `The message cannot be sent because the service queue '${name}' associated with the dialog is currently disabled and retention is on.`,
      { number: 9618 },
    ),
  routeWithoutService: () =>
    new SqlError('A broker instance cannot be specified without a service name in a route.', { number: 9662 }),
} as const;
