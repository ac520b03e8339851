import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { WorkMissingError } from '../errors.ts';

/** A client of the API that keeps its connections. `fetch` would take as much processor time again as the API. */
export class HttpClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #key: string;

  /** @param connections that it keeps, at most */
  constructor(port: number, key: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#port = port;
    this.#key = key;
  }

  /** Reads, and gives the answer as JSON. @throws {WorkMissingError} for another answer than 200 */
  read(path: string): Promise<unknown> {
    return this.#send('GET', path, 200);
  }

  /** Sends a body, chunk by chunk. @throws {WorkMissingError} for another answer than 202 */
  post(path: string, body: AsyncIterable<Uint8Array>, bytes: number): Promise<unknown> {
    return this.#send('POST', path, 202, { body, bytes });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #send(
    method: string,
    path: string,
    expected: number,
    content?: { readonly body: AsyncIterable<Uint8Array>; readonly bytes: number },
  ): Promise<unknown> {
    const sent = request({
      ...{ agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path },
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(content === undefined ? {} : { 'content-length': content.bytes }),
      },
    });
    const answered = Promise.withResolvers<IncomingMessage>();
    sent.once('response', answered.resolve).once('error', answered.reject);
    if (content !== undefined) {
      for await (const chunk of content.body) {
        if (!sent.write(chunk)) await Promise.race([drained(sent), answered.promise]);
      }
    }
    sent.end();
    const response = await answered.promise;
    const body = await text(response);
    if (response.statusCode !== expected) {
      throw new WorkMissingError(
        `${method} ${path}: ${body.slice(0, 300)}`,
        expected,
        response.statusCode ?? Number.NaN,
      );
    }
    return JSON.parse(body);
  }
}

function drained(stream: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => stream.once('drain', resolve));
}
