import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import type { ApiFixture } from './fixture.ts';

/** A file whose ingestion was answered with success. */
export interface AnsweredUpload {
  readonly name: string;
  /** Of its ingestion. */
  readonly id: string;
  readonly bytes: number;
}

/** Milliseconds before a client that has no answer retries. */
const comeAgainMs = 20;

/**
 * Clients that send files one after the other, and again until there is an answer, as clients do: three with an `Idempotency-Key`, and
 * one by tus. They are named `chaos-...`.
 */
export class UploadsAmidKills {
  readonly #api: ApiFixture;
  readonly #key: string;
  readonly #mostBytes: number;
  readonly #end = new AbortController();
  readonly #answered: AnsweredUpload[] = [];
  readonly #clients: Promise<unknown>;

  /** Begins to send. @param mostBytes of a file */
  constructor(api: ApiFixture, key: string, mostBytes: number) {
    this.#api = api;
    this.#key = key;
    this.#mostBytes = mostBytes;
    this.#clients = Promise.all([
      ...['a', 'b', 'c'].map((client) => this.#client(client, (name, content) => this.#post(name, content))),
      this.#client('tus', (name, content) => this.#resumable(name, content)),
    ]);
    // Awaited by finish(); a failure before isn't an unhandled one.
    this.#clients.catch(() => undefined);
  }

  /** Waits until so many more files were answered. */
  async untilAnswered(more: number): Promise<void> {
    const before = this.#answered.length;
    await Promise.race([
      eventually(() => expect(this.#answered.length).toBeGreaterThanOrEqual(before + more), { timeoutMs: 120_000 }),
      this.#clients,
    ]);
  }

  /** Waits until the files under way are answered, and gives all. */
  async finish(): Promise<readonly AnsweredUpload[]> {
    this.#end.abort();
    await this.#clients;
    return this.#answered;
  }

  async #client(client: string, send: (name: string, content: Buffer<ArrayBuffer>) => Promise<string>): Promise<void> {
    for (let number = 0; !this.#end.signal.aborted; number += 1) {
      const name = `chaos-${client}-${number}.txt`;
      // Not so small that it would be in its message.
      const bytes = 100_000 + ((number * 977_001 + client.length * 111_111) % this.#mostBytes);
      const id = await send(name, Buffer.alloc(bytes, `${name} `));
      this.#answered.push({ name, id, bytes });
    }
  }

  /** The same request with the same key until there is an answer. */
  async #post(name: string, content: Buffer<ArrayBuffer>): Promise<string> {
    const headers = {
      'idempotency-key': name,
      'repr-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
    };
    const path = `/v1/ingestions?${new URLSearchParams({ fileName: name })}`;
    return await this.#untilDone(async () => {
      const { status, body } = await this.#api.ask(path, this.#key, { method: 'POST', headers, body: content });
      if (status === 503) return undefined;
      expect(status, JSON.stringify(body)).toBe(202);
      return String(body.id);
    });
  }

  /** Begun once it was answered; then on from where HEAD says that it is. */
  async #resumable(name: string, content: Buffer<ArrayBuffer>): Promise<string> {
    const digest = createHash('sha256').update(content).digest('hex');
    const [fileName, sha256] = [name, digest].map((text) => Buffer.from(text).toString('base64'));
    const location = await this.#untilDone(async () => {
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-length': String(content.length),
        'upload-metadata': `filename ${fileName},sha256 ${sha256}`,
      };
      const { status, headers: given } = await this.#api.send('/v1/uploads', this.#key, { method: 'POST', headers });
      if (status === 503) return undefined;
      expect(status).toBe(201);
      return given.get('location') ?? undefined;
    });
    return await this.#untilDone(async () => {
      const asked = await this.#api.send(location, this.#key, {
        method: 'HEAD',
        headers: { 'tus-resumable': '1.0.0' },
      });
      expect([200, 503]).toContain(asked.status);
      const ingestion = asked.headers.get('ingestion-location');
      if (ingestion !== null) return ingestion.split('/').at(-1);
      if (asked.status === 503) return undefined;
      const from = Number(asked.headers.get('upload-offset'));
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-offset': String(from),
        'content-type': 'application/offset+octet-stream',
      };
      const body = content.subarray(from, from + Math.ceil(content.length / 3));
      const { status } = await this.#api.send(location, this.#key, { method: 'PATCH', headers, body });
      // 423: of a connection that broke, the last bytes are still being written.
      expect([204, 423, 503]).toContain(status);
      return undefined;
    });
  }

  /** @param attempt gives undefined where it is to be made again; what breaks off is, too */
  async #untilDone(attempt: () => Promise<string | undefined>): Promise<string> {
    for (;;) {
      try {
        const done = await attempt();
        if (done !== undefined) return done;
      } catch (error) {
        // fetch's own: the connection was refused or broke. Everything else is a failure of the test.
        if (!(error instanceof TypeError)) throw error;
      }
      await pause(comeAgainMs);
    }
  }
}
