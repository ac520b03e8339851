import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const mebi = 1024 * 1024;
/**
 * Growth that a heap of any size is allowed. A fifth of a small heap is a few MB, and a transaction with many rows would
 * be scanned for garbage repeatedly while all of it is in use; that took a fifth of the CPU time.
 */
const allowedBytes = 100 * mebi;
/**
 * Percent by which a large heap may grow. V8's own choice is up to several times what lives in it, which with a million
 * queued messages means 200 MB of garbage; much less than 25 costs throughput while a queue fills.
 */
const leastPercent = 25;
/** More than this is V8's own choice for a heap that small. */
const mostPercent = 200;
/** Short beside the time in which a heap doubles. */
const lookEveryMs = 500;

/** Percent by which a heap with so many bytes in use may grow before it is searched for garbage. */
export function heapGrowthPercent(usedBytes: number): number {
  const percent = Math.round((100 * allowedBytes) / Math.max(usedBytes, 1));
  return Math.min(Math.max(percent, leastPercent), mostPercent);
}

/** Keeps the garbage in this process's heap in proportion to what lives there. Doesn't keep the process alive. */
export function limitHeapGrowth(): void {
  let current: number | undefined;
  const look = (): void => {
    const percent = heapGrowthPercent(getHeapStatistics().used_heap_size);
    if (percent === current) return;
    current = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  look();
  setInterval(look, lookEveryMs).unref();
}
