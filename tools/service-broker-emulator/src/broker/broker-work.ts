import type { DatabaseSync } from 'node:sqlite';
import type { Transaction, TransactionOutcome, TransactionParticipant } from '../engine/storage/transaction.ts';
import { TransactionConflict } from '../engine/storage/transaction.ts';
import type { BrokerInstance } from './broker-instance.ts';
import type { BrokerState } from './broker-state.ts';
import type { ConversationGroup, Endpoint } from './conversation.ts';
import { deliver, retryStuck } from './delivery.ts';
import { nextDeadline } from './endpoint-deadlines.ts';
import type { Message } from './message.ts';
import { poisonRollbacks, type ServiceQueue } from './service-queue.ts';

/** What a transaction does to others when it commits: a message on its way, or anything else. */
export type Outgoing = Message | ((work: BrokerWork) => void);

/**
 * The broker's part of one transaction. Changes are made in memory at once, each with its undo step, under the lock of
 * the conversation group; what is sent is buffered and delivered inside the commit, so that nobody sees it before; what
 * was touched is written to the durable store in the same write. Locks go when the transaction ends, then those who
 * wait are woken.
 */
export class BrokerWork implements TransactionParticipant {
  readonly instance: BrokerInstance;
  readonly transaction: Transaction;
  outgoing: Outgoing[] = [];
  readonly lockedGroups = new Set<ConversationGroup>();
  /** Whose target {@link sends} has locked last, so that the next message of the same dialog need not look for it. */
  lastSender: Endpoint | undefined;
  /** Ended WITH CLEANUP in this transaction: what they had sent before is still delivered, as far as it can be at once. */
  readonly cleanedUp = new Set<Endpoint>();
  /** The end of this transaction may let messages through that are stuck in transmission. */
  retry = false;
  readonly #endpoints = new Set<Endpoint>();
  readonly #messages = new Set<Message>();
  /** Groups that got messages, to be made known at the end. */
  readonly #arrivals = new Set<ConversationGroup>();
  readonly #queues = new Set<ServiceQueue>();
  /** Messages that it has taken off queues. */
  readonly #taken = new Map<ServiceQueue, (readonly Message[])[]>();
  /** Far sides that it has sent to, by their queue; undefined for one that the first message is to make. */
  readonly #sentTo = new Map<ServiceQueue, (Endpoint | undefined)[]>();
  /** Number of receives per queue that no savepoint has taken back. */
  readonly #received = new Map<ServiceQueue, number>();

  constructor(instance: BrokerInstance, transaction: Transaction) {
    this.instance = instance;
    this.transaction = transaction;
  }

  /** Records the step that takes the change just made back. */
  undo(step: () => void): void {
    this.transaction.record(step);
  }

  state(endpoint: Endpoint): BrokerState {
    return this.instance.state(endpoint.database);
  }

  /** @throws {TransactionConflict} when another transaction holds the group */
  lock(group: ConversationGroup): void {
    if (group.lockedBy === this.transaction) return;
    if (group.lockedBy !== undefined) {
      throw new TransactionConflict(group.lockedBy, { type: 'KEY', mode: 'X', owner: group.queue });
    }
    group.lockedBy = this.transaction;
    this.lockedGroups.add(group);
    group.queue.refresh(group);
  }

  /** The endpoint's row is to be written, or deleted when it is removed, at commit. */
  touch(endpoint: Endpoint): void {
    this.#endpoints.add(endpoint);
    endpoint.writtenBy = this.transaction;
  }

