import { workerQueues } from '@hartonomous/provenance-schema';
import { z } from '@hono/zod-openapi';
import { time } from './common.ts';

/** A queue of workers, in a path. */
export const queueName = z.enum(workerQueues.map(({ name }) => name)).openapi({ example: 'sync' });

const instance = z
  .string()
  .nullable()
  .openapi({ description: 'As hartonomous queue status has it; null but for operators of tenant 0.' });

/** A pause that was asked for and is not over. */
export const queuePause = z
  .object({
    owner: z.string().openapi({ description: 'The contact person.' }),
    reason: z.string(),
    scope: z.enum(['ALL', 'ONLY', 'EXCEPT']).openapi({ description: 'Every worker, `instance` alone, or all others.' }),
    instance,
    pausedAt: time,
    expiresAt: time.nullable().openapi({ description: 'null: until somebody resumes.' }),
  })
  .openapi('QueuePause');

/** A process that reads a queue and was seen within a minute. */
export const queueWorker = z
  .object({
    instance,
    program: z.string(),
    version: z.string(),
    state: z.enum(['RECEIVING', 'PAUSING', 'PAUSED', 'STOPPED']),
    startedAt: time,
    seenMsAgo: z.number(),
  })
  .openapi('QueueWorker');
