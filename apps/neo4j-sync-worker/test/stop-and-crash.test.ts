import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// How a worker's life may end, and that nothing is lost by it.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** Waits until the worker is in the middle of a tenant's atoms. */
const inTheMiddle = (tenantId: number, total: number) =>
  eventually(
    async () => {
      const [row] = await fixture().cypher('MATCH (a:Atom {tenantId: $tenantId}) RETURN count(a) AS atoms', {
        tenantId: BigInt(tenantId),
      });
      const atoms = Number(row?.atoms);
      expect(atoms).toBeGreaterThan(0);
      expect(atoms).toBeLessThan(total);
    },
    { timeoutMs: 30_000, intervalMs: 5 },
  );

test('SIGKILL in the middle of 5,000 atoms, restart: the graph equals SQL, nothing is dead-lettered', async () => {
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 5_000);
  const killed = new WorkerProcess({ ...fixture().env, Worker__BatchSize: '50' });
  await inTheMiddle(tenantId, 5_000);
  killed.kill('SIGKILL');
  expect(await killed.exit()).toEqual({ code: null, signal: 'SIGKILL' });

  new WorkerProcess(fixture().env);
  expect(await fixture().graphEqualsSql(tenantId)).toBe(5_000);
  await fixture().queueIsEmpty();
  expect(await fixture().deadLetters(tenantId)).toBe(0);
  const [tombstones] = await fixture().cypher(
    'MATCH (t:SyncTombstone) WHERE t.tenantId = $tenant RETURN count(t) AS n',
    { tenant: BigInt(tenantId) },
  );
  expect(tombstones).toEqual({ n: 0n });
});

test('SIGTERM in the middle: finishes the batches in hand, exit code 0, the rest waits in the queue', async () => {
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 2_000);
  const worker = new WorkerProcess({ ...fixture().env, Worker__BatchSize: '25', Worker__Readers: '2' });
  await inTheMiddle(tenantId, 2_000);
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(worker.messages().at(-1)).toBe('Neo4j Sync Worker stopped');
  expect(worker.lines().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);

  const [inGraph] = await fixture().cypher('MATCH (a:Atom {tenantId: $tenantId}) RETURN count(a) AS atoms', {
    tenantId: BigInt(tenantId),
  });
  const left = await fixture().requestsInQueue(tenantId);
  expect(left).toBeGreaterThan(0);
  // Drained, not cut off: what is in the graph has left the queue.
  expect(Number(inGraph?.atoms) + left).toBe(2_000);

  new WorkerProcess(fixture().env);
  expect(await fixture().graphEqualsSql(tenantId)).toBe(2_000);
  await fixture().queueIsEmpty();
});

test('SIGINT during the long poll ends it at once', async () => {
  const worker = new WorkerProcess({ ...fixture().env, Worker__WaitMs: '60000' });
  await worker.polling();
  await eventually(async () => expect((await worker.ready()).status).toBe(200));
  const startedAt = performance.now();
  worker.kill('SIGINT');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
