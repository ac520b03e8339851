import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';

/** Milliseconds from a change's message to its row in the graph, of the latest changes. */
export interface SyncLag {
  /** Changes that were measured; 0 where there were none, and then the others are null. */
  readonly changes: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Minutes of the log that the lag is measured over where nobody says otherwise. */
export const usualLagMinutes = 15;

/** Most changes that are measured: the latest ones. */
const mostChanges = 10_000;

const lagRow = z.object({ Lag: z.union([z.string(), z.number(), z.bigint()]).transform(Number) });

/**
 * How long changes took from their message to the graph, of those that were written in the last minutes, at most 10,000 of them.
 *
 * @param minutes 1 to 1440
 * @throws BrokerError
 */
export async function syncLag(client: BrokerClient, minutes: number, signal: AbortSignal): Promise<SyncLag> {
  const rows = await client.query(
    `SELECT TOP (@Most) DATEDIFF_BIG(MILLISECOND, l.[EnqueuedAt], l.[LoggedAt]) AS [Lag]
     FROM [dbo].[Neo4jSyncLog] AS l
     WHERE l.[LoggedAt] > DATEADD(MINUTE, -@Minutes, SYSUTCDATETIME()) AND l.[EnqueuedAt] IS NOT NULL
       AND l.[Outcome] IN (N'SYNCED', N'DELETED')
     ORDER BY l.[LoggedAt] DESC;`,
    { Most: sqlParameter.int(mostChanges), Minutes: sqlParameter.int(minutes) },
    lagRow,
    { signal, context: { operation: 'measuring the lag of the graph' } },
  );
  const sorted = rows.map(({ Lag }) => Math.max(0, Lag)).sort((one, other) => one - other);
  const percentile = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { changes: sorted.length, p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99) };
}
