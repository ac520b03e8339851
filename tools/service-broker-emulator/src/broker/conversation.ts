import type { Transaction } from '../engine/storage/transaction.ts';
import type { Contract, Service } from './broker-objects.ts';
import { type HeapItem, IndexedHeap } from './indexed-heap.ts';
import { type Message, MessageList, ordinaryUrgency } from './message.ts';
import type { ServiceQueue } from './service-queue.ts';

/**
 * State of an endpoint as `sys.conversation_endpoints.state` has it.
 *
 * SO (begun, nothing sent) -> CO when its first message is committed; a target begins in CO. Own END: DO until the far
 * side has been told, then CD (target) or the row goes (initiator). Far END: DI, then own END closes. Error received
 * or raised by the broker: ER, then own END closes. A target's CD row stays 30 minutes.
 */
export type EndpointState = 'SO' | 'SI' | 'CO' | 'DI' | 'DO' | 'ER' | 'CD';

export const stateDescriptions: Record<EndpointState, string> = {
  SO: 'STARTED_OUTBOUND',
  SI: 'STARTED_INBOUND',
  CO: 'CONVERSING',
  DI: 'DISCONNECTED_INBOUND',
  DO: 'DISCONNECTED_OUTBOUND',
  ER: 'ERROR',
  CD: 'CLOSED',
};

export const defaultPriority = 5;

/** Facts of an endpoint that never change. */
export interface EndpointOrigin {
  readonly handle: string;
  readonly conversationId: string;
  readonly isInitiator: boolean;
  readonly service: Service;
  readonly contract: Contract;
  readonly farService: string;
  /** Broker guid that TO SERVICE named, or that of the other side once known. */
  readonly farBroker: string | undefined;
  /** Milliseconds since 1970, UTC; Infinity for the default LIFETIME. */
  readonly expiresAt: number;
  readonly priority: number;
}

/** One side of a dialog. */
export class Endpoint implements HeapItem {
  readonly origin: EndpointOrigin;
  /** Name of the database it lives in. */
  readonly database: string;
  group: ConversationGroup;
  state: EndpointState;
  /** Number of the next message to send. */
  sendSequence = 0;
  /** Number of the next message expected. */
  receiveSequence = 0;
  /** The other side, once it is known. */
  far: Endpoint | undefined;
  timerAt: number | undefined;
  closedAt: number | undefined;
  removed = false;
  /** Transaction that began it and has not committed: nobody else sees it. */
  createdBy: Transaction | undefined;
  /** Transaction that changed its state and has not ended: what arrives meanwhile waits in transmission. */
  stateOwner: Transaction | undefined;
  /** Transaction that has written its row and has not ended. */
  writtenBy: Transaction | undefined;
  /** DialogTimer and Error messages, in the order in which they are received. */
  urgent: Message[] = [];
  messages = new MessageList();
  /** Copies that RETENTION keeps: received (status 0) and sent (status 3) messages. */
  retained: Message[] = [];
  /** Messages that could not be delivered yet, in order. */
  outbox: Message[] = [];
  /** Place in {@link ConversationGroup.ready}. */
  heapIndex = -1;

  constructor(origin: EndpointOrigin, database: string, group: ConversationGroup, state: EndpointState) {
    this.origin = origin;
    this.database = database;
    this.group = group;
    this.state = state;
  }

  /** Number of messages that RECEIVE would return. */
  get readyCount(): number {
    return this.urgent.length + this.messages.size;
  }

  /** Lowest queuing_order of its messages that wait. */
  get firstOrder(): number {
    const ordinary = this.messages.first?.order ?? Number.POSITIVE_INFINITY;
    const urgent = this.urgent[0]?.order ?? Number.POSITIVE_INFINITY;
    return Math.min(ordinary, urgent);
  }

  add(message: Message): void {
    if (message.urgency === ordinaryUrgency) this.messages.push(message);
    else {
      const at = this.urgent.findIndex((other) => other.urgency > message.urgency);
      this.urgent.splice(at < 0 ? this.urgent.length : at, 0, message);
    }
  }

  /** Takes back the latest {@link add}. */
  unadd(message: Message): void {
    if (message.urgency === ordinaryUrgency) this.messages.pop();
    else this.urgent.splice(this.urgent.indexOf(message), 1);
  }

  take(): Message | undefined {
    return this.urgent.shift() ?? this.messages.shift();
  }

  /** Takes back {@link take}, in reverse order. */
  putBack(message: Message): void {
    if (message.urgency === ordinaryUrgency) this.messages.unshift(message);
    else {
      const at = this.urgent.findIndex((other) => other.urgency >= message.urgency);
      this.urgent.splice(at < 0 ? this.urgent.length : at, 0, message);
    }
  }
}

/** Conversations of one side that are received and locked together. */
export class ConversationGroup implements HeapItem {
  readonly id: string;
  service: Service;
  readonly endpoints = new Set<Endpoint>();
  lockedBy: Transaction | undefined;
  /** Its endpoints that have messages; the first is the one to receive from. */
  readonly ready = new IndexedHeap<Endpoint>(
    (a, b) =>
      a.origin.priority > b.origin.priority || (a.origin.priority === b.origin.priority && a.firstOrder < b.firstOrder),
  );
  /** Place among the unlocked groups of its queue that have messages. */
  heapIndex = -1;

  constructor(id: string, service: Service) {
    this.id = id;
    this.service = service;
  }

  get queue(): ServiceQueue {
    return this.service.queue;
  }

  /** The messages of an endpoint have changed: brings the orders of group and queue up to date. */
  refresh(endpoint: Endpoint): void {
    if (endpoint.readyCount > 0 && endpoint.group === this) this.ready.put(endpoint);
    else this.ready.remove(endpoint);
    this.queue.refresh(this);
  }
}

/** True when `a` is to be received before `b`; both have messages. */
export function groupBefore(a: ConversationGroup, b: ConversationGroup): boolean {
  const first = a.ready.peek();
  const second = b.ready.peek();
  if (first === undefined || second === undefined) return first !== undefined;
  const difference = first.origin.priority - second.origin.priority;
  return difference > 0 || (difference === 0 && first.firstOrder < second.firstOrder);
}
