import { deadLetterPurgeProcedure } from './dead-letter-purge.ts';
import { defineQueue } from './define-queue.ts';
import { initiatorQueue } from './initiator-queue.ts';

/** Files that are to become atoms. */
export const ingestionQueue = defineQueue({
  name: 'ingestion',
  description: 'files to ingest',
  queue: 'dbo.IngestionQueue',
  service: 'IngestionService',
  reader: { kind: 'worker', program: 'ces-consumer' },
  messageType: 'IngestionRequest',
  contract: 'IngestionContract',
  initiatorService: initiatorQueue.service,
  enqueueProcedures: ['dbo.sp_EnqueueIngestion'],
  // A file is much more work than a dialog, and files of one dialog wait for each other.
  dialog: { maxMessages: 8, maxAgeMinutes: 60 },
  deadLetters: {
    table: 'dbo.IngestionDeadLetterQueue',
    procedure: 'dbo.sp_DeadLetterIngestion',
    purgeProcedure: deadLetterPurgeProcedure,
    fields: ['IngestionJobId', 'FileName', 'SourceUri', 'IngestionFileId', 'TenantId', 'Notes'],
    retention: { replayedDays: 30, pendingDays: null },
  },
});
