import { hostname } from 'node:os';
import { type WorkerQueue, workerQueues } from '@hartonomous/provenance-schema';
import { awaitPaused, pauseQueue, queuePauses, resumeQueue, scopeText } from '../queues/queue-pauses.ts';
import type { WorkerService } from '../service/worker-services.ts';
import { ReleaseProbeError } from './errors.ts';
import type { ProbeOptions } from './probe.ts';
import { isProcessGone } from './release-lock.ts';

/** Seconds after which the others receive again, if this process dies and can't say so. */
const pauseSeconds = 60;
/** Milliseconds that the others may take to finish what they have in hand. */
const patienceMs = 5_000;
/** Milliseconds for taking the pause back. */
const resumeMs = 5_000;

/** What a probe does while its worker is alone. */
export interface AloneInQueue {
  readonly queue: WorkerQueue;
  /** Whether all others have finished what they had in hand; otherwise an outcome counts only where it names the worker. */
  readonly isAlone: boolean;
  /** When the time is over, by `performance.now`. */
  readonly until: number;
}

/** The queue of a worker. */
function queueOf({ program }: Pick<WorkerService, 'program'>): WorkerQueue {
  const queue = workerQueues.find(({ reader }) => reader.program === program);
  if (queue === undefined) throw new TypeError(`${program} reads no queue.`);
  return queue;
}

/**
 * Has all workers of a queue but one pause, wherever they run, for as long as something is sent through that one.
 *
 * @throws ReleaseProbeError where somebody else has paused the queue
 */
export async function aloneInQueue<T>(options: ProbeOptions, work: (alone: AloneInQueue) => Promise<T>): Promise<T> {
  const { client, service, instance, owner, timeoutMs, signal } = options;
  const queue = queueOf(service);
  const until = performance.now() + timeoutMs;
  await requireNotPaused(queue, options);
  const scope = { kind: 'EXCEPT', instance } as const;
  const reason = `probe of ${instance} by hartonomous release`;
  await pauseQueue(client, queue, { owner, reason, scope, seconds: pauseSeconds }, signal);
  try {
    const wait = { timeoutMs: Math.min(patienceMs, timeoutMs), isGone, signal };
    const { isReached } = await awaitPaused(client, queue, scope, wait);
    return await work({ queue, isAlone: isReached, until });
  } finally {
    // Also when it was stopped: the others would wait for the end of the pause.
    await resumeQueue(client, queue, owner, AbortSignal.timeout(resumeMs));
  }
}

/** Whether a worker of this machine is no more; releases run their workers beside this program. */
function isGone(instance: string): boolean {
  const [, host, pid] = /^(.+)-(\d+)$/.exec(instance) ?? [];
  return host === hostname() && isProcessGone(Number(pid));
}

/** A pause of others would keep this worker from receiving, too. */
async function requireNotPaused(queue: WorkerQueue, { client, instance, owner, signal }: ProbeOptions): Promise<void> {
  const others = (await queuePauses(client, queue, signal)).filter(
    (pause) => pause.owner !== owner && !(pause.scope === 'EXCEPT' && pause.instance === instance),
  );
  const [first] = others;
  if (first === undefined) return;
  throw new ReleaseProbeError(
    `${queue.queue} is paused${scopeText(first)} by ${first.owner}: ${first.reason}. No release can be proved meanwhile.`,
    `Run this again after: hartonomous queue resume ${queue.name}`,
  );
}

/** Nothing got through. */
export function notThrough({ instance, timeoutMs }: ProbeOptions, what: string): ReleaseProbeError {
  return new ReleaseProbeError(
    `${instance} is ready, and brought no ${what} through within ${Math.round(timeoutMs / 1_000)} s.`,
    'See its log, and hartonomous doctor.',
  );
}
