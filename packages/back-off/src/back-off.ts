/** How long to wait between attempts. */
export interface BackOffOptions {
  /** Longest pause before the second attempt, in milliseconds. */
  readonly baseMs: number;
  /** Longest pause at all, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Pauses during an outage. Base too short: a server that is starting is met by a crowd. Maximum too long: the worker
 * stays idle that long after everything is back. One connection attempt per process each ten seconds costs nothing.
 */
export const outageBackOff: BackOffOptions = { baseMs: 250, maxMs: 10_000 };

/**
 * The pause after so many failed attempts in a row: doubled each time up to the maximum, half of it fixed and half
 * random, so that workers that failed together don't come back together.
 *
 * @param attempt failed attempts so far, from 1
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function backOffMs(attempt: number, options: BackOffOptions, random: () => number = Math.random): number {
  const longest = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt - 1, 30));
  return longest / 2 + (random() * longest) / 2;
}
