import type { ReceiveLoopSignals } from '@hartonomous/broker-client';
import type { JobScheduler } from './job-scheduler.ts';

/** Something that goes on while jobs are done. */
export interface Companion {
  /** Resolves when it has ended by itself, or soon after `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Does jobs until it is told to stop, with companions beside. A companion that fails has the jobs in hand finished.
 *
 * @throws what the scheduler or a companion throws, once all have ended
 */
export async function runJobs(
  scheduler: JobScheduler,
  companions: readonly Companion[],
  { drain, force }: ReceiveLoopSignals,
): Promise<void> {
  const over = new AbortController();
  const ending = AbortSignal.any([drain, over.signal]);
  const beside = Promise.all(companions.map((companion) => companion.run(ending)));
  beside.catch(() => over.abort());
  try {
    await scheduler.run({ drain: ending, force });
  } finally {
    over.abort();
    await beside;
  }
}
