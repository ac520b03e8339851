import type { Logger } from '@hartonomous/worker-host';
import { Hono } from 'hono';
import { RouteNotFoundError } from '../errors.ts';
import type { Environment } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { uploadsPath } from '../ingestion/resumable-uploads.ts';

/** Uploads that can be resumed: tus 1.0. Not in the document: the protocol's own describes it. */
export function uploadRoutes(logger: Logger): Hono<Environment> {
  const routes = new Hono<Environment>();
  for (const path of [uploadsPath, `${uploadsPath}/:id`]) {
    // Hono has HEAD answered by the routes of GET.
    routes.on(['OPTIONS', 'POST', 'GET', 'PATCH', 'DELETE'], path, requires('ingest'), async (context) => {
      if (context.req.raw.method === 'GET') throw new RouteNotFoundError('GET', context.req.path);
      const { tenantId, subject } = context.get('identity');
      const traceId = context.get('traceId');
      return await context
        .get('services')
        .resumable.answer(context.req.raw, { tenantId, subject, traceId }, ({ code }, err) =>
          logger.error({ err, traceId, code }, `${context.req.method} ${context.req.path} failed`),
        );
    });
  }
  return routes;
}
