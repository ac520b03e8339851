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
