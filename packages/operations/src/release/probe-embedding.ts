import { setTimeout as delay } from 'node:timers/promises';
import { quoteQualifiedName, sqlParameter } from '@hartonomous/broker-client';
import type { WorkerQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { aloneInQueue, notThrough } from './alone-in-queue.ts';
import { ReleaseProbeError } from './errors.ts';
import { lookEveryMs, type ProbeOptions, type ProbeResult } from './probe.ts';

const context = { operation: 'proving a release' };

/** Milliseconds to find the message that was sent in its queue. */
const appearsMs = 2_000;

/**
 * Sends a job through one generator alone, for an atom that has its embedding already, and waits until it has ended: the generator is woken,
 * claims, reads, finds the text unchanged and ends the job. Where no atom has one, a wake-up, which it has to take. That the provider
 * answers is shown by neither: a new text would cost money at each release, and a generator whose provider doesn't answer says so.
 *
 * @throws ReleaseProbeError when it wasn't done in time, or others haven't paused: neither a job that has ended nor a wake-up names anybody
 * @throws BrokerError
 */
export async function probeEmbedding(options: ProbeOptions): Promise<ProbeResult> {
  return await aloneInQueue(options, async ({ queue, isAlone, until }) => {
    if (!isAlone) {
      throw new ReleaseProbeError(
        'Other generators have not finished what they have in hand, so a job would prove nothing.',
        'Run it again, with a longer --probe-timeout.',
      );
    }
    const atomId = await embeddedAtom(options);
    return atomId === undefined ? await sendWakeUp(queue, until, options) : await sendJob(atomId, until, options);
  });
}

/** An atom whose job costs nothing: it has the embedding of its text, of models that aren't paused alone, and waits for none. */
async function embeddedAtom({ client, signal }: ProbeOptions): Promise<string | undefined> {
  const [row] = await client.query(
    `SELECT TOP (1) CONVERT(NVARCHAR(20), e.[AtomId]) AS [atomId]
     FROM [dbo].[AtomEmbedding] AS e
     INNER JOIN [dbo].[EmbeddingModel] AS m ON m.[EmbeddingModelId] = e.[EmbeddingModelId] AND m.[State] = N'ENABLED'
     INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = e.[AtomId] AND a.[CanonicalText] <> N''
     INNER JOIN [dbo].[EmbeddingModelAtomType] AS t
       ON t.[EmbeddingModelId] = m.[EmbeddingModelId] AND t.[AtomType] = a.[AtomType]
     WHERE e.[TextHash] IS NOT NULL
       AND NOT EXISTS (
         SELECT 1 FROM [dbo].[EmbeddingModelAtomType] AS o
         INNER JOIN [dbo].[EmbeddingModel] AS p ON p.[EmbeddingModelId] = o.[EmbeddingModelId]
         WHERE o.[AtomType] = a.[AtomType] AND p.[State] = N'PAUSED'
       )
       AND NOT EXISTS (
         SELECT 1 FROM [dbo].[BackgroundJob] AS j
         WHERE j.[AtomId] = e.[AtomId] AND j.[EmbeddingModelId] = m.[EmbeddingModelId]
           AND j.[Status] IN (N'PENDING', N'RUNNING', N'DEAD', N'REFUSED')
       )
     ORDER BY e.[AtomId];`,
    {},
    z.object({ atomId: z.string() }),
    { signal, context },
  );
  return row?.atomId;
}

/** A job that has ended was claimed by this generator: all others pause. */
async function sendJob(atomId: string, until: number, options: ProbeOptions): Promise<ProbeResult> {
  const { client, instance, signal } = options;
  const AtomId = sqlParameter.bigint(BigInt(atomId));
  const [before] = await client.query(
    `SELECT CONVERT(NVARCHAR(20), ISNULL(MAX(j.[BackgroundJobId]), 0)) AS [last] FROM [dbo].[BackgroundJob] AS j;`,
    {},
    z.object({ last: z.string() }),
    { signal, context },
  );
  const Last = sqlParameter.bigint(BigInt(before?.last ?? 0));
  const sentAt = performance.now();
  await client.run('EXEC [dbo].[sp_EnqueueEmbeddingJob] @AtomId = @AtomId;', { AtomId }, { signal, context });
  while (performance.now() < until) {
    const [ended] = await client.query(
      `SELECT TOP (1) j.[Status] AS [status], CONCAT(j.[ErrorCode], N' ', j.[ErrorText]) AS [error]
       FROM [dbo].[BackgroundJob] AS j
       WHERE j.[AtomId] = @AtomId AND j.[BackgroundJobId] > @Last AND j.[Status] NOT IN (N'PENDING', N'RUNNING');`,
      { AtomId, Last },
      z.object({ status: z.string(), error: z.string() }),
      { signal, context },
    );
    if (ended?.status === 'DEAD') {
      throw new ReleaseProbeError(
        `${instance} gave up a job for atom ${atomId}, which has its embedding already: ${ended.error}`,
        'See its log, and: hartonomous embeddings status',
      );
    }
    if (ended !== undefined) {
      const ms = Math.round(performance.now() - sentAt);
      return { text: `${instance} ended a job for atom ${atomId} in ${ms} ms (${ended.status})`, ms };
    }
    await delay(lookEveryMs, undefined, { signal });
  }
  throw notThrough(options, 'job');
}

/** Where there is no atom with an embedding. */
async function sendWakeUp(queue: WorkerQueue, until: number, options: ProbeOptions): Promise<ProbeResult> {
  const { client, instance, signal } = options;
  const before = await lastIn(queue, options);
  const sentAt = performance.now();
  await client.run('EXEC [dbo].[sp_EnqueueEmbeddingRequest];', {}, { signal, context });
  let seen = before;
  while (seen <= before && performance.now() - sentAt < Math.min(appearsMs, until - sentAt)) {
    seen = await lastIn(queue, options);
    if (seen <= before) await delay(lookEveryMs, undefined, { signal });
  }
  // Taken before anybody could look is taken, too: nobody else receives.
  while (performance.now() < until) {
    if ((await waitingUpTo(queue, seen, options)) === 0) {
      const ms = Math.round(performance.now() - sentAt);
      return {
        text: `${instance} took a wake-up in ${ms} ms; no atom has an embedding that a job could be made for`,
        ms,
      };
    }
    await delay(lookEveryMs, undefined, { signal });
  }
  throw notThrough(options, 'wake-up');
}

const orderRow = z.object({ order: z.string() });

/** The order of the last message; 0 where there is none. */
async function lastIn({ queue }: WorkerQueue, { client, signal }: ProbeOptions): Promise<bigint> {
  const [row] = await client.query(
    `SELECT CONVERT(NVARCHAR(20), ISNULL(MAX(q.[queuing_order]), 0)) AS [order]
     FROM ${quoteQualifiedName(queue)} AS q WITH (NOLOCK);`,
    {},
    orderRow,
    { signal, context },
  );
  return BigInt(row?.order ?? 0);
}

async function waitingUpTo({ queue }: WorkerQueue, order: bigint, { client, signal }: ProbeOptions): Promise<number> {
  const [row] = await client.query(
    `SELECT COUNT(*) AS [waiting] FROM ${quoteQualifiedName(queue)} AS q WITH (NOLOCK) WHERE q.[queuing_order] <= @Order;`,
    { Order: sqlParameter.bigint(order) },
    z.object({ waiting: z.int() }),
    { signal, context },
  );
  return row?.waiting ?? 0;
}
