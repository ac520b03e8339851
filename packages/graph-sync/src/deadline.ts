import { GraphTimeoutError, type MeasuredWait } from './errors.ts';

/**
 * Waits for work, but not forever: an answer that never comes isn't an error to the driver. The work itself continues in the
 * background; the caller must make sure that it ends. Time in which this process was stalled doesn't count, up to once more the
 * time-out: an answer that waits in the socket is not the server's silence.
 *
 * @param timeoutMs longest wait in milliseconds; twice that, and a moment, where this process was stalled
 * @param where address, for the error
 * @throws GraphTimeoutError with what was measured
 */
export async function withinDeadline<T>(work: Promise<T>, timeoutMs: number, where: string): Promise<T> {
  using deadline = new Deadline(timeoutMs);
  const expired = deadline.expired.then((measured) => {
    throw new GraphTimeoutError(where, timeoutMs, { measured });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    // What it comes to after the deadline interests nobody any more.
    work.catch(() => undefined);
  }
}

/** Longest pause between two reads of the clock, in milliseconds. Too short: timers for nothing. Too long: stalls go unseen. */
const longestTickMs = 100;

/** How late a timer may fire in a process that isn't stalled, in milliseconds. */
const usualLatenessMs = 20;

/** Polls the clock: a timer that fires late shows that this process was stalled. */
class Deadline implements Disposable {
  readonly #timeoutMs: number;
  readonly #startedAt = performance.now();
  readonly #expired = Promise.withResolvers<MeasuredWait>();
  #heldUpMs = 0;
  #hadLastTick = false;
  #timer: NodeJS.Timeout | undefined;
  #lastTurn: NodeJS.Immediate | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#tick(Math.min(longestTickMs, timeoutMs));
  }

  /** Resolves when the time is over; never rejects. */
  get expired(): Promise<MeasuredWait> {
    return this.#expired.promise;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastTurn);
  }

  #tick(tickMs: number): void {
    const startedAt = performance.now();
    this.#timer = setTimeout(() => {
      const now = performance.now();
      const lateMs = now - startedAt - tickMs;
      const isLate = lateMs > usualLatenessMs;
      if (isLate) this.#heldUpMs += lateMs;
      this.#goOn(now - this.#startedAt, isLate);
    }, tickMs);
  }

  #goOn(waitedMs: number, isLate: boolean): void {
    const leftMs = Math.min(this.#timeoutMs + this.#heldUpMs, 2 * this.#timeoutMs) - waitedMs;
    if (leftMs > 0) {
      this.#tick(Math.min(longestTickMs, Math.ceil(leftMs)));
    } else if (isLate && !this.#hadLastTick) {
      // What came during a long stall is still to be read.
      this.#hadLastTick = true;
      this.#tick(Math.min(longestTickMs, this.#timeoutMs));
    } else {
      // What has arrived by now is read before this turn of the event loop comes to its immediates.
      this.#lastTurn = setImmediate(() => this.#expired.resolve({ waitedMs, heldUpMs: this.#heldUpMs }));
    }
  }
}
