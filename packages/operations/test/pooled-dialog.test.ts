import { ingestionQueue, syncQueue } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployDatabase } from '../src/index.ts';

const database = 'Hartonomous';
let sql: TestServer;

beforeAll(async () => {
  sql = await startTestServer();
  await deployDatabase({ connection: sql.connectionString(database) });
});
afterAll(() => sql?.[Symbol.asyncDispose]());

/** Sends in one session, so on one pooled dialog as long as it lasts. */
const send = (parameters: string, times = 1) =>
  sql.run(
    database,
    `DECLARE @i INT = 0;
     WHILE @i < ${times}
     BEGIN
       BEGIN TRANSACTION;
       EXEC dbo.sp_SendOnPooledDialog ${parameters}, @Body = 0xFFFE3C0061002F003E00;
       COMMIT TRANSACTION;
       SET @i = @i + 1;
     END;`,
  );

/** Numbers of messages of each conversation that waits in a queue. */
const dialogs = async (queue: string) =>
  (
    await sql.rows(
      database,
      `SELECT COUNT(*) AS n FROM ${queue} WITH (NOLOCK) WHERE message_type_id <> 2 GROUP BY conversation_handle ORDER BY COUNT(*);`,
    )
  ).map(({ n }) => Number(n));

test('a dialog ends after as many messages as the caller allows', async () => {
  const { contract, service, messageType } = ingestionQueue;
  await send(
    `@ContractName = N'${contract}', @ToService = N'${service}', @MaxMessages = 3, @MaxAgeMinutes = 60, @MessageType = N'${messageType}'`,
    7,
  );
  expect(await dialogs(ingestionQueue.queue)).toEqual([1, 3, 3]);
});

test('a procedure of the version before, which passes no service and no limits, can send while a deployment runs', async () => {
  const { contract, messageType } = syncQueue;
  await send(`@ContractName = N'${contract}', @MessageType = N'${messageType}'`, 2);
  expect(await dialogs(syncQueue.queue)).toEqual([1, 2]);
});

test('a contract that no service takes is refused', async () => {
  await expect(send("@ContractName = N'OtherContract', @MessageType = N'Neo4jSyncRequest'")).rejects.toMatchObject({
    number: 51_011,
  });
});

test('the last message of a dialog is marked, and its sender leaves the end to the reader', async () => {
  const { contract, service, messageType, queue } = syncQueue;
  // Another contract than in the tests above, so another dialog; a name outside the Basic Multilingual Plane shifts positions.
  const body = Buffer.from('\ufeff<a>\u{1f600}</a>', 'utf16le').toString('hex');
  const first = await sql.rows(database, `SELECT MAX(queuing_order) AS n FROM ${queue} WITH (NOLOCK);`);
  await sql.run(
    database,
    `DELETE FROM dbo.DialogPool WHERE SessionId = @@SPID; -- A new dialog, whatever the tests before have left.
     DECLARE @i INT = 0;
     WHILE @i < 5
     BEGIN
       BEGIN TRANSACTION;
       EXEC dbo.sp_SendOnPooledDialog @ContractName = N'${contract}', @ToService = N'${service}', @MaxMessages = 2,
         @MessageType = N'${messageType}', @Body = 0x${body};
       COMMIT TRANSACTION;
       SET @i = @i + 1;
     END;`,
  );
  const rows = await sql.rows(
    database,
    `SELECT CONVERT(nvarchar(max), message_body) AS text FROM ${queue} WITH (NOLOCK)
     WHERE queuing_order > ${Number(first[0]?.n ?? -1)} ORDER BY queuing_order;`,
  );
  const plain = '\ufeff<a>\u{1f600}</a>';
  const marked = '\ufeff<a>\u{1f600}<EndOfDialog>1</EndOfDialog></a>';
  expect(rows.map(({ text }) => text)).toEqual([plain, marked, plain, marked, plain]);
  const [ended] = await sql.rows(
    database,
    "SELECT COUNT(*) AS n FROM sys.conversation_endpoints WHERE state NOT IN ('SO', 'CO', 'SI');",
  );
  expect(ended?.n).toBe(0);
});

test('an old dialog carries one more message, its last', async () => {
  const { contract, service, messageType, queue } = ingestionQueue;
  await sql.run(
    database,
    `EXEC('BEGIN TRANSACTION;
       EXEC dbo.sp_SendOnPooledDialog @ContractName = N''${contract}'', @ToService = N''${service}'', @MessageType = N''${messageType}'', @Body = 0xFFFE3C0061002F003E00;
       COMMIT;');
     UPDATE dbo.DialogPool SET BegunAt = DATEADD(HOUR, -2, BegunAt) WHERE SessionId = @@SPID;
     BEGIN TRANSACTION;
     EXEC dbo.sp_SendOnPooledDialog @ContractName = N'${contract}', @ToService = N'${service}', @MessageType = N'${messageType}',
       @Body = 0xFFFE3C0061003E003C002F0061003E00;
     COMMIT TRANSACTION;`,
  );
  const [last] = await sql.rows(
    database,
    `SELECT TOP (1) CONVERT(nvarchar(max), message_body) AS text FROM ${queue} WITH (NOLOCK) ORDER BY queuing_order DESC;`,
  );
  expect(last?.text).toBe('\ufeff<a><EndOfDialog>1</EndOfDialog></a>');
});
