import { type WorkerQueueName, workerQueues } from '@hartonomous/provenance-schema';
import { bodyDeadLetters } from './body-dead-letters.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { ingestionDeadLetterQueue } from './ingestion-dead-letters.ts';
import { syncDeadLetterQueue } from './sync-dead-letters.ts';

/** Queues whose letters take more than their body to show or to replay. */
const special: ReadonlyMap<WorkerQueueName, DeadLetterQueue> = new Map([
  ['sync', syncDeadLetterQueue],
  ['ingestion', ingestionDeadLetterQueue],
]);

/** How the dead letters of a queue are shown and replayed: any queue's by sending the body again, unless it has its own way. */
export function deadLetterQueueOf(name: WorkerQueueName): DeadLetterQueue {
  const own = special.get(name);
  if (own !== undefined) return own;
  const queue = workerQueues.find((declared) => declared.name === name);
  if (queue === undefined) throw new TypeError(`No queue is declared as ${name}.`);
  return bodyDeadLetters(queue);
}
