import type { ServiceQueue } from './service-queue.ts';

/** State as in `sys.dm_broker_queue_monitors`. */
export type MonitorState = 'INACTIVE' | 'NOTIFIED' | 'RECEIVES_OCCURRING';

/**
 * Time without an empty RECEIVE after which another reader joins, and between two that join. Shorter starts readers for
 * bursts that the running ones would have finished, longer leaves a backlog to too few of them.
 */
export const readerIntervalMs = 5000;

/**
 * Time after which an event notification that no RECEIVE has answered is sent again. Shorter fills the queue of who is
 * told while it starts up, longer leaves messages lying after a lost notification. SQL Server's own figure is not known.
 */
export const notificationTimeoutMs = 60_000;

/** Who does what a monitor decides. */
export interface MonitorActions {
  /** Starts a reader: runs the activation procedure, and calls {@link QueueMonitor.readerEnded} when it is over. */
  start(queue: ServiceQueue): void;
  /** Sends the QUEUE_ACTIVATION event. */
  notify(queue: ServiceQueue): void;
  now(): number;
}

/**
 * Decides when a queue's activation procedure is started, and how often at a time, or when its event notification for
 * QUEUE_ACTIVATION is sent.
 *
 * INACTIVE: nothing to do. NOTIFIED: a reader was started and nobody has received since. RECEIVES_OCCURRING: somebody
 * receives. A reader that ends without a RECEIVE leaves the monitor NOTIFIED, and no further one is started until
 * somebody receives: a procedure that fails at once is not started in a loop.
 *
 * With an event notification the readers are somebody else's: an empty RECEIVE says that they are done (INACTIVE), and
 * the next message is notified; while they receive, one is added by another event when no RECEIVE was empty for a while.
 */
export class QueueMonitor {
  readonly #queue: ServiceQueue;
  #state: MonitorState = 'INACTIVE';
  #readers = 0;
  #lastActivated: number | undefined;
  #lastEmptyRowset: number | undefined;
  #actions: MonitorActions | undefined;

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

  /** True while activation is on, internal or by notification: `sys.dm_broker_queue_monitors` has a row. */
  get active(): boolean {
    const { settings } = this.#queue;
    return (settings.activation?.enabled === true || settings.notification !== undefined) && !this.#queue.dropped;
  }

  /** Connects the monitor with who runs procedures and sends notifications. */
  connect(actions: MonitorActions): void {
    this.#actions = actions;
  }

  /** Messages have become receivable: arrived, put back by a rollback, or the queue was altered. */
  messagesAvailable(): void {
    if (this.#queue.settings.notification !== undefined) {
      if (this.#state === 'INACTIVE') this.#notify();
    } else if (this.#readers === 0 && this.#state !== 'NOTIFIED') this.#activate();
  }

  /** ALTER QUEUE: what happened under the old settings does not count any more. */
  altered(): void {
    if (this.#readers === 0) this.#state = 'INACTIVE';
    this.messagesAvailable();
  }

  /** A RECEIVE or GET CONVERSATION GROUP ran on the queue, by an activated procedure or by anyone else. */
  receiveRan(found: boolean): void {
    if (!found) this.#lastEmptyRowset = this.#now();
    if (!this.active) return;
    const done = !found && this.#queue.settings.notification !== undefined;
    this.#state = done ? 'INACTIVE' : 'RECEIVES_OCCURRING';
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
    if (this.#queue.settings.notification !== undefined) {
      this.#checkNotification();
      return;
    }
    if (this.#readers === 0) {
      this.messagesAvailable();
      return;
    }
    const quietSince = this.#now() - readerIntervalMs;
    if (this.#state !== 'RECEIVES_OCCURRING') return;
    if ((this.#lastEmptyRowset ?? 0) > quietSince || (this.#lastActivated ?? 0) > quietSince) return;
    this.#activate();
  }

  #activate(): void {
    const { settings, ready, waiters } = this.#queue;
    if (!this.active || !settings.receiveEnabled || this.#actions === undefined) return;
    if (ready.size === 0 || waiters.unrestrictedCount > 0) return;
    if (this.#readers >= (settings.activation?.maxReaders ?? 0)) return;
    this.#readers += 1;
    if (this.#readers === 1) this.#state = 'NOTIFIED';
    this.#lastActivated = this.#now();
    this.#actions.start(this.#queue);
  }

  #checkNotification(): void {
    const patience = this.#state === 'NOTIFIED' ? notificationTimeoutMs : readerIntervalMs;
    const since = this.#now() - patience;
    const quiet = this.#state !== 'RECEIVES_OCCURRING' || (this.#lastEmptyRowset ?? 0) <= since;
    if (this.#state === 'INACTIVE' || (quiet && (this.#lastActivated ?? 0) <= since)) this.#notify();
  }

  #notify(): void {
    const { settings, ready, waiters } = this.#queue;
    if (!this.active || !settings.receiveEnabled || this.#actions === undefined) return;
    if (ready.size === 0 || waiters.unrestrictedCount > 0) return;
    this.#state = 'NOTIFIED';
    this.#lastActivated = this.#now();
    this.#actions.notify(this.#queue);
  }

  #now(): number {
    return this.#actions?.now() ?? Date.now();
  }
}
