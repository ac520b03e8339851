import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    'CREATE TABLE dbo.Orders (Id int, Qty int); CREATE TABLE dbo.Seen (n int); CREATE TABLE dbo.A (k int PRIMARY KEY);',
    `CREATE TRIGGER dbo.Orders_counts ON dbo.Orders AFTER INSERT, UPDATE, DELETE AS
     INSERT dbo.Seen SELECT @@ROWCOUNT WHERE ROWCOUNT_BIG() = @@ROWCOUNT AND @@ERROR = 0`,
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('@@ROWCOUNT in a trigger is that of the statement which set it off', async () => {
  await db.ok('INSERT dbo.Orders VALUES (1, 1), (2, 2), (3, 3)');
  await db.ok('UPDATE dbo.Orders SET Qty = 0 WHERE Id < 3; DELETE dbo.Orders WHERE 1 = 0;');
  await db.ok(
    `MERGE dbo.Orders AS t USING (VALUES (3), (4)) AS s (Id) ON s.Id = t.Id
     WHEN MATCHED THEN UPDATE SET Qty = 9 WHEN NOT MATCHED THEN INSERT VALUES (s.Id, 1);`,
  );
  expect((await db.ok('SELECT n FROM dbo.Seen')).rows.map(({ n }) => n)).toEqual([3, 2, 0, 2, 2]);
});

const caught = (body: string) => `CREATE OR ALTER TRIGGER dbo.A_T ON dbo.A AFTER INSERT AS BEGIN ${body} END`;

test.each([
  ['a division', 'BEGIN TRY SELECT 1 / 0 AS x END TRY BEGIN CATCH DECLARE @n int = ERROR_NUMBER() END CATCH', [3616]],
  [
    'an error of Service Broker',
    'BEGIN TRY DECLARE @h uniqueidentifier = NEWID(); END CONVERSATION @h END TRY BEGIN CATCH DECLARE @n int END CATCH',
    [3616],
  ],
  [
    'one that is raised anew',
    "BEGIN TRY SELECT 1 / 0 AS x END TRY BEGIN CATCH RAISERROR('again', 16, 1) END CATCH",
    [50000, 3616],
  ],
])('an error caught inside a trigger undoes the statement: %s', async (_, body, numbers) => {
  await db.ok(caught(body));
  const autocommit = await db.run("INSERT dbo.A VALUES (1); PRINT 'not reached'");
  expect(autocommit.numbers).toEqual(numbers);
  expect(autocommit.messages).toEqual([]);
  expect((await db.run("BEGIN TRAN; INSERT dbo.A VALUES (1); PRINT 'not reached'")).numbers).toEqual(numbers);
  expect((await db.ok('SELECT @@TRANCOUNT + COUNT(*) AS n FROM dbo.A')).value).toBe(0);
});

test('an outer TRY block catches 3616', async () => {
  await db.ok(caught('BEGIN TRY SELECT 1 / 0 AS x END TRY BEGIN CATCH END CATCH'));
  const { sets, numbers } = await db.run(
    'BEGIN TRY INSERT dbo.A VALUES (1) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n END CATCH',
  );
  expect(numbers).toEqual([]);
  expect(sets.at(-1)).toEqual([{ n: 3616 }]);
  expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.A')).value).toBe(0);
});

test('with XACT_ABORT OFF in the trigger the row stays', async () => {
  await db.ok(caught('SET XACT_ABORT OFF; BEGIN TRY SELECT 1 / 0 AS x END TRY BEGIN CATCH END CATCH'));
  expect((await db.run('INSERT dbo.A VALUES (1)')).numbers).toEqual([]);
  expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.A; DELETE dbo.A')).value).toBe(1);
});

test('a trigger stands in the database of its table', async () => {
  await db.script(
    `USE Other;
     CREATE TABLE dbo.There (k int); CREATE TABLE dbo.Heard (place sysname);`,
    'CREATE TRIGGER dbo.There_T ON dbo.There AFTER INSERT AS INSERT dbo.Heard SELECT DB_NAME() FROM inserted',
    'USE App; INSERT Other.dbo.There VALUES (1)',
  );
  expect((await db.ok('SELECT place, DB_NAME() AS here FROM Other.dbo.Heard')).rows).toEqual([
    { place: 'Other', here: 'App' },
  ]);
});

test('OUTPUT without INTO takes a target without triggers for the statement', async () => {
  expect((await db.run('INSERT dbo.Orders OUTPUT inserted.Id VALUES (9, 9)')).numbers).toEqual([334]);
  await db.script('CREATE TABLE dbo.Half (k int)', 'CREATE TRIGGER dbo.Half_T ON dbo.Half AFTER UPDATE AS RETURN');
  expect((await db.ok('INSERT dbo.Half OUTPUT inserted.k VALUES (1)')).value).toBe(1);
  expect((await db.run('UPDATE dbo.Half SET k = 2 OUTPUT inserted.k')).numbers).toEqual([334]);
});
