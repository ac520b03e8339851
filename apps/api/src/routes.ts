import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Environment } from './http/environment.ts';
import { atomRoutes } from './routes/atoms.ts';
import { entityRoutes } from './routes/entities.ts';
import { exportRoutes } from './routes/exports.ts';
import { identityRoutes } from './routes/identity.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { ingestionRoutes } from './routes/ingestions.ts';
import { lineageRoutes } from './routes/lineage.ts';
import { operationRoutes } from './routes/operations.ts';
import { pauseRoutes } from './routes/pauses.ts';
import { queueRoutes } from './routes/queues.ts';
import { reconciliationRoutes } from './routes/reconciliations.ts';
import { releaseRoutes } from './routes/releases.ts';
import { scheduleChangeRoutes } from './routes/schedule-changes.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { searchRoutes } from './routes/search.ts';

/** Adds every route that is in the document. */
export function addRoutes(api: OpenAPIHono<Environment>): void {
  const all = [
    ...[entityRoutes, atomRoutes, lineageRoutes, searchRoutes],
    ...[ingestionRoutes, ingestRoutes, queueRoutes, operationRoutes, pauseRoutes, reconciliationRoutes],
    ...[scheduleRoutes, scheduleChangeRoutes, releaseRoutes, exportRoutes, identityRoutes],
  ];
  for (const routes of all) api.route('/', routes);
}
