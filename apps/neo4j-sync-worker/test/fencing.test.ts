import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { createGraphWriter } from '@hartonomous/graph-sync';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// Fencing numbers: the sequence that hands them out, and batches that come too late with theirs.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

const reasonOf = async (worker: WorkerProcess) =>
  (await worker.ready()).entries.find(({ name }) => name === 'sequence')?.reason ?? '';
const outcomes = async (tenantId: number) =>
  (
    await fixture().sql(
      'SELECT DISTINCT Outcome AS o FROM dbo.Neo4jSyncLog WHERE TenantId = @tenantId ORDER BY Outcome;',
      { tenantId },
    )
  ).map(({ o }) => o);
/** As after RESTORE DATABASE. */
const takeBack = () => fixture().client.run('ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1;');
/** Runs the statement that the worker's health shows, as an operator would who copies it. */
const runStatement = async (worker: WorkerProcess) => {
  const statement = /ALTER SEQUENCE .*?;/.exec(await reasonOf(worker))?.[0];
  expect(statement).toMatch(/^ALTER SEQUENCE \[dbo\]\.\[GraphSyncSequence\] RESTART WITH \d+;$/);
  await fixture().client.run(statement ?? '');
};
const isReady = (worker: WorkerProcess) =>
  eventually(async () => expect((await worker.ready()).status).toBe(200), { timeoutMs: 60_000 });

test('a sequence behind the graph at start: not ready, nothing received, and it goes on after the statement', async () => {
  const tenantId = await fixture().newTenant();
  const [id] = await fixture().createAtoms(tenantId, 1);
  const first = new WorkerProcess(fixture().env);
  await fixture().graphEqualsSql(tenantId);
  first.kill('SIGTERM');
  await first.exit();

  await takeBack();
  await fixture().client.run(
    `UPDATE dbo.Atom SET CanonicalText = N'after the restore' WHERE AtomId = @id;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';`,
    { id: id! },
  );
  const worker = new WorkerProcess(fixture().env);
  await worker.logged('SEQUENCE_BEHIND');
  expect((await worker.ready()).status).toBe(503);
  expect(await fixture().client.queueDepth('dbo.Neo4jSyncQueue')).toBe(1);
  expect(worker.messages()).not.toContain('Polling Neo4jSyncQueue for messages...');
  await runStatement(worker);
  await isReady(worker);
  await fixture().graphEqualsSql(tenantId);
  expect(await outcomes(tenantId)).toEqual(['SYNCED']);
  expect((await worker.ready()).warnings).toEqual([]);
});

test('a sequence that falls behind while a worker runs: the batch that meets newer rows is not lost', async () => {
  const tenantId = await fixture().newTenant();
  const [id] = await fixture().createAtoms(tenantId, 1);
  const worker = new WorkerProcess(fixture().env);
  await fixture().graphEqualsSql(tenantId);

  await takeBack();
  await fixture().client.run(
    `UPDATE dbo.Atom SET CanonicalText = N'after the restore' WHERE AtomId = @id;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';`,
    { id: id! },
  );
  await worker.logged('SEQUENCE_BEHIND');
  await eventually(async () => expect((await worker.ready()).status).toBe(503), { timeoutMs: 30_000 });
  expect(await outcomes(tenantId)).toEqual(['SYNCED']);
  await runStatement(worker);
  await fixture().graphEqualsSql(tenantId);
  await isReady(worker);
  expect(await outcomes(tenantId)).toEqual(['SYNCED']);
});

test('a worker that may not see the sequence, or a graph that knows no number, says so and goes on', async () => {
  const lock = "MATCH (l:SyncLock {name: 'graph-sync'})";
  const [known] = await fixture().cypher(`${lock} WITH l, l.greatestSequence AS n REMOVE l.greatestSequence RETURN n`);
  onTestFinished(async () => {
    await fixture().cypher(`${lock} SET l.greatestSequence = $n`, { n: known?.n });
  });
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  await worker.polling();
  expect((await worker.ready()).warnings).toMatchObject([
    { name: 'sequence', text: expect.stringContaining('hartonomous graph deploy') },
  ]);
  await fixture().createAtoms(tenantId, 1);
  await fixture().graphEqualsSql(tenantId);
});

