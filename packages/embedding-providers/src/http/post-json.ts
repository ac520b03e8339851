import { ProviderAccessError, ProviderUnavailableError } from '../errors.ts';
import { orAborted } from '../or-aborted.ts';
import { failedAnswer } from './failed-answer.ts';

type RequestHeaders = Readonly<Record<string, string>>;

/** One request to a provider. */
export interface JsonRequest {
  readonly url: URL;
  /** Asked for before each request: a key may be read from a file, a token from a server. */
  readonly headers: () => Promise<RequestHeaders>;
  readonly body: unknown;
  /** Milliseconds for the whole call, that of its headers included. */
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
export async function postJson({ body, ...rest }: JsonRequest): Promise<JsonAnswer> {
  return await request({ ...rest, method: 'POST', body: JSON.stringify(body) });
}

/** As {@link postJson}, without a body. */
export async function getJson(options: Omit<JsonRequest, 'body'>): Promise<JsonAnswer> {
  return await request({ ...options, method: 'GET' });
}

interface RequestOptions extends Omit<JsonRequest, 'body'> {
  readonly method: string;
  readonly body?: string;
}

/**
 * Most bytes of an answer, unpacked: 2,048 vectors of 4,096 numbers with all their digits have 200 million. A server that sends on and on,
 * or packs zeros, must not take all memory.
 */
const mostAnswerBytes = 256 * 1024 * 1024;

/** Characters of a credential from which on it is looked for in answers: shorter ones are parts of words. */
const shortestCredential = 6;

async function request({ url, timeoutMs, signal, headers: ask, ...init }: RequestOptions): Promise<JsonAnswer> {
  const where = `${url.origin}${url.pathname}`;
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const headers = await orAborted(ask(), ending).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!ending.aborted) throw error;
    throw new ProviderUnavailableError(`The key or token for ${where} didn't come within ${timeoutMs} ms.`);
  });
  requireSendable(headers, where);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      headers: { ...(init.body !== undefined && { 'content-type': 'application/json' }), ...headers },
      redirect: 'error',
      signal: ending,
    });
    text = await textOf(response, where);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof ProviderUnavailableError) throw cause;
    throw new ProviderUnavailableError(`${where} ${reasonOf(cause, timeoutMs)}`, { cause });
  }
  if (!response.ok) throw failedAnswer(response, withoutCredentials(text, headers), where);
  try {
    return { json: JSON.parse(text), headers: response.headers };
  } catch (cause) {
    throw new ProviderUnavailableError(`${where} answered something that isn't JSON.`, { cause });
  }
}

/** Of a header that can't be one, fetch's own error repeats the value. @throws ProviderAccessError */
function requireSendable(headers: RequestHeaders, where: string): void {
  const [name] = Object.entries(headers).find(([, value]) => !/^[\t\x20-\x7e]*$/.test(value)) ?? [];
  if (name === undefined) return;
  throw new ProviderAccessError(
    `The key or token for ${where} has line breaks or characters that no header (${name}) can have. Copy it again, without what is around it.`,
  );
}

async function textOf({ body }: Response, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The rest isn't read: leaving the loop cancels the body.
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes)
      throw new ProviderUnavailableError(`${where} answered more than ${mostAnswerBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Some servers repeat what they were sent in what they say of it. */
function withoutCredentials(text: string, headers: RequestHeaders): string {
  return Object.values(headers)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((value) => value.length >= shortestCredential)
    .reduce((safe, value) => safe.replaceAll(value, '***'), text);
}

function reasonOf(cause: unknown, timeoutMs: number): string {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return `didn't answer within ${timeoutMs} ms.`;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return `can't be reached: ${inner instanceof Error ? inner.message : String(inner)}`;
}
