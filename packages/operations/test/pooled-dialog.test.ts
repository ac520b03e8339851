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
