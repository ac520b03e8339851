import { entityHistory } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import {
  afterInput,
  idInput,
  jsonAnswer,
  limitInput,
  next,
  problemAnswers,
  security,
  time,
} from '../schemas/common.ts';
import { atomSummary } from '../schemas/graph.ts';

const defaultLimit = 50;
const timeInput = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();

const common = { method: 'get' as const, tags: ['Entities'], security, middleware: requires('read') };

const list = createRoute({
  ...common,
  path: '/v1/atoms',
  operationId: 'listAtoms',
  summary: 'Atoms by their properties, newest first',
  description: 'All filters that are given must hold. A filter that few of many atoms pass takes long: then 504.',
  request: {
    query: z.object({
      type: z.string().min(1).max(64).optional().openapi({ example: 'document' }),
      contentType: z.string().min(1).max(256).optional().openapi({ example: 'text/markdown' }),
      contentHash: z
        .string()
        .regex(/^[0-9a-f]{2,64}$/)
        .optional()
        .openapi({ description: 'Lower-case hexadecimal.' }),
      createdFrom: timeInput.openapi({ type: 'string', format: 'date-time' }),
      createdBefore: timeInput.openapi({ type: 'string', format: 'date-time' }),
      isPlaceholder: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional()
        .openapi({ type: 'boolean' }),
      limit: limitInput,
      after: afterInput,
    }),
  },
  responses: {
    200: jsonAnswer(z.object({ items: z.array(atomSummary), next }).openapi('AtomList'), 'The page.'),
    ...problemAnswers(504),
  },
});

const history = createRoute({
  ...common,
  path: '/v1/atoms/{id}/history',
  operationId: 'getAtomHistory',
  summary: 'The synchronization history of an atom, latest first',
  description:
    "From dbo.Neo4jSyncLog, which keeps its rows for a number of days. An atom that isn't there has no history.",
  request: { params: z.object({ id: idInput }), query: z.object({ limit: limitInput }) },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(
          z.object({
            loggedAt: time,
            outcome: z.string().openapi({ example: 'SYNCED' }),
            syncType: z.string().nullable(),
            messages: z.int().openapi({ description: 'Messages about it that the batch had.' }),
            enqueuedAt: time.nullable(),
            detail: z.string().nullable(),
          }),
        ),
      }),
      'The entries.',
    ),
    ...problemAnswers(),
  },
});

/** Atoms by their properties, and their synchronization history. */
export const atomRoutes = newRoutes()
  .openapi(list, async (context) => {
    const { type: atomType, limit = defaultLimit, ...query } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const { lineage } = context.get('services');
    const page = await lineage.atoms({ ...query, atomType, limit, tenantId, signal: context.req.raw.signal });
    return context.json(toJson(page), 200);
  })
  .openapi(history, async (context) => {
    const { id: entityId } = context.req.valid('param');
    const { limit = defaultLimit } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const query = { entityType: 'Atom' as const, entityId, tenantId, limit };
    const items = await entityHistory(context.get('services').client, query, context.req.raw.signal);
    return context.json(toJson({ items }), 200);
  });
