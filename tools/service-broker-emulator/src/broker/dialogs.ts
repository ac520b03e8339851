import {
  type Contract,
  defaultName,
  endDialogType,
  errorType,
  isSystemMessage,
  type MessageType,
} from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import { type ConversationGroup, type Endpoint, stateDescriptions } from './conversation.ts';
import {
  addEndpoint,
  close,
  dropOutbox,
  dropQueued,
  groupFor,
  removeEndpoint,
  setState,
  setTimerAt,
} from './conversation-changes.ts';
import { brokerErrors } from './errors.ts';
import { newGuid } from './guid.ts';
import { keepBody, Message, ordinaryUrgency, type Urgency } from './message.ts';
import { priorityOf } from './priorities.ts';
import { findTarget } from './routing.ts';
import { errorBody } from './system-messages.ts';

/** Largest LIFETIME in seconds, and the one when none is given: forever in practice. */
export const maximumLifetimeSeconds = 2_147_483_647;

export interface BeginDialog {
  readonly fromService: string;
  /** Compared byte by byte. */
  readonly toService: string;
  /** A broker guid, or `CURRENT DATABASE`. */
  readonly brokerInstance?: string | undefined;
  /** @default 'DEFAULT' */
  readonly contract?: string | undefined;
  /** RELATED_CONVERSATION: a handle whose group the new dialog joins. */
  readonly relatedConversation?: string | undefined;
  /** RELATED_CONVERSATION_GROUP: joins that group; an unknown id makes it. */
  readonly relatedConversationGroup?: string | undefined;
  /** Seconds; null is the NULL that the statement gave. */
  readonly lifetime?: number | null | undefined;
}

/** The endpoint of a handle that the transaction may see, with its group locked. */
function lockedEndpoint(work: BrokerWork, state: BrokerState, handle: string, position?: number): Endpoint {
  const endpoint = state.endpoints.get(handle);
  if (endpoint === undefined) throw brokerErrors.handleNotFound(handle, position);
  work.lock(endpoint.group);
  return endpoint;
}

/** BEGIN DIALOG: makes the initiator's endpoint and locks its group. The target is not looked at. */
export function beginDialog(work: BrokerWork, state: BrokerState, options: BeginDialog): string {
  const service = state.services.get(options.fromService);
  if (service === undefined) throw brokerErrors.serviceNotFound(options.fromService);
  const contractName = options.contract ?? defaultName;
  const contract = state.contracts.get(contractName);
  if (contract === undefined) throw brokerErrors.contractNotFound(contractName);
  const lifetime = options.lifetime === undefined ? maximumLifetimeSeconds : options.lifetime;
  if (lifetime === null) throw brokerErrors.lifetimeNull();
  if (lifetime < 1 || lifetime > maximumLifetimeSeconds) throw brokerErrors.lifetimeOutOfRange(lifetime);
  const group = relatedGroup(work, state, options) ?? groupFor(state, work, newGuid(), service);
  if (group.service !== service) {
    const [what, id] =
      options.relatedConversation === undefined
        ? ['conversation_group_id', group.id]
        : ['conversation_handle', options.relatedConversation];
    throw brokerErrors.relatedServiceDiffers(service.name, group.service.name, what, id);
  }
  work.lock(group);
  const farBroker =
    options.brokerInstance?.toUpperCase() === 'CURRENT DATABASE' ? state.guid : options.brokerInstance?.toUpperCase();
  const origin = {
    handle: newGuid(),
    conversationId: newGuid(),
    isInitiator: true,
    service,
    contract,
    farService: options.toService,
    farBroker,
    expiresAt:
      lifetime === maximumLifetimeSeconds ? Number.POSITIVE_INFINITY : work.instance.clock.now() + lifetime * 1000,
    priority: priorityOf(state, contractName, service.name, options.toService),
  };
  addEndpoint(work, state, origin, group, 'SO');
  return origin.handle;
}

function relatedGroup(work: BrokerWork, state: BrokerState, options: BeginDialog): ConversationGroup | undefined {
  if (options.relatedConversation !== undefined) {
    const related = state.endpoints.get(options.relatedConversation);
    if (related === undefined) throw brokerErrors.cannotRelate(options.relatedConversation);
    return related.group;
  }
  if (options.relatedConversationGroup === undefined) return undefined;
  const service = state.services.get(options.fromService);
  return service === undefined ? undefined : groupFor(state, work, options.relatedConversationGroup, service);
}

