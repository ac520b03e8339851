import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { hartonomous } from './hartonomous.ts';
import { WorkerProcess } from './worker-process.ts';

// What isn't a sync request goes to the dead letters, and the worker goes on.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

function body(entityType: string, entityId: string, syncType: string, tenantId: string): string {
  return `<Neo4jSync><EntityType>${entityType}</EntityType><EntityId>${entityId}</EntityId><SyncType>${syncType}</SyncType><TenantId>${tenantId}</TenantId></Neo4jSync>`;
}

test('each is kept with its reason; good ones around them are synced', async () => {
  const tenantId = await fixture().newTenant();
  const tenant = String(tenantId);
  const [id] = await fixture().createAtoms(tenantId, 1);
  await fixture().sendBodies(
    body('Atom', String(id), 'UPDATE', tenant),
    body('Unicorn', '1', 'CREATE', tenant),
    body('Atom', 'twelve', 'CREATE', tenant),
    body('Atom', '1', 'EXPLODE', tenant),
    '<Neo4jSync><EntityType>Atom</EntityType></Neo4jSync>',
    '<Other/>',
    body('Atom', String(id), 'UPDATE', tenant),
  );
  const worker = new WorkerProcess(fixture().env);
  await fixture().graphEqualsSql(tenantId);
  // Logged after the commit.
  await worker.logged('(UNEXPECTED_ROOT)');
  const letters = await fixture().sql(
    `SELECT ReasonCode, ReasonText, EntityType, EntityId, TenantId, DATALENGTH(MessageBody) AS Bytes
     FROM dbo.Neo4jSyncDeadLetterQueue ORDER BY DeadLetterId;`,
  );
  expect(letters.map(({ ReasonCode }) => ReasonCode)).toEqual([
    'UNKNOWN_ENTITY_TYPE',
    'INVALID_ENTITY_ID',
    'UNKNOWN_SYNC_TYPE',
    'MISSING_ELEMENT',
    'UNEXPECTED_ROOT',
  ]);
  expect(letters[0]).toMatchObject({ EntityType: null, TenantId: tenantId });
  expect(letters[0]?.ReasonText).toContain('Unicorn');
  for (const { Bytes } of letters) expect(Number(Bytes)).toBeGreaterThan(10);
  const logged = await fixture().sql(
    "SELECT COUNT(*) AS n FROM dbo.Neo4jSyncLog WHERE Outcome = N'DEAD_LETTERED' AND SyncSequence IS NULL;",
  );
  expect(logged).toEqual([{ n: 5 }]);
  expect(worker.lines().filter(({ level }) => level === 'error')).toHaveLength(5);
  await eventually(async () => expect((await worker.ready()).status).toBe(200));
});

test('an entity that Neo4j refuses is dead-lettered alone, the rest of its batch is written', async () => {
  const tenantId = await fixture().newTenant();
  const ids = await fixture().createAtoms(tenantId, 20);
  const victim = ids[7]!;
  const rule = `refuse_${tenantId}`;
  // Another node has the value that the victim's row will bring, so the graph refuses the victim forever.
  await fixture().cypher(`CREATE CONSTRAINT ${rule} FOR (a:Atom) REQUIRE a.metadata IS UNIQUE`);
  await fixture().cypher('CREATE (:Atom {id: -1, tenantId: -1, metadata: $metadata})', { metadata: '{"taken":1}' });
  await fixture().client.run('UPDATE dbo.Atom SET Metadata = @metadata WHERE AtomId = @victim;', {
    metadata: '{"taken":1}',
    victim,
  });
  const worker = new WorkerProcess(fixture().env);
  const line = await worker.logged(`Atom ${victim} went to dbo.Neo4jSyncDeadLetterQueue (GRAPH_REFUSED)`);
  expect(line).toMatchObject({ level: 'error', entities: [`Atom ${victim} (tenant ${tenantId})`] });
  const letters = await fixture().sql(
    'SELECT ReasonCode, EntityType, EntityId, SyncType FROM dbo.Neo4jSyncDeadLetterQueue WHERE TenantId = @tenantId;',
    { tenantId },
  );
  expect(letters).toEqual([
    { ReasonCode: 'GRAPH_REFUSED', EntityType: 'Atom', EntityId: String(victim), SyncType: 'CREATE' },
  ]);
  const [count] = await fixture().cypher('MATCH (a:Atom {tenantId: $tenantId}) RETURN count(a) AS atoms', {
    tenantId: BigInt(tenantId),
  });
  expect(count).toEqual({ atoms: 19n });
  await fixture().cypher(`DROP CONSTRAINT ${rule}`);
  await fixture().cypher('MATCH (a:Atom {id: -1}) DELETE a');
});

