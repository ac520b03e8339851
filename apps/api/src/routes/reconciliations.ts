import { entityTypes } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { actorOf } from '../http/actor-of.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { answerEvents } from '../live/answer-events.ts';
import { shownPerEntity } from '../operations/seen-drift.ts';
import { eventAnswer, id, jsonAnswer, numberInput, problemAnswers, security, time } from '../schemas/common.ts';

const common = { tags: ['Operations'], security, middleware: requires('operate') };
const entityType = z.enum(entityTypes);
const runId = z.uuid().openapi({ example: '3f2b8a52-4a0c-4d43-9f0e-0a2f6b8a7c11' });
const runParam = z.object({ id: runId });

/** Of a list. */
const usualLimit = 20;

const summary = z
  .object({
    id: runId,
    state: z.enum(['RUNNING', 'COMPLETED', 'NEEDS_CONFIRMATION', 'FAILED', 'CANCELLED', 'ABANDONED']).openapi({
      description:
        'NEEDS_CONFIRMATION: the repair would delete more than 5 % of what the graph has of an entity; nothing was enqueued. ' +
        'ABANDONED: its process vanished.',
    }),
    startedBy: z.string(),
    startedAt: time,
    finishedAt: time.nullable(),
    entities: z.array(entityType).openapi({ description: 'Empty: all.' }),
    deep: z.boolean(),
    repair: z.boolean(),
    confirmDeletes: z.boolean(),
    progress: z.array(z.object({ entity: z.string(), sqlRows: z.int(), differ: z.int() })).openapi({
      description: 'Compared so far, also while it runs. AtomEmbedding is what vectors of atoms are.',
    }),
    result: z
      .object({
        entities: z.array(
          z.object({
            entity: z.string(),
            sqlRows: z.int(),
            graphRows: z.int(),
            missing: z.int().openapi({ description: 'In SQL, and not in the graph.' }),
            extra: z.int().openapi({ description: 'In the graph, and not in SQL.' }),
            different: z.int(),
            enqueued: z.int(),
            stale: z.int().openapi({ description: 'Of those that differ, how many a sync would leave as they are.' }),
          }),
        ),
        sequence: z.object({
          state: z
            .enum(['ahead', 'behind', 'unseen'])
            .openapi({ description: 'How the fencing numbers stand to the graph.' }),
          greatest: id.optional(),
          current: id.optional(),
          reason: z.string().optional(),
          action: z.string().optional(),
          statement: z.string().optional(),
        }),
      })
      .nullable()
      .openapi({ description: 'null until it has ended well.' }),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .openapi('ReconciliationSummary');

const run = summary
  .extend({
    drift: z
      .array(
        z.object({
          entity: z.string(),
          entityId: id,
          tenantId: z.int(),
          kind: z.enum(['missing', 'extra', 'different']),
          details: z.array(z.string()),
          syncSequence: id.nullable(),
        }),
      )
      .openapi({ description: `What differs, the first ${shownPerEntity} of each entity.` }),
  })
  .openapi('Reconciliation');

const start = createRoute({
  ...common,
  method: 'post',
  path: '/v1/reconciliations',
  operationId: 'startReconciliation',
  summary: 'Compares the tables with the graph and, if requested, syncs again what differs',
  description:
    'For operators of tenant 0, because it concerns all tenants. One at a time, however many processes the API has; each of them shows it. They ' +
    'are kept for 30 days; the audit has the outcome of each. A change that is still in the queue shows as a difference.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            entities: z.array(entityType).max(entityTypes.length).default([]).openapi({ description: 'Empty: all.' }),
            deep: z.boolean().default(false).openapi({
              description: 'Compare every value; without it, only ranges whose counts or checksums differ.',
            }),
            repair: z.boolean().default(false).openapi({
              description: 'Enqueue what differs; what SQL does not have is deleted from the graph.',
            }),
            confirmDeletes: z.boolean().default(false).openapi({
              description: 'Repair also where that deletes more than 5 % of what the graph has of an entity.',
            }),
          }),
        },
      },
    },
  },
  responses: {
    202: {
      ...jsonAnswer(run, 'It runs.'),
      headers: z.object({ Location: z.string().openapi({ description: 'Where to follow it.' }) }),
    },
    ...problemAnswers(409, 413, 415),
  },
});

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/reconciliations',
  operationId: 'listReconciliations',
  summary: 'The last comparisons, the newest first, without what differs',
  request: { query: z.object({ limit: numberInput(1, 1_000, `Most of them; ${usualLimit} by default.`) }) },
  responses: { 200: jsonAnswer(z.object({ items: z.array(summary) }), 'The comparisons.'), ...problemAnswers() },
});

const read = createRoute({
  ...common,
  method: 'get',
  path: '/v1/reconciliations/{id}',
  operationId: 'getReconciliation',
  summary: 'A comparison: its progress and what it found',
  request: { params: runParam },
  responses: { 200: jsonAnswer(run, 'The comparison.'), ...problemAnswers(404) },
});

const watch = createRoute({
  ...common,
  method: 'get',
  path: '/v1/reconciliations/{id}/events',
  operationId: 'watchReconciliation',
  summary: 'Follows a comparison until it has ended',
  description: 'Server-sent events: `reconciliation` with Reconciliation, whenever it has changed.',
  request: { params: runParam },
  responses: {
    200: eventAnswer('reconciliation', 'The events.'),
    ...problemAnswers(404),
  },
});

const cancel = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/reconciliations/{id}',
  operationId: 'cancelReconciliation',
  summary: 'Cancels a running comparison; what it has enqueued stays enqueued',
  request: { params: runParam },
  responses: { 200: jsonAnswer(run, 'It has ended.'), ...problemAnswers(404) },
});

/** Comparisons of the tables with the graph. */
export const reconciliationRoutes = newRoutes()
  .openapi(start, async (context) => {
    requireInstallation(context);
    const { reconciliations } = context.get('services');
    const started = await reconciliations.start(context.req.valid('json'), actorOf(context), context.req.raw.signal);
    context.header('Location', `/v1/reconciliations/${started.id}`);
    return context.json(toJson(started), 202);
  })
  .openapi(list, async (context) => {
    requireInstallation(context);
    const { limit = usualLimit } = context.req.valid('query');
    const items = await context.get('services').reconciliations.list(limit, context.req.raw.signal);
    return context.json(toJson({ items }), 200);
  })
  .openapi(read, async (context) => {
    requireInstallation(context);
    const { id: wanted } = context.req.valid('param');
    return context.json(toJson(await context.get('services').reconciliations.get(wanted, context.req.raw.signal)), 200);
  })
  .openapi(watch, async (context) => {
    requireInstallation(context);
    const { reconciliations } = context.get('services');
    const { id: wanted } = context.req.valid('param');
    await reconciliations.get(wanted, context.req.raw.signal);
    return await answerEvents(context, 'reconciliation', async function* (signal) {
      for await (const seen of reconciliations.follow(wanted, signal)) yield toJson(seen);
    });
  })
  .openapi(cancel, async (context) => {
    requireInstallation(context);
    const { id: wanted } = context.req.valid('param');
    const { reconciliations } = context.get('services');
    const ended = await reconciliations.cancel(wanted, actorOf(context), context.req.raw.signal);
    return context.json(toJson(ended), 200);
  });
