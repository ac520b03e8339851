import { sqlParameter } from '@hartonomous/broker-client';
import { ingestionQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { bodyDeadLetters } from './body-dead-letters.ts';
import { type DeadLetterQueue, planBody } from './dead-letter-queue.ts';

const uploadSchema = z.object({
  IngestionFileId: z.union([z.string(), z.number()]).transform(BigInt).nullable(),
  FileName: z.string().nullable(),
  TenantId: z.number().nullable(),
});

/** The dead letters of ingestion. A message says all there is to say, so replaying sends it again as it is. */
export const ingestionDeadLetterQueue: DeadLetterQueue = {
  ...bodyDeadLetters(ingestionQueue),
  subjectOf: ({ fields }) => `${fields.FileName ?? '?'} (tenant ${fields.TenantId ?? '?'})`,
  async plan(client, letter, sendBody, options) {
    const { IngestionFileId: id } = uploadSchema.parse(letter.fields);
    if (sendBody || id === null) return planBody(letter);
    const rows = await client.query(
      'SELECT 1 AS [found] FROM [dbo].[IngestionFile] AS f WHERE f.[IngestionFileId] = @Id;',
      { Id: sqlParameter.bigint(id) },
      z.object({ found: z.number() }),
      { ...options, context: { operation: `looking for uploaded file ${id}` } },
    );
    if (rows.length > 0) return planBody(letter);
    return { action: 'none', reason: `its uploaded file ${id} is gone; enqueue the file again` };
  },
};
