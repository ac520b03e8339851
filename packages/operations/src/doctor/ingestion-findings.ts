import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Finding, fine, problem, warning } from './finding.ts';

/** Minutes after which work that nobody goes on with is reported. Too short: a worker that restarts is called missing. */
const longestMinutes = 5;

const countColumn = z.union([z.string(), z.number()]).transform(Number);
const stateRow = z.object({ ready: countColumn, vanished: countColumn, unfinished: countColumn });

/**
 * Whether files wait for a worker that doesn't come: taken off the queue, or begun by a worker whose lease has run out; and documents
 * that are unfinished and that no job is about. Needs the tables of this version.
 *
 * @throws BrokerError
 */
export async function* ingestionFindings(session: SqlSession, signal: AbortSignal): AsyncGenerator<Finding> {
  const [state] = await session.query(
    `DECLARE @Before DATETIME2(7) = DATEADD(MINUTE, -${longestMinutes}, SYSUTCDATETIME());
     SELECT
       (SELECT COUNT_BIG(*) FROM [dbo].[IngestionJob] AS j WITH (NOLOCK)
        WHERE j.[Status] = N'QUEUED' AND j.[ReceivedAt] < @Before AND ISNULL(j.[DueAt], @Before) <= @Before
          AND NOT EXISTS (SELECT 1 FROM [dbo].[IngestionLease] AS l WITH (NOLOCK)
                          WHERE l.[TenantId] = j.[TenantId] AND l.[LeaseUntil] > SYSUTCDATETIME())) AS [ready],
       (SELECT COUNT_BIG(*) FROM [dbo].[IngestionJob] AS j WITH (NOLOCK)
        WHERE j.[Status] IN (N'RUNNING', N'REFUSED') AND j.[ReceivedAt] IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM [dbo].[IngestionLease] AS l WITH (NOLOCK)
                          WHERE l.[TenantId] = j.[TenantId] AND l.[LeaseUntil] > @Before)) AS [vanished],
       (SELECT COUNT_BIG(*) FROM [dbo].[IngestedDocument] AS d WITH (NOLOCK)
        WHERE d.[State] <> N'COMPLETE' AND d.[ChangedAt] < @Before
          AND NOT EXISTS (SELECT 1 FROM [dbo].[IngestionJob] AS j WITH (NOLOCK)
                          WHERE j.[TenantId] = d.[TenantId] AND j.[ContentHash] = d.[ContentHash]
                            AND j.[Status] IN (N'QUEUED', N'RUNNING', N'REFUSED'))) AS [unfinished];`,
    {},
    stateRow,
    { signal, context: { operation: 'looking for files that no worker goes on with' } },
  );
  if (state !== undefined) yield* ingestionStateFindings(state);
}

function* ingestionStateFindings({ ready, vanished, unfinished }: z.output<typeof stateRow>): Generator<Finding> {
  const waits = 'ingestion.waiting-files';
  if (ready + vanished === 0) yield fine(waits, 'No file waits for a worker that does not come.');
  else {
    yield problem(
      waits,
      `Files that nobody works on, for more than ${longestMinutes} minutes: ${ready} taken off the queue, ${vanished} begun by a worker that has vanished.`,
      'See whether ces-consumer runs; if it does, its /health/ready and its log say what it waits for.',
    );
  }
  const documents = 'ingestion.unfinished-documents';
  if (unfinished === 0) yield fine(documents, 'No document is unfinished without a job.');
  else {
    yield warning(
      documents,
      `Documents that are unfinished and that no job is about: ${unfinished}.`,
      'Send these files in again: hartonomous ingest. What is already written of them is kept.',
    );
  }
}
