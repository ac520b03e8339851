import type { DeadLetterQueue } from '../dead-letter/dead-letter-queue.ts';
import { ingestionDeadLetterQueue } from '../dead-letter/ingestion-dead-letters.ts';
import { syncDeadLetterQueue } from '../dead-letter/sync-dead-letters.ts';

/** A queue that a worker outside SQL Server reads. */
export interface WorkerQueue {
  /** As the commands name it in `--queue`. */
  readonly name: 'sync' | 'ingestion';
  /** As SQL Server names it. */
  readonly queue: string;
  /** The program that reads it. */
  readonly worker: string;
  readonly deadLetters: DeadLetterQueue;
}

/** The queues of the workers. */
export const workerQueues: readonly WorkerQueue[] = [
  { name: 'sync', queue: 'dbo.Neo4jSyncQueue', worker: 'neo4j-sync-worker', deadLetters: syncDeadLetterQueue },
  { name: 'ingestion', queue: 'dbo.IngestionQueue', worker: 'ces-consumer', deadLetters: ingestionDeadLetterQueue },
];
