import { setTimeout as pause } from 'node:timers/promises';
import type { RateState } from './embedding-provider.ts';
import { RateLimitedError } from './errors.ts';

/** A call that was admitted. */
export interface AdmittedCall extends Disposable {
  /** Takes the limits that its answer reports. Call it at most once. */
  answered(rate: RateState): void;
}

/** What is left of a limit. */
interface Limit {
  /** As the last answer said. */
  remaining: number;
  /** When the limit is whole again, by the clock of `performance.now()`. */
  resetAt: number;
  /** Taken by calls that aren't answered yet; the provider may not have counted them. */
  inFlight: number;
}

/**
 * Holds calls back until the provider's rate limits have room for them, by what its answers say is left. The provider counts
 * all callers of the account together, so that workers which share an account share its limits without knowing of each other.
 */
export class RatePacer {
  #blockedUntil = 0;
  readonly #requests: Limit = { remaining: Number.POSITIVE_INFINITY, resetAt: 0, inFlight: 0 };
  readonly #tokens: Limit = { remaining: Number.POSITIVE_INFINITY, resetAt: 0, inFlight: 0 };
  #changed = Promise.withResolvers<void>();

  /**
   * Resolves when a call may be made. Dispose of it when the call has ended, however it has.
   *
   * @param tokens of the call, as far as is known
   * @param mostMs milliseconds that may be waited at a time
   * @throws RateLimitedError when there is no room for longer; the reason of `signal` when aborted
   */
  async admit(tokens: number, signal: AbortSignal, mostMs: number): Promise<AdmittedCall> {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.#waitMs(tokens, performance.now());
      if (waitMs <= 0) break;
      if (waitMs > mostMs) {
        const seconds = Math.ceil(waitMs / 1_000);
        throw new RateLimitedError('quota', waitMs, `The provider's rate limits have no room for ${seconds} s.`);
      }
      await this.#waitAtMost(waitMs, signal);
    }
    this.#count(1, tokens);
    let isUnderWay = true;
    const end = () => {
      if (isUnderWay) this.#count(-1, -tokens);
      isUnderWay = false;
    };
    return {
      answered: (rate) => {
        this.#observe(rate);
        end();
      },
      [Symbol.dispose]: end,
    };
  }

  /** The provider has refused a call: none is made for so long. */
  block(ms: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, performance.now() + ms);
  }

  #count(calls: number, tokens: number): void {
    this.#requests.inFlight += calls;
    this.#tokens.inFlight += tokens;
    if (calls < 0) this.#change();
  }

  #observe(rate: RateState): void {
    const now = performance.now();
    if (rate.remainingRequests !== undefined) {
      this.#requests.remaining = rate.remainingRequests;
      this.#requests.resetAt = now + (rate.resetRequestsMs ?? 0);
    }
    if (rate.remainingTokens !== undefined) {
      this.#tokens.remaining = rate.remainingTokens;
      this.#tokens.resetAt = now + (rate.resetTokensMs ?? 0);
    }
  }

  #waitMs(tokens: number, now: number): number {
    const waitFor = ({ remaining, resetAt, inFlight }: Limit, wanted: number) =>
      resetAt > now && remaining - inFlight < wanted ? resetAt - now : 0;
    return Math.max(this.#blockedUntil - now, waitFor(this.#requests, 1), waitFor(this.#tokens, tokens));
  }

  async #waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    try {
      await Promise.race([
        this.#changed.promise,
        pause(Math.ceil(ms), undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined),
      ]);
    } finally {
      over.abort();
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
