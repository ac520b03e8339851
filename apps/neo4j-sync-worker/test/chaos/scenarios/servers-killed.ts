import { test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const size = { short: { kills: 1, messages: 600 }, long: { kills: 3, messages: 4_500 } }[form];

export function serversKilled(world: () => ChaosWorld): void {
  test(`SIGKILL of Neo4j ${size.kills} times amid work, restart on the same data`, async () => {
    const run = await ChaosRun.begin(world(), 'Neo4j killed');
    const worker = run.worker({ Worker__BatchSize: '50' });
    const share = Math.ceil(size.messages / size.kills);
    for (let kill = 0; kill < size.kills; kill += 1) {
      const before = await run.enqueued();
      const changing = run.changeAtRandom(share);
      await run.progressBeyond(before + run.random.between(0, Math.floor(share / 2)));
      await world().neo4j.kill();
      await run.readiness(worker, 503);
      await changing;
      await world().neo4j.restart();
      await run.readiness(worker, 200);
    }
    await run.isWell({ kills: size.kills });
  });

  test(`SIGKILL of SQL Server ${size.kills} times amid work and amid sends, restart on the same data`, async () => {
    const run = await ChaosRun.begin(world(), 'SQL Server killed');
    const worker = run.worker({ Worker__BatchSize: '50' });
    const share = Math.ceil(size.messages / size.kills);
    for (let kill = 0; kill < size.kills; kill += 1) {
      const before = await run.enqueued();
      const changing = run.changeAtRandom(share);
      await run.progressBeyond(before + run.random.between(0, Math.floor(share / 2)));
      await world().killSqlServer();
      await run.readiness(worker, 503);
      await world().restartSqlServer();
      await changing;
      await run.readiness(worker, 200);
    }
    await run.isWell({ kills: size.kills });
  });
}
