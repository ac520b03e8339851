import { usualLagMinutes } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { isOfInstallation } from '../http/require-installation.ts';
import { answerEvents } from '../live/answer-events.ts';
import type { QueuesSeen } from '../operations/queue-view.ts';
import { eventAnswer, jsonAnswer, problemAnswers, security, time } from '../schemas/common.ts';
import { queuePause, queueWorker } from '../schemas/queues.ts';

const common = { tags: ['Operations'], security, method: 'get' as const, middleware: requires('read') };

const overview = z
  .object({
    seenAt: time,
    syncLag: z
      .object({
        changes: z.int().openapi({ description: 'Changes that were measured.' }),
        p50Ms: z.int().nullable(),
        p95Ms: z.int().nullable(),
        p99Ms: z.int().nullable(),
      })
      .openapi({
        description: `From a change's message to the graph, of the changes of the last ${usualLagMinutes} minutes, at most 10,000. null: there were none.`,
      }),
    queues: z.array(
      z.object({
        name: z.string(),
        queue: z.string(),
        description: z.string(),
        reader: z.string().openapi({ description: 'The program or procedure that takes its messages.' }),
        isOn: z.boolean().nullable().openapi({ description: 'null, here and below: it could not be seen.' }),
        messages: z.int().nullable(),
        oldestAgeMs: z
          .int()
          .nullable()
          .openapi({ description: 'How far its reader is behind; null also if there are no messages.' }),
        retries: z.int().nullable(),
        pendingDeadLetters: z.int().nullable(),
        undelivered: z.int().nullable(),
        problems: z.array(z.object({ message: z.string(), action: z.string() })),
        pauses: z
          .array(queuePause)
          .nullable()
          .openapi({ description: 'null also for queues of procedures, which can not be paused.' }),
        workers: z.array(queueWorker).nullable().openapi({
          description: 'Processes that read it and were seen within a minute. null also for queues of procedures.',
        }),
        unseen: z.array(z.string()).openapi({ description: 'What could not be seen; the command line says why.' }),
      }),
    ),
  })
  .openapi('Queues');

const list = createRoute({
  ...common,
  path: '/v1/queues',
  operationId: 'listQueues',
  summary: 'The state of the queues, and how far their workers are behind',
  responses: { 200: jsonAnswer(overview, 'All queues of workers.'), ...problemAnswers() },
});

const events = createRoute({
  ...common,
  path: '/v1/queues/events',
  operationId: 'watchQueues',
  summary: 'Watches the queues',
  description:
    'Server-sent events: `queues` with Queues, every two seconds or less often. The server looks once for all who watch, and not at all ' +
    'while nobody does.',
  responses: {
    200: eventAnswer('queues', 'The events.'),
    ...problemAnswers(),
  },
});

/** What the queues do. */
export const queueRoutes = newRoutes()
  .openapi(list, async (context) =>
    context.json(shown(await context.get('services').queues.look(), isOfInstallation(context)), 200),
  )
  .openapi(events, (context) => {
    const isOperator = isOfInstallation(context);
    return answerEvents(context, 'queues', async function* (signal) {
      for await (const seen of context.get('services').queues.watch(signal)) yield shown(seen, isOperator);
    });
  });

/** Names of instances have those of machines in them, which are nobody's business but operators'. */
function shown({ queues, ...seen }: QueuesSeen, withInstances: boolean) {
  const named = <T extends { readonly instance: string | null }>(one: T) => ({
    ...one,
    instance: withInstances ? one.instance : null,
  });
  const shownQueues = queues.map(({ unseen, pauses, workers, ...state }) => ({
    ...state,
    pauses: pauses?.map(named) ?? null,
    workers: workers?.map(named) ?? null,
    unseen: unseen.map(({ part }) => part),
  }));
  return toJson({ ...seen, queues: shownQueues });
}
