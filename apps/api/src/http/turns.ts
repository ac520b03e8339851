import { BusyError } from '../errors.ts';
import type { Tenants } from '../identity/tenants.ts';
import { TenantShares } from './tenant-shares.ts';

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
 * several tenants, what is beyond the share of one waits in the order in which it came. Where there is one tenant, nothing waits here.
 */
export class Turns {
  readonly #options: Required<TurnsOptions>;
  readonly #working: TenantShares;
  /** What lets each go on, by tenant, the first that came first. */
  readonly #waiting = new Map<number, Set<() => void>>();
  #waitingCount = 0;

  constructor(options: TurnsOptions) {
    this.#options = { mostWaiting: 2_000, ...options };
    this.#working = new TenantShares(options.most);
  }

  /**
   * Waits for a turn, which lasts until it is disposed of.
   *
   * @throws BusyError when it doesn't come in time, or too many wait; the reason of `signal`
   */
  async take(tenantId: number, signal: AbortSignal): Promise<Disposable> {
    if (!(await this.#options.tenants.areSeveral())) return { [Symbol.dispose]() {} };
    if (this.#working.hasRoomFor(tenantId) && !this.#waiting.has(tenantId)) this.#working.take(tenantId);
    else await this.#wait(tenantId, signal);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#end(tenantId);
        isOver = true;
      },
    };
  }

  #end(tenantId: number): void {
    this.#working.giveBack(tenantId);
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const queue = this.#waiting.get(next) ?? new Set();
      const [goOn] = queue;
      // Behind those that have as few at work and wait longer.
      this.#waiting.delete(next);
      this.#waiting.set(next, queue);
      this.#working.take(next);
      goOn?.();
    }
  }

  /** Of the tenants that wait and may work, the one with the fewest at work. */
  #next(): number | undefined {
    const [next] = [...this.#waiting.keys()]
      .filter((tenantId) => this.#working.hasRoomFor(tenantId))
      .sort((one, other) => this.#working.of(one) - this.#working.of(other));
    return next;
  }

  /** Resolves when the request is counted among those that work. */
  async #wait(tenantId: number, signal: AbortSignal): Promise<void> {
    const { mostWaiting, longestWaitMs } = this.#options;
    signal.throwIfAborted();
    if (this.#waitingCount >= mostWaiting) throw new BusyError('Too many requests wait for their turn.', 1);
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
      reject(new BusyError('Earlier requests of this tenant take too long.', 5));
    }, longestWaitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    queue.add(goOn);
    this.#waiting.set(tenantId, queue);
    this.#waitingCount += 1;
    await promise;
  }
}
