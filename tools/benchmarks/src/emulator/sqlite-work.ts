import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Benchmark } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import { repeat } from '../repeat.ts';

/** Bytes of a Neo4jSyncRequest body as the enqueue procedure writes it. */
const bodyBytes = 390;
const receiveBatchSize = 1_000;

/**
 * What queueing needs of a database at least: find the sender's dialog, store the message, count it on both sides of
 * the dialog. In memory, in this process, with prepared statements: no wire, no SQL text, no Service Broker.
 */
class PlainQueue implements Disposable {
  readonly #database = new DatabaseSync(':memory:');
  readonly #handle = randomUUID();
  readonly #body = new Uint8Array(bodyBytes);
  readonly #begin;
  readonly #commit;
  readonly #dialog;
  readonly #insert;
  readonly #count;
  readonly #next;
  readonly #remove;

  constructor() {
    this.#database.exec(`
      CREATE TABLE pool (service TEXT, session INTEGER, handle TEXT, PRIMARY KEY (service, session)) WITHOUT ROWID;
      CREATE TABLE endpoints (handle TEXT, side INTEGER, sequence INTEGER, PRIMARY KEY (handle, side)) WITHOUT ROWID;
      CREATE TABLE messages (number INTEGER PRIMARY KEY, handle TEXT, type TEXT, body BLOB, sequence INTEGER);`);
    const prepare = (sql: string) => this.#database.prepare(sql);
    prepare('INSERT INTO pool VALUES (?, ?, ?)').run('service', 51, this.#handle);
    for (const side of [0, 1]) prepare('INSERT INTO endpoints VALUES (?, ?, 0)').run(this.#handle, side);
    this.#begin = prepare('BEGIN IMMEDIATE');
    this.#commit = prepare('COMMIT');
    this.#dialog = prepare('SELECT handle FROM pool WHERE service = ? AND session = ?');
    this.#insert = prepare('INSERT INTO messages (handle, type, body, sequence) VALUES (?, ?, ?, ?)');
    this.#count = prepare('UPDATE endpoints SET sequence = sequence + 1 WHERE handle = ? AND side = ?');
    this.#next = prepare(
      `SELECT number, handle, type, body, sequence FROM messages ORDER BY number LIMIT ${receiveBatchSize}`,
    );
    this.#remove = prepare('DELETE FROM messages WHERE number <= ?');
  }

  inTransaction(work: () => void): void {
    this.#begin.run();
    work();
    this.#commit.run();
  }

  send(sequence: number): void {
    const handle = String(this.#dialog.get('service', 51)?.handle);
    this.#insert.run(handle, 'Neo4jSyncRequest', this.#body, sequence);
    this.#count.run(handle, 0);
    this.#count.run(handle, 1);
  }

  /** Takes up to 1,000 messages; gives their number. */
  receive(): number {
    const rows = this.#next.all();
    this.#remove.run(Number(rows.at(-1)?.number ?? 0));
    return rows.length;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function perSecond(units: number, work: () => void): number {
  const start = performance.now();
  work();
  return (units / (performance.now() - start)) * 1000;
}

/** Plain node:sqlite doing comparable work: what the emulator's figures are divided by. */
export const sqliteBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: [
    { name: 'sqlite-enqueue-single', unit: 'calls/s', about: 'node:sqlite in process: one message a transaction' },
    { name: 'sqlite-enqueue-batch', unit: 'messages/s', about: 'node:sqlite in process: 5,000 messages a transaction' },
    {
      name: 'sqlite-receive',
      unit: 'messages/s',
      about: 'node:sqlite in process: read and delete 1,000 a transaction',
    },
  ],
  async run(scale) {
    const counts = scale.quick ? { warmUp: 1, runs: 3 } : { warmUp: 2, runs: 7 };
    const messages = 20_000;
    using queue = new PlainQueue();
    const single: number[] = [];
    const batch: number[] = [];
    const receive: number[] = [];
    const drain = (expected: number): void => {
      let received = 0;
      while (received < expected) {
        let taken = 0;
        queue.inTransaction(() => {
          taken = queue.receive();
        });
        if (taken === 0) throw new WorkMissingError('messages in SQLite', expected, received);
        received += taken;
      }
    };
    await repeat(counts, () => {
      single.push(
        perSecond(messages, () => {
          for (let sent = 0; sent < messages; sent += 1) queue.inTransaction(() => queue.send(sent));
        }),
      );
      drain(messages);
      batch.push(
        perSecond(messages, () => {
          for (let sent = 0; sent < messages; sent += 5_000) {
            queue.inTransaction(() => {
              for (let next = 0; next < 5_000; next += 1) queue.send(sent + next);
            });
          }
        }),
      );
      receive.push(perSecond(messages, () => drain(messages)));
    });
    const counted = (samples: readonly number[]): readonly number[] => samples.slice(counts.warmUp);
    return [
      { name: 'sqlite-enqueue-single', samples: counted(single) },
      { name: 'sqlite-enqueue-batch', samples: counted(batch) },
      { name: 'sqlite-receive', samples: counted(receive) },
    ];
  },
};
