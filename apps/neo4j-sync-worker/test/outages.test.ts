import { deployDatabase } from '@hartonomous/operations';
import { eventually, TcpProxy } from '@hartonomous/test-support';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What happens while a server is away, or lacks something.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** A way to a server that can be closed and opened again, so that the server itself may go on for others. */
async function wayTo(targetPort: number): Promise<TcpProxy> {
  const way = await TcpProxy.start({ targetPort });
  onTestFinished(() => way[Symbol.asyncDispose]());
  return way;
}

const wayToNeo4j = () => wayTo(Number(new URL(fixture().neo4j.uri).port));

const entry = async (worker: WorkerProcess, name: string) =>
  (await worker.ready()).entries.find((dependency) => dependency.name === name);
const isReady = (worker: WorkerProcess) =>
  eventually(async () => expect((await worker.ready()).status).toBe(200), { timeoutMs: 30_000 });

test('Neo4j absent at start: health says so, the worker starts when Neo4j comes', async () => {
  const tenantId = await fixture().newTenant();
  const way = await wayToNeo4j();
  await way.enter('refuse');
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${way.port}` });
  await worker.logged('neo4j is away: NEO4J_UNAVAILABLE');
  expect((await worker.ready()).status).toBe(503);
  expect(await entry(worker, 'neo4j')).toMatchObject({ state: 'down' });
  // Both are connected side by side: one may be away before the other is there.
  await eventually(async () => expect(await entry(worker, 'sql-server')).toMatchObject({ state: 'up' }));
  await way.enter('pass');
  await worker.logged(`Connected to Neo4j at bolt://127.0.0.1:${way.port}`);
  await fixture().createAtoms(tenantId, 5);
  await fixture().graphEqualsSql(tenantId);
  await isReady(worker);
});

test('Neo4j away in between: nothing is received or dead-lettered, one line each way, then it goes on', async () => {
  const tenantId = await fixture().newTenant();
  const way = await wayToNeo4j();
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${way.port}` });
  await isReady(worker);
  await way.enter('refuse');
  await fixture().createAtoms(tenantId, 30);
  await worker.logged('neo4j is away');
  const { status } = await worker.ready();
  expect(status).toBe(503);
  const down = await entry(worker, 'neo4j');
  expect(down).toMatchObject({ state: 'down', reason: expect.stringContaining('NEO4J_UNAVAILABLE') });
  expect(Date.parse(down!.since)).toBeLessThanOrEqual(Date.now());
  await eventually(async () => expect(await fixture().requestsInQueue(tenantId)).toBe(30));
  await way.enter('pass');
  await worker.logged('neo4j is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(30);
  await isReady(worker);
  const changes = worker.messages().filter((message) => /^neo4j is (away|back)/.test(message));
  expect(changes.map((message) => message.slice(0, 13))).toEqual(['neo4j is away', 'neo4j is back']);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});

test('Neo4j away while the queue is empty: not ready within a few probes, nothing received, ready when it is back', async () => {
  const way = await wayToNeo4j();
  const worker = new WorkerProcess({
    ...fixture().env,
    Neo4j__Uri: `bolt://127.0.0.1:${way.port}`,
    Worker__WatchIntervalMs: '1000',
  });
  await isReady(worker);
  // The last batch is done: none is to meet the outage.
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 1);
  await eventually(
    async () => {
      const rows = await fixture().sql('SELECT 1 AS n FROM dbo.Neo4jSyncLog WHERE TenantId = @tenantId;', { tenantId });
      expect(rows).toHaveLength(1);
    },
    { timeoutMs: 60_000 },
  );
  await fixture().queueIsEmpty();

  await way.enter('refuse');
  await eventually(async () => expect((await worker.ready()).status).toBe(503), { timeoutMs: 15_000 });
  expect(await entry(worker, 'neo4j')).toMatchObject({
    state: 'down',
    reason: expect.stringContaining('NEO4J_UNAVAILABLE'),
  });
  expect(await entry(worker, 'sql-server')).toMatchObject({ state: 'up' });

  const other = await fixture().newTenant();
  await fixture().createAtoms(other, 3);
  expect(await fixture().requestsInQueue(other)).toBe(3);
  await way.enter('pass');
  await isReady(worker);
  expect(await fixture().graphEqualsSql(other)).toBe(3);
  const changes = worker.messages().filter((message) => /^neo4j is (away|back)/.test(message));
  expect(changes.map((message) => message.slice(0, 13))).toEqual(['neo4j is away', 'neo4j is back']);
  expect(await fixture().deadLetters(other)).toBe(0);
});

