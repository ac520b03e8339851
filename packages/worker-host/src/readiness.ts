/** What a {@link ReadinessSource} says about itself. */
export interface ReadinessStatus {
  /** `pending`: not known yet, counts as not ready. */
  readonly state: 'up' | 'down' | 'pending';
  /** When it entered this state. */
  readonly since: Date;
  /** Why, for people and alerts: a stable error code where there is one. Never a secret. */
  readonly reason?: string;
  /** For sources that watch an age: milliseconds since the last report. */
  readonly ageMs?: number;
  /** For what is down because somebody tried it: when it was last found so. Long ago: it isn't tried any more. */
  readonly reportedAt?: Date;
  /** Whether it is down only because somebody wants it so. @default false */
  readonly isOnPurpose?: boolean;
}

/**
 * Something that must be well for the worker to be ready. `status` is asked at every request to `/health/ready`; it
 * returns what is known and must not touch the dependency itself, so that probes never add load to a database that is
 * in trouble.
 */
export interface ReadinessSource {
  readonly name: string;
  status(): ReadinessStatus;
}

/** A dependency whose user reports how it goes: up after a success, down after a failure. */
export class DependencyReadiness implements ReadinessSource {
  readonly name: string;
  #status: ReadinessStatus = { state: 'pending', since: new Date() };
  readonly #onChange: (status: ReadinessStatus, previous: ReadinessStatus) => void;

  /** @param onChange called once per change of state, so that an outage is logged once and not per attempt */
  constructor(name: string, onChange: (status: ReadinessStatus, previous: ReadinessStatus) => void = () => {}) {
    this.name = name;
    this.#onChange = onChange;
  }

  status(): ReadinessStatus {
    return this.#status;
  }

  /** Reports a success. Cheap when nothing changes, so it may be called per batch. */
  up(): void {
    if (this.#status.state !== 'up') this.#enter({ state: 'up', since: new Date() });
  }

  /**
   * Reports a failure, or that it is to be down; `since` stays that of the first report in a row, all else is that of the latest.
   *
   * @param options.isOnPurpose see {@link ReadinessStatus}
   */
  down(reason: string, { isOnPurpose = false }: { readonly isOnPurpose?: boolean } = {}): void {
    const reportedAt = new Date();
    const since = this.#status.state === 'down' ? this.#status.since : reportedAt;
    const status = { state: 'down', since, reason, reportedAt, ...(isOnPurpose && { isOnPurpose }) } as const;
    if (this.#status.state === 'down') this.#status = status;
    else this.#enter(status);
  }

  #enter(status: ReadinessStatus): void {
    const previous = this.#status;
    this.#status = status;
    this.#onChange(status, previous);
  }
}

/** Something that isn't as it should be, although the worker can work; see {@link Warning}. */
export interface WarningStatus {
  /** Since when it has been so. */
  readonly since: Date;
  /** What is seen and what to do, for people. Never a secret. */
  readonly text: string;
}

/**
 * A condition that a person should know of but that takes no readiness away: restarting the worker, or sending its work
 * elsewhere, would change nothing about it.
 */
export class Warning {
  readonly name: string;
  #status: WarningStatus | undefined;
  readonly #onChange: (status: WarningStatus | undefined) => void;

  /** @param onChange called once when the condition begins, and once when it ends */
  constructor(name: string, onChange: (status: WarningStatus | undefined) => void = () => {}) {
    this.name = name;
    this.#onChange = onChange;
  }

  /** Undefined while all is as it should be. */
  get status(): WarningStatus | undefined {
    return this.#status;
  }

  /** Reports that it is so; `since` stays that of the first report in a row. */
  raise(text: string): void {
    const isNews = this.#status === undefined;
    this.#status = { since: this.#status?.since ?? new Date(), text };
    if (isNews) this.#onChange(this.#status);
  }

  /** Reports that it isn't so any more. Cheap when nothing changes. */
  clear(): void {
    if (this.#status === undefined) return;
    this.#status = undefined;
    this.#onChange(undefined);
  }
}

/** Options of {@link ActivityReadiness}. */
export interface ActivityReadinessOptions {
  /**
   * Milliseconds without a completed activity after which the source is down. Must be larger than the longest normal
   * pause (for a RECEIVE: its wait plus the longest batch), or an idle worker looks ill; every further second is one
   * more in which a silent stop isn't seen.
   */
  readonly maxAgeMs: number;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Watches the age of the last completed activity, for example the last completed RECEIVE (an empty one counts). It
 * finds what error reports can't: a loop that has silently stopped, a socket that is half open.
 */
export class ActivityReadiness implements ReadinessSource {
  readonly name: string;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #createdAt: Date = new Date();
  #upSince: Date | undefined;
  #last: number | undefined;

  constructor(name: string, options: ActivityReadinessOptions) {
    this.name = name;
    this.#maxAgeMs = options.maxAgeMs;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Reports that the activity has just been completed. */
  completed(): void {
    if (this.#last === undefined || this.#age(this.#last) > this.#maxAgeMs) this.#upSince = new Date();
    this.#last = this.#now();
  }

  status(): ReadinessStatus {
    if (this.#last === undefined || this.#upSince === undefined) {
      return { state: 'pending', since: this.#createdAt, reason: 'none completed yet' };
    }
    const ageMs = Math.round(this.#age(this.#last));
    if (ageMs <= this.#maxAgeMs) return { state: 'up', since: this.#upSince, ageMs };
    return {
      state: 'down',
      since: new Date(Date.now() - (ageMs - this.#maxAgeMs)),
      reason: `last completed more than ${this.#maxAgeMs} ms ago`,
      ageMs,
    };
  }

  #age(last: number): number {
    return this.#now() - last;
  }
}
