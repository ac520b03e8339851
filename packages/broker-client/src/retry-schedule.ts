/**
 * When the readers of a loop look for messages whose next try is due. One reader at a time looks: at every interval, because
 * other processes put messages there too, and earlier when this process has put some that are due before.
 */
export class RetrySchedule {
  readonly #intervalMs: number;
  readonly #now: () => number;
  #nextLookAt = Number.NEGATIVE_INFINITY;

  /** @param intervalMs milliseconds between two checks that find nothing */
  constructor(intervalMs: number, now: () => number = () => performance.now()) {
    this.#intervalMs = intervalMs;
    this.#now = now;
  }

  /** Whether the caller should check now; no other reader gets `true` until an interval has passed. */
  claim(): boolean {
    const now = this.#now();
    if (now < this.#nextLookAt) return false;
    this.#nextLookAt = now + this.#intervalMs;
    return true;
  }

  /** Messages were put there that are due in so many milliseconds. */
  expect(delayMs: number): void {
    this.#nextLookAt = Math.min(this.#nextLookAt, this.#now() + delayMs);
  }

  /** Milliseconds until the next look; 0 when it is due. */
  get msToNextLook(): number {
    return Math.max(0, this.#nextLookAt - this.#now());
  }
}
