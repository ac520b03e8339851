import { findJob, type Job, listJobs } from '@hartonomous/operations';
import { jobStatuses } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { IngestionNotFoundError, InvalidRequestError } from '../errors.ts';
import { newRoutes } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import {
  afterInput,
  id,
  idInput,
  jsonAnswer,
  limitInput,
  next,
  problemAnswers,
  security,
  time,
} from '../schemas/common.ts';

const defaultLimit = 20;

/** An ingestion as it is answered. */
export const ingestion = z
  .object({
    id,
    state: z.enum(jobStatuses),
    isFinal: z.boolean().openapi({ description: 'Nothing more will happen by itself.' }),
    fileName: z.string(),
    attempts: z.int(),
    bytes: z.int().nullable(),
    contentHash: z.string().nullable().openapi({ description: 'SHA-256, lower-case hexadecimal.' }),
    atomizer: z.string().nullable(),
    documentAtomId: id.nullable(),
    pieces: z.int().nullable().openapi({ description: 'Taken apart so far.' }),
    newAtoms: z.int().nullable(),
    newEdges: z.int().nullable(),
    notes: z.array(z.object({ code: z.string(), count: z.int(), detail: z.string() })),
    errorCode: z.string().nullable(),
    errorText: z.string().nullable(),
    enqueuedAt: time.nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .openapi('Ingestion');

const common = { method: 'get' as const, tags: ['Ingestion'], security, middleware: requires('follow') };

const list = createRoute({
  ...common,
  path: '/v1/ingestions',
  operationId: 'listIngestions',
  summary: 'The latest ingestions, the newest first',
  request: {
    query: z.object({
      state: z.enum(jobStatuses).optional(),
      document: idInput.optional().openapi({ description: 'Those that became the document of this atom.' }),
      limit: limitInput,
      after: afterInput,
    }),
  },
  responses: {
    200: jsonAnswer(z.object({ items: z.array(ingestion), next }).openapi('IngestionPage'), 'The page.'),
    ...problemAnswers(),
  },
});

const read = createRoute({
  ...common,
  path: '/v1/ingestions/{id}',
  operationId: 'getIngestion',
  summary: 'The status of a file',
  request: { params: z.object({ id: idInput }) },
  responses: { 200: jsonAnswer(ingestion, 'The ingestion.'), ...problemAnswers(404) },
});

/** Files that were sent in, and their status. */
export const ingestionRoutes = newRoutes()
  .openapi(list, async (context) => {
    const { state, document, limit = defaultLimit, after } = context.req.valid('query');
    const { tenantId } = context.get('identity');
    const filter = {
      ...{ tenantId, ...beforeOf(after) },
      ...(state === undefined ? {} : { status: state }),
      ...(document === undefined ? {} : { documentAtomId: document }),
    };
    const jobs = await listJobs(context.get('services').client, filter, limit + 1, context.req.raw.signal);
    const items = jobs.slice(0, limit);
    const last = jobs.length > limit ? items.at(-1) : undefined;
    return context.json({ items: items.map(shown), next: last?.jobId ?? null }, 200);
  })
  .openapi(read, async (context) => {
    const { id: jobId } = context.req.valid('param');
    const job = await findJob(context.get('services').client, jobId, context.req.raw.signal);
    if (job?.tenantId !== context.get('identity').tenantId) throw new IngestionNotFoundError(jobId);
    return context.json(shown(job), 200);
  });

const finalStates: ReadonlySet<Job['status']> = new Set(['COMPLETED', 'UNCHANGED', 'DEAD_LETTERED']);

/** Whether nothing more will happen to a job by itself. */
export function isFinal({ status }: Pick<Job, 'status'>): boolean {
  return finalStates.has(status);
}

/** A job as it is answered. */
export function shown({ jobId, tenantId: _, sourceUri: __, status, ...job }: Job): z.output<typeof ingestion> {
  return { ...job, id: jobId, state: status, isFinal: isFinal({ status }) };
}

function beforeOf(after: string | undefined): { readonly beforeId?: bigint } {
  if (after === undefined) return {};
  const checked = idInput.safeParse(after);
  if (checked.success) return { beforeId: checked.data };
  throw new InvalidRequestError([{ in: 'query', pointer: '/after', detail: 'must be `next` of the page before' }]);
}