/** SEND: checks everything for all handles first, so that it happens for all or for none. */
export function send(
  work: BrokerWork,
  state: BrokerState,
  handles: readonly (string | null)[],
  messageType: string,
  body: Uint8Array | null,
): void {
  const many = handles.length > 1;
  const seen = new Set<string>();
  const type = state.messageTypes.get(messageType);
  const senders = handles.map((handle, index) => {
    const position = many ? index + 1 : undefined;
    if (handle === null) throw brokerErrors.handleMissing(position);
    if (seen.has(handle)) throw brokerErrors.handleTwice(handle, index + 1);
    seen.add(handle);
    const endpoint = lockedEndpoint(work, state, handle, position);
    if (type === undefined) throw brokerErrors.messageTypeNotFound(messageType);
    checkSend(endpoint, type, body);
    lockTarget(work, state, endpoint);
    return { endpoint, type };
  });
  const kept = body === null ? null : keepBody(body);
  for (const { endpoint, type: sent } of senders) post(work, endpoint, sent, kept, ordinaryUrgency);
}

/** A message goes to its target's queue directly, so the queue is locked from the SEND to the end of the transaction. */
function lockTarget(work: BrokerWork, state: BrokerState, sender: Endpoint): void {
  if (work.lastSender === sender || !state.enabled || sender.outbox.length > 0) return;
  const { far, origin } = sender;
  if (far !== undefined) {
    if (!far.removed) work.sends(sender, far.group.queue, far);
    return;
  }
  const found = findTarget(state, origin.farService, origin.farBroker);
  if (found.kind === 'found') work.sends(sender, found.service.queue, undefined);
}

function checkSend(endpoint: Endpoint, type: MessageType, body: Uint8Array | null): void {
  if (endpoint.state !== 'SO' && endpoint.state !== 'CO' && endpoint.state !== 'SI') {
    throw brokerErrors.badState('SEND', stateDescriptions[endpoint.state]);
  }
  const { contract, isInitiator, service } = endpoint.origin;
  checkDirection(contract, type, isInitiator);
  if (type.validation === 'EMPTY' && body !== null && body.length > 0) throw brokerErrors.bodyInvalid();
  const { settings, name } = service.queue;
  if (!settings.receiveEnabled && settings.retention) throw brokerErrors.queueDisabledWithRetention(name);
}

function checkDirection(contract: Contract, type: MessageType, isInitiator: boolean): void {
  const usage = isSystemMessage(type.name) ? undefined : contract.messages.get(type.name);
  if (usage === undefined) throw brokerErrors.notInContract(type.name);
  if (isInitiator && usage.sentBy === 'TARGET') throw brokerErrors.sentByTargetOnly(type.name);
  if (!isInitiator && usage.sentBy === 'INITIATOR') throw brokerErrors.sentByInitiatorOnly(type.name);
}

/** Puts a message on its way: it is delivered by the commit. */
export function post(
  work: BrokerWork,
  sender: Endpoint,
  type: MessageType,
  body: Uint8Array | null,
  urgency: Urgency,
): void {
  const sequence = sender.sendSequence;
  const now = work.instance.clock.now();
  sender.sendSequence += 1;
  work.touch(sender);
  work.undo(() => {
    sender.sendSequence = sequence;
  });
  const outgoing = new Message(
    work.instance.nextMessageNumber(),
    sender,
    type,
    body,
    sequence,
    0,
    now,
    urgency,
    'transmission',
  );
  work.send(outgoing);
  const { queue } = sender.group;
  if (!queue.settings.retention || isSystemMessage(type.name)) return;
  const copy = new Message(
    work.instance.nextMessageNumber(),
    sender,
    type,
    body,
    sequence,
    queue.nextOrder,
    now,
    urgency,
    'sent',
  );
  queue.nextOrder += 1;
  sender.retained.push(copy);
  work.touchMessage(copy);
  work.undo(() => {
    sender.retained.pop();
    copy.place = 'gone';
  });
}

export interface EndWithError {
  readonly code: number | null;
  readonly description: string | null;
}

