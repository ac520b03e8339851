import type { Logger } from '@hartonomous/worker-host';
import { Hono } from 'hono';
import { MethodNotAllowedError } from '../errors.ts';
import type { Environment } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { uploadsPath } from '../ingestion/resumable-uploads.ts';

/** What tus has at each address. */
const methodsAt: ReadonlyMap<string, readonly string[]> = new Map([
  [uploadsPath, ['OPTIONS', 'POST']],
  [`${uploadsPath}/:id`, ['OPTIONS', 'HEAD', 'PATCH', 'DELETE']],
]);

/** Uploads that can be resumed: tus 1.0. Not in the document: the protocol's own describes it. */
export function uploadRoutes(logger: Logger): Hono<Environment> {
  const routes = new Hono<Environment>();
  for (const [path, allowed] of methodsAt) {
    routes.all(path, requires('ingest'), async (context) => {
      // Hono has HEAD answered by the routes of GET; tus has no GET.
      const { method } = context.req.raw;
      if (!allowed.includes(method)) throw new MethodNotAllowedError(method, context.req.path, allowed);
      const { tenantId, subject } = context.get('identity');
      const traceId = context.get('traceId');
      return await context
        .get('services')
        .resumable.answer(context.req.raw, { tenantId, subject, traceId }, ({ code }, err) =>
          logger.error({ err, traceId, code }, `${method} ${context.req.path} failed`),
        );
    });
  }
  return routes;
}
