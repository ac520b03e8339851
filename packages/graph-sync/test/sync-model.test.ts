import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asDesigned, type Design, histories, type ModelGraph, play, type Read, suspensions } from './sync-model.ts';

/** Histories that are played: in each test run, and with `pnpm test:chaos`. */
const numRuns = process.env.CHAOS_FORM === 'long' ? 100_000 : 5_000;

/** What happens to tombstones: kept until a purge that notes their numbers, or not so, which the model must catch. */
type Tombstones = 'purged and noted' | 'purged without a note' | 'never left';

/** The fencing rules and nothing else: a number per row, tombstones included, and no write where it is greater. */
class FencedMap implements ModelGraph {
  readonly #rows = new Map<string, { readonly sequence: bigint; readonly row: unknown }>();
  readonly #tombstones: Tombstones;
  #purged = 0n;

  constructor(tombstones: Tombstones) {
    this.#tombstones = tombstones;
  }

  apply(read: Read, sequence: bigint): 'applied' | 'passed' {
    if (sequence <= this.#purged) return 'passed';
    for (const [id, { row }] of read.atoms) if (row?.refused !== true) this.#write(`atoms ${id}`, row, sequence);
    for (const [id, row] of read.edges) this.#write(`edges ${id}`, row, sequence);
    return 'applied';
  }

  purge(): void {
    for (const [key, { sequence, row }] of this.#rows) {
      if (row !== undefined) continue;
      this.#rows.delete(key);
      if (this.#tombstones === 'purged and noted' && sequence > this.#purged) this.#purged = sequence;
    }
  }

  row(table: string, id: number): unknown {
    return this.#rows.get(`${table} ${id}`)?.row;
  }

  #write(key: string, row: unknown, sequence: bigint): void {
    if ((this.#rows.get(key)?.sequence ?? 0n) > sequence) return;
    if (row === undefined && this.#tombstones === 'never left') this.#rows.delete(key);
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

describe('model of three workers: changes, moves, deletes, new inserts, repeated messages, crashes, purges, dead letters, in every order', () => {
  let crashesBetween = 0;
  let readAgain = 0;

  function modelCheck(design: Design, tombstones: Tombstones = 'purged and noted', of = histories) {
    return fc.check(
      fc.asyncProperty(of, async (history) => {
        const graph = new FencedMap(tombstones);
        const outcome = await play(history, graph, counter(), design);
        crashesBetween += outcome.crashesBetween;
        readAgain += outcome.readAgain;
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
    expect(await modelCheck(asDesigned, 'purged and noted', suspensions)).toMatchObject({ failed: false, numRuns });
    expect(readAgain).toBeGreaterThan(numRuns / 20);
    process.stdout.write(
      `chaos: model: histories ${numRuns}, crashes between the two commits ${crashesBetween}, batches that came after a purge ${readAgain}; all equal\n`,
    );
  }, 300_000);

  test.each<[string, Design, Tombstones, typeof histories?]>([
    ['the number is taken after the read', { ...asDesigned, sequence: 'after reading' }, 'purged and noted'],
    ['SQL commits before the graph', { ...asDesigned, commit: 'SQL first' }, 'purged and noted'],
    ['deleted rows leave no tombstone', asDesigned, 'never left'],
    ['a purge does not note the numbers of what it removes', asDesigned, 'purged without a note', suspensions],
  ])(
    'do not when %s, so the model can fail',
    async (_what, design, tombstones, of) => {
      expect(await modelCheck(design, tombstones, of)).toMatchObject({ failed: true });
    },
    300_000,
  );
});
