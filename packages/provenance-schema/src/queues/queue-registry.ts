import { isWorkerQueue, type QueueDefinition, type WorkerQueue } from './define-queue.ts';
import { embeddingQueue } from './embedding-queue.ts';
import { ingestionQueue } from './ingestion-queue.ts';
import { initiatorQueue } from './initiator-queue.ts';
import { syncQueue } from './sync-queue.ts';

const declared = [syncQueue, ingestionQueue, embeddingQueue, initiatorQueue] as const;

/** Names of the queues that workers read. */
export type WorkerQueueName = Extract<(typeof declared)[number], WorkerQueue>['name'];

/** Every queue of the SQL project. */
export const queues: readonly QueueDefinition[] = declared;

/** The queues that workers read. */
export const workerQueues: readonly (WorkerQueue & { readonly name: WorkerQueueName })[] = declared.filter(
  (queue): queue is Extract<(typeof declared)[number], WorkerQueue> => isWorkerQueue(queue),
);
