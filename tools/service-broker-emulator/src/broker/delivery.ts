import type { BrokerInstance } from './broker-instance.ts';
import { endDialogType, errorType, type Service } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork, Outgoing } from './broker-work.ts';
import type { Endpoint } from './conversation.ts';
import {
  addEndpoint,
  close,
  dropOutbox,
  enqueue,
  fail,
  groupFor,
  isNotifier,
  removeEndpoint,
  setState,
} from './conversation-changes.ts';
import { type ConversationError, conversationErrors, statusTexts } from './errors.ts';
import { newGuid } from './guid.ts';
import { errorUrgency, type Message, ordinaryUrgency } from './message.ts';
import { priorityOf } from './priorities.ts';
import { findTarget } from './routing.ts';
import { xmlProblem } from './xml-well-formed.ts';

/** Why a message stays in transmission: its `transmission_status`. */
interface Stuck {
  readonly status: string;
}

/** Does what a transaction has kept for its commit. Runs inside the commit; nothing else runs until it is over. */
export function deliver(work: BrokerWork, outgoing: Outgoing): void {
  if (typeof outgoing === 'function') {
    outgoing(work);
    return;
  }
  const sender = outgoing.endpoint;
  if (outgoing.place === 'gone') return;
  if (sender.removed) {
    if (work.cleanedUp.has(sender)) deliverNow(work, outgoing);
    return;
  }
  // "CO when its first message is sent", delivered or not.
  if (sender.state === 'SO') setState(work, sender, 'CO');
  const stuck = sender.outbox.length > 0 ? { status: sender.outbox[0]?.status ?? '' } : deliverNow(work, outgoing);
  if (stuck === undefined) return;
  keepInTransmission(work, sender, outgoing, stuck.status);
}

/** Tries again what is stuck, in all databases: something that may have been the cause was changed. */
export function retryStuck(instance: BrokerInstance): void {
  for (const state of instance.states.values()) {
    if (state.stuck.size > 0) instance.background((work) => retryState(work, state));
  }
}

function retryState(work: BrokerWork, state: BrokerState): void {
  for (const sender of [...state.stuck]) {
    if (sender.createdBy !== undefined || sender.stateOwner !== undefined) {
      waitForOwner(work, sender);
      continue;
    }
    while (state.stuck.has(sender)) {
      const first = sender.outbox[0];
      if (first === undefined) break;
      const stuck = deliverNow(work, first);
      if (stuck !== undefined) {
        setStatus(work, sender, stuck.status);
        break;
      }
      if (sender.outbox[0] === first) shiftOutbox(work, sender);
    }
  }
}

function keepInTransmission(work: BrokerWork, sender: Endpoint, message: Message, status: string): void {
  const state = work.state(sender);
  message.place = 'transmission';
  message.status = status;
  sender.outbox.push(message);
  state.stuck.add(sender);
  work.touchMessage(message);
  work.touch(sender);
  work.undo(() => {
    sender.outbox.pop();
    if (sender.outbox.length === 0) state.stuck.delete(sender);
  });
}

function shiftOutbox(work: BrokerWork, sender: Endpoint): void {
  const state = work.state(sender);
  const before = sender.outbox;
  const [message, ...rest] = before;
  if (message === undefined) return;
  sender.outbox = rest;
  message.place = 'gone';
  if (rest.length === 0) state.stuck.delete(sender);
  work.touchMessage(message);
  work.undo(() => {
    sender.outbox = before;
    message.place = 'transmission';
    state.stuck.add(sender);
  });
}

function setStatus(work: BrokerWork, sender: Endpoint, status: string): void {
  for (const message of sender.outbox) {
    if (message.status === status) continue;
    const before = message.status;
    message.status = status;
    work.touchMessage(message);
    work.undo(() => {
      message.status = before;
    });
  }
}

/** When the transaction that changes the endpoint has ended, stuck messages are tried again. */
function waitForOwner(work: BrokerWork, endpoint: Endpoint): void {
  const owner = work.instance.workOf(endpoint.stateOwner ?? endpoint.createdBy);
  if (owner !== undefined) owner.retry = true;
}

/** Delivers a message, or says why that is not possible now. */
function deliverNow(work: BrokerWork, message: Message): Stuck | undefined {
  const sender = message.endpoint;
  if (!work.state(sender).enabled) return { status: statusTexts.brokerDisabledInSender };
  const { ownerId } = sender.origin.service;
  const problem = work.instance.options.ownerProblem?.({ database: sender.database, ownerId });
  if (problem !== undefined) return { status: statusTexts.enqueueFailed(problem) };
  const isEnd = message.type.name === endDialogType;
  const isError = message.type.name === errorType;
  const { far } = sender;
  if (far === undefined) {
    // An end that nothing went before has nobody to tell.
    if (isEnd || isError) close(work, sender);
    else return deliverFirst(work, message);
    return undefined;
  }
  if (far.stateOwner !== undefined && far.stateOwner !== work.transaction) {
    waitForOwner(work, far);
    return { status: statusTexts.targetBusy };
  }
  if (far.removed || far.state === 'CD' || far.state === 'ER' || far.state === 'DO') {
    arriveAtEnded(work, message, far, isEnd || isError);
    return undefined;
  }
  const blocked = blockedQueue(work, far);
  if (blocked !== undefined) return blocked;
  if ((isEnd || isError) && isNotifier(far)) {
    removeEndpoint(work, far);
    close(work, sender);
  } else if (isEnd) {
    setState(work, far, 'DI');
    arrive(work, far, message, ordinaryUrgency);
    close(work, sender);
  } else if (isError) {
    dropOutbox(work, far);
    setState(work, far, 'ER');
    arrive(work, far, message, errorUrgency);
    close(work, sender);
  } else {
    const problem = validate(work.state(far), message);
    if (problem === undefined) arrive(work, far, message, ordinaryUrgency);
    else {
      setState(work, far, 'ER');
      fail(work, sender, problem);
    }
  }
  return undefined;
}

