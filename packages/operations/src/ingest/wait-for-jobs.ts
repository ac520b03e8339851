import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import { endedJobStatuses, type JobStatus } from '@hartonomous/provenance-schema';
import { type Job, jobsOf } from './jobs.ts';

/** Milliseconds between two checks of the jobs: much shorter bothers the server, much longer keeps a person waiting. */
const lookEveryMs = 250;

/** Jobs that are asked for in one statement. */
const pageSize = 500;

const ended: ReadonlySet<JobStatus> = new Set(endedJobStatuses);

/**
 * Jobs as they come to an end, until all have.
 *
 * @throws the signal's reason
 */
export async function* waitForJobs(
  client: BrokerClient,
  ids: readonly bigint[],
  signal: AbortSignal,
): AsyncGenerator<Job> {
  let open = [...ids];
  while (open.length > 0) {
    let found = 0;
    // Workers take files nearly in the order in which they came, so the first are the next to end.
    for (const job of await jobsOf(client, open.slice(0, pageSize), signal)) {
      if (!ended.has(job.status)) continue;
      found += 1;
      open = open.filter((id) => id !== BigInt(job.jobId));
      yield job;
    }
    if (found === 0) await pause(lookEveryMs, undefined, { signal });
  }
}
