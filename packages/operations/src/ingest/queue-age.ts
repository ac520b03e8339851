import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';

const ageRow = z.object({ Age: z.union([z.string(), z.number()]).transform(Number).nullable() });

/**
 * How long the oldest file that nobody has begun with has waited.
 *
 * @returns milliseconds; 0 where none waits
 * @throws BrokerError
 */
export async function ingestionQueueAge(client: BrokerClient, signal: AbortSignal): Promise<number> {
  const [row] = await client.query(
    // The first of an index: jobs that wait have no end, and the lowest number is the oldest.
    `SELECT (
       SELECT TOP (1) DATEDIFF_BIG(MILLISECOND, j.[EnqueuedAt], SYSUTCDATETIME())
       FROM [dbo].[IngestionJob] AS j
       WHERE j.[Status] = N'QUEUED' AND j.[FinishedAt] IS NULL
       ORDER BY j.[IngestionJobId]
     ) AS [Age];`,
    {},
    ageRow,
    { signal, context: { operation: 'looking how long files wait' } },
  );
  return Math.max(0, row?.Age ?? 0);
}
