import type { ReadMode } from '../engine/storage/table-store.ts';
import { type Transaction, TransactionConflict } from '../engine/storage/transaction.ts';
import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import type { Message } from './message.ts';
import { QueueRow } from './receiving.ts';
import type { ServiceQueue } from './service-queue.ts';

/** Who reads a queue with SELECT, and how. */
export interface QueueReading {
  readonly transaction: Transaction | undefined;
  readonly read: ReadMode;
  /** Only the messages of this group, and only their locks. */
  readonly groupId?: string | undefined;
}

/**
 * SELECT * FROM a queue, in queuing order. With locks it waits for messages that others have received or sent and not
 * committed; with row versions what was received is there until that commits; a dirty read finds it gone.
 *
 * @throws {TransactionConflict}
 */
export function queueRows(state: BrokerState, queue: ServiceQueue, reading: QueueReading): QueueRow[] {
  const { transaction, read, groupId } = reading;
  queue.lock.check(transaction, read.kind === 'locking' ? 'IS' : 'Sch-S');
  const prefix = state.instance.messageIdPrefix;
  const rows: QueueRow[] = [];
  for (const work of state.instance.othersWork(transaction)) {
    if (read.kind === 'locking' && !read.skipLocked && touches(work, queue, groupId)) {
      throw new TransactionConflict(work.transaction, { type: 'KEY', mode: 'S', owner: queue });
    }
    if (read.kind !== 'versions' && read.kind !== 'snapshot') continue;
    for (const message of work.takenFrom(queue)) {
      if (message.place === 'gone' && isOf(message, groupId)) rows.push(new QueueRow(message, 1, prefix));
    }
  }
  for (const service of state.services.values()) {
    if (service.queue !== queue) continue;
    for (const { group, urgent, messages, retained } of service.endpoints) {
      if (groupId !== undefined && group.id !== groupId) continue;
      for (const message of urgent) rows.push(new QueueRow(message, 1, prefix));
      for (const message of messages) rows.push(new QueueRow(message, 1, prefix));
      for (const message of retained) rows.push(new QueueRow(message, message.place === 'sent' ? 3 : 0, prefix));
    }
  }
  return rows.sort((a, b) => a.queuingOrder - b.queuingOrder);
}

function isOf(message: Message, groupId: string | undefined): boolean {
  return groupId === undefined || message.endpoint.group.id === groupId;
}

/** Whether a transaction has uncommitted messages on the queue, received or sent. */
function touches(work: BrokerWork, queue: ServiceQueue, groupId: string | undefined): boolean {
  for (const message of work.takenFrom(queue)) if (isOf(message, groupId)) return true;
  return work.sentTo(queue).some((far) => groupId === undefined || far?.group.id === groupId);
}