  /** Messages have been taken off the queue: with locks, readers of the queue wait for them. */
  took(queue: ServiceQueue, messages: readonly Message[]): void {
    const known = this.#taken.get(queue);
    if (known === undefined) this.#taken.set(queue, [messages]);
    else known.push(messages);
    this.undo(() => this.#taken.get(queue)?.pop());
  }

  *takenFrom(queue: ServiceQueue): Generator<Message> {
    for (const messages of this.#taken.get(queue) ?? []) yield* messages;
  }

  /** A message is on its way to the queue: it is locked as one that changes it. @throws {TransactionConflict} */
  sends(sender: Endpoint, queue: ServiceQueue, far: Endpoint | undefined): void {
    queue.lock.acquire(this.transaction, 'IX');
    this.lastSender = sender;
    const known = this.#sentTo.get(queue) ?? [];
    this.#sentTo.set(queue, known);
    if (known.includes(far)) return;
    known.push(far);
    this.undo(() => {
      known.splice(known.indexOf(far), 1);
      this.lastSender = undefined;
    });
  }

  /** Far sides on the queue that it has sent to. */
  sentTo(queue: ServiceQueue): readonly (Endpoint | undefined)[] {
    return this.#sentTo.get(queue) ?? [];
  }

  /** The message's row is to be written, or deleted when it is gone, at commit. */
  touchMessage(message: Message): void {
    if (this.instance.conversations !== undefined) this.#messages.add(message);
  }

  arrived(group: ConversationGroup): void {
    this.#arrivals.add(group);
  }

  /** Settings of the queue have changed: its monitor and its waiters are notified at the end. */
  queueChanged(queue: ServiceQueue): void {
    this.#queues.add(queue);
  }

  /** Messages were received: the outcome counts for poison message handling. */
  received(queue: ServiceQueue): void {
    this.#received.set(queue, (this.#received.get(queue) ?? 0) + 1);
    this.undo(() => {
      // A rollback to a savepoint gives the messages back without counting; the end of the transaction counts.
      if (!this.transaction.rollingBack) this.#received.set(queue, (this.#received.get(queue) ?? 1) - 1);
    });
  }

  send(outgoing: Outgoing): void {
    const before = this.outgoing;
    before.push(outgoing);
    this.undo(() => {
      this.outgoing = before;
      before.pop();
    });
  }

  persist(database: DatabaseSync): void {
    // Delivery may send more (an Error in answer to a message): until nothing is left.
    while (this.outgoing.length > 0) {
      const batch = this.outgoing;
      this.outgoing = [];
      this.undo(() => {
        this.outgoing = batch;
      });
      for (const item of batch) deliver(this, item);
    }
    this.instance.conversations?.write(database, this.#endpoints, this.#messages);
  }

  ended(outcome: TransactionOutcome): void {
    for (const endpoint of this.#endpoints) {
      if (endpoint.createdBy === this.transaction) endpoint.createdBy = undefined;
      if (endpoint.stateOwner === this.transaction) endpoint.stateOwner = undefined;
      if (endpoint.writtenBy === this.transaction) endpoint.writtenBy = undefined;
      this.instance.deadlines.set(endpoint, nextDeadline(endpoint));
    }
    const poisoned = this.#countRollbacks(outcome);
    const available = new Set<ServiceQueue>();
    for (const group of this.lockedGroups) {
      group.lockedBy = undefined;
      group.queue.refresh(group);
      this.#arrivals.add(group);
    }
    for (const group of this.#arrivals) {
      if (group.ready.size === 0) continue;
      available.add(group.queue);
      group.queue.waiters.wake(group);
    }
    for (const queue of this.#queues) this.#tellQueue(queue);
    for (const queue of available) queue.monitor.messagesAvailable();
    // After the locks of this transaction, which its other listeners give back, have gone.
    if (poisoned.length > 0) {
      this.transaction.onEnd(() => {
        for (const queue of poisoned) this.instance.rollbackHandlers.start(queue);
      });
    }
    if (this.retry) retryStuck(this.instance);
  }

  #countRollbacks(outcome: TransactionOutcome): ServiceQueue[] {
    const poisoned: ServiceQueue[] = [];
    for (const [queue, count] of this.#received) {
      if (count === 0) continue;
      queue.rollbacks = outcome === 'committed' ? 0 : queue.rollbacks + 1;
      if (queue.rollbacks >= poisonRollbacks && queue.settings.receiveEnabled) poisoned.push(queue);
    }
    return poisoned;
  }

  #tellQueue(queue: ServiceQueue): void {
    if (queue.dropped) queue.waiters.dropped();
    else if (!queue.settings.receiveEnabled) queue.waiters.disabled();
    this.instance.watch(queue);
    for (const group of queue.ready.values()) queue.waiters.wake(group);
    queue.monitor.altered();
  }
}
