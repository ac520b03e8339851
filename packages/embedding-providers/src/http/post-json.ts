import { ProviderUnavailableError } from '../errors.ts';
import { failedAnswer } from './failed-answer.ts';

/** One request to a provider. */
export interface JsonRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Milliseconds for the whole call. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A good answer. */
export interface JsonAnswer {
  readonly json: unknown;
  readonly headers: Headers;
}

/**
 * Posts JSON and reads JSON. Redirects are refused: they would take keys and texts to another host.
 *
 * @throws EmbeddingError for everything but a good answer; the reason of `signal` when aborted
 */
export async function postJson({ body, headers, ...rest }: JsonRequest): Promise<JsonAnswer> {
  const json = { 'content-type': 'application/json', ...headers };
  return await request({ ...rest, method: 'POST', headers: json, body: JSON.stringify(body) });
}

/** As {@link postJson}, without a body. */
export async function getJson(options: Omit<JsonRequest, 'body'>): Promise<JsonAnswer> {
  return await request({ ...options, method: 'GET' });
}

interface RequestOptions extends Omit<JsonRequest, 'body'> {
  readonly method: string;
  readonly body?: string;
}

async function request({ url, timeoutMs, signal, headers, ...init }: RequestOptions): Promise<JsonAnswer> {
  const where = `${url.origin}${url.pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      headers: { ...headers },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    text = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    throw new ProviderUnavailableError(`${where} ${reasonOf(cause, timeoutMs)}`, { cause });
  }
  if (!response.ok) throw failedAnswer(response, text, where);
  try {
    return { json: JSON.parse(text), headers: response.headers };
  } catch (cause) {
    throw new ProviderUnavailableError(`${where} answered something that isn't JSON.`, { cause });
  }
}

function reasonOf(cause: unknown, timeoutMs: number): string {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return `didn't answer within ${timeoutMs} ms.`;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return `can't be reached: ${inner instanceof Error ? inner.message : String(inner)}`;
}
