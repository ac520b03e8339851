import { createProvenanceExport } from '@hartonomous/graph-sync';
import { jobsAfter } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { openLineageEvents } from '../exports/open-lineage.ts';
import { provJson } from '../exports/prov-json.ts';
import { streamed } from '../exports/streamed.ts';
import { invalidRequest, newRoutes } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { idInput, numberInput, problemAnswers, security } from '../schemas/common.ts';
import { isFinal } from './ingestions.ts';

const defaultLimit = 1_000;
/** Jobs that are read at a time. */
const pageRows = 200;

const common = { method: 'get' as const, tags: ['Exports'], security };

const eventsQuery = z.object({
  after: idInput.optional().openapi({ description: '`Next-After` of the answer before.' }),
  limit: numberInput(1, 2_000, `Most ingestions. Default ${defaultLimit}.`),
});

const prov = createRoute({
  ...common,
  path: '/v1/exports/prov',
  operationId: 'exportProvenance',
  summary: "The tenant's whole provenance as PROV-JSON",
  description:
    'A stream, as long as the graph is large; what changes meanwhile is in it or not. It is cut off when it fails, so a whole document is ' +
    'a complete one.',
  responses: {
    200: {
      description: 'The document.',
      content: { 'application/json': { schema: z.object({}).openapi('ProvJson') } },
    },
    ...problemAnswers(504),
  },
});

const openLineage = createRoute({
  ...common,
  path: '/v1/exports/openlineage',
  operationId: 'exportOpenLineage',
  summary: 'Ingestions that have ended as events of OpenLineage, one JSON object a line',
  description:
    'In the order in which the files came. It ends before the first ingestion that has not ended, so that who passes the ' +
    'header Next-After as `after` misses none.',
  request: { query: eventsQuery },
  responses: {
    200: {
      description: 'The events.',
      headers: z.object({ 'Next-After': z.string().openapi({ description: '`after` of the next request.' }) }),
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    ...problemAnswers(),
  },
});

/** The provenance in forms that others read. They are declared apart from their handlers, whose answers aren't values that JSON is made of. */
export const exportRoutes = newRoutes();
for (const route of [prov, openLineage]) exportRoutes.openAPIRegistry.registerPath(route);

exportRoutes.get(prov.path, requires('read'), async (context) => {
  const { tenantId } = context.get('identity');
  const { graph, settings, drain, streams } = context.get('services');
  const { raw } = context.req;
  const headers = { 'Content-Type': 'application/json' };
  if (raw.method === 'HEAD') return context.body(null, 200, headers);
  // Its reader may take as long as it likes over it.
  const place = await streams.take(tenantId);
  const signal = AbortSignal.any([raw.signal, drain]);
  const whole = createProvenanceExport(graph, { timeoutMs: settings.Api.QueryTimeoutMs });
  const query = { tenantId, signal };
  const texts = provJson({
    tenantId,
    atoms: () => whole.atoms(query),
    edges: () => whole.edges(query),
    activities: () => whole.activities(query),
    agents: () => whole.agents(query),
  });
  return context.body(streamed(texts, { place, signal }), 200, headers);
});

exportRoutes.get(openLineage.path, requires('read'), async (context) => {
  const checked = eventsQuery.safeParse(context.req.query());
  if (!checked.success) throw invalidRequest('query', checked.error);
  const { after = 0n, limit = defaultLimit } = checked.data;
  const { tenantId } = context.get('identity');
  const { client } = context.get('services');
  let last = after;
  const lines: string[] = [];
  reading: for (let left = limit; left > 0; ) {
    const page = { tenantId, afterId: last, limit: Math.min(left, pageRows) };
    const jobs = await jobsAfter(client, page, context.req.raw.signal);
    for (const job of jobs) {
      if (!isFinal(job)) break reading;
      for (const event of openLineageEvents(job)) lines.push(`${JSON.stringify(event)}\n`);
      last = BigInt(job.jobId);
    }
    left -= jobs.length;
    if (jobs.length < page.limit) break;
  }
  return context.body(lines.join(''), 200, { 'Content-Type': 'application/x-ndjson', 'Next-After': last.toString() });
});
