import type { WorkerQueueName } from '@hartonomous/provenance-schema';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { ingestionDeadLetterQueue } from './ingestion-dead-letters.ts';
import { syncDeadLetterQueue } from './sync-dead-letters.ts';

/** How the dead letters of each queue are looked at and replayed. */
export const deadLetterQueues: Readonly<Record<WorkerQueueName, DeadLetterQueue>> = {
  sync: syncDeadLetterQueue,
  ingestion: ingestionDeadLetterQueue,
};
