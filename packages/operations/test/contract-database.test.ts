import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { databaseProject, encodeVector, programName } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractDatabase, deployDatabase, hasChanges, openSqlServer, verifyDeployment } from '../src/index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.run('master', 'GRANT VIEW SERVER STATE TO [hartonomous-deployer];');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const number = databaseProject.migrations.find(({ name }) => name === 'atom-embedding-goes')?.number ?? 0;
const bytes = (first: number) =>
  `0x${Buffer.from(encodeVector(Array.from({ length: 384 }, (_, at) => first + at))).toString('hex')}`;
const hasColumn = (database: string) =>
  server.value(
    database,
    "SELECT COUNT(*) AS n FROM sys.columns AS c WHERE c.[object_id] = OBJECT_ID(N'dbo.Atom') AND c.[name] = N'Embedding';",
  );

/** A session of a program with this name, as long as the test has it. */
async function session(database: string, applicationName: string) {
  const client = await openSqlServer({
    ...parseSqlConnectionString(server.deployerConnectionString(database)),
    applicationName,
  });
  await client.run('SELECT 1 AS n;');
  return client;
}

test('a new database still has what older workers use, and contract takes it away with every value kept', async () => {
  const connection = server.deployerConnectionString('Contracted');
  const deployed = await deployDatabase({ connection });
  expect(deployed.migrations.contract).toEqual([{ number, name: 'atom-embedding-goes' }]);
  await server.run(
    'Contracted',
    "INSERT INTO dbo.Tenant (TenantId, Name) VALUES (1, N'one');",
    `INSERT INTO dbo.Atom (TenantId, AtomType, Embedding) VALUES (1, N'x', ${bytes(1)}), (1, N'x', ${bytes(2)}), (1, N'x', NULL);`,
  );
  // Copied, and then written again by a worker of the version before; and one that came later.
  await deployDatabase({ connection });
  await server.run(
    'Contracted',
    `UPDATE dbo.Atom SET Embedding = ${bytes(3)} WHERE AtomId = 1;
     INSERT INTO dbo.Atom (TenantId, AtomType, Embedding) VALUES (1, N'x', ${bytes(4)});`,
  );

  const planned = await contractDatabase({ connection, dryRun: true, watchMs: 1 });
  expect(planned).toEqual({
    ...{ database: 'Contracted', dryRun: true, olderSessions: [], olderOutcomes: null },
    migrations: [{ number, name: 'atom-embedding-goes' }],
  });
  expect(await hasColumn('Contracted')).toBe(1);

  expect(await contractDatabase({ connection, watchMs: 1 })).toMatchObject({ migrations: planned.migrations });
  expect(await hasColumn('Contracted')).toBe(0);
  const copied = await server.rows(
    'Contracted',
    `SELECT e.AtomId AS id, CONVERT(VARCHAR(MAX), e.Vector, 1) AS vector FROM dbo.AtomEmbedding AS e
     INNER JOIN dbo.EmbeddingModel AS m ON m.EmbeddingModelId = e.EmbeddingModelId AND m.ModelKey = 'legacy_384' ORDER BY e.AtomId;`,
  );
  expect(copied.map(({ id, vector }) => [String(id), String(vector).toLowerCase()])).toEqual([
    ['1', bytes(3)],
    ['2', bytes(2)],
    ['4', bytes(4)],
  ]);

  // It stays so: a deployment neither brings the column back nor calls it missing.
  expect(await contractDatabase({ connection, watchMs: 1 })).toMatchObject({ migrations: [] });
  const again = await deployDatabase({ connection });
  expect({ changes: hasChanges(again), contract: again.migrations.contract, drift: again.drift }).toEqual({
    ...{ changes: false, contract: [], drift: [] },
  });
  expect(await hasColumn('Contracted')).toBe(0);
  expect(await verifyDeployment({ database: connection })).toMatchObject({ ok: true });
});

