import type { BrokerClient } from '@hartonomous/broker-client';
import { type Job, jobsOf } from '@hartonomous/operations';
import { SharedPoller } from '../live/shared-poller.ts';

/** Milliseconds between two checks. Files take seconds; more often would only cost. */
const lookEveryMs = 1_000;
/** Milliseconds for a look. */
const timeoutMs = 20_000;

/** Follows ingestions: one query for all that anybody follows. */
export class JobFollowers {
  readonly #followed = new Map<string, number>();
  readonly #poller: SharedPoller<ReadonlyMap<string, Job>>;

  constructor(client: BrokerClient) {
    this.#poller = new SharedPoller<ReadonlyMap<string, Job>>(async () => {
      const ids = [...this.#followed.keys()].map(BigInt);
      const jobs = await jobsOf(client, ids, AbortSignal.timeout(timeoutMs));
      return new Map(jobs.map((job) => [job.jobId, job]));
    }, lookEveryMs);
  }

  /** A job as it is at each look, until it is purged or `signal` is aborted. @throws BrokerError that waiting doesn't heal */
  async *follow(jobId: string, signal: AbortSignal): AsyncGenerator<Job, void> {
    this.#followed.set(jobId, (this.#followed.get(jobId) ?? 0) + 1);
    try {
      let isAskedFor = false;
      for await (const jobs of this.#poller.follow(signal)) {
        const job = jobs.get(jobId);
        // The first look may have begun before this one was followed.
        if (job === undefined && isAskedFor) return;
        isAskedFor = true;
        if (job !== undefined) yield job;
      }
    } finally {
      const others = (this.#followed.get(jobId) ?? 1) - 1;
      if (others === 0) this.#followed.delete(jobId);
      else this.#followed.set(jobId, others);
    }
  }
}
