import type { ServiceQueue } from './service-queue.ts';

/** State as in `sys.dm_broker_queue_monitors`. */
export type MonitorState = 'INACTIVE' | 'NOTIFIED' | 'RECEIVES_OCCURRING';

/**
 * Time without an empty RECEIVE after which another reader joins, and between two that join. Shorter starts readers for
 * bursts that the running ones would have finished, longer leaves a backlog to too few of them.
 */
export const READER_INTERVAL_MS = 5000;

/**
 * Decides when a queue's activation procedure is started, and how often at a time.
 *
 * INACTIVE: nothing to do. NOTIFIED: a reader was started and nobody has received since. RECEIVES_OCCURRING: somebody
 * receives. A reader that ends without a RECEIVE leaves the monitor NOTIFIED, and no further one is started until
 * somebody receives: a procedure that fails at once is not started in a loop.
 */
export class QueueMonitor {
  readonly #queue: ServiceQueue;
  #state: MonitorState = 'INACTIVE';
  #readers = 0;
  #lastActivated: number | undefined;
  #lastEmptyRowset: number | undefined;
  /** Starts a reader: runs the activation procedure, and calls {@link readerEnded} when it is over. */
  #start: ((queue: ServiceQueue) => void) | undefined;
  #now: () => number = Date.now;

  constructor(queue: ServiceQueue) {
    this.#queue = queue;
  }

  get state(): MonitorState {
    return this.#state;
  }

  /** Activation procedures that run now. */
  get readers(): number {
    return this.#readers;
  }

  /** Milliseconds since 1970, UTC. */
  get lastActivated(): number | undefined {
    return this.#lastActivated;
  }

  get lastEmptyRowset(): number | undefined {
    return this.#lastEmptyRowset;
  }

  /** True while activation is on: `sys.dm_broker_queue_monitors` has a row. */
  get active(): boolean {
    const { settings } = this.#queue;
    return settings.activation?.enabled === true && !this.#queue.dropped;
  }

  /** Connects the monitor with who runs procedures. */
  connect(start: (queue: ServiceQueue) => void, now: () => number): void {
    this.#start = start;
    this.#now = now;
  }

  /** Messages have become receivable: arrived, put back by a rollback, or the queue was altered. */
  messagesAvailable(): void {
    if (this.#readers === 0 && this.#state !== 'NOTIFIED') this.#activate();
  }

  /** ALTER QUEUE: what happened under the old settings does not count any more. */
  altered(): void {
    if (this.#readers === 0) this.#state = 'INACTIVE';
    this.messagesAvailable();
  }

  /** A RECEIVE or GET CONVERSATION GROUP ran on the queue, by an activated procedure or by anyone else. */
  receiveRan(found: boolean): void {
    if (!found) this.#lastEmptyRowset = this.#now();
    if (this.active) this.#state = 'RECEIVES_OCCURRING';
  }

  /** An activated procedure has ended. */
  readerEnded(): void {
    this.#readers -= 1;
    if (this.#readers > 0 || this.#state === 'NOTIFIED') return;
    this.#state = 'INACTIVE';
    this.#activate();
  }

  /** Called now and then: adds a reader when those at work do not keep up. */
  check(): void {
    if (this.#readers === 0) {
      this.messagesAvailable();
      return;
    }
    const quietSince = this.#now() - READER_INTERVAL_MS;
    if (this.#state !== 'RECEIVES_OCCURRING') return;
    if ((this.#lastEmptyRowset ?? 0) > quietSince || (this.#lastActivated ?? 0) > quietSince) return;
    this.#activate();
  }

  #activate(): void {
    const { settings, ready, waiters } = this.#queue;
    if (!this.active || !settings.receiveEnabled || this.#start === undefined) return;
    if (ready.size === 0 || waiters.unrestrictedCount > 0) return;
    if (this.#readers >= (settings.activation?.maxReaders ?? 0)) return;
    this.#readers += 1;
    if (this.#readers === 1) this.#state = 'NOTIFIED';
    this.#lastActivated = this.#now();
    this.#start(this.#queue);
  }
}
