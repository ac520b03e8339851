import { setTimeout as sleep } from 'node:timers/promises';

/** Where the time comes from; tests bring their own. */
interface PaceClock {
  /** Milliseconds. */
  now(): number;
  pause(ms: number): Promise<void>;
}

/** A steady load. */
export interface PaceOptions {
  /** Above 0. */
  readonly perSecond: number;
  readonly count: number;
  readonly signal: AbortSignal;
  readonly clock?: PaceClock;
}

/**
 * Starts `count` pieces of work on a fixed timetable, whether or not those before them have ended: a slow moment must not
 * lower the load, or it would hide itself. What is late is started at once, and gets the time at which it was due.
 *
 * @returns what each piece gave, in order
 * @throws the first error of a piece, after all that were started have ended; the reason of `signal`
 */
export async function pace<T>(
  options: PaceOptions,
  work: (index: number, dueAt: number) => Promise<T>,
): Promise<readonly T[]> {
  const { perSecond, count, signal } = options;
  const clock = options.clock ?? { now: () => performance.now(), pause: (ms: number) => sleep(ms) };
  const begin = clock.now();
  const started: Promise<T>[] = [];
  for (let index = 0; index < count && !signal.aborted; index += 1) {
    const dueAt = begin + (index * 1000) / perSecond;
    for (let early = dueAt - clock.now(); early > 0; early = dueAt - clock.now()) await clock.pause(early);
    started.push(work(index, dueAt));
  }
  const ended = await Promise.allSettled(started);
  signal.throwIfAborted();
  return ended.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
