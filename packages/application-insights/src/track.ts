import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { z } from 'zod';
import type { InsightsConnection } from './connection-string.ts';
import type { Envelope } from './envelope.ts';

/** The outcome of items that were sent. */
export interface TrackResult {
  /** To be sent again. */
  readonly again: readonly Envelope[];
  /** Refused for good. */
  readonly refused: number;
  /** Why not all were taken; undefined when all were. Never has the key in it. */
  readonly reason?: string;
  /** Milliseconds that the service asks to wait. */
  readonly retryAfterMs?: number;
}

/** Statuses after which the same items may be sent again: an outage, a throttle, a role that isn't there yet. */
const retriable = new Set([401, 403, 408, 429, 439, 500, 502, 503, 504]);
/** Longest wait that is taken from an answer, in milliseconds: timers can't count more than 24 days, and would be over at once. */
const longestWaitMs = 3_600_000;
/** Characters of an answer that are read: it lists at most a line for each of 500 items. */
const mostAnswerCharacters = 4 * 1024 * 1024;
/** Milliseconds for a request. */
const requestTimeoutMs = 10_000;

const answerSchema = z.object({
  errors: z
    .array(z.object({ index: z.int().min(0), statusCode: z.int(), message: z.string().default('') }))
    .default([]),
});

/** Sends items once. Never rejects: what keeps them from being sent is in the result. */
export async function track(
  { endpoint }: InsightsConnection,
  envelopes: readonly Envelope[],
  ca: string | undefined,
): Promise<TrackResult> {
  let answer: { readonly status: number; readonly body: string; readonly retryAfter: string | undefined };
  try {
    answer = await post(`${endpoint}/v2.1/track`, JSON.stringify(envelopes), ca);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { again: envelopes, refused: 0, reason };
  }
  const { status, body, retryAfter } = answer;
  if (status === 200) return { again: [], refused: 0 };
  const retryAfterMs = askedWaitMs(retryAfter);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status !== 206) {
    const again = retriable.has(status) ? envelopes : [];
    return { again, refused: envelopes.length - again.length, reason: `HTTP status ${status}`, ...wait };
  }
  const errors = errorsOf(body);
  const again = errors
    .filter(({ statusCode }) => retriable.has(statusCode))
    .flatMap(({ index }) => envelopes[index] ?? []);
  const reason = errors[0] === undefined ? 'HTTP status 206' : `${errors[0].statusCode}: ${errors[0].message}`;
  return { again, refused: errors.length - again.length, reason, ...wait };
}

/** Milliseconds that a Retry-After header asks for; undefined where it says nothing that can be understood. */
export function askedWaitMs(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter ?? '');
  return seconds > 0 ? Math.min(seconds * 1_000, longestWaitMs) : undefined;
}

/** @throws Error with the code ANSWER_TOO_LONG; the rest isn't read */
async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > mostAnswerCharacters)
      throw Object.assign(new Error('The answer is too long.'), { code: 'ANSWER_TOO_LONG' });
  }
  return text;
}

async function post(url: string, content: string, ca: string | undefined) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly body: string;
    readonly retryAfter: string | undefined;
  }>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
  const sent = request(
    url,
    { method: 'POST', headers, timeout: requestTimeoutMs, ...(ca === undefined ? {} : { ca }) },
    (response) => {
      const retryAfter = response.headers['retry-after'];
      textOf(response).then((body) => resolve({ status: response.statusCode ?? 0, body, retryAfter }), reject);
    },
  );
  sent
    .on('error', reject)
    .on('timeout', () => sent.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
  sent.end(content);
  return await promise;
}

function errorsOf(body: string): z.output<typeof answerSchema>['errors'] {
  try {
    return answerSchema.parse(JSON.parse(body)).errors;
  } catch {
    // An answer of another form says nothing about single items.
    return [];
  }
}
