import { waitForLock } from '../engine/storage/lock-wait.ts';
import { type Transaction, TransactionConflict } from '../engine/storage/transaction.ts';
import type { BrokerInstance } from './broker-instance.ts';
import { changeQueue } from './queue-settings.ts';
import { poisonRollbacks, type ServiceQueue } from './service-queue.ts';

/** Session id of these tasks. SQL Server's own are below 51 too. */
const firstTaskSession = 20;

/**
 * What five rollbacks in a row start: a background task (`BRKR TASK` in `sys.dm_exec_requests`) that asks for Sch-M on the
 * queue and then disables it. With POISON_MESSAGE_HANDLING off it changes nothing in the end, but it asks for the lock all
 * the same, and every sender to the queue waits behind it meanwhile. Source: dba.stackexchange.com/q/73833, and the stack
 * `CSbRollbackHandlerTask::DisableQ` in blocked process reports.
 */
export class RollbackHandlers {
  readonly #instance: BrokerInstance;
  readonly #running = new Map<ServiceQueue, Transaction>();
  readonly #stopping = new AbortController();

  constructor(instance: BrokerInstance) {
    this.#instance = instance;
  }

  /** The tasks that run now. */
  get running(): ReadonlyMap<ServiceQueue, Transaction> {
    return this.#running;
  }

  /** Starts the task of a queue unless it runs already. It is done at once where nobody holds the queue. */
  start(queue: ServiceQueue): void {
    if (this.#running.has(queue) || queue.rollbacks < poisonRollbacks) return;
    const used = new Set([...this.#running.values()].map(({ sessionId }) => sessionId));
    let session = firstTaskSession;
    while (used.has(session)) session += 1;
    const transaction = this.#instance.options.transactions.beginTransaction(session);
    this.#running.set(queue, transaction);
    void this.#run(queue, transaction);
  }

  stop(): void {
    this.#stopping.abort(new Error('the server stops'));
  }

  async #run(queue: ServiceQueue, transaction: Transaction): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (let conflict = lock(queue, transaction); conflict !== undefined; conflict = lock(queue, transaction)) {
        await waitForLock(transaction, conflict, { timeoutMs: -1, signal });
      }
      const { poisonMessageHandling, receiveEnabled } = queue.settings;
      const isPoisoned = queue.rollbacks >= poisonRollbacks && !queue.dropped;
      if (isPoisoned && poisonMessageHandling && receiveEnabled) {
        changeQueue(this.#instance.work(transaction), queue, { receiveEnabled: false, enqueueEnabled: false });
      }
      queue.rollbacks = 0;
      transaction.commit(this.#instance.options.store);
    } catch (error) {
      if (transaction.outcome === undefined) transaction.rollback();
      if (!signal.aborted) this.#instance.options.onBackgroundError(error);
    } finally {
      this.#running.delete(queue);
    }
  }
}

/** Takes the queue's lock, or returns what keeps it. */
function lock(queue: ServiceQueue, transaction: Transaction): TransactionConflict | undefined {
  try {
    queue.lock.acquire(transaction, 'Sch-M');
    return undefined;
  } catch (error) {
    if (error instanceof TransactionConflict) return error;
    throw error;
  }
}
