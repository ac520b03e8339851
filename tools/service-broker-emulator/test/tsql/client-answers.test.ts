import sql from 'mssql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** What the suites of tedious, go-mssqldb and SQLAlchemy, which run on a real server, ask of it. */

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test.each([
  ['SELECT * FROM NoSuchDatabase.dbo.T', [208]],
  ['DECLARE @g geometry', [40000]],
  ["SELECT CAST('/' AS hierarchyid)", [40000]],
  ['CREATE TABLE dbo.W (id int, PRIMARY KEY (code))', [1911, 1750]],
  ['CREATE TABLE dbo.W (id int PRIMARY KEY, CONSTRAINT F FOREIGN KEY (code) REFERENCES dbo.W (id))', [1769, 1750]],
  [
    'CREATE TABLE dbo.W (id int PRIMARY KEY, up int, CONSTRAINT F FOREIGN KEY (up) REFERENCES dbo.W (code))',
    [1770, 1750],
  ],
])('%s: %j', async (statement, numbers) => {
  expect((await db.run(statement)).numbers).toEqual(numbers);
});

test.each([
  ["SELECT OBJECT_ID('dbo.PK__[brackets__1') AS v", null],
  ["SELECT OBJECT_ID('[open') AS v", null],
  ['SET TEXTSIZE 0; SELECT @@TEXTSIZE AS v', 4096],
  ['SET ARITHIGNORE ON; SELECT @@OPTIONS & 128 AS v', 128],
])('%s', async (query, value) => {
  expect((await db.ok(query)).value).toBe(value);
});

test('an output parameter comes back in the type that the client gave it', async () => {
  await db.script("CREATE PROCEDURE dbo.Gives @b bit OUTPUT, @t varchar(20) OUTPUT AS SELECT @b = 1, @t = 'abcdef'");
  const request = db.pool.request().output('b', sql.Int).output('t', sql.NVarChar(3));
  const { output } = await request.execute('dbo.Gives');
  expect(output).toEqual({ b: 1, t: 'abc' });
});

test('columns of indexes come in their order in the index', async () => {
  await db.script('CREATE TABLE dbo.X (a int, b int, c int)', 'CREATE INDEX IX_X ON dbo.X (c, a, b)');
  const { rows } = await db.ok(
    `SELECT c.name FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id
     JOIN sys.index_columns AS i ON i.column_id = c.column_id AND i.object_id = t.object_id WHERE t.name = 'X'`,
  );
  expect(rows.map((row) => row.name)).toEqual(['c', 'a', 'b']);
});

test('what a parameterised statement sets, and its temp tables, end with it; those of a batch stay', async () => {
  const left = "SELECT @@LOCK_TIMEOUT AS t, @@LANGID AS l, OBJECT_ID('tempdb..#gone') AS o";
  const make = 'SET LOCK_TIMEOUT 500; SET LANGUAGE German; CREATE TABLE #gone (a int)';
  await db.pool.request().query(make);
  expect((await db.pool.request().query(left)).recordset).toEqual([{ t: -1, l: 0, o: null }]);
  await db.pool.request().batch(make);
  expect((await db.pool.request().query(left)).recordset).toEqual([{ t: 500, l: 1, o: expect.any(Number) }]);
  await db.pool.request().batch('SET LOCK_TIMEOUT -1; SET LANGUAGE us_english; DROP TABLE #gone');
});