/** The far side is over: an end is simply acknowledged; other messages are lost, which an open sender is notified of. */
function arriveAtEnded(work: BrokerWork, message: Message, far: Endpoint, closes: boolean): void {
  const sender = message.endpoint;
  if (closes) {
    close(work, sender);
    if (far.state === 'DO') {
      dropOutbox(work, far);
      close(work, far);
    }
    return;
  }
  // Without cleanup the far side has sent its own EndDialog or Error, which says it all.
  if (far.removed && sender.state === 'CO') fail(work, sender, conversationErrors.remoteEndpointGone());
}

/** The first message of a dialog: finds the target and makes its endpoint. */
function deliverFirst(work: BrokerWork, message: Message): Stuck | undefined {
  const sender = message.endpoint;
  const { origin } = sender;
  const found = findTarget(work.state(sender), origin.farService, origin.farBroker);
  if (found.kind === 'stuck') return { status: found.status };
  if (found.kind === 'error') {
    fail(work, sender, found.error);
    return undefined;
  }
  const { state, service } = found;
  const queueStatus = disabledStatus(service);
  if (queueStatus !== undefined) return queueStatus;
  const problem = refusal(work, sender, state, service) ?? validate(state, message);
  if (problem !== undefined) {
    fail(work, sender, problem);
    return undefined;
  }
  const contract = state.contracts.get(origin.contract.name) ?? origin.contract;
  const target = addEndpoint(
    work,
    state,
    {
      handle: newGuid(),
      conversationId: origin.conversationId,
      isInitiator: false,
      service,
      contract,
      farService: origin.service.name,
      farBroker: work.state(sender).guid,
      expiresAt: origin.expiresAt,
      priority: priorityOf(state, contract.name, service.name, origin.service.name),
    },
    groupFor(state, work, newGuid(), service),
    'CO',
  );
  target.far = sender;
  sender.far = target;
  work.touch(sender);
  work.undo(() => {
    sender.far = undefined;
  });
  arrive(work, target, message, ordinaryUrgency);
  return undefined;
}

function refusal(
  work: BrokerWork,
  sender: Endpoint,
  state: BrokerState,
  service: Service,
): ConversationError | undefined {
  const { origin } = sender;
  if (![...service.contracts].some((contract) => contract.name === origin.contract.name)) {
    return conversationErrors.contractNotSupported(service.name, origin.contract.name);
  }
  const from = { database: sender.database, ownerId: origin.service.ownerId };
  const to = { database: state.database, service: service.name };
  if (work.instance.options.maySend?.(from, to) === false) return conversationErrors.noPermission(service.name);
  return undefined;
}

/** What the target's message type says about the body; the sender's own was checked by SEND. */
function validate(state: BrokerState, message: Message): ConversationError | undefined {
  const validation = (state.messageTypes.get(message.type.name) ?? message.type).validation;
  if (validation === 'NONE') return undefined;
  if (validation === 'EMPTY') {
    return message.body === null || message.body.length === 0 ? undefined : conversationErrors.bodyNotEmpty();
  }
  const reason = xmlProblem(message.body ?? new Uint8Array());
  if (reason === undefined) return undefined;
  const { conversationId, isInitiator } = message.endpoint.origin;
  return conversationErrors.validationFailed({
    type: message.type.name,
    reason,
    conversationId,
    isInitiator,
    sequence: message.sequence,
  });
}

function blockedQueue(work: BrokerWork, far: Endpoint): Stuck | undefined {
  if (!work.state(far).enabled) return { status: statusTexts.brokerDisabledInTarget };
  return disabledStatus(far.origin.service);
}

function disabledStatus(service: Service): Stuck | undefined {
  const { queue } = service;
  return queue.settings.enqueueEnabled ? undefined : { status: statusTexts.queueDisabled(queue.name) };
}

function arrive(
  work: BrokerWork,
  far: Endpoint,
  message: Message,
  urgency: typeof ordinaryUrgency | typeof errorUrgency,
): void {
  const { type, body, sequence } = message;
  enqueue(work, far, {
    type: work.state(far).messageTypes.get(type.name) ?? type,
    body,
    sequence,
    urgency,
  });
  const before = far.receiveSequence;
  far.receiveSequence = sequence + 1;
  work.touch(far);
  work.undo(() => {
    far.receiveSequence = before;
  });
}
