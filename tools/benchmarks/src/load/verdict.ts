import { percentile } from '@hartonomous/test-support';

/** What was seen in one interval. */
export interface LoadInterval {
  /** Seconds from the beginning to its end. */
  readonly atSeconds: number;
  readonly arrived: number;
  /** Changes that were due by then and had not arrived. */
  readonly open: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the worker, in megabytes; null where it can't be seen. */
  readonly memoryMb: number | null;
}

/** Whether a load was held. */
export interface LoadVerdict {
  readonly held: boolean;
  readonly reason: string;
}

/**
 * Intervals of a run that are compared, at its beginning and at its end. The first one is left out: what compiles there is no load.
 */
const compared = 3;

/** The part of a second's changes that may be open at the end: more, and the worker had fallen behind. */
const openSeconds = 2;

/** Growth of memory between beginning and end, in megabytes, that isn't a leak: a heap that has not been collected. */
const toleratedGrowthMb = 100;

/** Milliseconds as one interval shows them. */
export function intervalOf(
  latencies: readonly number[],
  rest: Pick<LoadInterval, 'atSeconds' | 'open' | 'memoryMb'>,
): LoadInterval {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(latencies, percent));
  return { ...rest, arrived: latencies.length, p50: p50 ?? Number.NaN, p95: p95 ?? Number.NaN, p99: p99 ?? Number.NaN };
}

/** Judges by the ends of a run: a worker that falls behind has more open at the end, and one that leaks is larger. */
export function judge(intervals: readonly LoadInterval[], rate: number): LoadVerdict {
  const last = intervals.at(-1);
  if (last === undefined) return { held: false, reason: 'nothing was measured' };
  if (last.open > rate * openSeconds) {
    return { held: false, reason: `${last.open} changes had not arrived at the end: the worker fell behind` };
  }
  const settled = intervals.slice(1);
  const memory = (part: readonly LoadInterval[]) =>
    Math.max(...part.flatMap(({ memoryMb }) => (memoryMb === null ? [] : [memoryMb])));
  const growth = memory(settled.slice(-compared)) - memory(settled.slice(0, compared));
  if (settled.length >= 2 * compared && growth > toleratedGrowthMb) {
    return { held: false, reason: `the worker grew by ${growth.toFixed(0)} MB: it may leak` };
  }
  return { held: true, reason: `${rate} changes a second were held` };
}
