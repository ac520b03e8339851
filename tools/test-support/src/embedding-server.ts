import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server got it. */
export interface ReceivedEmbeddingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Texts of `input` or `inputs`. */
  readonly inputs: readonly string[];
}

/** How a request is answered; a string is sent as it is. */
export interface GivenEmbeddingAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly delayMs?: number;
}

/** A provider's server for tests: real HTTP, answers by a function. */
export interface EmbeddingServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReceivedEmbeddingRequest[];
  /** How often each input was answered with a vector. */
  readonly paid: ReadonlyMap<string, number>;
}

/** A vector that belongs to a text: equal texts, equal vectors. */
export function vectorOf(text: string, dimension: number): number[] {
  let state = [...text].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);
  return Array.from({ length: dimension }, () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A good answer in OpenAI's shape, as numbers or base64 as was asked for. */
export function openAiBody({ inputs, body }: ReceivedEmbeddingRequest, dimension: number): unknown {
  const encoded = (numbers: readonly number[]) =>
    body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(numbers).buffer).toString('base64') : numbers;
  const data = inputs.map((input, index) => ({
    object: 'embedding',
    index,
    embedding: encoded(vectorOf(input, dimension)),
  }));
  const tokens = inputs.reduce((sum, input) => sum + input.length, 0);
  return { object: 'list', data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

async function read(request: IncomingMessage): Promise<ReceivedEmbeddingRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const { method = '', url = '', headers } = request;
  const inputs = [body.input ?? body.inputs ?? []].flat() as string[];
  return { method, path: url, headers, body, inputs };
}

/** Starts a server; an answer with status 200 counts its inputs as paid. */
export async function startEmbeddingServer(
  answer: (request: ReceivedEmbeddingRequest) => GivenEmbeddingAnswer,
): Promise<EmbeddingServer> {
  const requests: ReceivedEmbeddingRequest[] = [];
  const paid = new Map<string, number>();
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await read(incoming);
    requests.push(request);
    const { status = 200, headers = {}, body, delayMs = 0 } = answer(request);
    if (status === 200) for (const input of request.inputs) paid.set(input, (paid.get(input) ?? 0) + 1);
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }, delayMs);
  };
  const server = createServer((request, response) => void handle(request, response));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    paid,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
