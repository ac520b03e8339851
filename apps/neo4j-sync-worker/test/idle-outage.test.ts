import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Fixture } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

vi.setConfig({ testTimeout: 240_000 });

// A Neo4j of this file's own, because it kills it.
let fixture: Fixture<LocalNeo4j> | undefined;
beforeAll(async () => {
  fixture = await Fixture.startOn(startLocalNeo4j());
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
});

test('Neo4j killed while the queue is empty: not ready within a few probes, nothing received, ready after its restart', async () => {
  if (fixture === undefined) throw new Error('The servers have not been started.');
  const { neo4j } = fixture;
  const worker = new WorkerProcess({ ...fixture.env, Worker__WatchIntervalMs: '1000' });
  const isReady = (status: number, timeoutMs: number) =>
    eventually(async () => expect((await worker.ready()).status).toBe(status), { timeoutMs });
  await isReady(200, 60_000);
  // The last batch is done: none is to meet the outage.
  const tenantId = await fixture.newTenant();
  await fixture.createAtoms(tenantId, 1);
  await eventually(
    async () => {
      const rows = await fixture?.sql('SELECT 1 AS n FROM dbo.Neo4jSyncLog WHERE TenantId = @tenantId;', { tenantId });
      expect(rows).toHaveLength(1);
    },
    { timeoutMs: 60_000 },
  );
  await fixture.queueIsEmpty();

  await neo4j.kill();
  await isReady(503, 15_000);
  const { entries } = await worker.ready();
  expect(entries.find(({ name }) => name === 'neo4j')).toMatchObject({
    state: 'down',
    reason: expect.stringContaining('NEO4J_UNAVAILABLE'),
  });
  expect(entries.find(({ name }) => name === 'sql-server')).toMatchObject({ state: 'up' });

  const other = await fixture.newTenant();
  await fixture.createAtoms(other, 3);
  await neo4j.restart();
  await isReady(200, 60_000);
  expect(await fixture.graphEqualsSql(other)).toBe(3);
  const changes = worker.messages().filter((message) => /^neo4j is (away|back)/.test(message));
  expect(changes.map((message) => message.slice(0, 13))).toEqual(['neo4j is away', 'neo4j is back']);
  expect(await fixture.deadLetters(other)).toBe(0);
});

test('a graph without its constraints, as one that was made anew: a warning, and ready, until they are there again', async () => {
  if (fixture === undefined) throw new Error('The servers have not been started.');
  const { graph } = fixture;
  const worker = new WorkerProcess({ ...fixture.env, Worker__WatchIntervalMs: '500' });
  const warnings = async () => (await worker.ready()).warnings.filter(({ name }) => name === 'graph-schema');
  await worker.polling();
  expect(await warnings()).toEqual([]);
  const [shown] = (
    await graph.driver.executeQuery("SHOW CONSTRAINTS YIELD name, createStatement WHERE name = 'atom_unique' RETURN *")
  ).records;
  await graph.driver.executeQuery('DROP CONSTRAINT atom_unique');
  await eventually(async () => expect(await warnings()).toHaveLength(1), { timeoutMs: 20_000 });
  expect((await warnings())[0]?.text).toContain('The graph lacks 1 of its constraints (atom_unique)');
  expect((await worker.ready()).status).toBe(200);
  await graph.driver.executeQuery(String(shown?.get('createStatement')));
  await eventually(async () => expect(await warnings()).toEqual([]), { timeoutMs: 20_000 });
});
