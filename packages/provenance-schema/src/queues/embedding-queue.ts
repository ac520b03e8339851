import { deadLetterPurgeProcedure } from './dead-letter-purge.ts';
import { defineQueue } from './define-queue.ts';
import { initiatorQueue } from './initiator-queue.ts';

/** Wake-ups of the embedding generator. What is to be done is in `dbo.BackgroundJob`. */
export const embeddingQueue = defineQueue({
  name: 'embedding',
  description: 'wake-ups: atoms wait for embeddings',
  queue: 'dbo.EmbeddingQueue',
  service: 'EmbeddingService',
  reader: { kind: 'worker', program: 'embedding-generator' },
  messageType: 'EmbeddingRequest',
  contract: 'EmbeddingContract',
  initiatorService: initiatorQueue.service,
  enqueueProcedures: ['dbo.sp_EnqueueEmbeddingRequest'],
  dialog: { maxMessages: 100, maxAgeMinutes: 60 },
  deadLetters: {
    table: 'dbo.EmbeddingDeadLetterQueue',
    procedure: 'dbo.sp_DeadLetterEmbedding',
    purgeProcedure: deadLetterPurgeProcedure,
    fields: [],
    retention: { replayedDays: 30, pendingDays: null },
  },
});
