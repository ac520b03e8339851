import { defaultDepth, maxDepth } from '@hartonomous/graph-sync';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import {
  afterInput,
  idInput,
  jsonAnswer,
  limitInput,
  numberInput,
  problemAnswers,
  security,
} from '../schemas/common.ts';
import { atomPage, deletionImpact, lineagePath, lineageTree } from '../schemas/graph.ts';

const params = z.object({ id: idInput });
const depth = numberInput(1, maxDepth, `Most steps from the atom. Default ${defaultDepth}.`);
const maxAtoms = numberInput(1, 10_000, 'Most atoms in each direction, the nearest ones. Default 1000.');

const common = { method: 'get' as const, tags: ['Lineage'], security, middleware: requires('read') };

const walks = {
  ancestors: 'The atoms that it was made from, directly or over others, the nearest first',
  descendants: 'The atoms that were made from it, directly or over others, the nearest first',
  roots: 'The sources: of all before it, those that were made from nothing',
  leaves: 'The results: of all after it, those from which nothing was made',
} as const;

type Walk = keyof typeof walks;

function walkRoute<const Name extends Walk>(name: Name) {
  return createRoute({
    ...common,
    path: `/v1/atoms/{id}/${name}` as const,
    operationId: `list${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    summary: walks[name],
    request: { params, query: z.object({ depth, limit: limitInput, after: afterInput }) },
    responses: { 200: jsonAnswer(atomPage, 'The page.'), ...problemAnswers(404, 504) },
  });
}

const tree = createRoute({
  ...common,
  path: '/v1/atoms/{id}/tree',
  operationId: 'getLineageTree',
  summary: 'Ancestors and descendants with all edges between them',
  request: {
    params,
    query: z.object({ depth, maxAtoms, direction: z.enum(['up', 'down', 'both']).optional() }),
  },
  responses: { 200: jsonAnswer(lineageTree, 'The tree.'), ...problemAnswers(404, 504) },
});

const path = createRoute({
  ...common,
  path: '/v1/atoms/{id}/path',
  operationId: 'getLineagePath',
  summary: 'The shortest way to another atom',
  request: {
    params,
    query: z.object({ to: idInput, depth, direction: z.enum(['up', 'down', 'any']).optional() }),
  },
  responses: { 200: jsonAnswer(lineagePath, 'The path, or that there is none.'), ...problemAnswers(404, 504) },
});

const impact = createRoute({
  ...common,
  path: '/v1/atoms/{id}/impact',
  operationId: 'getDeletionImpact',
  summary: 'Which atoms would lose their provenance, all or a part of it, if the atom were deleted',
  request: { params, query: z.object({ depth, maxAtoms }) },
  responses: { 200: jsonAnswer(deletionImpact, 'The impact.'), ...problemAnswers(404, 504) },
});

/** Where an atom came from, and what was made of it. */
export const lineageRoutes = newRoutes()
  .openapi(tree, async (context) => {
    const { id: atomId } = context.req.valid('param');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const { lineage } = context.get('services');
    return context.json(toJson(await lineage.tree({ ...context.req.valid('query'), atomId, tenantId, signal })), 200);
  })
  .openapi(path, async (context) => {
    const { id: atomId } = context.req.valid('param');
    const { to: toAtomId, ...query } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const { lineage } = context.get('services');
    return context.json(toJson(await lineage.path({ ...query, atomId, toAtomId, tenantId, signal })), 200);
  })
  .openapi(impact, async (context) => {
    const { id: atomId } = context.req.valid('param');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const query = context.req.valid('query');
    const { lineage } = context.get('services');
    return context.json(toJson(await lineage.deletionImpact({ ...query, atomId, tenantId, signal })), 200);
  });
for (const name of ['ancestors', 'descendants', 'roots', 'leaves'] as const) {
  lineageRoutes.openapi(walkRoute(name), async (context) => {
    const { id: atomId } = context.req.valid('param');
    const { tenantId } = context.get('identity');
    const { signal } = context.req.raw;
    const { lineage } = context.get('services');
    return context.json(toJson(await lineage[name]({ ...context.req.valid('query'), atomId, tenantId, signal })), 200);
  });
}
