import type { DatabaseStore } from '../engine/storage/database-store.ts';
import { DurableCounter } from '../engine/storage/durable-counter.ts';
import { ObjectStore } from '../engine/storage/object-store.ts';
import type { Transaction } from '../engine/storage/transaction.ts';
import type { TransactionManager } from '../engine/storage/transaction-manager.ts';
import type { BrokerState } from './broker-state.ts';
import { BrokerWork } from './broker-work.ts';
import type { Endpoint } from './conversation.ts';
import { ConversationStore } from './conversation-store.ts';
import { type BrokerClock, Deadlines, systemClock } from './deadlines.ts';
import { retryStuck } from './delivery.ts';
import { endpointDue } from './endpoint-deadlines.ts';
import { newGuid } from './guid.ts';
import { readerIntervalMs } from './queue-monitor.ts';
import { RollbackHandlers } from './rollback-handlers.ts';
import type { ServiceQueue } from './service-queue.ts';

export interface BrokerInstanceOptions {
  readonly store: DatabaseStore;
  readonly transactions: TransactionManager;
  /** True when conversations and messages are to survive the process: the store is a file. */
  readonly persistent: boolean;
  readonly clock?: BrokerClock;
  /**
   * Starts one reader of a queue: runs its activation procedure in a background session and calls
   * `queue.monitor.readerEnded()` when that is over, however it ended. Called after a commit; must return at once.
   */
  readonly onActivation?: (database: string, queue: ServiceQueue) => void;
  /** @@SERVERNAME, for event notifications. @default '' */
  readonly serverName?: string;
  /** Whether the owner of the initiating service may send to the target service. @default everybody may */
  readonly maySend?: (
    from: { database: string; ownerId: number },
    to: { database: string; service: string },
  ) => boolean;
  /** Why the owner of a service can't be impersonated, which delivery does; absent = it can. @default everybody can */
  readonly ownerProblem?: (owner: { database: string; ownerId: number }) => string | undefined;
  /** What timers and retries could not do (a full disk, for example); they are tried again later. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** Session id of transactions that the broker begins by itself. */
const brokerSession = 9;

/** Message numbers reserved per write; see {@link DurableCounter}. */
const numbersReserved = 1_000_000n;

/** What the brokers of all databases of a server share: delivery between them, time, message numbers, the store. */
export class BrokerInstance implements Disposable {
  readonly options: BrokerInstanceOptions;
  readonly clock: BrokerClock;
  readonly objects: ObjectStore;
  readonly conversations: ConversationStore | undefined;
  /** By database name. */
  readonly states = new Map<string, BrokerState>();
  readonly deadlines: Deadlines<Endpoint>;
  readonly rollbackHandlers = new RollbackHandlers(this);
  readonly #monitorChecks: Deadlines<ServiceQueue>;
  readonly #numbers: DurableCounter;
  /** First 19 characters of every message_id of this store. */
  readonly messageIdPrefix: string;
  #lastNumber: number;

  constructor(options: BrokerInstanceOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.objects = new ObjectStore(options.store);
    this.conversations = options.persistent ? new ConversationStore(options.store) : undefined;
    this.deadlines = new Deadlines(this.clock, (endpoint) => this.background((work) => endpointDue(work, endpoint)));
    this.#monitorChecks = new Deadlines(this.clock, (queue) => {
      queue.monitor.check();
      this.watch(queue);
    });
    this.#numbers = new DurableCounter(options.store, 'broker:message');
    this.#lastNumber = Number(this.#numbers.current ?? 0n);
    const prefix = options.store.getMeta('broker:message-id') ?? newGuid().slice(0, 19);
    if (options.store.getMeta('broker:message-id') === undefined) options.store.setMeta('broker:message-id', prefix);
    this.messageIdPrefix = prefix;
  }

  state(database: string): BrokerState {
    const state = this.states.get(database);
    if (state === undefined) throw new Error(`database ${database} has no broker`);
    return state;
  }

  nextMessageNumber(): number {
    this.#lastNumber += 1;
    const value = BigInt(this.#lastNumber);
    this.#numbers.advance(value, value + numbersReserved, true);
    return this.#lastNumber;
  }

  /** The broker's part of a transaction. */
  work(transaction: Transaction): BrokerWork {
    return transaction.enlist(this, () => new BrokerWork(this, transaction));
  }

  /** The broker's part of a transaction that has used it already. */
  workOf(transaction: Transaction | undefined): BrokerWork | undefined {
    return transaction?.participant<BrokerWork>(this);
  }

  /** The broker's parts of all other transactions that are open. */
  *othersWork(transaction: Transaction | undefined): Generator<BrokerWork> {
    for (const other of this.options.transactions.open()) {
      const work = other === transaction ? undefined : this.workOf(other);
      if (work !== undefined) yield work;
    }
  }

  /** Runs work of the broker's own in a transaction of its own, now. */
  background(run: (work: BrokerWork) => void): void {
    const transaction = this.options.transactions.beginTransaction(brokerSession);
    try {
      run(this.work(transaction));
      transaction.commit(this.options.store);
    } catch (error) {
      if (transaction.outcome === undefined) transaction.rollback();
      this.options.onBackgroundError(error);
    }
  }

  /** Looks after a queue with activation every few seconds, for as long as activation is on. */
  watch(queue: ServiceQueue): void {
    this.#monitorChecks.set(
      queue,
      queue.monitor.active ? this.clock.now() + readerIntervalMs : Number.POSITIVE_INFINITY,
    );
  }

  /** After loading: activation and stuck messages go on where the last process ended. */
  resume(): void {
    for (const state of this.states.values()) {
      for (const queue of state.queues.values()) {
        this.watch(queue);
        queue.monitor.messagesAvailable();
      }
    }
    retryStuck(this);
  }

  /** Stops timers. Waits end through their own signals. */
  [Symbol.dispose](): void {
    this.rollbackHandlers.stop();
    this.deadlines.stop();
    this.#monitorChecks.stop();
  }
}
