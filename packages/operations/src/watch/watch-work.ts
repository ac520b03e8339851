import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerClient, BrokerError, BrokerUnavailableError } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Failure, failureOf } from '../failure.ts';
import type { QueueWorkerInstance } from '../queues/queue-pauses.ts';
import { type QueueState, queueStates } from '../queues/queue-state.ts';
import { type SyncLag, syncLag, usualLagMinutes } from '../sync-log/sync-lag.ts';
import { within } from './within.ts';
import { type WorkDone, workDone } from './work-rates.ts';

/** What is done a second, and what failed. Null: it could not be seen, or isn't recorded. */
export interface WorkRate {
  /** Of what ended well within the window. */
  readonly perSecond: number | null;
  /** How many failed within the window. */
  readonly errors: number | null;
}

/** A queue with what its workers do. */
export interface WatchedQueue extends Omit<QueueState, 'workers' | 'unseen'>, WorkRate {
  /** Null: they could not be seen. */
  readonly workers: readonly (QueueWorkerInstance & WorkRate)[] | null;
}

/** One look. */
export interface WorkSeen {
  readonly seenAt: Date;
  /** Milliseconds that the look took. */
  readonly lookMs: number;
  /** Seconds that rates and errors are of. */
  readonly windowSeconds: number;
  readonly queues: readonly WatchedQueue[];
  /** Of the last minutes; null: it could not be seen. */
  readonly syncLag: (SyncLag & { readonly minutes: number }) | null;
  /** What could not be seen, with the reason. */
  readonly unseen: readonly { readonly what: string; readonly reason: string }[];
}

/** A sample without figures: SQL Server is unavailable, does not answer, or its database can't be opened. */
export interface NothingSeen {
  readonly seenAt: Date;
  readonly failure: Failure;
}

/** How {@link watchWork} looks. */
export interface WatchOptions {
  /** Milliseconds from the beginning of a look to that of the next. Short: each counts the messages of deep queues. */
  readonly intervalMs: number;
  /** Seconds that rates and errors are of, 1 to 3600. Too few: they jump; too many: a worker that stopped looks busy for as long. */
  readonly windowSeconds: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds to wait for a response. Too short: a busy server is called silent; too long: the screen shows stale figures. */
const signOfLifeMs = 5_000;
/** Milliseconds for a sample: counting the messages of deep queues takes seconds. */
const lookLimitMs = 60_000;

/**
 * Samples queues and workers until aborted. While SQL Server is unavailable or silent, the samples report that; watching continues when it is back.
 *
 * @throws the signal's reason; what waiting doesn't heal, such as a login that is refused
 */
export async function* watchWork(
  client: BrokerClient,
  { intervalMs, windowSeconds, signal }: WatchOptions,
): AsyncGenerator<WorkSeen | NothingSeen, never> {
  for (;;) {
    const begunAt = performance.now();
    yield await lookOrFail(client, windowSeconds, signal);
    await delay(Math.max(0, begunAt + intervalMs - performance.now()), undefined, { signal });
  }
}

async function lookOrFail(
  client: BrokerClient,
  windowSeconds: number,
  signal: AbortSignal,
): Promise<WorkSeen | NothingSeen> {
  try {
    // The parts of a look would each fail for themselves, one after the other.
    const operation = 'checking whether SQL Server responds';
    await within(signOfLifeMs, signal, operation, (limit) =>
      client.query('SELECT 1 AS [one];', {}, z.object({ one: z.int() }), { signal: limit, context: { operation } }),
    );
    return await within(lookLimitMs, signal, 'looking at queues and workers', (limit) =>
      lookAtWork(client, windowSeconds, limit),
    );
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof BrokerError && error.retryable ? failureOf(error) : undefined;
    if (failure === undefined) throw error;
    return { seenAt: new Date(), failure };
  }
}

async function lookAtWork(client: BrokerClient, windowSeconds: number, signal: AbortSignal): Promise<WorkSeen> {
  const begunAt = performance.now();
  const unseen: { what: string; reason: string }[] = [];
  const seen = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BrokerUnavailableError || !(error instanceof Error)) throw error;
      unseen.push({ what, reason: error.message });
      return null;
    }
  };
  const queues: WatchedQueue[] = [];
  for await (const { unseen: parts, workers, ...state } of queueStates(client, signal)) {
    unseen.push(...parts.map(({ part, reason }) => ({ what: `${state.name}, ${part}`, reason })));
    const done = await seen(`${state.name}, rate`, () => workDone(client, state.name, windowSeconds, signal));
    queues.push({
      ...state,
      ...rateOf(done ?? null, windowSeconds),
      workers: workers?.map((worker) => ({ ...worker, ...rateOfWorker(worker, done ?? null, windowSeconds) })) ?? null,
    });
  }
  const lag = await seen('lag', () => syncLag(client, usualLagMinutes, signal));
  return {
    seenAt: new Date(),
    lookMs: Math.round(performance.now() - begunAt),
    windowSeconds,
    queues,
    syncLag: lag === null ? null : { ...lag, minutes: usualLagMinutes },
    unseen,
  };
}

/** @param done null where it is not known */
export function rateOf(done: readonly Pick<WorkDone, 'done' | 'failed'>[] | null, windowSeconds: number): WorkRate {
  if (done === null) return { perSecond: null, errors: null };
  const sum = (part: 'done' | 'failed') => done.reduce((total, each) => total + each[part], 0);
  return { perSecond: sum('done') / windowSeconds, errors: sum('failed') };
}

/**
 * What one worker does. Nothing is known of it where something was done and it isn't recorded by whom: it may have been this one.
 */
export function rateOfWorker(
  { instance }: Pick<QueueWorkerInstance, 'instance'>,
  done: readonly WorkDone[] | null,
  windowSeconds: number,
): WorkRate {
  const isUnnamed = done?.some((each) => each.instance === null && each.done + each.failed > 0) === true;
  const own = done?.filter((each) => each.instance === instance) ?? [];
  if (own.length === 0 && isUnnamed) return { perSecond: null, errors: null };
  return rateOf(done === null ? null : own, windowSeconds);
}
