import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asDesigned, type Design, histories, type ModelGraph, play, type Read } from './sync-model.ts';

/** Histories that are played: in each test run, and with `pnpm test:chaos`. */
const numRuns = process.env.CHAOS_FORM === 'long' ? 100_000 : 5_000;

/** The fencing rule and nothing else: a number per row, tombstones included, and no write where it is greater. */
class FencedMap implements ModelGraph {
  readonly #rows = new Map<string, { readonly sequence: bigint; readonly row: unknown }>();
  readonly #keepsTombstones: boolean;

  constructor(keepsTombstones: boolean) {
    this.#keepsTombstones = keepsTombstones;
  }

  apply(read: Read, sequence: bigint): void {
    for (const [id, { row }] of read.atoms) if (row?.refused !== true) this.#write(`atoms ${id}`, row, sequence);
    for (const [id, row] of read.edges) this.#write(`edges ${id}`, row, sequence);
  }

  row(table: string, id: number): unknown {
    return this.#rows.get(`${table} ${id}`)?.row;
  }

  #write(key: string, row: unknown, sequence: bigint): void {
    if ((this.#rows.get(key)?.sequence ?? 0n) > sequence) return;
    if (row === undefined && !this.#keepsTombstones) this.#rows.delete(key);
    else this.#rows.set(key, { sequence, row });
  }
}

function counter(): () => bigint {
  let last = 0n;
  return () => {
    last += 1n;
    return last;
  };
}

describe('model of three workers: changes, moves, deletes, new inserts, repeated messages, crashes, dead letters, in every order', () => {
  let crashesBetween = 0;

  function modelCheck(design: Design, keepsTombstones = true) {
    return fc.check(
      fc.asyncProperty(histories, async (history) => {
        const graph = new FencedMap(keepsTombstones);
        const outcome = await play(history, graph, counter(), design);
        crashesBetween += outcome.crashesBetween;
        if (outcome.notOnce.length > 0) return false;
        for (const [table, rows] of Object.entries(outcome.sql)) {
          for (const [id, row] of rows) {
            const found = graph.row(table, id);
            if (JSON.stringify(found) !== JSON.stringify(row)) return false;
          }
        }
        return true;
      }),
      { numRuns },
    );
  }

  test(`end equal to SQL, each message committed once, in ${numRuns} histories`, async () => {
    expect(await modelCheck(asDesigned)).toMatchObject({ failed: false, numRuns });
    // The histories are of the kind that matters: many crash after the graph's commit and before that of SQL.
    expect(crashesBetween).toBeGreaterThan(numRuns / 10);
    process.stdout.write(
      `chaos: model: histories ${numRuns}, crashes between the two commits ${crashesBetween}; all equal\n`,
    );
  }, 300_000);

  test.each<[string, Design, boolean]>([
    ['the number is taken after the read', { ...asDesigned, sequence: 'after reading' }, true],
    ['SQL commits before the graph', { ...asDesigned, commit: 'SQL first' }, true],
    ['deleted rows leave no tombstone', asDesigned, false],
  ])(
    'do not when %s, so the model can fail',
    async (_what, design, keepsTombstones) => {
      expect(await modelCheck(design, keepsTombstones)).toMatchObject({ failed: true });
    },
    300_000,
  );
});
