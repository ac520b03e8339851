import { ObjectLock } from '../engine/storage/object-lock.ts';
import type { Transaction } from '../engine/storage/transaction.ts';
import { type ConversationGroup, groupBefore } from './conversation.ts';
import { brokerErrors } from './errors.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { QueueMonitor } from './queue-monitor.ts';
import { QueueWaiters } from './queue-waiters.ts';

/** Internal activation of a queue. `procedure` and `executeAs` are the engine's words; the broker only keeps them. */
export interface ActivationSettings {
  readonly enabled: boolean;
  /** Name as `sys.service_queues.activation_procedure` shows it. */
  readonly procedure: string;
  /** 0 to 32767; 0 activates nothing. */
  readonly maxReaders: number;
  /** SELF, OWNER, or a user's name. */
  readonly executeAs: string;
}

/** The event notification of a queue for QUEUE_ACTIVATION; there is one at most. */
export interface QueueNotification {
  readonly name: string;
  /** Service to notify, compared byte by byte. */
  readonly service: string;
  /** A broker guid, or `current database`. */
  readonly brokerInstance: string;
}

export interface QueueSettings {
  readonly receiveEnabled: boolean;
  readonly enqueueEnabled: boolean;
  readonly retention: boolean;
  readonly poisonMessageHandling: boolean;
  readonly activation: ActivationSettings | undefined;
  readonly notification?: QueueNotification | undefined;
}

export const defaultQueueSettings: QueueSettings = {
  receiveEnabled: true,
  enqueueEnabled: true,
  retention: false,
  poisonMessageHandling: true,
  activation: undefined,
};

/** Consecutive rollbacks after which poison message handling disables a queue. */
export const poisonRollbacks = 5;

/** A queue: its settings, its groups that can be received from, and who waits for them. */
export class ServiceQueue {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  settings: QueueSettings;
  dropped = false;
  /** Unlocked groups with messages, best first. */
  readonly ready = new IndexedHeap<ConversationGroup>(groupBefore);
  /**
   * IX while a transaction has messages of it or for it, Sch-M while one changes the queue itself. SQL Server locks the
   * queue's internal table in these ways.
   */
  readonly lock = new ObjectLock(this);
  readonly waiters: QueueWaiters;
  readonly monitor: QueueMonitor;
  /** Next queuing_order. */
  nextOrder = 0;
  /** Messages that RECEIVE has not taken, locked or not. */
  messageCount = 0;
  /** Rollbacks in a row of transactions that received from it. */
  rollbacks = 0;

  constructor(objectId: number, schema: string, name: string, settings: QueueSettings) {
    this.objectId = objectId;
    this.schema = schema;
    this.name = name;
    this.settings = settings;
    this.waiters = new QueueWaiters(this);
    this.monitor = new QueueMonitor(this);
  }

  /** @throws {SqlError} 9617 when the queue is disabled */
  checkReceive(): void {
    if (!this.settings.receiveEnabled) throw brokerErrors.queueDisabled(this.name);
  }

  /** A group's messages or lock have changed: it enters, moves in or leaves the order of groups to receive. */
  refresh(group: ConversationGroup): void {
    if (group.lockedBy === undefined && group.ready.size > 0) this.ready.put(group);
    else this.ready.remove(group);
  }

  /** True when a RECEIVE in that transaction, of that group if given, would return messages. */
  hasMessagesFor(
    transaction: Transaction | undefined,
    ownGroups: Iterable<ConversationGroup>,
    only?: ConversationGroup,
  ): boolean {
    if (only !== undefined) {
      return only.ready.size > 0 && (only.lockedBy === undefined || only.lockedBy === transaction);
    }
    if (this.ready.size > 0) return true;
    for (const group of ownGroups) if (group.queue === this && group.ready.size > 0) return true;
    return false;
  }
}
