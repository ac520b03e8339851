/** What a limit has to say about one request. */
export interface RateDecision {
  readonly isAllowed: boolean;
  /** Requests that are left now. */
  readonly remaining: number;
  /** Seconds until there is one more. */
  readonly resetSeconds: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const secondsPerMinute = 60;

/** So many requests a minute for each tenant, with a burst of ten seconds' worth; of this process alone. */
export class RateLimit {
  readonly perMinute: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #buckets = new Map<number, Bucket>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.perMinute = perMinute;
    this.#capacity = Math.max(1, Math.ceil(perMinute / 6));
    this.#now = now;
  }

  /** Counts a request of a tenant. */
  take(tenantId: number): RateDecision {
    const perMs = this.perMinute / (secondsPerMinute * 1_000);
    const now = this.#now();
    const bucket = this.#buckets.get(tenantId) ?? { tokens: this.#capacity, at: now };
    bucket.tokens = Math.min(this.#capacity, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    this.#buckets.set(tenantId, bucket);
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    const missing = Math.max(0, 1 - bucket.tokens);
    return {
      isAllowed,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.max(1, Math.ceil(missing / perMs / 1_000)),
    };
  }
}
