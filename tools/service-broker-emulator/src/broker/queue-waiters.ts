import type { Transaction } from '../engine/storage/transaction.ts';
import type { ConversationGroup } from './conversation.ts';
import { brokerErrors } from './errors.ts';
import type { ServiceQueue } from './service-queue.ts';

/** Longest delay that Node's timers take; longer waits are waits without a time-out in practice (24 days). */
const maximumTimerMs = 2 ** 31 - 1;

export interface WaitOptions {
  /** Aborts the wait with the signal's reason (attention, closed connection). */
  readonly signal: AbortSignal;
  /** Milliseconds; -1 waits forever. */
  readonly timeoutMs: number;
  /** The waiting session's transaction: messages for groups that it has locked wake it too. */
  readonly transaction?: Transaction | undefined;
  /** RECEIVE ... WHERE: only messages of this group count. */
  readonly group?: ConversationGroup | undefined;
}

interface Waiter {
  readonly options: WaitOptions;
  readonly settle: (outcome: 'ready' | 'timeout' | Error) => void;
}

/**
 * Sessions that wait in RECEIVE or GET CONVERSATION GROUP, served in the order in which they came: each group that can
 * be received from wakes one of them.
 */
export class QueueWaiters {
  readonly #queue: ServiceQueue;
  readonly #waiting = new Set<Waiter>();
  #rechecking = false;

  constructor(queue: ServiceQueue) {
    this.#queue = queue;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Sessions that wait for any group: these serve new messages without another reader being started. */
  get unrestrictedCount(): number {
    let count = 0;
    for (const waiter of this.#waiting) if (waiter.options.group === undefined) count += 1;
    return count;
  }

  /** Waits for a message. The caller has found none, and receives again when told `ready`. */
  async wait(options: WaitOptions): Promise<'ready' | 'timeout'> {
    options.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<'ready' | 'timeout'>();
    const waiter: Waiter = {
      options,
      settle: (outcome) => {
        this.#waiting.delete(waiter);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      },
    };
    const onAbort = (): void => {
      this.#waiting.delete(waiter);
      reject(options.signal.reason);
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    const { timeoutMs } = options;
    const timer =
      timeoutMs < 0 || timeoutMs > maximumTimerMs ? undefined : setTimeout(() => waiter.settle('timeout'), timeoutMs);
    this.#waiting.add(waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  /** The group can be received from, by anyone or by the transaction that holds its lock: wakes one who may. */
  wake(group: ConversationGroup): void {
    if (group.ready.size === 0) return;
    for (const waiter of this.#waiting) {
      const { options } = waiter;
      if (options.group !== undefined && options.group !== group) continue;
      if (group.lockedBy !== undefined && group.lockedBy !== options.transaction) continue;
      waiter.settle('ready');
      this.#recheckLater();
      return;
    }
  }

  /** The queue was disabled: every wait ends with error 9617. */
  disabled(): void {
    for (const waiter of [...this.#waiting]) waiter.settle(brokerErrors.queueDisabled(this.#queue.name));
  }

  /** The queue was dropped: every wait ends with error 208. */
  dropped(): void {
    const name = `${this.#queue.schema}.${this.#queue.name}`;
    for (const waiter of [...this.#waiting]) {
      waiter.settle(brokerErrors.queueGone(name));
    }
  }

  /**
   * A waiter that was woken may have been cancelled before it could receive. Once it had its turn, what is left wakes the
   * next one.
   */
  #recheckLater(): void {
    if (this.#rechecking) return;
    this.#rechecking = true;
    setImmediate(() => {
      this.#rechecking = false;
      const group = this.#queue.ready.peek();
      if (group !== undefined) this.wake(group);
    });
  }
}
