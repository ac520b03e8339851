import { type HeapItem, IndexedHeap } from './indexed-heap.ts';

/** The broker's time: conversation timers, lifetimes, retention of closed endpoints. */
export interface BrokerClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs `work` at that time or a little later. Returns how to cancel it. */
  schedule(at: number, work: () => void): () => void;
}

/** Longest delay that Node's timers take; a waiter that is woken too early looks at the clock again. */
const maximumTimerMs = 2 ** 31 - 1;

export const systemClock: BrokerClock = {
  now: Date.now,
  schedule: (at, work) => {
    const delay = Math.min(Math.max(at - Date.now(), 0), maximumTimerMs);
    // The broker's timers alone aren't a reason for the process to stay.
    const timer = setTimeout(work, delay).unref();
    return () => clearTimeout(timer);
  },
};

interface Deadline<K> extends HeapItem {
  readonly key: K;
  at: number;
}

/** The next point in time at which something is due, per key. */
export class Deadlines<K> {
  readonly #clock: BrokerClock;
  readonly #due: (key: K) => void;
  readonly #byKey = new Map<K, Deadline<K>>();
  readonly #heap = new IndexedHeap<Deadline<K>>((a, b) => a.at < b.at);
  #scheduledAt = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #running = false;

  /** @param due called when a key's time has come; the key has no deadline any more then */
  constructor(clock: BrokerClock, due: (key: K) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Sets, moves or (Infinity) removes the deadline of a key. */
  set(key: K, at: number): void {
    const known = this.#byKey.get(key);
    if (at === Number.POSITIVE_INFINITY) {
      if (known === undefined) return;
      this.#heap.remove(known);
      this.#byKey.delete(key);
    } else if (known === undefined) {
      const deadline = { key, at, heapIndex: -1 };
      this.#byKey.set(key, deadline);
      this.#heap.put(deadline);
    } else if (known.at !== at) {
      known.at = at;
      this.#heap.put(known);
    }
    this.#schedule();
  }

  /** Forgets everything. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const deadline of [...this.#heap.values()]) this.#heap.remove(deadline);
    this.#byKey.clear();
  }

  #schedule(): void {
    const next = this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
    if (this.#running || next === this.#scheduledAt) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#scheduledAt = next;
    if (next !== Number.POSITIVE_INFINITY) this.#cancel = this.#clock.schedule(next, () => this.#run());
  }

  #run(): void {
    this.#cancel = undefined;
    this.#scheduledAt = Number.POSITIVE_INFINITY;
    this.#running = true;
    try {
      for (;;) {
        const first = this.#heap.peek();
        if (first === undefined || first.at > this.#clock.now()) break;
        this.#heap.remove(first);
        this.#byKey.delete(first.key);
        this.#due(first.key);
      }
    } finally {
      this.#running = false;
      this.#schedule();
    }
  }
}
