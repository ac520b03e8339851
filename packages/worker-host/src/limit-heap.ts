import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How far {@link limitHeap} lets a heap grow. */
export interface HeapLimits {
  /**
   * Bytes of the young generation, both halves; it grows by doubling, and exceeds the limit by less than that. V8's
   * own limit is 128 MiB or more, and batches whose rows die young fill it repeatedly. Much less than 16 MiB costs
   * throughput, because more of a batch then outlives the next collection.
   */
  readonly newSpaceBytes: number;
  /**
   * How much the old generation may grow between full GCs, in percent. V8's default allows several times the live size;
   * much less than 50 costs throughput.
   */
  readonly growthPercent: number;
}

/** Factor by which V8 may enlarge the young generation after a collection: not at all, or its default. */
const growthFactor = { none: 1, usual: 2 } as const;

/**
 * Keeps the garbage in this process's heap within bounds, for processes that run long and in batches. V8 has flags for
 * the sizes themselves, but reads them before the first line of a program; these two it reads at each collection.
 *
 * The space for new objects is looked at after each collection and not once, because V8 shrinks it while a process is
 * idle: held at what it is then, it would stay at 1 MB, and collecting it would take most of the processor. To be called
 * before a program loads its modules, which alone make that space grow to 32 MiB; it doesn't shrink to a limit.
 */
export function limitHeap({ newSpaceBytes, growthPercent }: HeapLimits): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  let current: number | undefined;
  const look = (): void => {
    const factor = newSpaceSize() >= newSpaceBytes ? growthFactor.none : growthFactor.usual;
    if (factor === current) return;
    current = factor;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  };
  look();
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] });
}

function newSpaceSize(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
