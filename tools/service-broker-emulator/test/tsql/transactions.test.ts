import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    'CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY)',
    'CREATE PROCEDURE dbo.Begins AS BEGIN TRANSACTION',
    'CREATE PROCEDURE dbo.Ends AS ROLLBACK',
  );
});
beforeEach(() => db.ok('SET XACT_ABORT OFF; IF @@TRANCOUNT > 0 ROLLBACK; DELETE dbo.T').then(() => undefined));
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const ids = async () => (await db.ok('SELECT Id FROM dbo.T ORDER BY Id')).rows.map((row) => row.Id);

describe('nesting', () => {
  test('COMMIT counts down, only the outermost one commits', async () => {
    const { sets } = await db.ok(`
      BEGIN TRAN; BEGIN TRAN; INSERT dbo.T VALUES (1); COMMIT; SELECT @@TRANCOUNT AS n; ROLLBACK; SELECT @@TRANCOUNT AS n`);
    expect(sets).toEqual([[{ n: 1 }], [{ n: 0 }]]);
    expect(await ids()).toEqual([]);
  });

  test('a savepoint takes back what came after it', async () => {
    await db.ok(
      `BEGIN TRAN; INSERT dbo.T VALUES (1); SAVE TRAN s; INSERT dbo.T VALUES (2); ROLLBACK TRAN s; INSERT dbo.T VALUES (3); COMMIT`,
    );
    expect(await ids()).toEqual([1, 3]);
  });

  test.each([
    ['SAVE TRAN s', 628],
    ['BEGIN TRAN; ROLLBACK TRAN nobody', 6401],
    ['COMMIT', 3902],
    ['ROLLBACK', 3903],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toEqual([number]);
  });

  test('a procedure that leaves another count behind is reported with 266', async () => {
    const opened = await db.run('EXEC dbo.Begins; SELECT @@TRANCOUNT AS n');
    expect(opened.errors).toMatchObject([{ number: 266, procedure: 'Begins' }]);
    expect(opened.rows).toEqual([{ n: 1 }]);
    expect((await db.run('EXEC dbo.Ends')).numbers).toEqual([266]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
  });

  test('a transaction lives on from batch to batch', async () => {
    await db.ok('BEGIN TRAN; INSERT dbo.T VALUES (1)');
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(1);
    await db.ok('COMMIT');
    expect(await ids()).toEqual([1]);
  });

  test('implicit transactions begin with the first statement that writes', async () => {
    await db.ok('SET IMPLICIT_TRANSACTIONS ON; INSERT dbo.T VALUES (1)');
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(1);
    await db.ok('ROLLBACK; SET IMPLICIT_TRANSACTIONS OFF');
    expect(await ids()).toEqual([]);
  });
});

describe('errors inside a transaction', () => {
  test('without XACT_ABORT the statement goes, the transaction stays', async () => {
    const { numbers } = await db.run(
      'BEGIN TRAN; INSERT dbo.T VALUES (1); INSERT dbo.T VALUES (1); INSERT dbo.T VALUES (2); COMMIT',
    );
    expect(numbers).toEqual([2627]);
    expect(await ids()).toEqual([1, 2]);
  });

  test('with XACT_ABORT everything goes, and the batch ends', async () => {
    const { numbers, messages } = await db.run(
      `SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.T VALUES (1); INSERT dbo.T VALUES (1); PRINT 'not reached'`,
    );
    expect(numbers).toEqual([2627]);
    expect(messages).toEqual([]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
    expect(await ids()).toEqual([]);
  });

  test('XACT_ABORT does not count for RAISERROR', async () => {
    const { messages } = await db.run(
      `SET XACT_ABORT ON; BEGIN TRAN; RAISERROR('x', 16, 1); PRINT @@TRANCOUNT; COMMIT`,
    );
    expect(messages).toEqual(['1']);
  });

  test('an error that ends the batch rolls the transaction back', async () => {
    expect((await db.run(`BEGIN TRAN; INSERT dbo.T VALUES (1); SELECT CAST('x' AS int)`)).numbers).toEqual([245]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
  });

  test('caught, it dooms the transaction: no writing, no COMMIT, no savepoint, only ROLLBACK', async () => {
    const { messages } = await db.ok(`
      BEGIN TRAN; SAVE TRAN s; INSERT dbo.T VALUES (1);
      BEGIN TRY SELECT CAST('x' AS int) AS a; END TRY
      BEGIN CATCH
        PRINT XACT_STATE();
        BEGIN TRY INSERT dbo.T VALUES (2); END TRY BEGIN CATCH PRINT ERROR_NUMBER(); END CATCH;
        BEGIN TRY COMMIT; END TRY BEGIN CATCH PRINT ERROR_NUMBER(); END CATCH;
        BEGIN TRY ROLLBACK TRAN s; END TRY BEGIN CATCH PRINT ERROR_NUMBER(); END CATCH;
        SELECT COUNT(*) AS n FROM dbo.T;
        ROLLBACK;
        PRINT XACT_STATE();
      END CATCH`);
    expect(messages).toEqual(['-1', '3930', '3930', '3931', '0']);
  });

  test('a doomed transaction does not outlive its batch', async () => {
    const { numbers } = await db.run(
      `BEGIN TRAN; BEGIN TRY SELECT CAST('x' AS int) AS a; END TRY BEGIN CATCH END CATCH`,
    );
    expect(numbers).toEqual([3998]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
  });
});

describe('what a rollback takes back', () => {
  test.each([
    [
      'CREATE TABLE',
      'CREATE TABLE dbo.New (a int); INSERT dbo.New VALUES (1)',
      "SELECT OBJECT_ID('dbo.New') AS v",
      null,
    ],
    ['DROP TABLE', 'DROP TABLE dbo.T', "SELECT COUNT(*) AS v FROM sys.tables WHERE name = 'T'", 1],
    ['ALTER TABLE', 'ALTER TABLE dbo.T ADD Extra int', "SELECT COL_LENGTH('dbo.T', 'Extra') AS v", null],
    [
      'CREATE PROCEDURE',
      "EXEC ('CREATE PROCEDURE dbo.NewP AS SELECT 1 AS a')",
      "SELECT OBJECT_ID('dbo.NewP') AS v",
      null,
    ],
    ['CREATE SCHEMA', "EXEC ('CREATE SCHEMA s')", "SELECT SCHEMA_ID('s') AS v", null],
    ['TRUNCATE TABLE', 'INSERT dbo.T VALUES (5); TRUNCATE TABLE dbo.T', 'SELECT COUNT(*) AS v FROM dbo.T', 0],
    ['CREATE TABLE #t', 'CREATE TABLE #r (a int)', "SELECT OBJECT_ID('tempdb..#r') AS v", null],
  ])('%s', async (_, text, check, expected) => {
    await db.ok(`BEGIN TRAN; ${text}; ROLLBACK`);
    expect((await db.ok(check)).value).toBe(expected);
  });

  test('not the rows of table variables, not identity values', async () => {
    const { rows } = await db.ok(`
      DECLARE @t TABLE (Id int IDENTITY, a int);
      BEGIN TRAN; INSERT @t (a) VALUES (1); ROLLBACK;
      INSERT @t (a) VALUES (2);
      SELECT Id, a FROM @t`);
    expect(rows).toEqual([
      { Id: 1, a: 1 },
      { Id: 2, a: 2 },
    ]);
  });
});
