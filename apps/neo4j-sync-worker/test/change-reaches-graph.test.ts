import { eventually, readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { hartonomous } from './hartonomous.ts';
import { WorkerProcess } from './worker-process.ts';

// Runbook R4, and what else a change can be.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

test('the fixture of all suites has the setting of READ_COMMITTED_SNAPSHOT that the run is about', async () => {
  expect(await fixture().sql(readCommittedSnapshotQuery)).toEqual([{ on: readCommittedSnapshotUnderTest() }]);
});

test("R4: the runbook's snippet, the node, and every line that operators look for", async () => {
  const { client, env, neo4j } = fixture();
  const worker = new WorkerProcess({ ...env, LOG_LEVEL: 'debug' });
  await worker.polling();
  const [row] = await fixture().sql(
    `INSERT INTO dbo.Atom (TenantId, ContentType, ContentHash, CreatedAt)
     VALUES (0, 'application/json', 0xDEADBEEF, GETUTCDATE());
     DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId, @SyncType = 'CREATE';
     SELECT @AtomId AS TestAtomId;`,
  );
  const id = String(row?.TestAtomId);
  await worker.logged('✓ Atom synced to Neo4j successfully');
  const nodes = await fixture().cypher(
    'MATCH (a:Atom) WHERE a.id = $id RETURN a.tenantId AS tenantId, a.contentType AS contentType, a.contentHash AS contentHash',
    { id: BigInt(id) },
  );
  expect(nodes).toEqual([{ tenantId: 0n, contentType: 'application/json', contentHash: 'deadbeef' }]);
  for (const line of [
    'Neo4j Sync Worker starting...',
    `Connected to Neo4j at ${neo4j.uri}`,
    'Polling Neo4jSyncQueue for messages...',
    'Received message from Neo4jSyncQueue',
    `EntityType: Atom, EntityId: ${id}, SyncType: CREATE`,
    `Executing Cypher: MERGE (a:Atom {id: ${id}, tenantId: 0}) ...`,
  ]) {
    expect(worker.messages()).toContain(line);
  }
  const success = worker.lines().filter(({ msg }) => msg === '✓ Atom synced to Neo4j successfully');
  expect(success.map(({ level }) => level).sort()).toEqual(['debug', 'info']);
  const [logged] = await fixture().sql(
    "SELECT Outcome, MessageCount, SyncSequence FROM dbo.Neo4jSyncLog WHERE EntityType = N'Atom' AND EntityId = @id;",
    { id: BigInt(id) },
  );
  expect(logged).toMatchObject({ Outcome: 'SYNCED', MessageCount: 1 });
  expect(await client.queueDepth('dbo.Neo4jSyncQueue')).toBe(0);
  await eventually(async () => expect((await worker.ready()).status).toBe(200));
});

test('a canary of hartonomous doctor goes through, and changes nothing', async () => {
  const worker = new WorkerProcess(fixture().env);
  await worker.polling();
  const { exitCode, output } = await hartonomous(['doctor', '--canary'], fixture().operatorEnv);
  expect(output).toMatch(/✓ A message about tenant \d+ was synced \d+ ms after it was enqueued \(SYNCED\)\./);
  expect(exitCode).toBe(0);
});

test('edges become a lineage path, and a row that is deleted leaves the graph', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  const [grandparent, parent, child] = await fixture().createAtoms(tenantId, 3);
  await fixture().client.run(
    `BEGIN TRANSACTION;
     DECLARE @Id BIGINT;
     INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId) VALUES (@tenantId, @child, @parent);
     SET @Id = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'AtomProvenance', @EntityId = @Id;
     INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId) VALUES (@tenantId, @parent, @grandparent);
     SET @Id = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'AtomProvenance', @EntityId = @Id;
     COMMIT TRANSACTION;`,
    { tenantId, child: child!, parent: parent!, grandparent: grandparent! },
  );
  const lineage = () =>
    fixture().cypher(
      `MATCH path = (child:Atom {id: $child})-[:DERIVED_FROM*]->(ancestor)
       RETURN ancestor.id AS id, length(path) AS depth ORDER BY depth`,
      { child: child! },
    );
  await eventually(
    async () =>
      expect(await lineage()).toEqual([
        { id: parent, depth: 1n },
        { id: grandparent, depth: 2n },
      ]),
    { timeoutMs: 30_000 },
  );
  await fixture().client.run(
    `BEGIN TRANSACTION;
     DECLARE @Id BIGINT = (SELECT AtomProvenanceId FROM dbo.AtomProvenance WHERE ParentAtomId = @grandparent);
     DELETE FROM dbo.AtomProvenance WHERE AtomProvenanceId = @Id;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'AtomProvenance', @EntityId = @Id, @SyncType = 'DELETE', @TenantId = @tenantId;
     DELETE FROM dbo.Atom WHERE AtomId = @grandparent;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @grandparent, @SyncType = 'DELETE', @TenantId = @tenantId;
     COMMIT TRANSACTION;`,
    { tenantId, grandparent: grandparent! },
  );
  await eventually(async () => expect(await lineage()).toEqual([{ id: parent, depth: 1n }]), { timeoutMs: 30_000 });
  expect(await fixture().graphEqualsSql(tenantId)).toBe(2);
  await worker.logged('✓ Atom removed from Neo4j successfully');
});

test('many messages about one entity are one outcome', async () => {
  const tenantId = await fixture().newTenant();
  const [id] = await fixture().createAtoms(tenantId, 1);
  for (let update = 0; update < 4; update += 1) {
    await fixture().client.run(
      `BEGIN TRANSACTION;
       UPDATE dbo.Atom SET CanonicalText = @text WHERE AtomId = @id;
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @id, @SyncType = 'UPDATE';
       COMMIT TRANSACTION;`,
      { id: id!, text: `version ${update}` },
    );
  }
  new WorkerProcess(fixture().env);
  await eventually(
    async () => {
      const rows = await fixture().sql(
        "SELECT Outcome, MessageCount FROM dbo.Neo4jSyncLog WHERE EntityType = N'Atom' AND EntityId = @id;",
        { id: id! },
      );
      // Each message came on one of a few dialogs, so a batch may have some of them; all are accounted for.
      expect(rows.reduce((sum, { MessageCount }) => sum + Number(MessageCount), 0)).toBe(5);
      expect(rows.length).toBeLessThan(5);
    },
    { timeoutMs: 30_000 },
  );
  await fixture().graphEqualsSql(tenantId);
});

test('a message about a row that is not there leaves the graph without it and says so', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  await fixture().client.enqueue('dbo.sp_EnqueueNeo4jSync', {
    EntityType: 'Atom',
    EntityId: 987_654_321,
    SyncType: 'CREATE',
    TenantId: tenantId,
  });
  const warning = await worker.logged('Row not found for 1 entity');
  expect(warning).toMatchObject({ level: 'warn', entities: [`Atom 987654321 (tenant ${tenantId})`] });
  const rows = await fixture().sql('SELECT Outcome, Detail FROM dbo.Neo4jSyncLog WHERE EntityId = 987654321;');
  expect(rows).toEqual([{ Outcome: 'DELETED', Detail: 'row not found' }]);
  expect(await fixture().deadLetters(tenantId)).toBe(0);
});
