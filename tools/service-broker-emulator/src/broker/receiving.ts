import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import { type ConversationGroup, type Endpoint, groupBefore } from './conversation.ts';
import { brokerErrors } from './errors.ts';
import { numberedGuid } from './guid.ts';
import type { Message } from './message.ts';
import type { ServiceQueue } from './service-queue.ts';

/** Which messages a RECEIVE is for: of one conversation, of one group, or of the best group. */
export interface ReceiveOptions {
  /** TOP (n); absent = all of the group. */
  readonly top?: number | undefined;
  readonly conversationHandle?: string | undefined;
  readonly groupId?: string | undefined;
}

/** A row of a queue: the columns of SELECT * and RECEIVE *, in their order. */
export class QueueRow {
  /** 0 received, 1 ready, 3 retained sent message; RECEIVE gives 0. */
  readonly status: number;
  readonly priority: number;
  readonly queuingOrder: number;
  readonly conversationGroupId: string;
  readonly conversationHandle: string;
  readonly messageSequenceNumber: number;
  readonly serviceName: string;
  readonly serviceId: number;
  readonly contractName: string;
  readonly contractId: number;
  readonly messageTypeName: string;
  readonly messageTypeId: number;
  /** E, N or X. */
  readonly validation: 'E' | 'N' | 'X';
  readonly body: Uint8Array | null;
  /** Milliseconds since 1970, UTC. */
  readonly enqueuedAt: number;
  readonly #prefix: string;
  readonly #number: number;

  constructor(message: Message, status: number, prefix: string) {
    const { endpoint, type } = message;
    const { origin } = endpoint;
    this.status = status;
    this.priority = origin.priority;
    this.queuingOrder = message.order;
    this.conversationGroupId = endpoint.group.id;
    this.conversationHandle = origin.handle;
    this.messageSequenceNumber = message.sequence;
    this.serviceName = origin.service.name;
    this.serviceId = origin.service.id;
    this.contractName = origin.contract.name;
    this.contractId = origin.contract.id;
    this.messageTypeName = type.name;
    this.messageTypeId = type.id;
    this.validation = type.validation === 'EMPTY' ? 'E' : type.validation === 'NONE' ? 'N' : 'X';
    this.body = message.body;
    this.enqueuedAt = message.enqueuedAt;
    this.#prefix = prefix;
    this.#number = message.number;
  }

  get messageId(): string {
    return numberedGuid(this.#prefix, this.#number);
  }
}

/**
 * RECEIVE: messages of one conversation group, which gets locked. Empty when there is none.
 *
 * @throws {SqlError} 9617 queue disabled, 8426 or 8436 handle or group not on this queue
 * @throws {TransactionConflict} the handle's or the group's lock is another transaction's
 */
export function receive(
  work: BrokerWork,
  state: BrokerState,
  queue: ServiceQueue,
  options: ReceiveOptions,
): QueueRow[] {
  const wasHeld = queue.lock.acquire(work.transaction, 'IX');
  queue.checkReceive();
  const rows: QueueRow[] = [];
  const limit = options.top ?? Number.POSITIVE_INFINITY;
  const only = namedEndpoint(state, queue, options.conversationHandle);
  const group = only?.group ?? namedGroup(state, queue, options.groupId) ?? bestGroup(work, queue);
  if (group !== undefined && limit > 0) {
    work.lock(group);
    while (rows.length < limit) {
      const endpoint = only ?? group.ready.peek();
      if (endpoint === undefined || endpoint.readyCount === 0) break;
      take(work, endpoint, limit - rows.length, rows);
    }
  }
  if (rows.length > 0) work.received(queue);
  else if (!wasHeld && group === undefined) queue.lock.release(work.transaction);
  queue.monitor.receiveRan(rows.length > 0);
  return rows;
}

/** GET CONVERSATION GROUP: locks the best group that nobody has locked; `undefined` when there is none. */
export function lockNextGroup(work: BrokerWork, queue: ServiceQueue): string | undefined {
  const wasHeld = queue.lock.acquire(work.transaction, 'IX');
  queue.checkReceive();
  const group = queue.ready.peek();
  if (group !== undefined) work.lock(group);
  else if (!wasHeld) queue.lock.release(work.transaction);
  queue.monitor.receiveRan(group !== undefined);
  return group?.id;
}

/** The group that a wait with these options is for; `undefined` for any. */
export function namedGroupOf(
  state: BrokerState,
  queue: ServiceQueue,
  options: ReceiveOptions,
): ConversationGroup | undefined {
  return namedEndpoint(state, queue, options.conversationHandle)?.group ?? namedGroup(state, queue, options.groupId);
}

function namedEndpoint(state: BrokerState, queue: ServiceQueue, handle: string | undefined): Endpoint | undefined {
  if (handle === undefined) return undefined;
  const endpoint = state.endpoints.get(handle);
  if (endpoint === undefined || endpoint.group.queue !== queue) throw brokerErrors.handleNotFound(handle);
  return endpoint;
}

function namedGroup(state: BrokerState, queue: ServiceQueue, id: string | undefined): ConversationGroup | undefined {
  if (id === undefined) return undefined;
  const group = state.groups.get(id);
  if (group === undefined || group.queue !== queue) throw brokerErrors.groupNotFound(id);
  return group;
}

/** The best of the groups nobody has locked and of those this transaction has. */
function bestGroup(work: BrokerWork, queue: ServiceQueue): ConversationGroup | undefined {
  let best = queue.ready.peek();
  for (const group of work.lockedGroups) {
    if (group.queue !== queue || group.ready.size === 0) continue;
    if (best === undefined || groupBefore(group, best)) best = group;
  }
  return best;
}

function take(work: BrokerWork, endpoint: Endpoint, limit: number, rows: QueueRow[]): void {
  const { queue } = endpoint.group;
  const taken: Message[] = [];
  const retains = queue.settings.retention;
  const prefix = work.instance.messageIdPrefix;
  while (taken.length < limit) {
    const message = endpoint.take();
    if (message === undefined) break;
    taken.push(message);
    rows.push(new QueueRow(message, 0, prefix));
    message.place = retains ? 'received' : 'gone';
    work.touchMessage(message);
  }
  if (retains) endpoint.retained.push(...taken);
  work.took(queue, taken);
  queue.messageCount -= taken.length;
  endpoint.group.refresh(endpoint);
  work.undo(() => {
    if (retains) endpoint.retained.length -= taken.length;
    for (const message of taken.reverse()) {
      message.place = 'queue';
      endpoint.putBack(message);
    }
    queue.messageCount += taken.length;
    endpoint.group.refresh(endpoint);
  });
}
