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
 * @throws once all have ended: what the scheduler throws, else what the first of the companions that failed threw
 */
export async function runJobs(
  scheduler: Pick<JobScheduler, 'run'>,
  companions: readonly Companion[],
  { drain, force }: ReceiveLoopSignals,
): Promise<void> {
  const over = new AbortController();
  const ending = AbortSignal.any([drain, over.signal]);
  const beside = companions.map(async (companion) => {
    try {
      await companion.run(ending);
    } catch (error) {
      over.abort();
      throw error;
    }
  });
  const jobs = scheduler.run({ drain: ending, force }).finally(() => over.abort());
  for (const outcome of await Promise.allSettled([jobs, ...beside])) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
