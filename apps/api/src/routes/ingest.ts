import { findJob, ingestStream } from '@hartonomous/operations';
import { dataClassifications } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { IngestionNotFoundError } from '../errors.ts';
import { newRoutes } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { bodyChunks } from '../ingestion/body-chunks.ts';
import { checkDigest, givenDigest } from '../ingestion/given-digest.ts';
import { requireWhole } from '../ingestion/require-whole.ts';
import { answerEvents } from '../live/answer-events.ts';
import { eventAnswer, id, idInput, jsonAnswer, problemAnswers, security } from '../schemas/common.ts';
import { shown } from './ingestions.ts';

const common = { tags: ['Ingestion'], security };

const create = createRoute({
  ...common,
  method: 'post',
  path: '/v1/ingestions',
  operationId: 'createIngestion',
  summary: 'Takes a file in; its atoms come later',
  description:
    'The body is the bytes of the file, of any media type. 202 means that file and request are committed. With Idempotency-Key, the ' +
    'same request again within a day gives the same ingestion and enqueues nothing.',
  middleware: requires('ingest'),
  request: {
    query: z.object({
      fileName: z.string().min(1).max(400).openapi({
        description: 'Its extension helps to find out what the file is. Never a path.',
        example: 'report.docx',
      }),
      classification: z
        .enum(dataClassifications)
        .optional()
        .openapi({
          description:
            'How sensitive the file is. Its document gets this level, which all that is made of it inherits. One that is there ' +
            'already gets it where it is the stricter one.',
        }),
    }),
    headers: z.object({
      'idempotency-key': z.string().min(1).max(255).optional(),
      'repr-digest': z.string().optional().openapi({
        description: 'RFC 9530; the SHA-256 is checked.',
        example: 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
      }),
    }),
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  responses: {
    202: {
      ...jsonAnswer(
        z.object({
          id,
          bytes: z.int(),
          isRepeated: z.boolean().openapi({ description: 'By an earlier request with the same key.' }),
        }),
        'Taken in. Follow it at Location.',
      ),
      headers: z.object({ Location: z.string() }),
    },
    ...problemAnswers(408, 413, 415, 422),
  },
});

const events = createRoute({
  ...common,
  method: 'get',
  path: '/v1/ingestions/{id}/events',
  operationId: 'followIngestion',
  summary: 'Follows an ingestion until it has ended',
  description: 'Server-sent events: `progress` with an Ingestion whenever it has changed; the last one is final.',
  middleware: requires('follow'),
  request: { params: z.object({ id: idInput }) },
  responses: {
    200: eventAnswer('progress', 'The events.'),
    ...problemAnswers(404),
  },
});

/** Files that come in, and their progress. */
export const ingestRoutes = newRoutes()
  .openapi(create, async (context) => {
    const { fileName, classification } = context.req.valid('query');
    const { 'idempotency-key': idempotencyKey } = context.req.valid('header');
    requireWhole((name) => context.req.header(name));
    const digest = givenDigest((name) => context.req.header(name));
    const { client, settings, uploads } = context.get('services');
    const { tenantId, subject } = context.get('identity');
    const { raw } = context.req;
    using _place = await uploads.enter(tenantId, raw.signal);
    const length = context.req.header('content-length');
    const { jobId, bytes, isRepeated } = await ingestStream(
      client,
      { tenantId, subject, traceId: context.get('traceId') },
      {
        name: fileName,
        chunks: bodyChunks(raw.body, length === undefined ? undefined : Number(length), settings.Api.MaxUploadBytes),
        idempotencyKey,
        classification,
        traceParent: context.req.header('traceparent'),
        check: (found) => checkDigest(digest, found),
      },
      raw.signal,
    );
    context.header('Location', `/v1/ingestions/${jobId}`);
    return context.json({ id: jobId.toString(), bytes, isRepeated }, 202);
  })
  .openapi(events, async (context) => {
    const { id: jobId } = context.req.valid('param');
    const { tenantId } = context.get('identity');
    const { client, jobs } = context.get('services');
    const job = await findJob(client, jobId, context.req.raw.signal);
    if (job?.tenantId !== tenantId) throw new IngestionNotFoundError(jobId);
    return await answerEvents(context, 'progress', async function* (signal) {
      const first = shown(job);
      yield first;
      if (first.isFinal) return;
      for await (const seen of jobs.follow(job.jobId, signal)) {
        const next = shown(seen);
        yield next;
        if (next.isFinal) return;
      }
    });
  });
