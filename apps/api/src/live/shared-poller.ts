import { setTimeout as pause } from 'node:timers/promises';
import { BrokerError } from '@hartonomous/broker-client';

type Outcome<T> = { readonly seen: T } | { readonly failed: unknown };

/**
 * Looks at something at intervals for all who follow it, and not at all while nobody does. Who is slow misses what was in between, and
 * gets what was seen last.
 */
export class SharedPoller<T> {
  readonly #look: () => Promise<T>;
  readonly #everyMs: number;
  readonly #followers = new Set<(outcome: Outcome<T>) => void>();
  #isLooking = false;
  #last: T | undefined;

  /** @param everyMs milliseconds between two checks */
  constructor(look: () => Promise<T>, everyMs: number) {
    this.#look = look;
    this.#everyMs = everyMs;
  }

  /**
   * What is seen by each look, changed or not, until `signal` is aborted. While SQL Server is unavailable, the last sample is repeated.
   *
   * @throws what a look throws that waiting doesn't heal
   */
  async *follow(signal: AbortSignal): AsyncGenerator<T, void> {
    let latest: Outcome<T> | undefined;
    let next = Promise.withResolvers<void>();
    const onLook = (outcome: Outcome<T>) => {
      latest = outcome;
      next.resolve();
    };
    const onAbort = () => next.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#followers.add(onLook);
    if (!this.#isLooking) void this.#lookOnAndOn();
    try {
      while (!signal.aborted) {
        await next.promise;
        next = Promise.withResolvers<void>();
        if (signal.aborted || latest === undefined) return;
        if ('failed' in latest) throw latest.failed;
        yield latest.seen;
      }
    } finally {
      this.#followers.delete(onLook);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Never rejects. */
  async #lookOnAndOn(): Promise<void> {
    this.#isLooking = true;
    this.#last = undefined;
    while (this.#followers.size > 0) {
      const outcome = await this.#outcome();
      if (outcome !== undefined) for (const onLook of this.#followers) onLook(outcome);
      // A process that stops doesn't wait for it: who follows has gone by then.
      await pause(this.#everyMs, undefined, { ref: false });
    }
    this.#isLooking = false;
  }

  async #outcome(): Promise<Outcome<T> | undefined> {
    try {
      this.#last = await this.#look();
    } catch (failed) {
      if (!(failed instanceof BrokerError && failed.retryable)) return { failed };
    }
    return this.#last === undefined ? undefined : { seen: this.#last };
  }
}
