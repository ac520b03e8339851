import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerClient, BrokerError } from '@hartonomous/broker-client';
import { findJob, type Job } from '@hartonomous/operations';
import type { SSEStreamingApi } from 'hono/streaming';
import { shown } from '../routes/ingestions.ts';

/** Milliseconds between two looks. Files take seconds; more often would only cost. */
const lookEveryMs = 1_000;
/** Milliseconds without a word after which proxies take a stream for dead. */
const silenceMs = 15_000;
/** Milliseconds after which a client whose stream broke comes again. */
const retryMs = 3_000;

/** Writes a job to a stream whenever it has changed, until it has ended, is purged, or `signal` is aborted. */
export async function followJob(
  client: BrokerClient,
  job: Job,
  stream: Pick<SSEStreamingApi, 'writeSSE' | 'write' | 'aborted'>,
  signal: AbortSignal,
): Promise<void> {
  let current: Job | undefined = job;
  let last = '';
  let spokenAt = performance.now();
  for (let event = 1; current !== undefined; ) {
    const ingestion = shown(current);
    const data = JSON.stringify(ingestion);
    if (data !== last) {
      await stream.writeSSE({ event: 'progress', id: String(event), data, retry: retryMs });
      event += 1;
      last = data;
      spokenAt = performance.now();
    } else if (performance.now() - spokenAt > silenceMs) {
      await stream.write(': still here\n\n');
      spokenAt = performance.now();
    }
    if (ingestion.isFinal) return;
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || stream.aborted) return;
    current = await look(client, job, current, signal);
  }
}

/** While SQL Server is away, the job is as it was when it was last seen. */
async function look(client: BrokerClient, { jobId }: Job, seen: Job, signal: AbortSignal): Promise<Job | undefined> {
  try {
    return await findJob(client, BigInt(jobId), signal);
  } catch (error) {
    if (signal.aborted || (error instanceof BrokerError && error.retryable)) return seen;
    throw error;
  }
}
