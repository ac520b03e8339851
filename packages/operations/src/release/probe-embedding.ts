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
 * Sends a wake-up through one generator alone, and waits until it has been taken. That the provider answers is shown by no message: it
 * would cost money, and a generator without a provider that answers waits and says so.
 *
 * @throws ReleaseProbeError when it wasn't taken in time, or others haven't paused: a wake-up names nobody
 * @throws BrokerError
 */
export async function probeEmbedding(options: ProbeOptions): Promise<ProbeResult> {
  const { client, instance, signal } = options;
  return await aloneInQueue(options, async ({ queue, isAlone, until }) => {
    if (!isAlone) {
      throw new ReleaseProbeError(
        'Other generators have not finished what they have in hand, so a wake-up would prove nothing.',
        'Run it again, with a longer --probe-timeout.',
      );
    }
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
        return { text: `${instance} took a wake-up in ${ms} ms`, ms };
      }
      await delay(lookEveryMs, undefined, { signal });
    }
    throw notThrough(options, 'wake-up');
  });
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
