import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployDatabase } from '../src/index.ts';

// What the procedures do with texts of their callers, in a database whose functions take a surrogate pair for one character.

const database = 'Supplementary';
let sql: TestServer;

beforeAll(async () => {
  sql = await startTestServer();
  await sql.run('master', `CREATE DATABASE [${database}] COLLATE Latin1_General_100_CI_AS_SC;`);
  await deployDatabase({ connection: sql.connectionString(database) });
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const face = '\u{1F600}';
/** More than a column of the length holds, whether or not a pair counts as one. */
const tooLong = (length: number) => `a${face.repeat(length)}`;
const literal = (value: unknown) => `N'${JSON.stringify(value)}'`;
const letter = {
  ...{ reasonCode: 'X', reasonText: tooLong(4000), messageTypeName: 'T', conversationHandle: crypto.randomUUID() },
  ...{ messageSequenceNumber: 0, fileName: tooLong(400), sourceUri: tooLong(2048), entityType: tooLong(128) },
  ...{ syncType: tooLong(16), delayMs: 0, attempts: 1, serviceName: 'S', conversationGroupId: crypto.randomUUID() },
  queuingOrder: 0,
};

describe('a text that is too long for its column is cut, though a pair counts as one character', () => {
  test.each([
    ['dbo.sp_DeadLetterNeo4jSync', '', [letter], 'Neo4jSyncDeadLetterQueue', ['ReasonText', 'EntityType', 'SyncType']],
    ['dbo.sp_DeadLetterIngestion', '', [letter], 'IngestionDeadLetterQueue', ['ReasonText', 'FileName', 'SourceUri']],
    ['dbo.sp_DeadLetterEmbedding', '', [letter], 'EmbeddingDeadLetterQueue', ['ReasonText']],
    ['dbo.sp_PutMessageRetries', "@QueueName = N'dbo.Q', ", [letter], 'MessageRetry', ['ReasonText']],
    [
      ...['dbo.sp_LogNeo4jSync', ''],
      [['STALE', null, null, null, null, null, 1, null, tooLong(4000)]],
      'Neo4jSyncLog',
      ['Detail'],
    ],
  ] as const)('%s', async (procedure, parameters, entries, table, columns) => {
    await sql.run(database, `EXEC ${procedure} ${parameters}@Entries = ${literal(entries)};`);
    const [row] = await sql.rows(
      database,
      `SELECT ${columns.map((column) => `t.[${column}]`).join(', ')} FROM dbo.[${table}] AS t;`,
    );
    for (const column of columns) {
      const length = Number(await sql.value(database, `SELECT COL_LENGTH(N'dbo.${table}', N'${column}') / 2 AS n;`));
      const kept = String(row?.[column]);
      expect(kept.length, column).toBeGreaterThanOrEqual(length - 1);
      expect(tooLong(4000).startsWith(kept), column).toBe(true);
    }
  });
});

// In the text of THROW, % is a reserved character: what follows one that isn't doubled would take the whole text away.
describe("a percent sign in a caller's text is shown in the error", () => {
  const name = '5%d % of';
  test.each([
    ["dbo.sp_EnqueueNeo4jSync @EntityType = N'5%d % of', @EntityId = 1, @SyncType = N'CREATE'"],
    ["dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = 1, @SyncType = N'5%d % of'"],
    ["dbo.sp_ChangeSchedule N'5%d % of', NULL, NULL, NULL, NULL, N'me'"],
    ["dbo.sp_EnableSchedule N'5%d % of', NULL, N'me'"],
    ["dbo.sp_RemoveSchedule N'5%d % of'"],
    ["dbo.sp_TriggerSchedule N'5%d % of', N'me'"],
    ["dbo.sp_ClaimDeadLetter N'5%d % of', 1"],
    ["dbo.sp_PurgeDeadLetters N'5%d % of'"],
    ["dbo.sp_ResendDeadLetter N'5%d % of', 1, N'c', N'f', N't', 1, 1"],
  ])('%s', async (call) => {
    await expect(sql.run(database, `BEGIN TRANSACTION; EXEC ${call};`)).rejects.toThrow(name);
  });

  test.each([["N'5%d % of', 1, N'CREATE', NULL"], ["N'Atom', 1, N'5%d % of', NULL"]])(
    'a batch with %s',
    async (row) => {
      const call = sql.run(
        database,
        `DECLARE @r dbo.Neo4jSyncRequestList;
       INSERT INTO @r (EntityType, EntityId, SyncType, TenantId) VALUES (${row});
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @r;`,
      );
      await expect(call).rejects.toThrow(name);
    },
  );

  test('a schedule whose name is taken', async () => {
    const add = "EXEC dbo.sp_AddSchedule N'5%d % of', N'PURGE', N'0 0 * * *', N'UTC', N'{}', '2030-01-01', N'me';";
    await expect(sql.run(database, add, add)).rejects.toThrow(`There is a schedule ${name}.`);
  });
});

test.each([
  ['fullwidth signs, which a collation takes for others', '報告＆＜1＞ & <2>.txt', 'https://host/＆?a=1&b=＜'],
  ['more to escape than 8000 bytes hold', '&'.repeat(400), `https://host/?${'&'.repeat(2034)}`],
])('the name of a file and its URI reach the worker as they are: %s', async (_, name, uri) => {
  await sql.run(
    database,
    `EXEC dbo.sp_EnqueueIngestion @FileName = N'${name}', @SourceUri = N'${uri}', @FileData = 0x41, @TenantId = 0;`,
  );
  const [row] = await sql.rows(
    database,
    `DECLARE @m TABLE (body XML);
     RECEIVE CONVERT(XML, message_body) FROM dbo.IngestionQueue INTO @m;
     SELECT m.body.value('(/IngestionRequest/FileName)[1]', 'nvarchar(400)') AS name,
       m.body.value('(/IngestionRequest/SourceUri)[1]', 'nvarchar(2048)') AS uri FROM @m AS m;`,
  );
  expect(row).toEqual({ name, uri });
});
