import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deployDatabase } from '../src/index.ts';

const database = 'Hartonomous';
let sql: TestServer;

beforeAll(async () => {
  sql = await startTestServer();
  await deployDatabase({ connection: sql.connectionString(database) });
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const takeAll = () =>
  sql.rows(
    database,
    `DECLARE @Taken TABLE (body NVARCHAR(MAX), type NVARCHAR(256), conversation UNIQUEIDENTIFIER);
     DECLARE @n INT = 1;
     WHILE @n > 0
     BEGIN
       RECEIVE TOP (1000) CONVERT(NVARCHAR(MAX), message_body) AS body, message_type_name, conversation_handle
       FROM dbo.Neo4jSyncQueue INTO @Taken;
       SET @n = @@ROWCOUNT;
     END;
     SELECT t.body, t.conversation FROM @Taken AS t WHERE t.type = N'Neo4jSyncRequest';`,
  );

/** Enqueues rows (EntityType, EntityId, SyncType, TenantId), in a transaction of the caller's. */
const enqueue = (rows: string, traceParent = 'NULL') =>
  sql.rows(
    database,
    `DECLARE @Requests dbo.Neo4jSyncRequestList;
     INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId) ${rows};
     BEGIN TRANSACTION;
     EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests, @TraceParent = ${traceParent};
     COMMIT TRANSACTION;`,
  );

beforeEach(async () => {
  await takeAll();
});

test('each request becomes a message, spelled as declared, with the tenant of its row where none is given', async () => {
  const [atom] = await sql.rows(
    database,
    "INSERT INTO dbo.Atom (TenantId, AtomType) VALUES (0, N'x'); SELECT SCOPE_IDENTITY() AS id;",
  );
  const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await enqueue(`VALUES (N'atom', ${atom?.id}, N'create', NULL), (N'Model', 77, N'DELETE', 9)`, `N'${traceParent}'`);
  const bodies = (await takeAll()).map(({ body }) => String(body));
  const body = (type: string, id: unknown, sync: string, tenant: number) =>
    new RegExp(
      `^\\uFEFF<Neo4jSync><EntityType>${type}</EntityType><EntityId>${id}</EntityId><SyncType>${sync}</SyncType>` +
        `<TenantId>${tenant}</TenantId><EnqueuedAt>[-0-9T:.]+Z</EnqueuedAt><TraceParent>${traceParent}</TraceParent></Neo4jSync>$`,
    );
  expect(bodies).toEqual([
    expect.stringMatching(body('Atom', atom?.id, 'CREATE', 0)),
    expect.stringMatching(body('Model', 77, 'DELETE', 9)),
  ]);
});

// Each procedure writes the body itself: the set-based one writes all of them in one query.
test.each([
  ['a trace', "N'00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'"],
  ['no trace', 'NULL'],
  ['an invalid trace', "N'00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'"],
])('with %s, the message is the one of the procedure for single requests', async (_, traceParent) => {
  await enqueue("VALUES (N'GenerationStream', -9223372036854775808, N'UPDATE', 2147483647)", traceParent);
  await sql.run(
    database,
    `EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'GenerationStream', @EntityId = -9223372036854775808,
       @SyncType = N'UPDATE', @TenantId = 2147483647, @TraceParent = ${traceParent};`,
  );
  const bodies = (await takeAll()).map(({ body }) => String(body).replace(/(?<=<EnqueuedAt>)[^<]*/, ''));
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toBe(bodies[1]);
});

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = trace.replace('0af7', 'ffff');

test.each([
  ['the session context', `EXEC sp_set_session_context N'traceparent', N'${trace}';`, 'NULL', trace],
  [
    'CONTEXT_INFO',
    `DECLARE @c VARBINARY(128) = CONVERT(VARBINARY(128), '${trace}'); SET CONTEXT_INFO @c;`,
    'NULL',
    trace,
  ],
  ['CONTEXT_INFO without a trace', 'SET CONTEXT_INFO 0xFF00112233;', 'NULL', null],
  ['both, and the parameter', `EXEC sp_set_session_context N'traceparent', N'${trace}';`, `N'${other}'`, other],
])("the caller's trace is taken from %s", async (_, set, parameter, expected) => {
  await sql.run(
    database,
    `${set}
     DECLARE @Requests dbo.Neo4jSyncRequestList;
     INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId) VALUES (N'Model', 5, N'DELETE', 0);
     BEGIN TRANSACTION;
     EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests, @TraceParent = ${parameter};
     EXEC dbo.sp_EnqueueNeo4jSync N'Model', 5, N'DELETE', 0, ${parameter};
     EXEC dbo.sp_EnqueueIngestion @FileName = N'a.txt', @FileData = 0x41, @TenantId = 0, @TraceParent = ${parameter};
     COMMIT TRANSACTION;
     SET CONTEXT_INFO 0x; EXEC sp_set_session_context N'traceparent', NULL;`,
  );
  const [file] = await sql.rows(
    database,
    'RECEIVE CONVERT(NVARCHAR(MAX), message_body) AS body FROM dbo.IngestionQueue;',
  );
  const bodies = [...(await takeAll()), file].map((row) => String(row?.body));
  expect(bodies).toHaveLength(3);
  for (const body of bodies) {
    expect(/<TraceParent>([^<]*)</.exec(body)?.[1] ?? null, body).toBe(expected);
  }
});

test('more than a dialog holds go out on several, each message once', async () => {
  await enqueue(
    `SELECT N'Atom', r.n, N'UPDATE', 0
     FROM (
       SELECT ROW_NUMBER() OVER (ORDER BY a.object_id) AS n FROM sys.all_objects AS a CROSS JOIN sys.all_objects AS b
     ) AS r
     WHERE r.n <= 2500`,
  );
  const taken = await takeAll();
  const ids = taken.map(({ body }) => Number(/<EntityId>(\d+)</.exec(String(body))?.[1]));
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
  const sizes = Object.values(Object.groupBy(taken, ({ conversation }) => String(conversation)));
  expect(sizes.length).toBeGreaterThanOrEqual(3);
  for (const messages of sizes) expect(messages?.length).toBeLessThanOrEqual(1_000);
});

test('no request, no message', async () => {
  await enqueue("SELECT N'Atom', 1, N'CREATE', 0 WHERE 1 = 0");
  expect(await takeAll()).toEqual([]);
});

test.each([
  ["VALUES (N'Atom', 1, N'CREATE', 0), (N'Thing', 1, N'CREATE', 0)", /Unknown entity type 'Thing'/],
  ["VALUES (N'Atom', 1, N'CREATE', 0), (N'Atom', 1, N'MERGE', NULL)", /Unknown sync type 'MERGE'/],
  ["VALUES (N'Atom', 1, N'CREATE', 0), (N'Atom', 987654321, N'CREATE', NULL)", /Atom 987654321 has no row to take/],
])('one request that is wrong takes back all: %s', async (rows, problem) => {
  await expect(enqueue(rows)).rejects.toThrow(problem);
  expect(await takeAll()).toEqual([]);
});
