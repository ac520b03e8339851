import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployDatabase, hasChanges, verifyDeployment } from '../../src/index.ts';
import {
  columnsOf,
  createOldDatabase,
  createOldLogins,
  oldLogins,
  oldPassword,
  oldRows,
  oldTables,
} from './old-database.ts';
import { startTraffic } from './traffic.ts';
import { wholeSchema } from './whole-schema.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const asLogin = (database: string, login: string) =>
  `Server=127.0.0.1,${server.port};Database=${database};User Id=${login};Password=${oldPassword};TrustServerCertificate=True;`;

test('a database of b303ad6 keeps its rows, and then has the schema of a new one', async () => {
  await createOldDatabase(server, 'Upgraded');
  const connection = server.deployerConnectionString('Upgraded');
  const columns = await columnsOf(server, 'Upgraded');
  const before = await oldRows(server, 'Upgraded', columns);
  for (const table of oldTables) expect(before[table]?.length, table).toBeGreaterThan(0);

  const planned = await deployDatabase({ connection, dryRun: true });
  expect(planned.drift).toEqual([]);
  const deployed = await deployDatabase({ connection });
  expect(deployed.migrations).toEqual(planned.migrations);
  expect(deployed.migrations.applied.length).toBeGreaterThan(0);
  // Most procedures are as they were: the fixture's texts are those that the old version deployed.
  expect(deployed.altered.length).toBeLessThan(deployed.unchanged.length);
  expect(await oldRows(server, 'Upgraded', columns)).toEqual(before);
  expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  expect(await verifyDeployment({ database: connection })).toMatchObject({ ok: true });

  await deployDatabase({ connection: server.deployerConnectionString('Fresh') });
  expect(await wholeSchema(server, 'Upgraded')).toEqual(await wholeSchema(server, 'Fresh'));
});

test('workers and applications of b303ad6 run before, during and after the upgrade', async () => {
  await createOldDatabase(server, 'Busy');
  const connection = server.deployerConnectionString('Busy');
  await createOldLogins(server, 'Busy');
  const scripts = Object.entries(oldLogins);
  const traffic = await Promise.all(scripts.map(([script, login]) => startTraffic(asLogin('Busy', login), script)));
  const anotherRound = async () => {
    const rounds = traffic.map((one) => one.rounds);
    const all = eventually(
      () => {
        for (const [index, one] of traffic.entries()) expect(one.rounds).toBeGreaterThan((rounds[index] ?? 0) + 1);
      },
      { timeoutMs: 60_000 },
    );
    await Promise.race([all, ...traffic.map((one) => one.running)]);
  };
  await anotherRound();
  const sent = await server.value('Busy', 'SELECT COUNT(*) AS n FROM [dbo].[Atom];');
  const { migrations } = await deployDatabase({ connection });
  expect(migrations.applied.length).toBeGreaterThan(0);
  await anotherRound();
  for (const one of traffic) await one.stop();
  expect(await server.value('Busy', 'SELECT COUNT(*) AS n FROM [dbo].[Atom];')).toBeGreaterThan(Number(sent));
  expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
});

test("a row's SyncType may be any word; a message's may not", async () => {
  await createOldDatabase(server, 'Seeded');
  const seed = (syncType: string) =>
    server.run('Seeded', `INSERT INTO [dbo].[Atom] ([TenantId], [SyncType]) VALUES (7, N'${syncType}');`);
  await expect(seed('TEST')).rejects.toThrow('CK_Atom_SyncType');
  await deployDatabase({ connection: server.deployerConnectionString('Seeded') });
  await seed('TEST');
  for (const refused of ['', ' ', 'TWO WORDS']) await expect(seed(refused)).rejects.toThrow('CK_Atom_SyncType');
  const enqueue = "EXEC [dbo].[sp_EnqueueNeo4jSync] @EntityType = N'Atom', @EntityId = 1, @SyncType = N'TEST';";
  await expect(server.run('Seeded', enqueue)).rejects.toThrow('Unknown sync type');
});