test('a replayed letter that fails again is a new letter, the first one keeps its history; replayed when well, it syncs', async () => {
  const tenantId = await fixture().newTenant();
  const [victim] = await fixture().createAtoms(tenantId, 1);
  const rule = `refuse_${tenantId}`;
  await fixture().cypher(`CREATE CONSTRAINT ${rule} FOR (a:Atom) REQUIRE a.metadata IS UNIQUE`);
  await fixture().cypher('CREATE (:Atom {id: -2, tenantId: -2, metadata: $metadata})', { metadata: '{"taken":2}' });
  await fixture().client.run('UPDATE dbo.Atom SET Metadata = @metadata WHERE AtomId = @victim;', {
    metadata: '{"taken":2}',
    victim: victim!,
  });
  const letters = () =>
    fixture().sql(
      `SELECT DeadLetterId, ReasonCode, ReasonText, EntityId, ReplayState, ReplayCount, DeadLetteredAt, ReplayedAt,
         CONVERT(NVARCHAR(MAX), MessageBody) AS Body
       FROM dbo.Neo4jSyncDeadLetterQueue WHERE TenantId = @tenantId ORDER BY DeadLetterId;`,
      { tenantId },
    );
  const lettersOnceThere = (count: number) =>
    eventually(
      async () => {
        const found = await letters();
        expect(found).toHaveLength(count);
        return found;
      },
      { timeoutMs: 60_000, intervalMs: 100 },
    );
  const replay = async (letter: Readonly<Record<string, unknown>> | undefined) =>
    expect(
      await hartonomous(['deadletter', 'replay', String(letter?.DeadLetterId)], fixture().operatorEnv),
    ).toMatchObject({
      exitCode: 0,
    });
  const worker = new WorkerProcess(fixture().env);
  const [first] = await lettersOnceThere(1);
  expect(first).toMatchObject({
    ReasonCode: 'GRAPH_REFUSED',
    ReplayState: 'PENDING',
    ReplayCount: 0,
    ReplayedAt: null,
  });

  await replay(first);
  const [replayed, second] = await lettersOnceThere(2);
  expect(replayed).toEqual({ ...first, ReplayState: 'REPLAYED', ReplayCount: 1, ReplayedAt: expect.any(Date) });
  expect(second).toMatchObject({
    ReasonCode: 'GRAPH_REFUSED',
    EntityId: String(victim),
    ReplayState: 'PENDING',
    ReplayCount: 0,
    ReplayedAt: null,
    Body: expect.stringContaining(`<EntityId>${victim}</EntityId>`),
  });

  await fixture().cypher(`DROP CONSTRAINT ${rule}`);
  await fixture().cypher('MATCH (a:Atom {id: -2}) DELETE a');
  await replay(second);
  await fixture().graphEqualsSql(tenantId);
  await fixture().queueIsEmpty();
  expect((await letters()).map(({ ReplayState, ReplayCount }) => [ReplayState, ReplayCount])).toEqual([
    ['REPLAYED', 1],
    ['REPLAYED', 1],
  ]);
  await eventually(async () => expect((await worker.ready()).status).toBe(200));
});