test('a row that the graph has with a number beyond all others is left out, and the metric tells it apart', async () => {
  const tenantId = await fixture().newTenant();
  const [id] = await fixture().createAtoms(tenantId, 1);
  const worker = new WorkerProcess(fixture().env);
  await fixture().graphEqualsSql(tenantId);
  await fixture().cypher('MATCH (a:Atom {id: $id}) SET a.syncSequence = 1000000000000', { id: id! });
  await fixture().client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: 'Atom',
    EntityId: id!,
    SyncType: 'UPDATE',
  });
  await eventually(
    async () => {
      const page = await worker.metrics();
      const labels = { entity_type: 'Atom', outcome: 'stale' };
      expect(page.value('hartonomous_sync_entities_total', labels)).toBe(1);
    },
    { timeoutMs: 30_000 },
  );
  // Not each of its readers may have received by then.
  await eventually(async () => expect((await worker.ready()).status).toBe(200));
  await fixture().cypher('MATCH (a:Atom {id: $id}) SET a.syncSequence = 1', { id: id! });
});

test('a batch that is held up until tombstones are purged reads again; of 200 deleted rows none comes back', async () => {
  const tenantId = await fixture().newTenant();
  const gate = await HeldConnections.start(Number(new URL(fixture().neo4j.uri).port));
  const late = new WorkerProcess({
    ...fixture().env,
    Neo4j__Uri: `bolt://127.0.0.1:${gate.port}`,
    Worker__Readers: '1',
    Worker__StatementTimeoutMs: '120000',
    LOG_LEVEL: 'debug',
  });
  // What is in the queue from before is not to be what it is held up with.
  await fixture().createAtoms(await fixture().newTenant(), 1);
  await late.logged('Atom synced to Neo4j successfully');
  await fixture().queueIsEmpty();
  gate.hold();
  const ids = await fixture().createAtoms(tenantId, 200);
  // Its rows are read, and what it writes doesn't get through.
  await late.logged('Executing Cypher: MERGE (a:Atom');

  // Other sessions: the messages of one conversation would wait for the batch.
  await using other = await connectBroker({
    sql: { ...toMssqlOptions(parseSqlConnectionString(fixture().connectionString)) },
  });
  await other.run(
    `BEGIN TRANSACTION;
     DECLARE @Requests dbo.Neo4jSyncRequestList;
     INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId)
     SELECT N'Atom', a.AtomId, N'DELETE', a.TenantId FROM dbo.Atom AS a WHERE a.TenantId = @tenantId;
     DELETE FROM dbo.Atom WHERE TenantId = @tenantId;
     EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
     COMMIT TRANSACTION;`,
    { tenantId },
  );
  const prompt = new WorkerProcess(fixture().env);
  const tombstones = async () =>
    (
      await fixture().cypher('MATCH (t:SyncTombstone {tenantId: $tenantId}) RETURN count(t) AS n', {
        tenantId: BigInt(tenantId),
      })
    )[0]?.n;
  await eventually(async () => expect(await tombstones()).toBe(BigInt(ids.length)), { timeoutMs: 60_000 });
  prompt.kill('SIGTERM');
  await prompt.exit();
  await createGraphWriter(fixture().graph).purgeTombstones(-60_000);
  expect(await tombstones()).toBe(0n);

  gate.release();
  await late.logged('it takes a new number and reads again');
  await late.logged('200 Atom removed from Neo4j successfully');
  expect(await fixture().graphEqualsSql(tenantId)).toBe(0);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});

/** A way to a server on which what clients send can be held back for a time, and none of it gets lost. */
class HeldConnections {
  readonly #pairs: { readonly near: Socket; readonly far: Socket }[] = [];
  readonly #port: number;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(targetPort: number): Promise<HeldConnections> {
    const server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1');
      for (const end of [near, far]) end.on('error', () => undefined);
      near.pipe(far).pipe(near);
      held.#pairs.push({ near, far });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const held = new HeldConnections((server.address() as AddressInfo).port);
    onTestFinished(() => {
      server.close();
      for (const { near, far } of held.#pairs) for (const end of [near, far]) end.destroy();
    });
    return held;
  }

  get port(): number {
    return this.#port;
  }

  hold(): void {
    for (const { near, far } of this.#pairs) near.unpipe(far).pause();
  }

  release(): void {
    for (const { near, far } of this.#pairs) near.pipe(far);
  }
}
