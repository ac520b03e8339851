import { navigableLabels } from '@hartonomous/graph-sync';
import { requestSync } from '@hartonomous/operations';
import { entityTypes, isEntityType } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { InvalidRequestError } from '../errors.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { afterInput, idInput, jsonAnswer, limitInput, problemAnswers, security } from '../schemas/common.ts';
import { entity, neighbourPage } from '../schemas/graph.ts';

const label = z
  .string()
  .max(64)
  .openapi({ enum: [...navigableLabels], example: 'Atom' });
const nodeId = z
  .string()
  .min(1)
  .max(256)
  .openapi({ description: "The entity's id; of reference nodes the text that they stand for.", example: '12345' });
const groupInput = z.object({
  type: z.string().max(64).openapi({ description: 'Type of the relationships.', example: 'DERIVED_FROM' }),
  direction: z.enum(['out', 'in']),
  neighbourLabel: z.string().max(64).openapi({ example: 'Atom' }),
  limit: limitInput,
  after: afterInput,
});

const read = createRoute({
  method: 'get',
  path: '/v1/entities/{label}/{id}',
  operationId: 'getEntity',
  summary: 'One entity, with the first neighbours of each kind and how many there are',
  tags: ['Entities'],
  security,
  middleware: requires('read'),
  request: {
    params: z.object({ label, id: nodeId }),
    query: z.object({ limit: limitInput.openapi({ description: 'Neighbours of each group. Default 10.' }) }),
  },
  responses: { 200: jsonAnswer(entity, 'The entity.'), ...problemAnswers(404, 504) },
});

const neighbours = createRoute({
  method: 'get',
  path: '/v1/entities/{label}/{id}/neighbours',
  operationId: 'listNeighbours',
  summary: "A page of one group of an entity's neighbours",
  tags: ['Entities'],
  security,
  middleware: requires('read'),
  request: { params: z.object({ label, id: nodeId }), query: groupInput },
  responses: { 200: jsonAnswer(neighbourPage, 'The page.'), ...problemAnswers(404, 504) },
});

const sync = createRoute({
  method: 'post',
  path: '/v1/entities/{type}/{id}/sync',
  operationId: 'syncEntity',
  summary: 'Brings the graph to the state of an entity in SQL',
  tags: ['Entities'],
  security,
  middleware: requires('operate'),
  request: {
    params: z.object({ type: z.enum(entityTypes).openapi({ example: 'Atom' }), id: idInput }),
  },
  responses: {
    202: jsonAnswer(
      z.object({ type: z.string(), id: z.string(), state: z.literal('enqueued') }),
      'In the queue, committed.',
    ),
    ...problemAnswers(404),
  },
});

/** Entities of the graph and what they are connected with. */
export const entityRoutes = newRoutes()
  .openapi(read, async (context) => {
    const { label: name, id } = context.req.valid('param');
    const { limit } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const { navigator } = context.get('services');
    const found = await navigator.node({ label: name, id: typedId(name, id), tenantId, limit, signal });
    return context.json(toJson(found), 200);
  })
  .openapi(neighbours, async (context) => {
    const { label: name, id } = context.req.valid('param');
    const query = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const { navigator } = context.get('services');
    const page = await navigator.neighbours({ ...query, label: name, id: typedId(name, id), tenantId, signal });
    return context.json(toJson(page), 200);
  })
  .openapi(sync, async (context) => {
    const { type, id } = context.req.valid('param');
    const { tenantId, subject } = context.get('identity');
    const actor = { tenantId, subject, traceId: context.get('traceId') };
    await requestSync(
      context.get('services').client,
      actor,
      { entityType: type, entityId: id },
      context.req.raw.signal,
    );
    return context.json({ type, id: id.toString(), state: 'enqueued' as const }, 202);
  });

/** Nodes of entities are known by numbers, reference nodes by texts. */
function typedId(name: string, text: string): bigint | string {
  if (!isEntityType(name)) return text;
  const checked = idInput.safeParse(text);
  if (checked.success) return checked.data;
  throw new InvalidRequestError([{ in: 'param', pointer: '/id', detail: 'a whole number of 64 bits' }]);
}
