import type { SqlSession } from '@hartonomous/broker-client';
import { ingestionQueue, messageRetries } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type Finding, fine, problem, warning } from './finding.ts';

const id = 'ingestion.lost-jobs';

/**
 * Minutes that a job may say QUEUED before its message is looked for. Too short: a message that is just being received is called
 * lost.
 */
const youngMinutes = 5;

/** Messages that are read at most: each may have a whole small file in it. */
const mostMessages = 10_000;

/** What isn't a number in it, as somebody else's message may have it, isn't a job; asked for as a number, it would be an error. */
const jobOfMessage = (body: string) =>
  `TRY_CONVERT(BIGINT, TRY_CONVERT(XML, ${body}).value('(/IngestionRequest/IngestionJobId)[1]', 'nvarchar(40)'))`;

const lostRow = z.object({
  lost: z.coerce.number(),
  first: z.coerce.string().nullable(),
  messages: z.coerce.number(),
  seesTransmission: z.number(),
});

/**
 * Whether there are ingestion jobs that wait for a message which is nowhere, as after NEW_BROKER in a copy of the database or after
 * END CONVERSATION ... WITH CLEANUP: they would say QUEUED forever.
 *
 * @throws BrokerError
 */
export async function lostJobFinding(session: SqlSession, signal: AbortSignal): Promise<Finding> {
  const options = { signal, context: { operation: 'looking for ingestion jobs without a message' } };
  const [columns] = await session.query(
    `SELECT CASE WHEN COL_LENGTH(N'dbo.IngestionJob', N'ReceivedAt') IS NULL THEN 0 ELSE 1 END AS [keepsMessages];`,
    {},
    z.object({ keepsMessages: z.number() }),
    options,
  );
  // A job that was taken off the queue has its message in its row.
  const notReceived = columns?.keepsMessages === 1 ? 'AND j.[ReceivedAt] IS NULL' : '';
  const [found] = await session.query(
    `DECLARE @Old TABLE ([IngestionJobId] BIGINT NOT NULL PRIMARY KEY);
     DECLARE @Waiting TABLE ([IngestionJobId] BIGINT NULL);
     -- Jobs first: whatever is sent or received meanwhile can only make fewer of them lost.
     INSERT INTO @Old ([IngestionJobId])
     SELECT j.[IngestionJobId] FROM [dbo].[IngestionJob] AS j
     WHERE j.[Status] = N'QUEUED' AND j.[EnqueuedAt] < DATEADD(MINUTE, -${youngMinutes}, SYSUTCDATETIME()) ${notReceived};
     IF EXISTS (SELECT 1 FROM @Old)
     BEGIN
       INSERT INTO @Waiting ([IngestionJobId])
       SELECT TOP (${mostMessages}) ${jobOfMessage('m.[message_body]')}
       FROM [dbo].[IngestionQueue] AS m WITH (NOLOCK);
       INSERT INTO @Waiting ([IngestionJobId])
       SELECT ${jobOfMessage('r.[MessageBody]')}
       FROM ${messageRetries.table} AS r WHERE r.[QueueName] = N'${ingestionQueue.queue}';
       INSERT INTO @Waiting ([IngestionJobId])
       SELECT ${jobOfMessage('t.[message_body]')}
       FROM sys.transmission_queue AS t WITH (NOLOCK) WHERE t.[to_service_name] = N'${ingestionQueue.service}';
     END;
     SELECT COUNT_BIG(*) AS [lost], MIN(o.[IngestionJobId]) AS [first],
       (SELECT COUNT_BIG(*) FROM @Waiting) AS [messages],
       CASE WHEN IS_ROLEMEMBER(N'db_owner') = 1 OR IS_SRVROLEMEMBER(N'sysadmin') = 1 THEN 1 ELSE 0 END AS [seesTransmission]
     FROM @Old AS o
     WHERE NOT EXISTS (SELECT 1 FROM @Waiting AS w WHERE w.[IngestionJobId] = o.[IngestionJobId]);`,
    {},
    lostRow,
    options,
  );
  return found === undefined ? fine(id, 'No ingestion job waits.') : jobsFinding(found);
}

/** @param found jobs that have no message among those that were looked at */
function jobsFinding({ lost, first, messages, seesTransmission }: z.output<typeof lostRow>): Finding {
  if (lost === 0) return fine(id, 'Every ingestion job that waits has its message.');
  const jobs = `Ingestion jobs that say QUEUED and whose message was not found: ${lost}, the first of them ${first}.`;
  if (messages >= mostMessages) {
    return warning(
      id,
      `${jobs} More than ${mostMessages} messages wait, and no more were checked.`,
      'Ask again later.',
    );
  }
  if (seesTransmission !== 1) {
    return warning(
      id,
      `${jobs} It may be in sys.transmission_queue, which this login doesn't see.`,
      'Ask as an administrator: hartonomous doctor.',
    );
  }
  return problem(
    id,
    `${jobs} It is gone, as after NEW_BROKER in a copy of the database; the file will not be ingested.`,
    'See them: hartonomous ingest status --status QUEUED. Send these files in again: hartonomous ingest',
  );
}