/** END CONVERSATION, plain or WITH ERROR. */
export function endConversation(work: BrokerWork, state: BrokerState, handle: string, error?: EndWithError): void {
  if (error !== undefined && (error.code === null || error.description === null)) throw brokerErrors.errorIncomplete();
  if (error?.code !== undefined && error.code !== null && error.code <= 0) throw brokerErrors.errorCodeNotPositive();
  const endpoint = lockedEndpoint(work, state, handle);
  if (endpoint.state === 'DO' || endpoint.state === 'CD') {
    throw brokerErrors.badState('END CONVERSATION', stateDescriptions[endpoint.state]);
  }
  endpoint.group.queue.lock.acquire(work.transaction, 'IX');
  const tellsFarSide = endpoint.state !== 'DI' && endpoint.state !== 'ER';
  if (error !== undefined) {
    dropOutbox(work, endpoint);
    dropBuffered(work, endpoint);
  }
  dropQueued(work, endpoint);
  if (endpoint.timerAt !== undefined) setTimerAt(work, endpoint, undefined);
  const hasSent = endpoint.far !== undefined || endpoint.outbox.length > 0 || isBuffered(work, endpoint);
  if (!tellsFarSide || !hasSent) {
    close(work, endpoint);
    return;
  }
  lockTarget(work, state, endpoint);
  setState(work, endpoint, 'DO');
  if (error === undefined || error.code === null || error.description === null) {
    post(work, endpoint, state.requireMessageType(endDialogType), null, ordinaryUrgency);
  } else {
    const body = errorBody({ code: error.code, description: error.description });
    post(work, endpoint, state.requireMessageType(errorType), body, ordinaryUrgency);
  }
}

function isBuffered(work: BrokerWork, endpoint: Endpoint): boolean {
  // From the end: a dialog that is ended has mostly sent last, and a transaction may have sent any number before.
  return work.outgoing.findLast((item) => typeof item !== 'function' && item.endpoint === endpoint) !== undefined;
}

function dropBuffered(work: BrokerWork, endpoint: Endpoint): void {
  const before = work.outgoing;
  work.outgoing = before.filter((item) => typeof item === 'function' || item.endpoint !== endpoint);
  work.undo(() => {
    work.outgoing = before;
  });
}

/**
 * END CONVERSATION WITH CLEANUP: this side goes silently, with whatever could not be delivered. A message to
 * a service of this server was delivered by SEND itself.
 */
export function cleanUpConversation(work: BrokerWork, state: BrokerState, handle: string): void {
  const endpoint = lockedEndpoint(work, state, handle);
  endpoint.group.queue.lock.acquire(work.transaction, 'IX');
  work.cleanedUp.add(endpoint);
  work.undo(() => work.cleanedUp.delete(endpoint));
  removeEndpoint(work, endpoint);
}

/** BEGIN CONVERSATION TIMER; a second call moves the timer. `seconds` counts from now. */
export function setTimer(work: BrokerWork, state: BrokerState, handle: string, seconds: number): void {
  const endpoint = lockedEndpoint(work, state, handle);
  if (endpoint.state === 'DO' || endpoint.state === 'CD' || endpoint.state === 'ER') {
    throw brokerErrors.badState('BEGIN CONVERSATION TIMER', stateDescriptions[endpoint.state]);
  }
  const at = work.instance.clock.now() + seconds * 1000;
  if (at > endpoint.origin.expiresAt) throw brokerErrors.timerBeyondLifetime();
  setTimerAt(work, endpoint, at);
}

/** MOVE CONVERSATION: both groups get locked; they must be of one service. */
export function moveConversation(work: BrokerWork, state: BrokerState, handle: string, groupId: string): void {
  const endpoint = lockedEndpoint(work, state, handle);
  if (endpoint.state === 'DO' || endpoint.state === 'CD') {
    throw brokerErrors.badState('MOVE CONVERSATION', stateDescriptions[endpoint.state]);
  }
  const from = endpoint.group;
  const to = state.groups.get(groupId);
  if (to === undefined || to.queue !== from.queue) throw brokerErrors.destinationGroupInvalid(groupId);
  if (to === from) return;
  work.lock(to);
  const rehome = (source: ConversationGroup, target: ConversationGroup): void => {
    source.endpoints.delete(endpoint);
    if (source.endpoints.size === 0) state.groups.delete(source.id);
    state.groups.set(target.id, target);
    target.endpoints.add(endpoint);
    source.ready.remove(endpoint);
    source.queue.refresh(source);
    endpoint.group = target;
    target.refresh(endpoint);
  };
  rehome(from, to);
  work.touch(endpoint);
  work.undo(() => rehome(to, from));
}
