import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    `CREATE TABLE dbo.Parent (Id int NOT NULL CONSTRAINT PK_Parent PRIMARY KEY);
     CREATE TABLE dbo.T (
       Id int NOT NULL CONSTRAINT PK_T PRIMARY KEY,
       Code varchar(5) NULL CONSTRAINT UQ_Code UNIQUE,
       N int NOT NULL CONSTRAINT CK_N CHECK (N >= 0),
       Small tinyint NULL,
       P int NULL CONSTRAINT FK_P REFERENCES dbo.Parent (Id));
     CREATE UNIQUE INDEX UX_Small ON dbo.T (Small) WHERE Small IS NOT NULL;
     INSERT dbo.Parent VALUES (1);
     INSERT dbo.T (Id, Code, N, Small, P) VALUES (1, 'a', 1, 1, 1);`,
    `CREATE PROCEDURE dbo.Fails AS
     BEGIN
       SET NOCOUNT ON;
       INSERT dbo.T (Id, N) VALUES (1, 1);
     END`,
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('constraints', () => {
  test.each([
    ['NULL where none may be', 'INSERT dbo.T (Id, N) VALUES (2, NULL)', 515],
    ['a CHECK', 'INSERT dbo.T (Id, N) VALUES (2, -1)', 547],
    ['a FOREIGN KEY', 'INSERT dbo.T (Id, N, P) VALUES (2, 1, 9)', 547],
    ['a row that others refer to', 'DELETE dbo.Parent', 547],
    ['a PRIMARY KEY', 'INSERT dbo.T (Id, N) VALUES (1, 1)', 2627],
    ['a UNIQUE constraint', "INSERT dbo.T (Id, N, Code) VALUES (2, 1, 'a')", 2627],
    ['a unique index', 'INSERT dbo.T (Id, N, Small) VALUES (2, 1, 1)', 2601],
    ['a text that is too long', "INSERT dbo.T (Id, N, Code) VALUES (2, 1, 'toolong')", 2628],
    ['a number that is too large', 'UPDATE dbo.T SET Small = 300', 220],
    ['an arithmetic overflow', 'UPDATE dbo.T SET N = 2147483647 + N', 8115],
    ['a division by zero', 'UPDATE dbo.T SET N = N / 0', 8134],
  ])('%s ends the statement, not the batch', async (_, text, number) => {
    const { numbers, sets, messages } = await db.run(`${text}; SELECT @@ERROR AS e; SELECT COUNT(*) AS n FROM dbo.T`);
    expect(numbers).toEqual([number]);
    expect(sets).toEqual([[{ e: number }], [{ n: 1 }]]);
    expect(messages).toEqual(['The statement has been terminated.']);
  });

  test('a statement that fails in the middle leaves none of its rows', async () => {
    const { numbers, rows } = await db.run(
      'INSERT dbo.T (Id, N) VALUES (10, 1), (11, 1), (1, 1); SELECT Id FROM dbo.T WHERE Id > 9',
    );
    expect(numbers).toEqual([2627]);
    expect(rows).toEqual([]);
  });
});

describe('where an error ends things', () => {
  test.each([
    ["SELECT CAST('x' AS int)", 245],
    ["SELECT CONVERT(date, 'nonsense')", 241],
    ['SELECT * FROM dbo.Missing', 208],
    ["THROW 50001, 'thrown', 1", 50001],
  ])('%s ends the batch', async (text, number) => {
    const { numbers, messages } = await db.run(`${text}; PRINT 'not reached'`);
    expect(numbers).toEqual([number]);
    expect(messages).toEqual([]);
  });

  test.each([
    ['SELECT 1 / 0', 8134],
    ["RAISERROR('raised', 16, 1)", 50000],
    ['EXEC dbo.Missing', 2812],
    ['COMMIT', 3902],
    ['ROLLBACK', 3903],
  ])('%s does not', async (text, number) => {
    const { numbers, messages } = await db.run(`${text}; PRINT 'reached'`);
    expect(numbers).toEqual([number]);
    expect(messages).toEqual(['reached']);
  });

  test('a failing procedure goes on after a failing statement, and so does its caller', async () => {
    await db.ok(`CREATE OR ALTER PROCEDURE dbo.GoesOn AS BEGIN SELECT 1 / 0; PRINT 'inside'; END`);
    const { messages } = await db.run(`EXEC dbo.GoesOn; PRINT 'outside'`);
    expect(messages).toEqual(['inside', 'outside']);
  });
});