test('SQL Server away in between: the worker connects again and goes on', async () => {
  const tenantId = await fixture().newTenant();
  const way = await wayTo(fixture().emulator.port);
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: fixture().workerConnectionString.replace(
      `,${fixture().emulator.port};`,
      `,${way.port};`,
    ),
  });
  await isReady(worker);
  await way.enter('refuse');
  await worker.logged('sql-server is away');
  expect((await worker.ready()).status).toBe(503);
  await fixture().createAtoms(tenantId, 10);
  await way.enter('pass');
  await worker.logged('sql-server is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(10);
  await isReady(worker);
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('a look at the constraints that is under way when a probe has no answer: the outage ends, and a stop is clean', async () => {
  const tenantId = await fixture().newTenant();
  const way = await wayToNeo4j();
  const worker = new WorkerProcess({
    ...fixture().env,
    Neo4j__Uri: `bolt://127.0.0.1:${way.port}`,
    Worker__StatementTimeoutMs: '500',
  });
  await isReady(worker);
  // Whether a probe or the batch itself is what waits then is chance: the latter has no connection, so no time-out. It ends as well.
  let atoms = 0;
  for (let isTimedOut = false; !isTimedOut; ) {
    expect(atoms).toBeLessThan(10);
    atoms += 1;
    // The probe is to wait for the lock of writers; meanwhile the check that every outage ends with gets to the constraints.
    const { driver, database } = fixture().graph;
    await using session = driver.session({ database });
    const holder = await session.beginTransaction();
    await holder.run("MERGE (lock:SyncLock {name: 'graph-sync'}) SET lock.takenAt = datetime()");
    const hole = Promise.withResolvers<void>();
    void way.afterBytes(1, () => {
      way.cut();
      void way.beforeText('SHOW CONSTRAINTS', () => void way.enter('black-hole')).then(hole.resolve);
    });
    await fixture().createAtoms(tenantId, 1);
    await hole.promise;
    const until = Date.now() + 3_000;
    await eventually(async () => {
      isTimedOut = (await entry(worker, 'neo4j'))?.reason?.includes('NEO4J_TIMEOUT') === true;
      expect(isTimedOut || Date.now() > until).toBe(true);
    });
    await holder.rollback();
    await way.enter('pass');
    await isReady(worker);
    expect(await fixture().graphEqualsSql(tenantId)).toBe(atoms);
  }
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('SIGTERM during an outage ends the worker at once, with exit code 0', async () => {
  const way = await wayToNeo4j();
  await way.enter('refuse');
  const worker = new WorkerProcess({ ...fixture().env, Neo4j__Uri: `bolt://127.0.0.1:${way.port}` });
  await worker.logged('neo4j is away');
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('a procedure that is missing: the worker waits, and goes on when it is deployed again', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  await isReady(worker);
  await fixture().client.run('DROP PROCEDURE dbo.sp_LogNeo4jSync;');
  await fixture().createAtoms(tenantId, 5);
  await worker.logged('sql-server is away: SQL_STATEMENT_FAILED');
  // The probe succeeds all the time; only the trial batch finds the fault, so readiness must not flap.
  await eventually(async () => {
    const attempts = await fixture().cypher('MATCH (a:Atom {tenantId: $tenantId}) RETURN max(a.syncSequence) AS n', {
      tenantId: BigInt(tenantId),
    });
    const [first] = await fixture().sql('SELECT MAX(SyncSequence) AS n FROM dbo.Neo4jSyncLog;');
    expect(Number(attempts[0]?.n) - Number(first?.n)).toBeGreaterThanOrEqual(3);
  });
  expect((await worker.ready()).status).toBe(503);
  await deployDatabase({ connection: fixture().connectionString });
  await worker.logged('sql-server is back');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(5);
  await fixture().queueIsEmpty();
  const changes = worker.messages().filter((message) => /^sql-server is/.test(message));
  expect(changes.map((message) => message.slice(0, 18))).toEqual(['sql-server is away', 'sql-server is back']);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});

test('a graph without its constraints, as one that was made anew: a warning, and ready, until they are there again', async () => {
  const { graph } = fixture();
  const worker = new WorkerProcess({ ...fixture().env, Worker__WatchIntervalMs: '500' });
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
