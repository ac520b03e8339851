import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.ok('CREATE TABLE dbo.T (k int); CREATE TABLE dbo.Changes (a int)');
});
beforeEach(() => db.ok('DELETE dbo.T'));
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const rows = async (): Promise<unknown> => (await db.ok('SELECT COUNT(*) AS n FROM dbo.T')).value;

describe('a batch that does not compile does not run at all', () => {
  test.each([
    [195, 'DECLARE @x int = NoSuch(1)'],
    [195, 'SELECT NoSuch(1) FROM dbo.Missing'],
    [207, 'SELECT nosuch FROM dbo.T'],
    [207, 'IF 1 = 0 SELECT nosuch FROM dbo.T'],
    [207, 'WHILE EXISTS (SELECT nosuch FROM dbo.T) BREAK'],
    [207, 'BEGIN TRY SELECT nosuch FROM dbo.T END TRY BEGIN CATCH PRINT 1 END CATCH'],
    [207, 'DECLARE c CURSOR LOCAL FOR SELECT nosuch FROM dbo.T'],
    [4104, 'DELETE t FROM dbo.T AS t WHERE x.k = 1'],
    [137, 'SELECT @undeclared'],
    [137, 'SET @undeclared = 1'],
    [137, 'SELECT @undeclared = k FROM dbo.Missing'],
    [137, 'EXEC sp_executesql @undeclared'],
    [1087, 'SELECT * FROM @undeclared'],
    [213, 'INSERT dbo.T VALUES (1, 2)'],
    [110, 'INSERT dbo.T (k) VALUES (1, 2)'],
    [206, "UPDATE dbo.T SET k = CAST('2024-01-01' AS date)"],
    [178, 'RETURN 5'],
    [40000, "EXEC sp_helpdb 'App'"],
    [40000, 'IF 1 = 0 SELECT * FROM sys.messages'],
    [10734, 'DECLARE @a int; SELECT @a = 1 UNION ALL SELECT 2'],
    [196, 'SELECT 1 AS a UNION ALL SELECT 2 AS a INTO #x'],
  ])('%i: %s', async (number, statement) => {
    const { numbers } = await db.run(`INSERT dbo.T VALUES (1); ${statement}; INSERT dbo.T VALUES (2)`);
    expect(numbers).toEqual([number]);
    expect(await rows()).toBe(0);
  });

  test('a table that is missing is looked for when its statement runs', async () => {
    expect((await db.run('INSERT dbo.T VALUES (1); SELECT 1 FROM dbo.Missing')).numbers).toEqual([208]);
    expect(await rows()).toBe(1);
  });

  test('tables made in the batch are known once they are there', async () => {
    const { rows: read } = await db.ok(
      `CREATE TABLE #t (a int); INSERT #t VALUES (1); SELECT a AS b INTO #u FROM #t;
       CREATE TABLE dbo.Made (c int); INSERT dbo.Made SELECT b FROM #u; SELECT c FROM dbo.Made; DROP TABLE dbo.Made`,
    );
    expect(read).toEqual([{ c: 1 }]);
  });

  test('with XACT_ABORT ON the open transaction stays', async () => {
    await db.ok('SET XACT_ABORT ON; BEGIN TRAN');
    expect((await db.run('SELECT nosuch FROM dbo.T')).numbers).toEqual([207]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n; ROLLBACK; SET XACT_ABORT OFF')).value).toBe(1);
  });

  test('behind USE names are those of the other database', async () => {
    const { numbers } = await db.run(
      'USE Other; CREATE TABLE dbo.O (a int); SELECT a FROM dbo.O; USE App; SELECT k FROM dbo.T',
    );
    expect(numbers).toEqual([]);
  });
});

describe('a module is compiled when it is made', () => {
  test.each([
    [137, 'CREATE PROCEDURE dbo.p AS SELECT @undeclared'],
    [207, 'CREATE PROCEDURE dbo.p AS SELECT nosuch FROM dbo.T'],
    [195, 'CREATE PROCEDURE dbo.p AS SELECT NoSuch(1)'],
    [154, 'CREATE PROCEDURE dbo.p AS USE Other'],
    [207, 'CREATE FUNCTION dbo.p() RETURNS int AS BEGIN RETURN (SELECT nosuch FROM dbo.T) END'],
    [207, 'CREATE FUNCTION dbo.p() RETURNS TABLE AS RETURN (SELECT nosuch FROM dbo.T)'],
    [4514, 'CREATE FUNCTION dbo.p() RETURNS TABLE AS RETURN (SELECT 1 FROM dbo.T)'],
    [207, 'CREATE TRIGGER dbo.p ON dbo.T AFTER INSERT AS SELECT nosuch FROM inserted'],
    [4508, 'CREATE VIEW dbo.p AS SELECT 1 AS a FROM #t'],
    [2772, 'CREATE FUNCTION dbo.p() RETURNS int AS BEGIN RETURN (SELECT 1 FROM #t) END'],
  ])('%i: %s', async (number, statement) => {
    expect((await db.run(statement)).numbers).toEqual([number]);
    expect((await db.ok("SELECT OBJECT_ID('dbo.p') AS id")).value).toBeNull();
  });

  test('again when it is called after a table has changed: none of it runs, the caller goes on or catches', async () => {
    await db.ok('CREATE PROCEDURE dbo.Uses AS BEGIN INSERT dbo.T VALUES (9); SELECT a FROM dbo.Changes END');
    await db.ok('DROP TABLE dbo.Changes; CREATE TABLE dbo.Changes (b int)');
    const called = await db.run('EXEC dbo.Uses; SELECT COUNT(*) AS n FROM dbo.T');
    expect(called.errors).toMatchObject([{ number: 207, procedure: 'Uses', line: 1 }]);
    expect(called.value).toBe(0);
    const { value } = await db.ok('BEGIN TRY EXEC dbo.Uses END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n END CATCH');
    expect(value).toBe(207);
  });
});

describe('rules of definitions', () => {
  test.each([
    [[8111, 1750], 'CREATE TABLE dbo.K (Id int NULL PRIMARY KEY)'],
    [[8111, 1750], 'CREATE TABLE dbo.K (Id int NULL, PRIMARY KEY (Id))'],
    [[2744], 'CREATE TABLE dbo.K (a int IDENTITY, b int IDENTITY)'],
    [[2749], 'CREATE TABLE dbo.K (a decimal(5, 2) IDENTITY)'],
    [[2739], 'DECLARE @t text'],
    [[102], 'DELETE TOP 1 FROM dbo.T'],
    [[11708], 'CREATE SEQUENCE dbo.s AS tinyint START WITH 300'],
    [[11701], 'CREATE SEQUENCE dbo.s AS int INCREMENT BY 10 MINVALUE 1 MAXVALUE 5'],
    [[11702], 'CREATE SEQUENCE dbo.s AS decimal(5, 2)'],
    [[11705], 'CREATE SEQUENCE dbo.s AS int MINVALUE 5 MAXVALUE 5'],
    [[40000], 'CREATE DATABASE CsDb COLLATE Latin1_General_100_CS_AS'],
    [[40000], 'CREATE TABLE dbo.K (a varchar(10) COLLATE SQL_Latin1_General_CP850_CI_AS)'],
    [[459], 'CREATE TABLE dbo.K (a varchar(10) COLLATE Indic_General_100_CI_AS)'],
    [[459], "SELECT CAST(N'a' COLLATE Lao_100_CI_AS AS varchar(20)) AS t"],
    [[4188], 'CREATE TABLE dbo.K (a text COLLATE Latin1_General_100_CI_AS_SC_UTF8)'],
    [[448], "SELECT 'a' COLLATE nonsense"],
    [[448], "SELECT 'a' COLLATE Klingon_CI_AS"],
    [[448], "SELECT 'a' COLLATE Japanese_XJIS_CI_AS"],
  ])('%j: %s', async (numbers, statement) => {
    expect((await db.run(statement)).numbers).toEqual(numbers);
  });

  test('a sysname is NOT NULL', async () => {
    await db.ok('CREATE TABLE dbo.Named (Id int, N sysname)');
    expect((await db.run('INSERT dbo.Named (Id) VALUES (1)')).numbers).toEqual([515]);
  });
});
