import { errorType, firstUserId, type MessageType, type Service } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import { ConversationGroup, Endpoint, type EndpointOrigin, type EndpointState } from './conversation.ts';
import type { ConversationError } from './errors.ts';
import { errorUrgency, Message, MessageList, type Urgency } from './message.ts';
import { errorBody } from './system-messages.ts';

/*
 * The elementary changes of conversations. Each is made at once, has its undo step, and marks what it touched for the
 * durable store.
 */

/** True for the side of a dialog that the broker itself began: nobody receives there, nobody ends it. */
export function isNotifier(endpoint: Endpoint): boolean {
  return endpoint.origin.service.id < firstUserId;
}

/** The group of that id on a service's side, made when there is none. */
export function groupFor(state: BrokerState, work: BrokerWork, id: string, service: Service): ConversationGroup {
  const known = state.groups.get(id);
  if (known !== undefined) return known;
  const group = new ConversationGroup(id, service);
  state.groups.set(id, group);
  work.undo(() => state.groups.delete(id));
  return group;
}

export function addEndpoint(
  work: BrokerWork,
  state: BrokerState,
  origin: EndpointOrigin,
  group: ConversationGroup,
  initial: EndpointState,
): Endpoint {
  const endpoint = new Endpoint(origin, state.database, group, initial);
  endpoint.createdBy = work.transaction;
  state.endpoints.set(origin.handle, endpoint);
  origin.service.endpoints.add(endpoint);
  group.endpoints.add(endpoint);
  work.touch(endpoint);
  work.undo(() => {
    endpoint.removed = true;
    state.endpoints.delete(origin.handle);
    origin.service.endpoints.delete(endpoint);
    group.endpoints.delete(endpoint);
  });
  return endpoint;
}

export function setState(work: BrokerWork, endpoint: Endpoint, next: EndpointState): void {
  const { state, stateOwner, closedAt } = endpoint;
  endpoint.state = next;
  endpoint.stateOwner = work.transaction;
  if (next === 'CD') endpoint.closedAt = work.instance.clock.now();
  work.touch(endpoint);
  work.undo(() => {
    endpoint.state = state;
    endpoint.stateOwner = stateOwner;
    endpoint.closedAt = closedAt;
  });
}

export function setTimerAt(work: BrokerWork, endpoint: Endpoint, at: number | undefined): void {
  const before = endpoint.timerAt;
  endpoint.timerAt = at;
  work.touch(endpoint);
  work.undo(() => {
    endpoint.timerAt = before;
  });
}

export interface Arrival {
  readonly type: MessageType;
  readonly body: Uint8Array | null;
  readonly sequence: number;
  readonly urgency: Urgency;
}

/** Puts a message on the queue of an endpoint. It is seen once the transaction has committed. */
export function enqueue(work: BrokerWork, endpoint: Endpoint, arrival: Arrival): void {
  const { queue } = endpoint.group;
  const message = new Message(
    work.instance.nextMessageNumber(),
    endpoint,
    arrival.type,
    arrival.body,
    arrival.sequence,
    queue.nextOrder,
    work.instance.clock.now(),
    arrival.urgency,
    'queue',
  );
  queue.nextOrder += 1;
  queue.messageCount += 1;
  endpoint.add(message);
  endpoint.group.refresh(endpoint);
  work.touchMessage(message);
  work.arrived(endpoint.group);
  work.undo(() => {
    message.place = 'gone';
    endpoint.unadd(message);
    queue.messageCount -= 1;
    endpoint.group.refresh(endpoint);
  });
}

/** Takes everything of an endpoint off its queue, what RETENTION keeps too. */
export function dropQueued(work: BrokerWork, endpoint: Endpoint): void {
  const { queue } = endpoint.group;
  const { urgent, messages, retained } = endpoint;
  const waiting = endpoint.readyCount;
  if (waiting === 0 && retained.length === 0) return;
  const all = [...urgent, ...messages, ...retained];
  const places = all.map((message) => message.place);
  for (const message of all) {
    message.place = 'gone';
    work.touchMessage(message);
  }
  endpoint.urgent = [];
  endpoint.messages = new MessageList();
  endpoint.retained = [];
  queue.messageCount -= waiting;
  endpoint.group.refresh(endpoint);
  work.took(queue, all);
  work.undo(() => {
    all.forEach((message, index) => {
      message.place = places[index] ?? 'gone';
    });
    endpoint.urgent = urgent;
    endpoint.messages = messages;
    endpoint.retained = retained;
    queue.messageCount += waiting;
    endpoint.group.refresh(endpoint);
  });
}

/** Removes an endpoint and what it holds; its group goes with the last one. */
export function removeEndpoint(work: BrokerWork, endpoint: Endpoint): void {
  dropQueued(work, endpoint);
  dropOutbox(work, endpoint);
  const state = work.state(endpoint);
  const { group, origin, stateOwner } = endpoint;
  endpoint.removed = true;
  endpoint.stateOwner = work.transaction;
  state.endpoints.delete(origin.handle);
  origin.service.endpoints.delete(endpoint);
  group.endpoints.delete(endpoint);
  const last = group.endpoints.size === 0;
  if (last) state.groups.delete(group.id);
  work.touch(endpoint);
  work.undo(() => {
    endpoint.removed = false;
    endpoint.stateOwner = stateOwner;
    state.endpoints.set(origin.handle, endpoint);
    origin.service.endpoints.add(endpoint);
    group.endpoints.add(endpoint);
    if (last) state.groups.set(group.id, group);
  });
}

/** An ended endpoint whose far side knows: a target's row stays for a while, an initiator's goes. */
export function close(work: BrokerWork, endpoint: Endpoint): void {
  if (endpoint.removed) return;
  if (endpoint.origin.isInitiator) {
    removeEndpoint(work, endpoint);
    return;
  }
  if (endpoint.state !== 'CD') setState(work, endpoint, 'CD');
}

/** Takes what an endpoint wanted to send but could not deliver away. */
export function dropOutbox(work: BrokerWork, endpoint: Endpoint): void {
  const state = work.state(endpoint);
  const { outbox } = endpoint;
  if (outbox.length === 0) return;
  endpoint.outbox = [];
  state.stuck.delete(endpoint);
  for (const message of outbox) {
    message.place = 'gone';
    work.touchMessage(message);
  }
  work.undo(() => {
    endpoint.outbox = outbox;
    state.stuck.add(endpoint);
    for (const message of outbox) message.place = 'transmission';
  });
}

/** The conversation has failed for this side: an Error on its own queue, or its end when it has ended already. */
export function fail(work: BrokerWork, endpoint: Endpoint, error: ConversationError): void {
  if (endpoint.removed || endpoint.state === 'CD' || endpoint.state === 'ER') return;
  dropOutbox(work, endpoint);
  if (isNotifier(endpoint)) {
    removeEndpoint(work, endpoint);
    return;
  }
  if (endpoint.state === 'DO') {
    close(work, endpoint);
    return;
  }
  setState(work, endpoint, 'ER');
  enqueue(work, endpoint, {
    type: work.state(endpoint).requireMessageType(errorType),
    body: errorBody(error),
    sequence: endpoint.receiveSequence,
    urgency: errorUrgency,
  });
}
