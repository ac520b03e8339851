import type { Logger } from '@hartonomous/worker-host';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { type Environment, newRoutes } from './http/environment.ts';
import { limitBodies } from './http/limit-bodies.ts';
import { answerErrors, authenticate, limitRate, observe, takeTurns } from './http/middleware.ts';
import { RateLimit } from './http/rate-limit.ts';
import { refusalOf } from './http/unknown-routes.ts';
import type { Identity } from './identity/identity.ts';
import { openApiDocument } from './open-api.ts';
import { pageRoutes } from './page.ts';
import { mcpRoutes } from './routes/mcp.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { addRoutes } from './routes.ts';
import type { Services } from './services.ts';

/** What the API needs besides its services. */
export interface ApiOptions {
  readonly services: Services;
  readonly logger: Logger;
  /** Who a token belongs to; undefined for one that isn't valid. */
  readonly identify: (token: string, signal: AbortSignal) => Promise<Identity | undefined>;
  /** Called with errors that are the server's own. */
  readonly onFailed: (error: Error) => void;
}

/** The whole API as a fetch handler; it opens and closes nothing. */
export function createApi({ logger, identify, onFailed, services }: ApiOptions): OpenAPIHono<Environment> {
  const api = newRoutes();
  api.use(observe(logger));
  const rate = limitRate(new RateLimit(services.settings.Api.RequestsPerMinute));
  for (const path of ['/v1/*', '/mcp']) {
    api.use(path, authenticate(identify), rate, limitBodies, async (context, next) => {
      context.set('services', services);
      await next();
    });
  }
  api.use('/v1/*', takeTurns(services.turns));
  api.onError(answerErrors(logger, onFailed));
  api.notFound(({ req }) => {
    throw refusalOf(api, req);
  });
  addRoutes(api);
  api.route('/', uploadRoutes(logger));
  api.route('/', mcpRoutes(logger));
  api.route('/', pageRoutes);
  const document = openApiDocument(api);
  api.get('/openapi.json', (context) => context.json(document, 200));
  return api;
}
