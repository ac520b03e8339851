import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Finding, fine, warning } from './finding.ts';

/** Days beyond the retention after which purging counts as standing still: a worker purges each hour, and may have been away for a day. */
const patienceDays = 2;

const id = 'log.retention';

/**
 * Whether rows of dbo.Neo4jSyncLog are purged.
 *
 * @param retentionDays setting Worker:LogRetentionDays; 0 keeps rows forever
 * @throws BrokerError
 */
export async function logFinding(session: SqlSession, retentionDays: number, signal: AbortSignal): Promise<Finding> {
  const [row] = await session.query(
    `SELECT DATEDIFF(DAY, MIN(l.[LoggedAt]), SYSUTCDATETIME()) AS [days] FROM [dbo].[Neo4jSyncLog] AS l;`,
    {},
    z.object({ days: z.number().nullable() }),
    { signal, context: { operation: 'looking for the oldest row of dbo.Neo4jSyncLog' } },
  );
  const days = row?.days ?? 0;
  if (retentionDays === 0)
    return fine(
      id,
      `dbo.Neo4jSyncLog is never purged (Worker:LogRetentionDays is 0); its oldest row has ${days} days.`,
    );
  if (days <= retentionDays + patienceDays) {
    return fine(id, `The oldest row of dbo.Neo4jSyncLog has ${days} days, of ${retentionDays} that it is kept.`);
  }
  return warning(
    id,
    `The oldest row of dbo.Neo4jSyncLog has ${days} days, and should have gone after ${retentionDays}: nobody purges.`,
    `See whether neo4j-sync-worker runs and may EXECUTE dbo.sp_PurgeNeo4jSyncLog. By hand: EXEC dbo.sp_PurgeNeo4jSyncLog @RetentionDays = ${retentionDays};`,
  );
}
