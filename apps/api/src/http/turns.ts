import { BusyError } from '../errors.ts';
import type { Tenants } from '../identity/tenants.ts';

/** What {@link Turns} takes. */
export interface TurnsOptions {
  /** Requests that work at a time: as many as there are connections for them. */
  readonly most: number;
  /** Milliseconds that a request waits for its turn. */
  readonly longestWaitMs: number;
  readonly tenants: Pick<Tenants, 'areSeveral'>;
  /** Most requests that wait; each takes its memory. @default 2000 */
  readonly mostWaiting?: number;
}

/**
 * Whose requests work. Slow questions of one tenant would take all connections, and everybody else would wait for them. Where there are
 * several tenants, one has another request at work only while it has fewer than are free, so at most half; what is beyond that waits in
 * the order in which it came. Where there is one tenant, nothing waits here.
 */
export class Turns {
  readonly #options: Required<TurnsOptions>;
  readonly #working = new Map<number, number>();
  /** What lets each go on, by tenant, the first that came first. */
  readonly #waiting = new Map<number, Set<() => void>>();
  #free: number;
  #waitingCount = 0;

  constructor(options: TurnsOptions) {
    this.#options = { mostWaiting: 2_000, ...options };
    this.#free = options.most;
  }

  /**
   * Waits for a turn, which lasts until it is disposed of.
   *
   * @throws BusyError when it doesn't come in time, or too many wait; the reason of `signal`
   */
  async take(tenantId: number, signal: AbortSignal): Promise<Disposable> {
    if (!(await this.#options.tenants.areSeveral())) return { [Symbol.dispose]() {} };
    if (this.#mayWork(tenantId) && !this.#waiting.has(tenantId)) this.#begin(tenantId);
    else await this.#wait(tenantId, signal);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#end(tenantId);
        isOver = true;
      },
    };
  }

  #mayWork(tenantId: number): boolean {
    return this.#free > this.#workingOf(tenantId);
  }

  #workingOf(tenantId: number): number {
    return this.#working.get(tenantId) ?? 0;
  }

  #begin(tenantId: number): void {
    this.#free -= 1;
    this.#working.set(tenantId, this.#workingOf(tenantId) + 1);
  }

  #end(tenantId: number): void {
    this.#free += 1;
    const left = this.#workingOf(tenantId) - 1;
    if (left === 0) this.#working.delete(tenantId);
    else this.#working.set(tenantId, left);
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const queue = this.#waiting.get(next) ?? new Set();
      const [goOn] = queue;
      // Behind those that have as few at work and wait longer.
      this.#waiting.delete(next);
      this.#waiting.set(next, queue);
      this.#begin(next);
      goOn?.();
    }
  }

  /** Of the tenants that wait and may work, the one with the fewest at work. */
  #next(): number | undefined {
    const [next] = [...this.#waiting.keys()]
      .filter((tenantId) => this.#mayWork(tenantId))
      .sort((one, other) => this.#workingOf(one) - this.#workingOf(other));
    return next;
  }

  /** Resolves when the request is counted among those that work. */
  async #wait(tenantId: number, signal: AbortSignal): Promise<void> {
    const { mostWaiting, longestWaitMs } = this.#options;
    signal.throwIfAborted();
    if (this.#waitingCount >= mostWaiting) throw new BusyError('As many requests wait as may.', 1);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = this.#waiting.get(tenantId) ?? new Set();
    const leave = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      queue.delete(goOn);
      if (queue.size === 0) this.#waiting.delete(tenantId);
      this.#waitingCount -= 1;
    };
    const goOn = () => {
      leave();
      resolve();
    };
    const onAbort = () => {
      leave();
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      leave();
      reject(new BusyError('Requests of this tenant that came before take too long.', 5));
    }, longestWaitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    queue.add(goOn);
    this.#waiting.set(tenantId, queue);
    this.#waitingCount += 1;
    await promise;
  }
}
