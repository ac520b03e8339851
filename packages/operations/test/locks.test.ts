import { type BrokerClient, connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { entities, loadQuery } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deployDatabase } from '../src/index.ts';

let sql: TestServer;

beforeAll(async () => {
  sql = await startTestServer();
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const anyRow = z.record(z.string(), z.unknown());

/** A session that keeps its transaction between calls. */
async function session(database: string): Promise<BrokerClient & AsyncDisposable> {
  return connectBroker({
    sql: { ...toMssqlOptions(parseSqlConnectionString(sql.connectionString(database))) },
    singleSession: true,
    requestTimeoutMs: 20_000,
  });
}

/** The number of the error that a call fails with. */
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error as { number?: number }).number,
  );

test('a database that deployment creates has READ_COMMITTED_SNAPSHOT on; one that was there keeps what it has', async () => {
  await deployDatabase({ connection: sql.connectionString('Created') });
  await sql.run('master', 'CREATE DATABASE Existing;');
  await deployDatabase({ connection: sql.connectionString('Existing') });
  const setting = (name: string) =>
    sql.value('master', `SELECT is_read_committed_snapshot_on FROM sys.databases WHERE name = '${name}';`);
  expect(await setting('Created')).toBe(true);
  expect(await setting('Existing')).toBe(false);
});

describe.each(['OFF', 'ON'])('with READ_COMMITTED_SNAPSHOT %s', (setting) => {
  const database = `Locks${setting}`;

  beforeAll(async () => {
    await sql.run(
      'master',
      `CREATE DATABASE ${database};`,
      `ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT ${setting};`,
    );
    await deployDatabase({ connection: sql.connectionString(database) });
    await sql.run(
      database,
      "INSERT dbo.Tenant (TenantId, Name) VALUES (1, N'one'), (2, N'two');",
      `INSERT dbo.Atom (TenantId, ContentType, CanonicalText) VALUES (1, N'text/plain', N'a'), (2, N'text/plain', N'b');`,
    );
  });

  test('a load waits for the rows that it asks for and for no other', async () => {
    await using writer = await session(database);
    await using reader = await session(database);
    const atom = entities.find(({ name }) => name === 'Atom')!;
    await writer.run('BEGIN TRANSACTION; UPDATE dbo.Atom SET ReferenceCount = 2 WHERE TenantId = 1;');
    const load = (ids: string) => errorOf(reader.query(`SET LOCK_TIMEOUT 100; ${loadQuery(atom)}`, { ids }, anyRow));
    expect(await load('[2]')).toBeUndefined();
    expect(await load('[1]')).toBe(setting === 'OFF' ? 1222 : undefined);
    await writer.run('ROLLBACK TRANSACTION;');
  });

  test('two SERIALIZABLE sessions that enqueue for the first time do not deadlock', async () => {
    const waiting = () => sql.value(database, 'SELECT COUNT(*) FROM dbo.Neo4jSyncQueue WITH (NOLOCK);');
    const before = Number(await waiting());
    await using one = await session(database);
    await using two = await session(database);
    const begin = 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRANSACTION;';
    const enqueue = "EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = 1, @TenantId = 1;";
    await one.run(`${begin} ${enqueue}`);
    await two.run(`${begin} ${enqueue}`);
    await one.run(`${enqueue} COMMIT TRANSACTION;`);
    await two.run(`${enqueue} COMMIT TRANSACTION;`);
    expect(await waiting()).toBe(before + 4);
  });

  test('a dialog that the far side ends between two messages of a batch is replaced', async () => {
    await using sender = await session(database);
    await sql.run(
      database,
      'DECLARE @h uniqueidentifier; WHILE 1 = 1 BEGIN RECEIVE @h = conversation_handle FROM dbo.Neo4jSyncQueue; IF @@ROWCOUNT = 0 BREAK; END;',
    );
    const enqueue = (tenants: string) =>
      `DECLARE @r dbo.Neo4jSyncRequestList;
       INSERT @r (EntityType, EntityId, TenantId) SELECT N'Atom', j.[value], 1 FROM OPENJSON(N'${tenants}') AS j;
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @r;`;
    await sender.run(enqueue('[1,2]'));
    const [pooled] = await sender.query(
      `SELECT CAST(far.conversation_handle AS nvarchar(36)) AS h FROM dbo.DialogPool AS p
       INNER JOIN sys.conversation_endpoints AS near WITH (NOLOCK) ON near.conversation_handle = p.ConversationHandle
       INNER JOIN sys.conversation_endpoints AS far WITH (NOLOCK)
         ON far.conversation_id = near.conversation_id AND far.is_initiator = 0
       WHERE p.SessionId = @@SPID;`,
      {},
      z.object({ h: z.string() }),
    );
    await sender.run(`BEGIN TRANSACTION; ${enqueue('[3,4]')}`);
    await sql.run(database, `DECLARE @h uniqueidentifier = '${pooled!.h}'; END CONVERSATION @h;`);
    await sender.run(`${enqueue('[5,6,7]')} COMMIT TRANSACTION;`);
    expect(await sql.value(database, 'SELECT COUNT(*) FROM dbo.Neo4jSyncQueue WITH (NOLOCK);')).toBe(3);
  });

  test('the activated procedure of the sync queue waits for nobody, and says what it does once', async () => {
    await using reader = await session(database);
    await reader.run(
      'BEGIN TRANSACTION; DECLARE @h uniqueidentifier; RECEIVE TOP (1) @h = conversation_handle FROM dbo.Neo4jSyncQueue;',
    );
    await sql.run(database, 'EXEC dbo.sp_ForwardToNeo4j_Activated;', 'EXEC dbo.sp_ForwardToNeo4j_Activated;');
    await reader.run('ROLLBACK TRANSACTION;');
    expect(
      await sql.value(database, "SELECT COUNT(*) FROM dbo.Neo4jSyncLog WHERE Outcome = N'ACTIVATION_REFUSED';"),
    ).toBe(1);
  });

  test('files of two tenants are written side by side', async () => {
    await using one = await session(database);
    await using two = await session(database);
    const slots = JSON.stringify(Array.from({ length: 300 }, (_, index) => index + 1));
    const write = (tenant: number) =>
      `BEGIN TRANSACTION;
       DECLARE @a dbo.IngestedAtomList, @e dbo.IngestedEdgeList;
       INSERT @a (Slot, AtomType, ContentHash)
       SELECT j.[value], N'text', HASHBYTES('SHA2_256', CONCAT(${tenant}, N'-', j.[value])) FROM OPENJSON(N'${slots}') AS j;
       INSERT @e (ChildSlot, ParentSlot, MayExist, DerivationType, SequenceNumber)
       SELECT n.Slot, 1, 0, N'part', n.Slot FROM @a AS n WHERE n.Slot > 1;
       EXEC dbo.sp_WriteIngestedAtoms @TenantId = ${tenant}, @Atoms = @a, @Edges = @e, @OpenSlots = N'[1]';`;
    const [answer] = await one.query(write(1), {}, anyRow);
    expect(answer).toMatchObject({ Slot: 1, AddedAtoms: 300, AddedEdges: 299 });
    expect(await errorOf(two.run(`SET LOCK_TIMEOUT 1000; ${write(2)}`))).toBeUndefined();
    for (const client of [one, two]) await client.run('ROLLBACK TRANSACTION;');
  });
});
