import { setTimeout as delay } from 'node:timers/promises';
import { sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import { aloneInQueue, notThrough } from './alone-in-queue.ts';
import { ReleaseProbeError } from './errors.ts';
import { lookEveryMs, type ProbeOptions, type ProbeResult } from './probe.ts';

/** Milliseconds until another message is sent: one before may have gone to a worker that hadn't paused yet. */
const resendMs = 2_000;

const context = { operation: 'proving a release' };

/**
 * Sends messages through one sync worker alone; only what this one has accounted for counts. They change nothing: the first tenant's row
 * is written to the graph again as it is.
 *
 * @throws ReleaseProbeError when none got through in time, or one was refused
 * @throws BrokerError
 */
export async function probeSync(options: ProbeOptions): Promise<ProbeResult> {
  return await aloneInQueue(options, async ({ until }) => {
    while (performance.now() < until) {
      const result = await sendOne(options, Math.min(resendMs, until - performance.now()));
      if (result !== undefined) return result;
    }
    throw notThrough(options, 'message');
  });
}

const accounted = z.object({ outcome: z.string(), detail: z.string().nullable() });

/** One message; undefined when this worker hasn't accounted for it in time. */
async function sendOne(
  { client, instance, signal }: ProbeOptions,
  timeoutMs: number,
): Promise<ProbeResult | undefined> {
  const [before] = await client.query(
    `SELECT
       (SELECT MIN(t.[TenantId]) FROM [dbo].[Tenant] AS t) AS [tenant],
       (SELECT ISNULL(MAX(l.[Neo4jSyncLogId]), 0) FROM [dbo].[Neo4jSyncLog] AS l) AS [logged];`,
    {},
    z.object({ tenant: z.int().nullable(), logged: z.string() }),
    { signal, context },
  );
  if (before === undefined || before.tenant === null) {
    throw new ReleaseProbeError(
      'There is no tenant that a message could be about.',
      'Run: hartonomous database deploy',
    );
  }
  const { tenant, logged } = before;
  const sentAt = performance.now();
  await client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: sqlParameter.nvarchar('Tenant'),
    EntityId: sqlParameter.bigint(BigInt(tenant)),
    SyncType: sqlParameter.nvarchar('UPDATE'),
  });
  while (performance.now() - sentAt < timeoutMs) {
    const [row] = await client.query(
      `SELECT TOP (1) l.[Outcome] AS [outcome], l.[Detail] AS [detail]
       FROM [dbo].[Neo4jSyncLog] AS l
       INNER JOIN [dbo].[WorkerInstance] AS w ON w.[WorkerInstanceId] = l.[WorkerInstanceId]
       WHERE l.[Neo4jSyncLogId] > @Logged AND l.[EntityType] = N'Tenant' AND l.[EntityId] = @EntityId
         AND w.[Instance] = @Instance
       ORDER BY l.[Neo4jSyncLogId];`,
      {
        Logged: sqlParameter.bigint(BigInt(logged)),
        EntityId: sqlParameter.bigint(BigInt(tenant)),
        Instance: instance,
      },
      accounted,
      { signal, context },
    );
    // One that another change has overtaken proves nothing.
    if (row?.outcome === 'STALE') return undefined;
    if (row !== undefined) return through(tenant, instance, row, performance.now() - sentAt);
    await delay(lookEveryMs, undefined, { signal });
  }
  return undefined;
}

function through(
  tenant: number,
  instance: string,
  { outcome, detail }: z.output<typeof accounted>,
  ms: number,
): ProbeResult {
  if (outcome === 'DEAD_LETTERED') {
    throw new ReleaseProbeError(
      `${instance} dead-lettered a message about tenant ${tenant}${detail === null ? '' : `: ${detail}`}`,
      'See: hartonomous deadletter list',
    );
  }
  const rounded = Math.round(ms);
  return { text: `${instance} synced a message about tenant ${tenant} in ${rounded} ms (${outcome})`, ms: rounded };
}
