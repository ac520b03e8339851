import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import type { GraphWriter } from '@hartonomous/graph-sync';
import { type Logger, reasonOf } from '@hartonomous/worker-host';

/** What the purges need. */
export interface MaintenanceContext {
  readonly client: Pick<BrokerClient, 'execute'>;
  readonly writer: Pick<GraphWriter, 'purgeTombstones'>;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly tombstoneAgeMs: number;
  readonly logRetentionDays: number;
  /** Ends it; a purge that is under way is given up, and the next one does the rest. */
  readonly signal: AbortSignal;
}

/** Time from start to the first purge, in milliseconds: not in the rush of the start, but before a daily restart. */
const firstPurgeMs = 60_000;

/** Purges now and then until `signal` is aborted. Never rejects: a failed purge is logged and tried again next time. */
export async function runMaintenance(context: MaintenanceContext): Promise<void> {
  const { signal, intervalMs } = context;
  let wait = Math.min(firstPurgeMs, intervalMs);
  while (!signal.aborted) {
    await pause(wait, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await purge(context);
    wait = intervalMs;
  }
}

/** Removes old tombstones from the graph and old rows from dbo.Neo4jSyncLog, each independently of the other. */
async function purge(context: MaintenanceContext): Promise<void> {
  const { client, writer, logger, tombstoneAgeMs, logRetentionDays, signal } = context;
  await attempt('tombstones', context, async () => {
    const removed = await writer.purgeTombstones(tombstoneAgeMs, { signal });
    if (removed > 0) logger.info({ removed }, `Purged ${removed} tombstones from Neo4j`);
  });
  await attempt('dbo.Neo4jSyncLog', context, async () => {
    await client.execute('dbo.sp_PurgeNeo4jSyncLog', { RetentionDays: logRetentionDays }, { signal });
  });
}

async function attempt(what: string, { logger, signal }: MaintenanceContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) logger.warn({ what, reason: reasonOf(error) }, `Purging ${what} failed; next time again`);
  }
}
