import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { ChaosRun } from '../run.ts';

/** Rollbacks in a row that switch a queue off which has poison message handling on. */
const poisonRollbacks = 5;

export function longOutage(world: () => ChaosWorld): void {
  const queue = async () => {
    const [row] = await world().sql(
      "SELECT is_receive_enabled AS isOn FROM sys.service_queues WHERE name = N'Neo4jSyncQueue';",
    );
    return row?.isOn;
  };

  const waiting = async () => {
    const [row] = await world().sql(
      `SELECT (SELECT COUNT(*) FROM dbo.Neo4jSyncQueue WITH (NOLOCK)) + (SELECT COUNT(*) FROM dbo.MessageRetry WITH (NOLOCK)) AS n;`,
    );
    return Number(row?.n);
  };

  test('Neo4j out for longer than five receives: nothing is dead-lettered, the queue stays on, all goes on', async () => {
    const run = await ChaosRun.begin(world(), 'Neo4j long out');
    const worker = run.worker({ ...world().env({ neo4j: true }), Worker__WaitMs: '200' });
    await run.readiness(worker, 200);
    const before = await run.progressBeyond(2);
    await world().graphProxy.enter('refuse');
    await run.createAtoms(300);
    await run.readiness(worker, 503);
    // The worker probes Neo4j, with growing pauses, and receives nothing meanwhile.
    const pauses = poisonRollbacks + 1;
    const startedAt = performance.now();
    await run.inTheEnd(async () => {
      expect(performance.now() - startedAt).toBeGreaterThan(200 * pauses);
      expect(await waiting()).toBeGreaterThanOrEqual(300);
    });
    expect([await queue(), await run.logged()]).toEqual([true, before]);
    await world().graphProxy.enter('pass');
    await run.readiness(worker, 200);
    await run.isWell({});
  });

  test('Neo4j answers probes and fails every batch, more than five times: the queue stays on, nothing is dead-lettered', async () => {
    const run = await ChaosRun.begin(world(), 'Neo4j fails in every batch');
    const worker = run.worker({
      ...world().env({ neo4j: true }),
      Worker__Readers: '1',
      // Batches that fail become smaller; these stay too large to get through.
      Worker__BatchSize: '500',
      Worker__MinBatchSize: '400',
    });
    await run.readiness(worker, 200);
    const { graphProxy } = world();
    // A probe is a few hundred bytes, the batch of 500 atoms a hundred thousand.
    let failures = 0;
    let over = false;
    const spoil = () => {
      if (over) return;
      void graphProxy.afterBytes(20_000, () => {
        failures += 1;
        graphProxy.cut();
        spoil();
      });
    };
    spoil();
    await run.createAtoms(500);
    await run.inTheEnd(async () => expect(failures).toBeGreaterThan(poisonRollbacks));
    expect(await queue()).toBe(true);
    expect((await worker.ready()).status).toBe(503);
    over = true;
    await graphProxy.enter('pass');
    await run.readiness(worker, 200);
    await run.isWell({ failures });
  });
}
