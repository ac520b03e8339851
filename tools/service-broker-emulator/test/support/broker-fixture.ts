import { BrokerInstance, type BrokerInstanceOptions } from '../../src/broker/broker-instance.ts';
import type { BrokerClock } from '../../src/broker/deadlines.ts';
import type { QueueRow, ReceiveOptions } from '../../src/broker/receiving.ts';
import { loadConversations, ServiceBroker } from '../../src/broker/service-broker.ts';
import type { ServiceQueue } from '../../src/broker/service-queue.ts';
import { DatabaseStore } from '../../src/engine/storage/database-store.ts';
import type { Transaction } from '../../src/engine/storage/transaction.ts';
import { TransactionManager } from '../../src/engine/storage/transaction-manager.ts';

/** A clock that stands still until a test moves it. */
class ManualClock implements BrokerClock {
  #now = Date.UTC(2030, 0, 1);
  readonly #scheduled = new Set<{ readonly at: number; readonly work: () => void }>();

  readonly now = (): number => this.#now;

  readonly schedule = (at: number, work: () => void): (() => void) => {
    const entry = { at, work };
    this.#scheduled.add(entry);
    return () => this.#scheduled.delete(entry);
  };

  /** Moves the time on and runs what became due, in order. */
  advance(seconds: number): void {
    const end = this.#now + seconds * 1000;
    for (;;) {
      const [next] = [...this.#scheduled].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#scheduled.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
    this.#now = end;
  }
}

/** Object ids of the queues of {@link brokerWorld}. */
const initiatorQueueId = 101;
export const targetQueueId = 102;

export interface WorldOptions {
  readonly location?: string;
  readonly onActivation?: NonNullable<BrokerInstanceOptions['onActivation']>;
  readonly maySend?: NonNullable<BrokerInstanceOptions['maySend']>;
}

/**
 * The names of the conformance cases: types T (NONE), X (WELL_FORMED_XML), E (EMPTY), R (reply); contract C with T, X
 * and E SENT BY INITIATOR and R SENT BY TARGET; services I on queue QI, S on queue QS (C). A file location that holds a
 * broker already is opened as it is.
 */
export function brokerWorld(options: WorldOptions = {}) {
  const location = options.location ?? ':memory:';
  const store = new DatabaseStore({ location });
  const clock = new ManualClock();
  const transactions = new TransactionManager(store);
  const backgroundErrors: unknown[] = [];
  const instance = new BrokerInstance({
    store,
    transactions,
    persistent: location !== ':memory:',
    clock,
    onBackgroundError: (error) => backgroundErrors.push(error),
    ...(options.onActivation === undefined ? {} : { onActivation: options.onActivation }),
    ...(options.maySend === undefined ? {} : { maySend: options.maySend }),
  });
  let session = 50;
  const begin = (): Transaction => {
    session += 1;
    return transactions.beginTransaction(session);
  };
  /** Runs work in a transaction of its own, as autocommit does. */
  const auto = <T>(work: (transaction: Transaction) => T): T => {
    const transaction = begin();
    try {
      const result = work(transaction);
      transaction.commit(store);
      return result;
    } catch (error) {
      if (transaction.outcome === undefined) transaction.rollback();
      throw error;
    }
  };
  const broker =
    ServiceBroker.open(instance, 'Test') ??
    auto((transaction) => {
      const created = ServiceBroker.create(transaction, instance, 'Test');
      created.createMessageType(transaction, { name: 'T' });
      created.createMessageType(transaction, { name: 'X', validation: 'WELL_FORMED_XML' });
      created.createMessageType(transaction, { name: 'E', validation: 'EMPTY' });
      created.createMessageType(transaction, { name: 'R' });
      created.createContract(transaction, {
        name: 'C',
        messages: [
          { messageType: 'T', sentBy: 'INITIATOR' },
          { messageType: 'X', sentBy: 'INITIATOR' },
          { messageType: 'E', sentBy: 'INITIATOR' },
          { messageType: 'R', sentBy: 'TARGET' },
        ],
      });
      created.createQueue(transaction, { objectId: initiatorQueueId, schema: 'dbo', name: 'QI' });
      created.createQueue(transaction, { objectId: targetQueueId, schema: 'dbo', name: 'QS' });
      created.createService(transaction, { name: 'I', queueId: initiatorQueueId, contracts: [] });
      created.createService(transaction, { name: 'S', queueId: targetQueueId, contracts: ['C', 'DEFAULT'] });
      return created;
    });
  loadConversations(instance);
  const queue = (objectId: number): ServiceQueue => {
    const found = broker.queue(objectId);
    if (found === undefined) throw new Error(`no queue ${objectId}`);
    return found;
  };
  return {
    store,
    clock,
    instance,
    broker,
    transactions,
    begin,
    auto,
    backgroundErrors,
    qi: queue(initiatorQueueId),
    qs: queue(targetQueueId),
    /** BEGIN DIALOG from I to S on C. */
    dialog: (overrides: Partial<Parameters<ServiceBroker['beginDialog']>[1]> = {}): string =>
      auto((transaction) =>
        broker.beginDialog(transaction, { fromService: 'I', toService: 'S', contract: 'C', ...overrides }),
      ),
    /** SEND of text as UTF-8. */
    send: (handle: string, text: string | null = 'text', type = 'T'): void =>
      auto((transaction) => broker.send(transaction, [handle], type, text === null ? null : Buffer.from(text))),
    receive: (from: ServiceQueue, options?: ReceiveOptions): QueueRow[] =>
      auto((transaction) => broker.receive(transaction, from, options)),
    end: (handle: string, error?: { code: number | null; description: string | null }): void =>
      auto((transaction) => broker.endConversation(transaction, handle, error)),
    [Symbol.dispose]: (): void => {
      instance[Symbol.dispose]();
      store[Symbol.dispose]();
    },
  };
}

/** Message type and body text of rows, short enough to compare: `T:one`. */
export function brief(rows: readonly QueueRow[]): string[] {
  return rows.map(({ messageTypeName, body }) => {
    const type = messageTypeName.slice(messageTypeName.lastIndexOf('/') + 1);
    return body === null ? type : `${type}:${Buffer.from(body).toString()}`;
  });
}

/** Text of an Error message's body. */
export function errorText(row: QueueRow | undefined): string {
  return Buffer.from(row?.body ?? []).toString('utf16le');
}
