import { z } from 'zod';
import {
  CallTooLargeError,
  type EmbeddingError,
  InputRefusedError,
  ModelNotFoundError,
  ProviderAccessError,
  ProviderUnavailableError,
  QuotaExhaustedError,
  RateLimitedError,
  type RateLimitKind,
} from '../errors.ts';
import { retryAfterMs } from './answer-headers.ts';

/** The message of an error answer, whatever its shape. */
interface SaidError {
  readonly code: string;
  readonly message: string;
}

const text = z.string().nullish();
const textOrNumber = z.union([z.string(), z.number()]).nullish();
/** OpenAI and Azure. */
const nested = z.object({ error: z.object({ message: text, type: text, code: textOrNumber }) });
/** Gateways, Ollama, text-embeddings-inference. */
const flat = z.object({ error: text, error_type: text, message: text, statusCode: textOrNumber });

/** Longest text of a provider that goes into a message. */
const maxText = 500;

/** Code and message of an error answer; the answer itself where it has no known shape. */
function saidError(body: string): SaidError {
  const message = (given: string | null | undefined) => (given ?? body).replaceAll(/\s+/g, ' ').slice(0, maxText);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { code: '', message: message(null) };
  }
  const inner = nested.safeParse(json);
  if (inner.success) {
    const { error } = inner.data;
    return { code: String(error.code ?? error.type ?? ''), message: message(error.message) };
  }
  const outer = flat.safeParse(json);
  if (!outer.success) return { code: '', message: message(null) };
  const { error, error_type: type, message: said, statusCode } = outer.data;
  return { code: type ?? String(statusCode ?? ''), message: message(said ?? error) };
}

/** What an error answer means. */
export function failedAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: string,
  where: string,
): EmbeddingError {
  const { code, message } = saidError(body);
  const said = `${where} answered ${status}${code === '' ? '' : ` (${code})`}: ${message}`;
  if (status === 429) {
    if (code === 'insufficient_quota') return new QuotaExhaustedError(said);
    return new RateLimitedError(rateLimitKind(message), retryAfterMs(headers), said);
  }
  if (status === 401 || status === 403) return new ProviderAccessError(said);
  if (status === 404) return new ModelNotFoundError(said);
  if (status === 413 || code === 'max_tokens_per_request') return new CallTooLargeError(said);
  if (status === 400 || status === 422) return new InputRefusedError(code === '' ? String(status) : code, said);
  return new ProviderUnavailableError(said);
}

/** Only the text distinguishes the kinds of 429; the kind is for people, and decides nothing. */
function rateLimitKind(message: string): RateLimitKind {
  if (/capacity|overloaded|no available/i.test(message)) return 'capacity';
  if (/temporar/i.test(message)) return 'temporary';
  if (/rate limit|quota|tokens per min|requests per min|call rate/i.test(message)) return 'quota';
  return 'unknown';
}
