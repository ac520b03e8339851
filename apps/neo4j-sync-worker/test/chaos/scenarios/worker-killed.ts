import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const size = { short: { kills: 3, messages: 900 }, long: { kills: 50, messages: 20_000 } }[form];

/** Longest time between a worker's first poll and its end, in milliseconds: a life does some batches of its share. */
const longestLifeMs = 300;

export function workerKilled(world: () => ChaosWorld): void {
  test(`SIGKILL of the worker at ${size.kills} random moments over ${size.messages} messages`, async () => {
    const run = await ChaosRun.begin(world(), 'worker killed');
    const share = Math.ceil(size.messages / size.kills);
    let midWork = 0;
    for (let life = 0; life < size.kills; life += 1) {
      const batchSize = run.random.between(5, 80);
      const worker = run.worker({ Worker__BatchSize: String(batchSize), Worker__WaitMs: '100' });
      await run.changeAtRandom(share);
      // One life in four ends while it starts or soon after: no moment is safe.
      if (run.random.next() > 0.25) await worker.polling();
      await pause(run.random.between(0, longestLifeMs));
      worker.kill('SIGKILL');
      expect(await worker.exit()).toEqual({ code: null, signal: 'SIGKILL' });
      if ((await run.logged()) < (await run.enqueued())) midWork += 1;
    }
    run.worker();
    const tally = await run.isWell({ kills: size.kills, 'with work left': midWork });
    expect(tally.enqueued).toBeGreaterThanOrEqual(size.messages);
  });

  test('SIGKILL between the commit in Neo4j and the commit in SQL Server', async () => {
    const run = await ChaosRun.begin(world(), 'worker killed between the two commits');
    await run.createAtoms(200);
    const worker = run.worker({ Worker__BatchSize: '50' });
    await using transaction = await world().client.beginTransaction();
    // The batches come as far as their log rows, which are written after the graph and before the commit.
    await transaction.run('SELECT TOP (1) Neo4jSyncLogId FROM dbo.Neo4jSyncLog WITH (TABLOCKX, HOLDLOCK);');
    await run.inTheEnd(async () => {
      const [row] = await world().cypher('MATCH (a:Atom) RETURN count(a) AS atoms');
      expect(Number(row?.atoms)).toBeGreaterThan(0);
    });
    worker.kill('SIGKILL');
    await worker.exit();
    await transaction.rollback();
    expect(await run.logged()).toBe(0);
    const [row] = await world().cypher('MATCH (a:Atom) RETURN count(a) AS atoms');
    run.worker();
    await run.isWell({ 'atoms committed in Neo4j alone': Number(row?.atoms) });
  });
}
