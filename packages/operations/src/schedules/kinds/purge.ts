import { quoteQualifiedName, type SqlParameters } from '@hartonomous/broker-client';
import { workerQueues } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ScheduleResult } from '../schedule-lease.ts';
import type { ScheduleParameters } from '../schedule-parameters.ts';
import { done, type ScheduleWork } from './schedule-work.ts';

interface Purge {
  readonly what: string;
  readonly procedure: string;
  readonly parameters: SqlParameters;
}

/** Deletes rows past their retention, by the procedures that workers purge with each hour; this one at a time of its own. */
export async function purge({
  client,
  parameters,
  signal,
}: ScheduleWork<ScheduleParameters<'PURGE'>>): Promise<ScheduleResult> {
  const parts: string[] = [];
  let sum = 0;
  for (const { what, procedure, parameters: values } of purgesOf(parameters)) {
    const named = Object.keys(values).map((name) => `@${name} = @${name}, `);
    const [row] = await client.query(
      `DECLARE @Purged BIGINT;
       EXEC ${quoteQualifiedName(procedure)} ${named.join('')}@Purged = @Purged OUTPUT;
       SELECT @Purged AS [purged];`,
      values,
      z.object({ purged: z.coerce.number() }),
      { signal, context: { operation: `purging ${what}` } },
    );
    const purged = row?.purged ?? 0;
    sum += purged;
    parts.push(`${purged} ${what}`);
  }
  return done(sum, `Deleted: ${parts.join(', ')}.`);
}

function purgesOf({
  logDays,
  deadLetterDays,
  ingestionDays,
  embeddingDays,
}: ScheduleParameters<'PURGE'>): readonly Purge[] {
  const retention = (RetentionDays: number) => ({ RetentionDays });
  return [
    { what: 'rows of dbo.Neo4jSyncLog', procedure: 'dbo.sp_PurgeNeo4jSyncLog', parameters: retention(logDays) },
    ...workerQueues.map(({ deadLetters: { table, purgeProcedure: procedure } }) => ({
      ...{ what: `dead letters of ${table}`, procedure },
      // What nobody has replayed is for a person.
      parameters: { Table: table, ReplayedDays: deadLetterDays, PendingDays: null },
    })),
    { what: 'rows of dbo.IngestionJob', procedure: 'dbo.sp_PurgeIngestion', parameters: retention(ingestionDays) },
    {
      what: 'rows of dbo.BackgroundJob',
      procedure: 'dbo.sp_PurgeBackgroundJobs',
      parameters: retention(embeddingDays),
    },
  ];
}
