import { eventually, readCommittedSnapshotQuery } from '@hartonomous/test-support';
import { describe, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// READ_COMMITTED_SNAPSHOT on and off. All other suites run with one of the two: off in `pnpm test`, on in `test:row-versions`.

vi.setConfig({ testTimeout: 120_000 });

describe.each([{ setting: 'on' }, { setting: 'off' }])('with READ_COMMITTED_SNAPSHOT $setting', ({ setting }) => {
  const fixture = fixtureOfFile({ readCommittedSnapshot: setting === 'on' });

  test('a row that a transaction holds stops nobody else, and is synced in the end', async () => {
    expect(await fixture().sql(readCommittedSnapshotQuery)).toEqual([{ on: setting === 'on' }]);
    const held = await fixture().newTenant();
    const others = await fixture().newTenant();
    const [id] = await fixture().createAtoms(held, 1);
    const worker = new WorkerProcess({ ...fixture().env, Worker__LockTimeoutMs: '200' });
    await fixture().graphEqualsSql(held);
    const synced = async () => {
      const rows = await fixture().sql(
        "SELECT Outcome AS outcome FROM dbo.Neo4jSyncLog WHERE EntityType = N'Atom' AND EntityId = @id;",
        { id: id! },
      );
      return rows.length;
    };
    // The worker commits in Neo4j before it does in SQL Server.
    await eventually(async () => expect(await synced()).toBe(1));
    {
      await using writer = await fixture().sender.beginTransaction();
      const enqueue = "EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @TenantId = @held;";
      await writer.run(`UPDATE dbo.Atom SET CanonicalText = N'changed' WHERE AtomId = @id; ${enqueue}`, {
        id: id!,
        held,
      });
      await fixture().sender.run(enqueue, { id: id!, held });
      await fixture().createAtoms(others, 20);
      await fixture().graphEqualsSql(others);
      if (setting === 'on') {
        await eventually(async () => expect(await synced()).toBe(2));
      } else {
        await worker.logged('1222');
        expect(await synced()).toBe(1);
      }
      await writer.commit();
    }
    await fixture().graphEqualsSql(held);
    await fixture().queueIsEmpty();
    expect(worker.messages().filter((message) => message.includes('is away'))).toEqual([]);
    expect(await fixture().deadLetters(held)).toBe(0);
    await worker.stop();
  });
});
