import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import { type Logger, reasonOf } from '@hartonomous/worker-host';

/** What the purges need. */
export interface MaintenanceContext {
  readonly client: Pick<BrokerClient, 'execute'>;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly jobRetentionDays: number;
  /** Ends it; a purge that is under way is given up, and the next one does the rest. */
  readonly signal: AbortSignal;
}

/** Time from start to the first purge, in milliseconds: not in the rush of the start, but before a daily restart. */
const firstPurgeMs = 60_000;

/**
 * Removes old jobs and abandoned uploads now and then, until `signal` is aborted. Never rejects: a failed purge is logged
 * and tried again next time.
 */
export async function runMaintenance(context: MaintenanceContext): Promise<void> {
  const { client, logger, intervalMs, jobRetentionDays, signal } = context;
  let wait = Math.min(firstPurgeMs, intervalMs);
  while (!signal.aborted) {
    await pause(wait, undefined, { signal }).catch(() => undefined);
    wait = intervalMs;
    if (signal.aborted) return;
    try {
      await client.execute('dbo.sp_PurgeIngestion', { RetentionDays: jobRetentionDays }, { signal });
    } catch (error) {
      if (!signal.aborted) logger.warn({ reason: reasonOf(error) }, 'Purging old jobs failed; next time again');
    }
  }
}
