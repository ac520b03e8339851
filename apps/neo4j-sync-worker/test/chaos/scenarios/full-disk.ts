import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const size = { short: { good: 100, bad: 900 }, long: { good: 500, bad: 4_000 } }[form];

export function fullDisk(world: () => ChaosWorld): void {
  test('the disk of SQL Server is full: reported as that, nothing lost, goes on when there is room', async () => {
    const run = await ChaosRun.begin(world(), 'disk full');
    // A message frees the room that it had. Bad ones are short and their dead letters long, so these need more; the good ones are
    // too few to free that much, whichever batch is committed first.
    await sendBad(world(), size.bad);
    await run.createAtoms(size.good);
    await world().client.run(
      'CREATE TABLE dbo.Filler (FillerId int IDENTITY (1, 1) NOT NULL PRIMARY KEY, Filling nvarchar(max) NOT NULL);',
    );
    // One MiB more than there is, and then no room at all.
    await world().restartSqlServer({ maxDataMb: Math.ceil(await world().sqlDataMb()) + 1 });
    try {
      await fill(world());
      const worker = run.worker({ Worker__BatchSize: '200' });
      await worker.logged('sql-server is away: SQL_STORAGE_FULL');
      const reason = await run.readiness(worker, 503);
      expect(reason).toContain('SQL_STORAGE_FULL: SQL Server error 1105');
      expect(await run.logged()).toBeLessThan(await run.enqueued());
      await world().client.run('DROP TABLE dbo.Filler;');
      await worker.logged('sql-server is back');
      await run.readiness(worker, 200);
      await run.isWell({ good: size.good, bad: size.bad }, { deadLettered: size.bad });
    } finally {
      await world().client.run('DROP TABLE IF EXISTS dbo.Filler;');
      await world().restartSqlServer();
    }
  });
}

async function sendBad({ client }: ChaosWorld, count: number): Promise<void> {
  await client.send({
    fromService: 'HartonomousInitiatorService',
    toService: 'Neo4jSyncService',
    contract: 'Neo4jSyncContract',
    messages: Array.from({ length: count }, () => ({ messageType: 'Neo4jSyncRequest', body: '<Bad/>' })),
  });
  await client.run('INSERT INTO dbo.ChaosLedger (Messages) VALUES (@count);', { count });
}

/** Inserts until not even a small row fits. */
async function fill({ client }: ChaosWorld): Promise<void> {
  for (const length of [100_000, 10_000, 1_000, 10]) {
    for (;;) {
      try {
        await client.run("INSERT INTO dbo.Filler (Filling) VALUES (REPLICATE(CAST(N'x' AS nvarchar(max)), @length));", {
          length,
        });
      } catch (error) {
        expect(error).toMatchObject({ code: 'SQL_STORAGE_FULL', number: 1105 });
        break;
      }
    }
  }
}