describe('TRY ... CATCH', () => {
  test('ERROR_*() tell of the error, with the line and the name of its procedure', async () => {
    const { rows } = await db.ok(`
      BEGIN TRY
        EXEC dbo.Fails;
      END TRY
      BEGIN CATCH
        SELECT ERROR_NUMBER() AS number, ERROR_SEVERITY() AS severity, ERROR_STATE() AS state,
               ERROR_LINE() AS line, ERROR_PROCEDURE() AS [procedure], ERROR_MESSAGE() AS message;
      END CATCH`);
    expect(rows).toEqual([
      {
        number: 2627,
        severity: 14,
        state: 1,
        line: 4,
        procedure: 'Fails',
        message:
          "Violation of PRIMARY KEY constraint 'PK_T'. Cannot insert duplicate key in object 'dbo.T'. The duplicate key value is (1).",
      },
    ]);
  });

  test('outside CATCH they are NULL again', async () => {
    const { rows } = await db.ok(
      "BEGIN TRY THROW 50001, 'x', 1 END TRY BEGIN CATCH END CATCH; SELECT ERROR_NUMBER() AS e",
    );
    expect(rows).toEqual([{ e: null }]);
  });

  test('THROW raises the same error again, number, line and procedure kept, and ends the batch', async () => {
    const { errors, messages } = await db.run(`
BEGIN TRY
  EXEC dbo.Fails;
END TRY
BEGIN CATCH
  PRINT 'caught';
  THROW;
END CATCH
PRINT 'not reached';`);
    expect(errors).toMatchObject([{ number: 2627, line: 4, procedure: 'Fails' }]);
    expect(messages).toEqual(['caught']);
  });

  test('THROW with a number, a message and a state', async () => {
    const { errors } = await db.run(`DECLARE @m nvarchar(50) = N'order ' + N'missing';\nTHROW 50404, @m, 7;`);
    expect(errors).toEqual([
      { number: 50404, severity: 16, state: 7, line: 2, procedure: '', message: 'order missing' },
    ]);
  });

  test.each([
    ['a doubled % is one', '100%% sure', '100% sure'],
    ['a lone one is not shown', 'LIKE %ab%.', 'LIKE ab.'],
    ['the place of a value leaves a blank alone', 'no table 5%d.', ' '],
    ["a doubled one isn't the place of a value", 'no table 5%%d.', 'no table 5%d.'],
  ])('in a message of THROW %s', async (_, message, shown) => {
    expect((await db.run(`THROW 50404, N'${message}', 1`)).errors).toMatchObject([{ number: 50404, message: shown }]);
  });

  test('THROW without a message raises a % as it is', async () => {
    const text = `BEGIN TRY SELECT CONVERT(INT, '5%d') END TRY BEGIN CATCH THROW END CATCH`;
    const message = "Conversion failed when converting the varchar value '5%d' to data type int.";
    expect((await db.run(text)).errors).toMatchObject([{ number: 245, message }]);
  });

  test('RAISERROR from severity 11 goes to CATCH, below it does not', async () => {
    const { messages, rows } = await db.ok(`
      BEGIN TRY
        RAISERROR('only a message', 10, 1);
        RAISERROR('an error', 11, 4);
        PRINT 'not reached';
      END TRY
      BEGIN CATCH SELECT ERROR_MESSAGE() AS m, ERROR_SEVERITY() AS s, ERROR_STATE() AS st, ERROR_NUMBER() AS n; END CATCH`);
    expect(messages).toEqual(['only a message']);
    expect(rows).toEqual([{ m: 'an error', s: 11, st: 4, n: 50000 }]);
  });

  test('nested blocks: the inner CATCH sees the inner error, then the outer one shows again', async () => {
    const { messages } = await db.ok(`
      BEGIN TRY SELECT CAST('x' AS int); END TRY
      BEGIN CATCH
        PRINT ERROR_NUMBER();
        BEGIN TRY THROW 50001, 'inner', 1; END TRY BEGIN CATCH PRINT ERROR_NUMBER(); END CATCH;
        PRINT ERROR_NUMBER();
      END CATCH`);
    expect(messages).toEqual(['245', '50001', '245']);
  });

  test('an error in CATCH goes outwards', async () => {
    const { numbers } = await db.run(
      `BEGIN TRY SELECT 1 / 0; END TRY BEGIN CATCH THROW 50002, 'from catch', 1; END CATCH`,
    );
    expect(numbers).toEqual([50002]);
  });

  test('a name that does not resolve is caught by the caller only', async () => {
    await db.ok(
      'CREATE OR ALTER PROCEDURE dbo.NoTable AS BEGIN TRY SELECT * FROM dbo.Missing; END TRY BEGIN CATCH PRINT 1; END CATCH',
    );
    expect((await db.run('EXEC dbo.NoTable')).numbers).toEqual([208]);
    expect(
      (await db.ok(`BEGIN TRY EXEC dbo.NoTable; END TRY BEGIN CATCH PRINT ERROR_NUMBER(); END CATCH`)).messages,
    ).toEqual(['208']);
  });
});
