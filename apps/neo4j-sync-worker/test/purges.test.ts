import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What the worker cleans up in between.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

test('old tombstones leave the graph, old rows the log', async () => {
  const tenantId = await fixture().newTenant();
  await fixture().client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: 'Atom',
    EntityId: 123_456_789,
    SyncType: 'DELETE',
    TenantId: tenantId,
  });
  const left = async () => {
    const key = 'Atom/123456789';
    const [tombstones] = await fixture().cypher('MATCH (t:SyncTombstone {key: $key}) RETURN count(t) AS n', {
      key,
    });
    const [rows] = await fixture().sql('SELECT COUNT(*) AS n FROM dbo.Neo4jSyncLog WHERE EntityId = 123456789;');
    return [tombstones?.n, rows?.n];
  };
  const patient = new WorkerProcess(fixture().env);
  await eventually(async () => expect(await left()).toEqual([1n, 1]), { timeoutMs: 60_000 });
  patient.kill('SIGTERM');
  expect((await patient.exit()).code).toBe(0);

  const hasty = new WorkerProcess({
    ...fixture().env,
    Worker__PurgeIntervalMinutes: '0.01',
    Worker__TombstoneAgeMinutes: '0.001',
    Worker__LogRetentionDays: '0',
  });
  await eventually(async () => expect(await left()).toEqual([0n, 0]), { timeoutMs: 60_000 });
  expect(hasty.lines().filter(({ level }) => level === 'warn')).toEqual([]);
});
