import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';

/** What workers have done lately that don't report themselves to dbo.WorkerInstance: they are of an older version. */
export interface OlderOutcomes {
  readonly outcomes: number;
  readonly lastAt: Date;
  /** How far back was looked, in minutes. */
  readonly minutes: number;
}

const knownRow = z.object({ isKnown: z.union([z.number(), z.boolean()]).transform(Boolean) });
const outcomesRow = z.object({ outcomes: z.coerce.number(), lastAt: z.date().nullable() });

/** Whether outcomes refer to their workers in this database: since the deployment of dbo.WorkerInstance. @throws BrokerError */
export async function knowsWorkersOfOutcomes(
  connection: SqlSession,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [row] = await connection.query(
    "SELECT CASE WHEN COL_LENGTH(N'dbo.Neo4jSyncLog', N'WorkerInstanceId') IS NULL THEN 0 ELSE 1 END AS [isKnown];",
    {},
    knownRow,
    { signal, context: { operation: 'looking for the column dbo.Neo4jSyncLog.WorkerInstanceId' } },
  );
  return row?.isKnown === true;
}

/**
 * Outcomes that older workers have logged in the last minutes, or `null`. They show workers that the sessions of a moment don't: those
 * without a connection, and those that somebody has stopped for a while.
 *
 * @throws BrokerError
 */
export async function olderOutcomes(
  connection: SqlSession,
  minutes: number,
  signal: AbortSignal | undefined,
): Promise<OlderOutcomes | null> {
  // Outcomes of other kinds are procedures', which aren't workers.
  const [row] = await connection.query(
    `SELECT COUNT_BIG(*) AS [outcomes], MAX(l.[LoggedAt]) AS [lastAt]
     FROM [dbo].[Neo4jSyncLog] AS l
     WHERE l.[LoggedAt] >= DATEADD(MINUTE, -@Minutes, SYSUTCDATETIME())
       AND l.[WorkerInstanceId] IS NULL
       AND l.[Outcome] IN (N'SYNCED', N'DELETED', N'STALE');`,
    { Minutes: minutes },
    outcomesRow,
    { signal, context: { operation: 'looking for what older workers have done' } },
  );
  return row === undefined || row.lastAt === null ? null : { outcomes: row.outcomes, lastAt: row.lastAt, minutes };
}
