import type { SSEStreamingApi } from 'hono/streaming';

/** Milliseconds without data after which proxies consider a stream dead. */
const silenceMs = 15_000;
/** Milliseconds after which a client whose stream broke reconnects. */
const retryMs = 3_000;

/** Writes what has changed as events, and a comment now and then while nothing has. */
export class EventStream {
  readonly #stream: Pick<SSEStreamingApi, 'writeSSE' | 'write'>;
  readonly #event: string;
  #last = '';
  #count = 0;
  #writtenAt = performance.now();

  /** @param event name of the events */
  constructor(stream: Pick<SSEStreamingApi, 'writeSSE' | 'write'>, event: string) {
    this.#stream = stream;
    this.#event = event;
  }

  async write(value: unknown): Promise<void> {
    const data = JSON.stringify(value);
    if (data !== this.#last) {
      this.#count += 1;
      await this.#stream.writeSSE({ event: this.#event, id: String(this.#count), data, retry: retryMs });
      this.#last = data;
    } else if (performance.now() - this.#writtenAt > silenceMs) {
      await this.#stream.write(': still here\n\n');
    } else {
      return;
    }
    this.#writtenAt = performance.now();
  }
}
