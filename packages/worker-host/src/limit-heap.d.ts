/** How far {@link limitHeap} lets a heap grow. */
export interface HeapLimits {
  /**
   * Bytes of the space for new objects, both halves of it. V8's own limit is 128 MB or more, and a worker whose batches die
   * young fills it repeatedly; far less than 16 MB costs throughput, because a batch then outlives its collection.
   */
  readonly newSpaceBytes: number;
  /**
   * Percent by which what lives long may grow between full collections. V8's own choice is up to several times what lives in
   * it; much less than 25 costs throughput.
   */
  readonly growthPercent: number;
}
/**
 * Keeps the garbage in this process's heap within bounds, for processes that run long and in batches. V8 has flags for
 * the sizes themselves, but reads them before the first line of a program; these two it reads at each collection.
 *
 * The space for new objects is looked at after each collection and not once, because V8 shrinks it while a process is
 * idle: held at what it is then, it would stay at 1 MB, and collecting it would take most of the processor.
 */
export declare function limitHeap({ newSpaceBytes, growthPercent }: HeapLimits): void;
