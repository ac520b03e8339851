import { searchAtoms } from '@hartonomous/graph-sync';
import { findSimilar } from '@hartonomous/operations';
import { dataClassifications, modelKeySchema } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { InvalidRequestError } from '../errors.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { afterInput, idInput, jsonAnswer, limitInput, problemAnswers, security } from '../schemas/common.ts';
import { foundAtoms } from '../schemas/graph.ts';

const defaultLimit = 20;
const common = { method: 'get' as const, tags: ['Search'], security, middleware: requires('read') };
const limit = limitInput.openapi({ description: `Most results of the page. Default ${defaultLimit}.` });

const search = createRoute({
  ...common,
  path: '/v1/search',
  operationId: 'searchAtoms',
  summary: 'Atoms whose text contains all these words, best first',
  request: {
    query: z.object({
      text: z
        .string()
        .min(1)
        .max(2_000)
        .openapi({ description: 'Words; nothing in it is syntax.', example: 'service broker' }),
      limit,
      after: afterInput,
    }),
  },
  responses: { 200: jsonAnswer(foundAtoms, 'The page.'), ...problemAnswers(504) },
});

const similar = createRoute({
  ...common,
  path: '/v1/atoms/{id}/similar',
  operationId: 'listSimilarAtoms',
  summary: 'Atoms with the embeddings nearest to that of an atom, nearest first',
  request: {
    params: z.object({ id: idInput }),
    query: z.object({
      limit,
      minimumScore: z
        .string()
        .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'a number from 0 to 1')
        .transform(Number)
        .optional()
        .openapi({ type: 'number', minimum: 0, maximum: 1, description: '0.5 is unrelated. Default 0.' }),
    }),
  },
  responses: {
    200: jsonAnswer(foundAtoms, 'All of them; there is no further page.'),
    ...problemAnswers(404, 409, 504),
  },
});

const question = createRoute({
  ...common,
  path: '/v1/similar',
  operationId: 'findSimilarAtoms',
  summary: 'Atoms closest in meaning to a question, nearest first',
  description:
    'The question is embedded by the provider of the settings (section Embedding, those of the generator). A confidential or restricted ' +
    'one goes to no provider outside of the house. With `hybrid` by words too; its scores are of places and comparable within one answer only.',
  request: {
    query: z.object({
      text: z
        .string()
        .max(2_000)
        .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit')
        .openapi({ example: 'How are leases renewed?' }),
      hybrid: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional()
        .openapi({ type: 'boolean' }),
      model: modelKeySchema.optional().openapi({ description: 'Key of a model. Default: the one that searches read.' }),
      classification: z
        .enum(dataClassifications)
        .optional()
        .openapi({ description: 'How sensitive the question is. Default: setting Embedding:Unclassified.' }),
      limit,
    }),
  },
  responses: {
    200: jsonAnswer(foundAtoms, 'All of them; there is no further page.'),
    ...problemAnswers(409, 504),
  },
});

/** Atoms by their words and by their meaning. */
export const searchRoutes = newRoutes()
  .openapi(search, async (context) => {
    const { text, limit: wanted = defaultLimit, after } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const offset = offsetOf(after);
    const { graph, settings } = context.get('services');
    const timeoutMs = settings.Api.QueryTimeoutMs;
    const found = await searchAtoms(
      graph,
      { tenantId, text, limit: wanted, offset, timeoutMs },
      context.req.raw.signal,
    );
    const next = found.length < wanted ? null : String(offset + wanted);
    return context.json(toJson({ items: found, next }), 200);
  })
  .openapi(question, async (context) => {
    const { text, hybrid, model: modelKey, classification, limit: top = defaultLimit } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const { graph, settings } = context.get('services');
    const { atoms } = await findSimilar(
      graph,
      {
        ...{ tenantId, top, modelKey, isHybrid: hybrid ?? false, ancestors: 0 },
        to: { kind: 'question', text, classification },
        settings: () => settings.Embedding,
        timeoutMs: settings.Api.QueryTimeoutMs,
      },
      context.req.raw.signal,
    );
    return context.json(toJson({ items: [...atoms], next: null }), 200);
  })
  .openapi(similar, async (context) => {
    const { id } = context.req.valid('param');
    const { tenantId } = context.get('identity');
    const { graph, settings } = context.get('services');
    const { limit: top = defaultLimit, minimumScore } = context.req.valid('query');
    const { atoms } = await findSimilar(
      graph,
      {
        ...{ to: { kind: 'atom', id }, tenantId, top, minimumScore, isHybrid: false, ancestors: 0 },
        timeoutMs: settings.Api.QueryTimeoutMs,
      },
      context.req.raw.signal,
    );
    return context.json(toJson({ items: [...atoms], next: null }), 200);
  });

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,6}$/.test(after)) return Number(after);
  throw new InvalidRequestError([{ in: 'query', pointer: '/after', detail: 'must be `next` of the page before' }]);
}
