import { setTimeout as pause } from 'node:timers/promises';
import type { Driver } from 'neo4j-driver';
import { WorkMissingError } from '../errors.ts';

/** An atom that is to have a text. */
export interface ExpectedText {
  readonly id: bigint;
  readonly tenantId: bigint;
  readonly text: string;
}

const arrivedStatement = `
  UNWIND $expected AS row
  MATCH (a:Atom {id: row.id, tenantId: row.tenantId}) WHERE a.canonicalText = row.text
  RETURN row.text AS text`;

/** Longest wait for a change, in milliseconds. */
const tooLateMs = 60_000;

interface Awaited {
  readonly expected: ExpectedText;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tells when texts have arrived in the graph: it asks for all that are still awaited, one question after the other. So
 * a time is late by the length of a question at most, about a millisecond, and never early.
 */
export class GraphWatch {
  readonly #graph: Driver;
  readonly #awaited = new Map<string, Awaited>();
  #isAsking = false;

  constructor(graph: Driver) {
    this.#graph = graph;
  }

  /**
   * @returns `performance.now()` of the moment at which it was seen
   * @throws {WorkMissingError} when it doesn't come within a minute
   */
  async arrival(expected: ExpectedText): Promise<number> {
    const arrived = Promise.withResolvers<number>();
    this.#awaited.set(expected.text, { expected, ...arrived });
    if (!this.#isAsking) void this.#ask();
    const done = new AbortController();
    const late = pause(tooLateMs, undefined, { signal: done.signal }).then(
      () => arrived.reject(new WorkMissingError(`changes in the graph (${expected.text})`, 1, 0)),
      () => undefined,
    );
    try {
      return await arrived.promise;
    } finally {
      done.abort();
      await late;
      this.#awaited.delete(expected.text);
    }
  }

  /** Never rejects: its error goes to those who wait. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    const session = this.#graph.session({ defaultAccessMode: 'READ' });
    try {
      while (this.#awaited.size > 0) {
        const expected = [...this.#awaited.values()].map((one) => one.expected);
        const { records } = await session.run<{ text: string }>(arrivedStatement, { expected });
        const at = performance.now();
        for (const record of records) {
          this.#awaited.get(record.get('text'))?.resolve(at);
          this.#awaited.delete(record.get('text'));
        }
      }
    } catch (error) {
      for (const { reject } of this.#awaited.values()) reject(error);
    } finally {
      this.#isAsking = false;
    }
    await session.close();
  }
}
