import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { embeddingQueue, ingestionQueue, syncQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** What came to an end within a time, by who did it. */
export interface WorkDone {
  /** As in dbo.WorkerInstance. Null: it isn't recorded who did it. */
  readonly instance: string | null;
  readonly done: number;
  /** What ended as a dead letter, was refused or given up. */
  readonly failed: number;
}

const doneRow = z.object({ instance: z.string().nullable(), done: z.coerce.number(), failed: z.coerce.number() });

/** Where each queue's work is recorded when it ends. Jobs of embeddings forget their worker then. */
const statements: Readonly<Record<string, string>> = {
  [syncQueue.name]: `SELECT w.[Instance] AS [instance],
       SUM(CASE WHEN l.[Outcome] IN (N'SYNCED', N'DELETED', N'STALE') THEN l.[MessageCount] ELSE 0 END) AS [done],
       SUM(CASE WHEN l.[Outcome] IN (N'SYNCED', N'DELETED', N'STALE') THEN 0 ELSE l.[MessageCount] END) AS [failed]
     FROM [dbo].[Neo4jSyncLog] AS l
     LEFT JOIN [dbo].[WorkerInstance] AS w ON w.[WorkerInstanceId] = l.[WorkerInstanceId]
     WHERE l.[LoggedAt] > DATEADD(SECOND, -@Seconds, SYSUTCDATETIME())
     GROUP BY w.[Instance];`,
  [ingestionQueue.name]: `SELECT w.[Instance] AS [instance],
       SUM(CASE WHEN j.[Status] = N'DEAD_LETTERED' THEN 0 ELSE 1 END) AS [done],
       SUM(CASE WHEN j.[Status] = N'DEAD_LETTERED' THEN 1 ELSE 0 END) AS [failed]
     FROM [dbo].[IngestionJob] AS j
     LEFT JOIN [dbo].[WorkerInstance] AS w ON w.[WorkerId] = j.[WorkerId]
     WHERE j.[Status] IN (N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED')
       AND j.[FinishedAt] > DATEADD(SECOND, -@Seconds, SYSUTCDATETIME())
     GROUP BY w.[Instance];`,
  [embeddingQueue.name]: `SELECT CONVERT(NVARCHAR(128), NULL) AS [instance],
       ISNULL(SUM(CASE WHEN j.[Status] IN (N'COMPLETED', N'SKIPPED') THEN 1 ELSE 0 END), 0) AS [done],
       ISNULL(SUM(CASE WHEN j.[Status] IN (N'DEAD', N'REFUSED') THEN 1 ELSE 0 END), 0) AS [failed]
     FROM [dbo].[BackgroundJob] AS j
     WHERE j.[Status] IN (N'COMPLETED', N'SKIPPED', N'DEAD', N'REFUSED')
       AND j.[FinishedAt] > DATEADD(SECOND, -@Seconds, SYSUTCDATETIME());`,
};

/**
 * What the workers of a queue have finished in the last seconds, by SQL Server's clock: changes of entities, files, embeddings. Needs
 * SELECT on dbo.WorkerInstance and dbo.Neo4jSyncLog, dbo.IngestionJob or dbo.BackgroundJob.
 *
 * @param seconds 1 to 3600
 * @returns undefined for a queue whose work isn't recorded
 * @throws BrokerError
 */
export async function workDone(
  client: Pick<BrokerClient, 'query'>,
  queueName: string,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly WorkDone[] | undefined> {
  const statement = statements[queueName];
  if (statement === undefined) return undefined;
  const context = { operation: `counting what was done of the queue ${queueName}` };
  return await client.query(statement, { Seconds: sqlParameter.int(seconds) }, doneRow, { signal, context });
}
