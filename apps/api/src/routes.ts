import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Environment } from './http/environment.ts';
import { entityRoutes } from './routes/entities.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { ingestionRoutes } from './routes/ingestions.ts';
import { lineageRoutes } from './routes/lineage.ts';
import { operationRoutes } from './routes/operations.ts';
import { searchRoutes } from './routes/search.ts';

/** Adds every route that is in the document. */
export function addRoutes(api: OpenAPIHono<Environment>): void {
  for (const routes of [entityRoutes, lineageRoutes, searchRoutes, ingestionRoutes, ingestRoutes, operationRoutes])
    api.route('/', routes);
}
