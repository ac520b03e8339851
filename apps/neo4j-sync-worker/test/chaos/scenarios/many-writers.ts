import { seededRandom } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';
import { changeInTheEnd, randomChanges } from '../workload.ts';

const size = { short: { atoms: 60, transactions: 8 }, long: { atoms: 60, transactions: 120 } }[form];
const writers = 8;

export function manyWriters(world: () => ChaosWorld): void {
  test(`${writers} writers change and delete the same ${size.atoms} atoms while two workers run`, async () => {
    const run = await ChaosRun.begin(world(), '8 writers, 2 workers');
    // Small batches: the more of them are under way, the more often two meet over the same entity.
    const workers = [run.worker({ Worker__BatchSize: '20' }), run.worker({ Worker__BatchSize: '7' })];
    await Promise.all(workers.map((worker) => worker.polling()));
    await run.createAtoms(size.atoms);
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const random = seededRandom(run.random.seed + writer + 1);
        for (let transaction = 0; transaction < size.transactions; transaction += 1) {
          // Always the same few rows; new ones only to take the place of the removed.
          const { firstAtom, firstEdge } = run;
          const changes = randomChanges(random, 10, {
            firstAtom,
            lastAtom: firstAtom + size.atoms - 1,
            firstEdge,
            lastEdge: firstEdge + size.atoms,
          });
          await changeInTheEnd(world(), { ...changes, create: [] });
        }
      }),
    );
    const tally = await run.isWell({ writers, workers: workers.length });
    expect(tally.coalesced + tally.stale).toBeGreaterThan(0);
    for (const worker of workers) expect((await worker.ready()).status).toBe(200);
  });
}
