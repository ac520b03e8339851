/** Cells of the memory. */
const busy = 0;
const leaving = 1;

/**
 * Memory that both threads see: whether native code runs in the thread, and whether no more of it may begin. The native runtime aborts the
 * whole process when it is left (`process.exit`) in the middle of a run, so an exit waits for the run to end.
 */
export class RunFlag {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** @param memory of the other thread's flag. @default new, for both cells */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** In the thread: runs native code, unless the process is being left. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    Atomics.store(this.#cells, busy, 1);
    try {
      if (Atomics.load(this.#cells, leaving) === 1) throw new Error('the process is ending');
      return await work();
    } finally {
      Atomics.store(this.#cells, busy, 0);
      Atomics.notify(this.#cells, busy);
    }
  }

  /** Outside of the thread: blocks until no native code runs, and lets no more begin. */
  leave(timeoutMs: number): void {
    Atomics.store(this.#cells, leaving, 1);
    Atomics.wait(this.#cells, busy, 1, timeoutMs);
  }
}
