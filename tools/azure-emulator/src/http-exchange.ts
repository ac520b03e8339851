import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';

/** Largest request body in bytes: far above what Azure takes (1 MB), so that only a runaway client meets it. */
const maxBodyBytes = 16 * 1024 * 1024;

/** A request, decoded. */
export interface EmulatorRequest {
  readonly method: string;
  /** Decoded segments of the path; a slash at the end adds none. */
  readonly path: readonly string[];
  /** As it was sent. */
  readonly rawPath: string;
  /** Names decoded and in lower case: one client sends `api%2Dversion`. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer. */
export interface EmulatorResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent: no body. */
  readonly json?: unknown;
}

/** Thrown by handlers to end a request with this answer. */
export class HttpFailure extends Error {
  readonly code = 'HTTP_FAILURE';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  readonly response: EmulatorResponse;
  constructor(response: EmulatorResponse) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

/** Reads a request to its end. @throws HttpFailure 413 when it is too large, 400 when it can't be decoded */
export async function readRequest(message: IncomingMessage): Promise<EmulatorRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new HttpFailure({ status: 413 });
    chunks.push(chunk);
  }
  try {
    const url = new URL(message.url ?? '/', 'http://emulator');
    const bytes = Buffer.concat(chunks);
    return {
      method: message.method ?? 'GET',
      path: url.pathname.split('/').filter(Boolean).map(decodeURIComponent),
      rawPath: url.pathname,
      query: new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value])),
      headers: message.headers,
      body: (message.headers['content-encoding'] === 'gzip' && size > 0
        ? gunzipSync(bytes, { maxOutputLength: maxBodyBytes })
        : bytes
      ).toString('utf8'),
    };
  } catch {
    // An undecodable path or body: the client hears so, and there is nothing to act on here.
    throw new HttpFailure({ status: 400, json: { error: { code: 'BadRequest', message: 'Undecodable request.' } } });
  }
}

/** Writes an answer. */
export function writeResponse(to: ServerResponse, { status, headers = {}, json }: EmulatorResponse): void {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  to.writeHead(status, { ...type, 'content-length': String(Buffer.byteLength(body ?? '')), ...headers });
  to.end(body);
}

/** The body as JSON that fits a schema. @throws HttpFailure with `badRequest` otherwise */
export function jsonBody<Schema extends z.ZodType>(
  request: EmulatorRequest,
  schema: Schema,
  badRequest: EmulatorResponse,
): z.output<Schema> {
  const result = schema.safeParse(parseJson(request.body));
  if (!result.success) throw new HttpFailure(badRequest);
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses undefined, and the answer says that the body is wrong.
    return undefined;
  }
}
