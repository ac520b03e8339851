import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** KILL as Microsoft documents it: permission ALTER ANY CONNECTION, not oneself, not inside a transaction. */

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    'CREATE TABLE dbo.T (k int)',
    `CREATE LOGIN weak WITH PASSWORD = 'Weak!Password1'`,
    'CREATE USER weak FOR LOGIN weak',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('rolls the transaction of a session back and ends its connection', async () => {
  await using other = await server.connect();
  const { value: id } = await other.ok('BEGIN TRAN; INSERT dbo.T VALUES (1); SELECT @@SPID AS id');
  await db.ok(`KILL ${String(id)}`);
  expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.T')).value).toBe(0);
  expect((await db.run(`KILL ${String(id)}`)).numbers).toEqual([6106]);
});

test('breaks off what runs', async () => {
  await using other = await server.connect();
  const { value: id } = await other.ok('SELECT @@SPID AS id');
  const waiting = other.run(`WAITFOR DELAY '00:01:00'`);
  await eventually(async () => {
    const { rows } = await db.ok(`SELECT wait_type FROM sys.dm_exec_requests WHERE session_id = ${String(id)}`);
    expect(rows).toHaveLength(1);
  });
  await db.ok(`KILL ${String(id)}`);
  expect((await waiting).numbers).toEqual([596]);
});

test.each([
  ['KILL 0', 6101],
  ['KILL 40000', 6101],
  ['KILL 7', 6107],
  ['KILL 999', 6106],
  [`DECLARE @k nvarchar(20) = CONCAT('KILL ', @@SPID); EXEC (@k)`, 6104],
  ['BEGIN TRAN; KILL 999; ROLLBACK', 6115],
  [`KILL 'D5499C66-E398-45CA-BF7E-DC9C194B48CF'`, 40000],
  ['DECLARE @id int = 52; KILL @id', 102],
])('%s: %i', async (statement, number) => {
  expect((await db.run(statement)).numbers).toContain(number);
});

test('takes ALTER ANY CONNECTION', async () => {
  await using weak = await server.connect({ user: 'weak', password: 'Weak!Password1', database: 'App' });
  expect((await weak.run('KILL 999')).numbers).toEqual([6102]);
});

test('WITH STATUSONLY finds no rollback in progress', async () => {
  await using other = await server.connect();
  const { value: id } = await other.ok('SELECT @@SPID AS id');
  expect((await db.run(`KILL ${String(id)} WITH STATUSONLY`)).numbers).toEqual([6120]);
  expect((await other.ok('SELECT 1 AS n')).value).toBe(1);
});
