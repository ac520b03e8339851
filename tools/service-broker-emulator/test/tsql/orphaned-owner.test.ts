import { eventually } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { startTestServer } from './sql-client.ts';

test('after a restore elsewhere nothing runs as dbo until the database has an owner again', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.ok('CREATE QUEUE Q; CREATE SERVICE S ON QUEUE Q ([DEFAULT]); CREATE TABLE Runs (n int);');
  await client.ok('CREATE PROCEDURE dbo.Owned WITH EXECUTE AS OWNER AS SELECT USER_NAME() AS n;');
  await client.ok(
    'CREATE PROCEDURE dbo.Work AS BEGIN RECEIVE conversation_handle FROM Q; INSERT INTO Runs VALUES (1); END;',
  );
  await client.ok('CREATE USER b WITHOUT LOGIN; GRANT INSERT ON Runs TO b;');
  await client.ok("CREATE PROCEDURE dbo.AsB WITH EXECUTE AS 'b' AS SELECT USER_NAME() AS n;");
  await client.ok(
    'ALTER QUEUE Q WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
  );
  const send = `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE S TO SERVICE 'S' WITH ENCRYPTION = OFF;
    SEND ON CONVERSATION @h (N'x');`;

  server.emulator.simulateRestore('App');
  expect((await client.run('EXEC dbo.Owned;')).numbers).toEqual([15517]);
  expect((await client.run('EXEC dbo.AsB;')).value).toBe('b');
  expect((await client.run("SELECT HAS_PERMS_BY_NAME('dbo', 'USER', 'IMPERSONATE') AS n;")).value).toBe(1);
  expect(
    (await client.run("EXECUTE AS USER = 'b'; SELECT HAS_PERMS_BY_NAME('dbo', 'USER', 'IMPERSONATE') AS n;")).value,
  ).toBe(0);
  await client.run('REVERT;');
  const state = await client.run(
    `SELECT is_broker_enabled AS e, SUSER_SNAME(owner_sid) AS o FROM sys.databases WHERE name = 'App';`,
  );
  expect(state.rows).toEqual([{ e: false, o: null }]);

  await client.run('ALTER DATABASE App SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;');
  await client.run(send);
  const waiting = await client.run('SELECT transmission_status AS s FROM sys.transmission_queue;');
  expect(String(waiting.value)).toContain('15517');

  await client.run('ALTER AUTHORIZATION ON DATABASE::App TO sa;');
  expect((await client.run('EXEC dbo.Owned;')).value).toBe('dbo');
  await eventually(async () => expect((await client.run('SELECT COUNT(*) AS n FROM Runs;')).value).toBeGreaterThan(0), {
    timeoutMs: 15_000,
    intervalMs: 100,
  });
});

test('a copy of a database has its broker identifier: only one of them can have its broker enabled', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.ok('CREATE DATABASE Copy;');
  server.emulator.simulateCopy('Copy', 'App');
  const enable = (name: string) => client.run(`ALTER DATABASE ${name} SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;`);
  const identifiers = 'SELECT COUNT(DISTINCT service_broker_guid) AS n FROM sys.databases WHERE name IN (%);';
  expect((await client.run(identifiers.replace('%', "'App', 'Copy'"))).value).toBe(1);
  expect((await enable('Copy')).numbers).toEqual([9772, 5069]);
  await client.ok('ALTER DATABASE App SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;');
  expect((await enable('Copy')).numbers).toEqual([]);
  expect((await enable('App')).numbers).toEqual([9772, 5069]);
  await client.ok('ALTER DATABASE Copy SET NEW_BROKER WITH ROLLBACK IMMEDIATE;');
  expect((await enable('App')).numbers).toEqual([]);
  expect((await client.run(identifiers.replace('%', "'App', 'Copy'"))).value).toBe(2);
});

test('whether another user is a member of a role is shown to those who may see it', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.ok('CREATE USER a WITHOUT LOGIN; CREATE USER b WITHOUT LOGIN; ALTER ROLE db_owner ADD MEMBER b;');
  const asked = "EXECUTE AS USER = 'a'; SELECT IS_ROLEMEMBER('db_owner', 'b') AS n; REVERT;";
  expect((await client.run(asked)).value).toBe(null);
  expect((await client.run(asked.replace("'b'", "'a'"))).value).toBe(0);
  await client.ok('GRANT VIEW DEFINITION TO a;');
  expect((await client.run(asked)).value).toBe(1);
});
