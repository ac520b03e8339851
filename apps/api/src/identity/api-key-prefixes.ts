import { setTimeout as pause } from 'node:timers/promises';
import { BusyError } from '../errors.ts';

/** Milliseconds between two reads. More often costs SQL Server more while keys are guessed; a new key may wait that long. */
const readEveryMs = 500;
/** Most requests that wait for a read: each holds its memory, and guesses come by the thousand. */
const mostWaiting = 1_000;

/** What {@link ApiKeyPrefixes} may be told, for tests. */
export interface ApiKeyPrefixesOptions {
  /** @default 500 */
  readonly readEveryMs?: number;
  /** @default 1000 */
  readonly mostWaiting?: number;
}

/**
 * Which prefixes keys have. Somebody who makes keys up has SQL Server asked twice a second at most, from however many addresses: a
 * prefix that isn't known waits for the next read of all of them, which it shares with all others that wait. Keys that are known
 * aren't held up, and a new one is known after half a second.
 */
export class ApiKeyPrefixes {
  readonly #read: () => Promise<readonly string[]>;
  readonly #readEveryMs: number;
  readonly #mostWaiting: number;
  #prefixes: ReadonlySet<string> = new Set();
  /** A read that has not begun: one that has may have missed a key that is new. */
  #next: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #begunAt = Number.NEGATIVE_INFINITY;
  #waiting = 0;

  constructor(read: () => Promise<readonly string[]>, options: ApiKeyPrefixesOptions = {}) {
    this.#read = read;
    this.#readEveryMs = options.readEveryMs ?? readEveryMs;
    this.#mostWaiting = options.mostWaiting ?? mostWaiting;
  }

  /** Whether there is, or was, a key with a prefix. @throws BusyError while too many others wait to know; what the read throws */
  async has(prefix: string): Promise<boolean> {
    if (this.#prefixes.has(prefix)) return true;
    if (this.#waiting >= this.#mostWaiting) {
      throw new BusyError('Too many unknown API keys are being looked up.', 1);
    }
    this.#waiting += 1;
    try {
      this.#next ??= this.#readNext();
      await this.#next;
    } finally {
      this.#waiting -= 1;
    }
    return this.#prefixes.has(prefix);
  }

  async #readNext(): Promise<void> {
    await this.#last;
    const restMs = this.#begunAt + this.#readEveryMs - performance.now();
    // A process that stops doesn't wait for it.
    if (restMs > 0) await pause(restMs, undefined, { ref: false });
    this.#next = undefined;
    this.#begunAt = performance.now();
    const reading = this.#read();
    // Those that wait for it learn of its failure; the next one only waits for its end.
    this.#last = reading.catch(() => undefined);
    this.#prefixes = new Set(await reading);
  }
}
