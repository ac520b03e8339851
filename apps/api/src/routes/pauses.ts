import { awaitPaused, type PauseScope, queuePauses, requestPause, requestResume } from '@hartonomous/operations';
import { type WorkerQueue, workerQueues } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { actorOf } from '../http/actor-of.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { jsonAnswer, plainText, problemAnswers, security } from '../schemas/common.ts';
import { queueName, queuePause, queueWorker } from '../schemas/queues.ts';

const common = { tags: ['Operations'], security, method: 'post' as const, middleware: requires('operate') };
const queueParam = z.object({ queue: queueName });
/** A year, the longest pause that ends by itself. */
const mostMinutes = 525_600;

const name = plainText(128).trim().min(1);
const dryRun = z.boolean().default(false).openapi({ description: 'Only say what would be done.' });

const pause = createRoute({
  ...common,
  path: '/v1/queues/{queue}/pause',
  operationId: 'pauseQueue',
  summary: 'Stops the workers of a queue from receiving; its messages wait',
  description:
    'For operators of tenant 0, because all tenants share the queue. Workers read it within about a second and finish what they have in ' +
    'hand; ask again, or watch the queues, to see them paused. Another pause of the same owner replaces this one.',
  request: {
    params: queueParam,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              reason: plainText(1_000)
                .trim()
                .min(1)
                .openapi({ description: 'Shown in health, queue status and doctor.' }),
              owner: name
                .optional()
                .openapi({ description: 'The contact person; by default the caller, as in the audit.' }),
              minutes: z.int().min(1).max(mostMinutes).optional().openapi({
                description: 'Minutes after which it ends by itself; by default it lasts until resumed.',
              }),
              instance: name.optional().openapi({ description: 'Pause this worker alone.' }),
              except: name.optional().openapi({ description: 'Pause all workers but this one.' }),
              dryRun,
            })
            .refine(({ instance, except }) => instance === undefined || except === undefined, {
              message: 'instance and except exclude each other',
              path: ['except'],
            }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      z.object({
        queue: z.string(),
        dryRun: z.boolean(),
        pauses: z.array(queuePause).openapi({ description: 'All that there are now.' }),
        isReached: z.boolean().openapi({ description: 'Every worker concerned has finished its work in progress.' }),
        workers: z.array(queueWorker).openapi({ description: 'The workers concerned.' }),
      }),
      'The queue is paused, or with `dryRun` would be.',
    ),
    ...problemAnswers(413, 415),
  },
});

const resume = createRoute({
  ...common,
  path: '/v1/queues/{queue}/resume',
  operationId: 'resumeQueue',
  summary: 'Lets the workers of a queue continue',
  description: 'For operators of tenant 0. Workers continue within about a second.',
  request: {
    params: queueParam,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            owner: name
              .optional()
              .openapi({ description: 'Remove only the pause of this owner; by default all pauses.' }),
            dryRun,
          }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      z.object({
        queue: z.string(),
        dryRun: z.boolean(),
        resumed: z.array(queuePause).openapi({ description: 'Pauses that were removed, or would be.' }),
        left: z.array(queuePause).openapi({ description: "Others' pauses, for which the queue still waits." }),
      }),
      'What was taken back.',
    ),
    ...problemAnswers(413, 415),
  },
});

/** Queues that are paused and go on. */
export const pauseRoutes = newRoutes()
  .openapi(pause, async (context) => {
    requireInstallation(context);
    const queue = queueNamed(context.req.valid('param').queue);
    const { reason, owner = context.get('identity').subject, minutes, ...given } = context.req.valid('json');
    const { client } = context.get('services');
    const { signal } = context.req.raw;
    const scope = scopeOf(given);
    const request = { owner, reason, scope, seconds: minutes === undefined ? undefined : minutes * 60 };
    if (!given.dryRun) await requestPause(client, actorOf(context), queue, request, signal);
    const { isReached, workers } = await awaitPaused(client, queue, scope, { timeoutMs: 0, signal });
    const pauses = await queuePauses(client, queue, signal);
    return context.json(toJson({ queue: queue.queue, dryRun: given.dryRun, pauses, isReached, workers }), 200);
  })
  .openapi(resume, async (context) => {
    requireInstallation(context);
    const queue = queueNamed(context.req.valid('param').queue);
    const { owner, dryRun: isDry } = context.req.valid('json');
    const { client } = context.get('services');
    const { signal } = context.req.raw;
    const isTaken = (pause: { readonly owner: string }) => owner === undefined || pause.owner === owner;
    const resumed = isDry
      ? (await queuePauses(client, queue, signal)).filter(isTaken)
      : await requestResume(client, actorOf(context), queue, owner, signal);
    const left = (await queuePauses(client, queue, signal)).filter((pause) => !isDry || !isTaken(pause));
    return context.json(toJson({ queue: queue.queue, dryRun: isDry, resumed, left }), 200);
  });

function queueNamed(wanted: WorkerQueue['name']): WorkerQueue {
  const found = workerQueues.find((queue) => queue.name === wanted);
  if (found === undefined) throw new TypeError(`${wanted} is a choice, and no queue of workers.`);
  return found;
}

function scopeOf({
  instance,
  except,
}: {
  readonly instance?: string | undefined;
  readonly except?: string | undefined;
}): PauseScope {
  if (instance !== undefined) return { kind: 'ONLY', instance };
  return except === undefined ? { kind: 'ALL' } : { kind: 'EXCEPT', instance: except };
}
