import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { z } from 'zod';
import { openSqlServer } from '../servers/sql-server.ts';
import { type Finding, fine, problem, warning } from './finding.ts';
import { notSeen } from './not-seen.ts';

/** The entity that the message is about: there are few tenants, and what belongs to one isn't touched. */
const entityType = 'Tenant';

/** Between two checks of the log, in milliseconds: short beside what a person waits, and cheap. */
const lookEveryMs = 100;

const id = 'canary.sync';

/** What the worker wrote about the canary. */
const logRow = z.object({ outcome: z.string(), detail: z.string().nullable() });

/**
 * Sends a message that changes nothing through the whole way, and waits until a worker has accounted for it in
 * dbo.Neo4jSyncLog: everything may look well while nobody syncs. The message is about the first tenant, whose row the worker
 * writes to the graph again as it is.
 *
 * @param timeoutMs longest wait, in milliseconds
 * @throws BrokerError when the server can't be reached, or not any more; the reason of `signal`
 */
export async function* sendCanary(
  settings: SqlConnectionSettings,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  await using client = await openSqlServer(settings, { signal });
  try {
    yield await canary(client, timeoutMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    yield notSeen(id, error);
  }
}

async function canary(client: BrokerClient, timeoutMs: number, signal: AbortSignal): Promise<Finding> {
  const [before] = await client.query(
    `SELECT
       (SELECT MIN(t.[TenantId]) FROM [dbo].[Tenant] AS t) AS [tenant],
       (SELECT ISNULL(MAX(l.[Neo4jSyncLogId]), 0) FROM [dbo].[Neo4jSyncLog] AS l) AS [logged];`,
    {},
    z.object({ tenant: z.int().nullable(), logged: z.string() }),
    { signal, context: { operation: 'looking for a tenant to send a message about' } },
  );
  if (before === undefined || before.tenant === null) {
    return warning(id, 'There is no tenant that a message could be about.', 'Run: hartonomous database deploy');
  }
  const { tenant, logged } = before;
  const sentAt = performance.now();
  await client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: sqlParameter.nvarchar(entityType),
    EntityId: sqlParameter.bigint(BigInt(tenant)),
    SyncType: sqlParameter.nvarchar('UPDATE'),
  });
  while (performance.now() - sentAt < timeoutMs) {
    const [row] = await client.query(
      `SELECT TOP (1) l.[Outcome] AS [outcome], l.[Detail] AS [detail] FROM [dbo].[Neo4jSyncLog] AS l
       WHERE l.[Neo4jSyncLogId] > @Logged AND l.[EntityType] = @EntityType AND l.[EntityId] = @EntityId
       ORDER BY l.[Neo4jSyncLogId];`,
      {
        Logged: sqlParameter.bigint(BigInt(logged)),
        EntityType: sqlParameter.nvarchar(entityType),
        EntityId: sqlParameter.bigint(BigInt(tenant)),
      },
      logRow,
      { signal, context: { operation: 'looking for the message in dbo.Neo4jSyncLog' } },
    );
    if (row !== undefined) return arrived(tenant, row, performance.now() - sentAt);
    await pause(lookEveryMs, undefined, { signal });
  }
  return problem(
    id,
    `A message about tenant ${tenant} was not synced within ${timeoutMs / 1000} s.`,
    'Does a neo4j-sync-worker run, and what does its /health/ready say? It may also be busy with what came before.',
  );
}

function arrived(tenant: number, { outcome, detail }: z.output<typeof logRow>, ms: number): Finding {
  if (outcome === 'DEAD_LETTERED') {
    const reason = detail === null ? '' : `: ${detail}`;
    return problem(
      id,
      `A message about tenant ${tenant} was dead-lettered${reason}`,
      'See: hartonomous deadletter list',
    );
  }
  if (outcome === 'STALE') {
    return problem(
      id,
      `A message about tenant ${tenant} was left out: the graph has the tenant with a greater number than the worker got.`,
      'See graph.sequence above. If that is ok, another change of the tenant may just have come first: try again.',
    );
  }
  return fine(
    id,
    `A message about tenant ${tenant} was synced ${ms.toFixed(0)} ms after it was enqueued (${outcome}).`,
  );
}
