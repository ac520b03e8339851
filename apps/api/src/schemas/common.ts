import { z } from '@hono/zod-openapi';

const int64 = /^-?\d{1,19}$/;
const maxLimit = 1_000;

/** An id in a path or a query: a text, because JSON's numbers don't hold 64 bits. */
export const idInput = z
  .string()
  .regex(int64, 'a whole number of 64 bits')
  .refine((text) => !int64.test(text) || BigInt.asIntN(64, BigInt(text)) === BigInt(text), 'a whole number of 64 bits')
  .transform(BigInt)
  .openapi({ type: 'string', format: 'int64', example: '12345' });

/** An id in an answer. */
export const id = z.string().openapi({ format: 'int64', example: '12345' });
export const time = z.string().openapi({ format: 'date-time' });

/** A whole number in a query. */
export function numberInput(least: number, most: number, description: string) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .optional()
    .openapi({ type: 'integer', minimum: least, maximum: most, description });
}

export const limitInput = numberInput(1, maxLimit, 'Most items of the page.');

/** Cursors are opaque to clients; what is inside is checked by what made them. */
export const afterInput = z
  .string()
  .max(512)
  .optional()
  .openapi({ description: '`next` of the page before, of the same request otherwise.' });

export const next = z
  .string()
  .nullable()
  .openapi({ description: '`after` of the following page; null on the last one.' });

/**
 * What people write, in a line or, where line breaks are allowed, in several. It is shown on terminals, and typed to find it again.
 */
export function plainText(longest: number, { lines = false } = {}) {
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const plain = lines
    ? /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/
    : /^[^\u0000-\u001f\u007f-\u009f]*$/;
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const strange = 'must be text without control characters';
  return z
    .string()
    .max(longest)
    .regex(plain, strange)
    .refine((text) => text.isWellFormed(), strange);
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().openapi({ description: 'Stable name, for programs.', example: 'ATOM_NOT_FOUND' }),
    instance: z.string(),
    traceId: z.string(),
    errors: z.array(z.object({ in: z.string(), pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi('Problem');

const problems = {
  400: 'The request is not what the route takes.',
  401: 'No valid key.',
  403: 'The role may not do this.',
  404: "There is none, or it belongs to another tenant; the answer doesn't reveal which.",
  408: 'The body came too slowly.',
  409: "It can't be done in the present state.",
  413: 'Too many bytes.',
  415: 'The body is not of the media type of the route, or packed.',
  422: 'The request contradicts itself or an earlier one.',
  429: 'Too many requests; see Retry-After.',
  503: 'A server that it needs is away or behind; see Retry-After.',
  504: 'The query exceeded its time limit.',
} as const;

type ProblemStatus = keyof typeof problems;

/** Answers of a route that aren't what was asked for; 400, 401, 403, 429 and 503 every route has. */
export function problemAnswers(...more: readonly ProblemStatus[]) {
  return Object.fromEntries(
    ([400, 401, 403, 429, 503, ...more] as const)
      .toSorted((one, other) => one - other)
      .map((status) => [
        status,
        {
          description: problems[status],
          content: { 'application/problem+json': { schema: problem } },
        },
      ]),
  );
}

/** An answer with a body of JSON. */
export function jsonAnswer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A stream of server-sent events; the schema is that of each event. */
export function eventAnswer(event: string, description: string) {
  const schema = z.object({
    event: z.literal(event),
    id: z.string(),
    data: z.string().openapi({ description: 'JSON.' }),
    retry: z.int().openapi({ description: 'Milliseconds.' }),
  });
  const ends = `${description} A stream ends after \`Api:MaxStreamSeconds\` at the latest; reconnect for the rest.`;
  return { description: ends, content: { 'text/event-stream': { schema } } };
}

/** All routes but the page and the document take a key or token. */
export const security = [{ bearer: [] }];
