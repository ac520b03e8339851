import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import type { WorkerQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { Fact } from './queue-facts.ts';

/** Whom a pause is for: every worker of the queue, one alone, or all others. */
export type PauseScope =
  | { readonly kind: 'ALL' }
  | { readonly kind: 'ONLY' | 'EXCEPT' /** As in dbo.WorkerInstance. */; readonly instance: string };

/** A pause that has been asked for and isn't over. */
export interface QueuePause {
  readonly owner: string;
  readonly reason: string;
  readonly scope: PauseScope['kind'];
  readonly instance: string | null;
  readonly pausedAt: Date;
  /** Null: until somebody resumes. */
  readonly expiresAt: Date | null;
}

/** What is asked for. */
export interface PauseRequest {
  /** Who is to be asked about it. */
  readonly owner: string;
  readonly reason: string;
  readonly scope: PauseScope;
  /** Seconds after which it ends by itself, 1 to 31536000; undefined: never. A program gives them, so that its death stops no queue. */
  readonly seconds?: number | undefined;
}

const pauseRow = z.object({
  owner: z.string(),
  reason: z.string(),
  scope: z.enum(['ALL', 'ONLY', 'EXCEPT']),
  instance: z.string().nullable(),
  pausedAt: z.date(),
  expiresAt: z.date().nullable(),
});

/** The pauses of a queue that aren't over, the oldest first. Needs SELECT on dbo.QueuePause. */
export async function queuePauses(
  client: Pick<BrokerClient, 'query'>,
  { queue }: Pick<WorkerQueue, 'queue'>,
  signal: AbortSignal,
): Promise<readonly QueuePause[]> {
  return await client.query(
    `SELECT p.[Owner] AS [owner], p.[Reason] AS [reason], p.[Scope] AS [scope], p.[Instance] AS [instance],
       p.[PausedAt] AS [pausedAt], p.[ExpiresAt] AS [expiresAt]
     FROM [dbo].[QueuePause] AS p
     WHERE p.[QueueName] = @queue AND (p.[ExpiresAt] IS NULL OR p.[ExpiresAt] > SYSUTCDATETIME())
     ORDER BY p.[PausedAt], p.[QueuePauseId];`,
    { queue },
    pauseRow,
    { signal, context: { operation: `looking for pauses of ${queue}` } },
  );
}

/**
 * Asks the workers of a queue to receive nothing; the same owner's earlier pause is replaced. Needs EXECUTE on dbo.sp_PauseQueue.
 *
 * @throws PermissionDeniedError and other BrokerErrors
 */
export async function pauseQueue(
  client: Pick<BrokerClient, 'execute'>,
  { queue }: Pick<WorkerQueue, 'queue'>,
  { owner, reason, scope, seconds }: PauseRequest,
  signal: AbortSignal,
): Promise<void> {
  const parameters = {
    QueueName: queue,
    Owner: owner,
    Reason: reason,
    Scope: scope.kind,
    Instance: scope.kind === 'ALL' ? null : scope.instance,
    Seconds: sqlParameter.int(seconds ?? null),
  };
  await client.execute('dbo.sp_PauseQueue', parameters, { signal, context: { operation: `pausing ${queue}` } });
}

/**
 * Takes pauses back. Needs EXECUTE on dbo.sp_ResumeQueue.
 *
 * @param owner whose; undefined: everybody's
 * @returns how many
 */
export async function resumeQueue(
  client: Pick<BrokerClient, 'query'>,
  { queue }: Pick<WorkerQueue, 'queue'>,
  owner: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const [row] = await client.query(
    `DECLARE @Resumed INT;
     EXEC [dbo].[sp_ResumeQueue] @QueueName = @queue, @Owner = @owner, @Resumed = @Resumed OUTPUT;
     SELECT @Resumed AS [resumed];`,
    { queue, owner: owner ?? null },
    z.object({ resumed: z.int() }),
    { signal, context: { operation: `resuming ${queue}` } },
  );
  return row?.resumed ?? 0;
}

/** A process that reads a queue. */
export interface QueueWorkerInstance {
  readonly instance: string;
  readonly program: string;
  readonly version: string;
  readonly state: 'RECEIVING' | 'PAUSING' | 'PAUSED' | 'STOPPED';
  readonly startedAt: Date;
  /** Milliseconds since it was last seen, by SQL Server's clock. */
  readonly seenMsAgo: number;
}

/**
 * Milliseconds without a report after which a process counts as gone. Workers report each `Worker:WatchIntervalMs`, which is 15
 * seconds unless somebody has set it.
 */
const goneAfterMs = 60_000;

/** The processes that read a queue and were seen within a minute, the oldest first. Needs SELECT on dbo.WorkerInstance. */
export async function queueWorkers(
  client: Pick<BrokerClient, 'query'>,
  { queue }: Pick<WorkerQueue, 'queue'>,
  signal: AbortSignal,
): Promise<readonly QueueWorkerInstance[]> {
  return await client.query(
    `DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
     SELECT w.[Instance] AS [instance], w.[Program] AS [program], w.[Version] AS [version], w.[State] AS [state],
       w.[StartedAt] AS [startedAt], DATEDIFF(MILLISECOND, w.[LastSeenAt], @Now) AS [seenMsAgo]
     FROM [dbo].[WorkerInstance] AS w
     WHERE w.[QueueName] = @queue AND w.[State] <> N'STOPPED' AND w.[LastSeenAt] > DATEADD(MILLISECOND, -${goneAfterMs}, @Now)
     ORDER BY w.[WorkerInstanceId];`,
    { queue },
    z.object({
      instance: z.string(),
      program: z.string(),
      version: z.string(),
      state: z.enum(['RECEIVING', 'PAUSING', 'PAUSED', 'STOPPED']),
      startedAt: z.date(),
      seenMsAgo: z.number(),
    }),
    { signal, context: { operation: `looking for workers of ${queue}` } },
  );
}

/** How workers are waited for; see {@link awaitPaused}. */
export interface PauseWait {
  readonly timeoutMs: number;
  readonly isGone?: (instance: string) => boolean;
  readonly signal: AbortSignal;
}

/** How a wait for workers ended. */
export interface PauseProgress {
  /** Every worker that it is for has nothing in hand any more. */
  readonly isReached: boolean;
  readonly workers: readonly QueueWorkerInstance[];
}

/** Between two checks of the workers, in milliseconds; they look for pauses once a second. */
const lookEveryMs = 250;

/**
 * Waits until all workers that a pause is for have finished what they had in hand, but no longer than so long.
 *
 * @param timeoutMs longest wait, in milliseconds; 0 looks once
 * @param isGone of whom it is known that they are no more; one that was killed is seen for a minute. @default of nobody
 */
export async function awaitPaused(
  client: Pick<BrokerClient, 'query'>,
  queue: Pick<WorkerQueue, 'queue'>,
  scope: PauseScope,
  { timeoutMs, isGone = () => false, signal }: PauseWait,
): Promise<PauseProgress> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const workers = (await queueWorkers(client, queue, signal)).filter(
      ({ instance }) => isFor(scope, instance) && !isGone(instance),
    );
    const isReached = workers.every(({ state }) => state === 'PAUSED');
    if (isReached || performance.now() >= until) return { isReached, workers };
    await delay(lookEveryMs, undefined, { signal });
  }
}

function isFor(scope: PauseScope, instance: string): boolean {
  if (scope.kind === 'ALL') return true;
  return (scope.instance === instance) === (scope.kind === 'ONLY');
}

/** A pause as a fact: on purpose, and still nothing that is as it should be. */
export function pauseFacts(
  { queue, name }: Pick<WorkerQueue, 'queue' | 'name'>,
  pauses: readonly QueuePause[],
): Fact[] {
  const id = `queue.paused.${queue}`;
  if (pauses.length === 0) return [{ id, message: `${queue} is not paused.`, action: null }];
  return pauses.map((pause) => ({
    id,
    message: `${queue} is paused${scopeText(pause)} by ${pause.owner} since ${pause.pausedAt.toISOString()}: ${pause.reason}`,
    action: `It ends ${pause.expiresAt === null ? '' : `by itself at ${pause.expiresAt.toISOString()}, or `}with: hartonomous queue resume ${name}`,
  }));
}

/** For whom, in words; empty for everybody. */
export function scopeText({ scope, instance }: Pick<QueuePause, 'scope' | 'instance'>): string {
  if (scope === 'ALL') return '';
  return scope === 'ONLY' ? ` for ${instance}` : ` for all workers but ${instance}`;
}