test('older programs, and those whose name says nothing, are in the way and named', async () => {
  const connection = server.deployerConnectionString('Watched');
  await deployDatabase({ connection });
  const current = programName('neo4j-sync-worker');
  const older = current.replace(/\d+\)$/, `${number - 1})`);
  await using sessions = new AsyncDisposableStack();
  for (const name of [current, older, 'node-mssql', 'Billing']) sessions.use(await session('Watched', name));

  const { olderSessions } = await contractDatabase({
    connection,
    dryRun: true,
    watchMs: 1,
    allowedPrograms: ['Billing'],
  });
  expect(olderSessions.map(({ program, schema }) => ({ program, schema }))).toEqual([
    { program: older, schema: number - 1 },
    { program: 'node-mssql', schema: null },
  ]);
  const failure = await contractDatabase({ connection, watchMs: 1 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'OLDER_PROGRAMS', kind: 'failed', sessions: { length: 3 } });
  expect(String(failure)).toContain('node-mssql');
  expect(await hasColumn('Watched')).toBe(1);
  const allowedPrograms = ['Billing', 'node-mssql', older];
  // A name that says which migrations it knows of is believed, whatever is allowed.
  await expect(contractDatabase({ connection, watchMs: 1, allowedPrograms })).rejects.toMatchObject({
    ...{ code: 'OLDER_PROGRAMS', sessions: [{ program: older }] },
  });
});

test('what an older worker has done lately is in the way, though it has no session', async () => {
  const connection = server.deployerConnectionString('Quiet');
  await deployDatabase({ connection });
  // As the sync worker of the version before logs, one that reports itself, and a procedure.
  await server.run(
    'Quiet',
    `INSERT INTO dbo.Neo4jSyncLog (Outcome, EntityType, EntityId, WorkerInstanceId)
     VALUES (N'SYNCED', N'Atom', 1, NULL), (N'SYNCED', N'Atom', 2, 1), (N'DIALOG_ERROR', NULL, NULL, NULL);`,
  );
  const { olderOutcomes } = await contractDatabase({ connection, dryRun: true, watchMs: 1 });
  expect(olderOutcomes).toMatchObject({ outcomes: 1, minutes: 60, lastAt: expect.any(Date) });
  const failure = await contractDatabase({ connection, watchMs: 1 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'OLDER_OUTCOMES', kind: 'failed', outcomes: { outcomes: 1 } });
  expect(await hasColumn('Quiet')).toBe(1);
  await server.run('Quiet', 'UPDATE dbo.Neo4jSyncLog SET LoggedAt = DATEADD(HOUR, -2, LoggedAt);');
  expect(await contractDatabase({ connection, dryRun: true, watchMs: 1, quietMinutes: 180 })).toMatchObject({
    olderOutcomes: { outcomes: 1, minutes: 180 },
  });
  await contractDatabase({ connection, watchMs: 1 });
  expect(await hasColumn('Quiet')).toBe(0);
});

test('a login that sees no other sessions, or a database that is not deployed, changes nothing', async () => {
  const connection = server.deployerConnectionString('Blind');
  await deployDatabase({ connection });
  await server.run('master', "CREATE LOGIN [Blind] WITH PASSWORD = N'Contract!1';");
  await server.run('Blind', 'CREATE USER [Blind] FOR LOGIN [Blind];', 'ALTER ROLE [db_owner] ADD MEMBER [Blind];');
  const blind = server.connectionString('Blind', 'Contract!1').replace('User Id=sa', 'User Id=Blind');
  await expect(contractDatabase({ connection: blind, watchMs: 1 })).rejects.toMatchObject({
    code: 'SESSIONS_NOT_SEEN',
  });
  expect(await hasColumn('Blind')).toBe(1);

  await server.run('master', 'CREATE DATABASE [Empty];');
  const empty = server.connectionString('Empty');
  await expect(contractDatabase({ connection: empty, watchMs: 1 })).rejects.toMatchObject({ code: 'DATABASE_BEHIND' });
  await server.run('Blind', "DELETE FROM dbo.SchemaMigration WHERE Name = N'jobs-have-notes';");
  await expect(contractDatabase({ connection, watchMs: 1 })).rejects.toMatchObject({ code: 'DATABASE_BEHIND' });
});
