import { DeadLetterTable, type StoredDeadLetter } from '@hartonomous/broker-client';
import {
  deadLetterQueueOf,
  describeReplay,
  type LetterReplay,
  logApiAudit,
  replayDeadLetters,
  replayPreview,
} from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { actorOf } from '../http/actor-of.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import {
  id,
  idInput,
  jsonAnswer,
  limitInput,
  next,
  plainText,
  problemAnswers,
  security,
  time,
} from '../schemas/common.ts';
import { queueName } from '../schemas/queues.ts';

const defaultLimit = 50;
/** Characters of a body that are shown; whole ones may have megabytes. */
const bodyPreview = 2_000;
/** Characters of a line of a replay's preview: a value may be a whole text. */
const longestPreviewLine = 300;

const common = { tags: ['Operations'], security };
const letterState = z.enum(['PENDING', 'REPLAYED', 'DISCARDED']);
const letter = z
  .object({
    id,
    subject: z.string(),
    reasonCode: z.string(),
    reasonText: z.string(),
    state: letterState,
    deadLetteredAt: time,
    enqueuedAt: time.nullable(),
    replayCount: z.int(),
    replayedAt: time.nullable(),
    messageTypeName: z.string(),
    bodyBytes: z.int().nullable(),
    bodyText: z
      .string()
      .nullable()
      .openapi({ description: `The first ${bodyPreview} characters.` }),
  })
  .openapi('DeadLetter');

const listLetters = createRoute({
  ...common,
  method: 'get',
  path: '/v1/queues/{queue}/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'Messages that could not be processed, the oldest first',
  description: 'For operators of tenant 0, because they concern all tenants.',
  middleware: requires('operate'),
  request: {
    params: z.object({ queue: queueName }),
    query: z.object({
      state: letterState.optional(),
      reason: z.string().max(64).optional(),
      limit: limitInput,
      after: idInput.optional(),
    }),
  },
  responses: {
    200: jsonAnswer(z.object({ items: z.array(letter), next }).openapi('DeadLetterPage'), 'The page.'),
    ...problemAnswers(),
  },
});

const reasons = createRoute({
  ...common,
  method: 'get',
  path: '/v1/queues/{queue}/dead-letters/reasons',
  operationId: 'listDeadLetterReasons',
  summary: 'Why messages could not be processed, and how many for each reason, most first',
  description: 'For operators of tenant 0.',
  middleware: requires('operate'),
  request: { params: z.object({ queue: queueName }), query: z.object({ state: letterState.optional() }) },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(z.object({ reasonCode: z.string(), letters: z.int(), firstAt: time, lastAt: time })),
      }),
      'All reasons.',
    ),
    ...problemAnswers(),
  },
});

const replay = createRoute({
  ...common,
  method: 'post',
  path: '/v1/queues/{queue}/dead-letters/replay',
  operationId: 'replayDeadLetters',
  summary: 'Puts dead letters back into their queue, or previews that',
  description:
    'For operators of tenant 0. A letter of graph synchronization names the entity that changed, and the graph gets its present state in SQL; ' +
    'letters of other queues are sent again as they are.',
  middleware: requires('operate'),
  request: {
    params: z.object({ queue: queueName }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            ids: z.array(idInput).min(1).max(1_000),
            dryRun: z.boolean().default(true),
            sendBody: z.boolean().default(false).openapi({
              description: 'Send the body as it is also where the letter names no known entity.',
            }),
            note: plainText(400, { lines: true }).optional().openapi({ description: 'Why; for the audit.' }),
          }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(
      z.object({
        dryRun: z.boolean(),
        deadLetters: z.array(
          z.object({
            id,
            outcome: z.enum(['replayed', 'planned', 'skipped', 'failed']),
            detail: z.string().openapi({ description: 'The outcome, or the expected one; or why there is none.' }),
            preview: z.array(z.string()).openapi({
              description: `Of a letter of graph synchronization: what the graph would get, by the present state of SQL, a line for each thing. Lines are cut at ${longestPreviewLine} characters.`,
            }),
          }),
        ),
      }),
      'What became, or would become, of each.',
    ),
    ...problemAnswers(413, 415),
  },
});

/** Messages that could not be processed. */
export const operationRoutes = newRoutes()
  .openapi(listLetters, async (context) => {
    requireInstallation(context);
    const { queue: name } = context.req.valid('param');
    const { state, reason, limit = defaultLimit, after } = context.req.valid('query');
    const queue = deadLetterQueueOf(name);
    const found = await new DeadLetterTable(context.get('services').client, queue).list({
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reasonCode: reason }),
      ...(after === undefined ? {} : { afterId: after }),
      limit: limit + 1,
      signal: context.req.raw.signal,
    });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return context.json(
      { items: items.map((one) => shown(one, queue.subjectOf(one))), next: last?.id.toString() ?? null },
      200,
    );
  })
  .openapi(reasons, async (context) => {
    requireInstallation(context);
    const { queue: name } = context.req.valid('param');
    const { state } = context.req.valid('query');
    const letters = new DeadLetterTable(context.get('services').client, deadLetterQueueOf(name));
    const filter = state === undefined ? {} : { state };
    return context.json(toJson({ items: await letters.reasons(filter, { signal: context.req.raw.signal }) }), 200);
  })
  .openapi(replay, async (context) => {
    requireInstallation(context);
    const { queue: name } = context.req.valid('param');
    const { ids, dryRun, sendBody, note } = context.req.valid('json');
    const { client } = context.get('services');
    const { signal } = context.req.raw;
    if (!dryRun) {
      await logApiAudit(client, actorOf(context), {
        action: 'dead-letter.replay',
        target: `${name}/${ids.join(',')}`,
        detail: { ids: ids.map(String), sendBody, note },
      });
    }
    const deadLetters = [];
    for await (const result of replayDeadLetters(client, {
      ...{ queue: deadLetterQueueOf(name), ids, sendBody, dryRun, signal },
    })) {
      const { id: letterId, outcome } = result;
      deadLetters.push({
        ...{ id: letterId.toString(), outcome, detail: describeReplay(result), preview: previewOf(result) },
      });
    }
    return context.json({ dryRun, deadLetters }, 200);
  });

function previewOf(result: LetterReplay): string[] {
  if (result.outcome !== 'planned') return [];
  return replayPreview(result.plan).map((line) => line.slice(0, longestPreviewLine));
}

function shown(
  { messageBody, replayState: state, ...one }: StoredDeadLetter,
  subject: string,
): z.output<typeof letter> {
  const {
    id: letterId,
    reasonCode,
    reasonText,
    deadLetteredAt,
    enqueuedAt,
    replayCount,
    replayedAt,
    messageTypeName,
  } = one;
  return {
    ...toJson({
      id: letterId,
      reasonCode,
      reasonText,
      deadLetteredAt,
      enqueuedAt,
      replayCount,
      replayedAt,
      messageTypeName,
    }),
    ...{ subject, state },
    bodyBytes: messageBody?.length ?? null,
    bodyText: messageBody?.toString('utf16le', 0, bodyPreview * 2) ?? null,
  };
}
