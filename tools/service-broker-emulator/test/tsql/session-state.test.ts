import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

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

describe('SET', () => {
  test.each(['ANSI_NULLS', 'ANSI_WARNINGS', 'ANSI_PADDING', 'CONCAT_NULL_YIELDS_NULL', 'ANSI_DEFAULTS'])(
    '%s OFF would change answers and is refused',
    async (option) => {
      expect((await db.run(`SET ${option} OFF`)).numbers).toEqual([40000]);
      expect((await db.run(`SET ${option} ON`)).numbers).toEqual([]);
      await db.ok('SET IMPLICIT_TRANSACTIONS OFF; SET CURSOR_CLOSE_ON_COMMIT OFF');
    },
  );

  test.each(['STATISTICS IO', 'STATISTICS TIME', 'FORCEPLAN', 'NO_BROWSETABLE', 'CURSOR_CLOSE_ON_COMMIT'])(
    '%s ON is taken',
    async (option) => {
      expect((await db.run(`SET ${option} ON; SET ${option} OFF`)).numbers).toEqual([]);
    },
  );

  test('QUOTED_IDENTIFIER decides what "..." is, for the rest of its batch too; a module keeps its own', async () => {
    await db.ok('SET QUOTED_IDENTIFIER OFF');
    expect((await db.ok('SELECT "text" AS t')).value).toBe('text');
    await db.ok('CREATE PROCEDURE dbo.Quoted AS SELECT "in a module" AS t');
    await db.ok('SET QUOTED_IDENTIFIER ON');
    expect((await db.ok('EXEC dbo.Quoted')).value).toBe('in a module');
    const { sets } = await db.ok('SELECT 1 AS "a b"; SET QUOTED_IDENTIFIER OFF; SELECT "x" AS t');
    expect(sets).toEqual([[{ 'a b': 1 }], [{ t: 'x' }]]);
    await db.ok('SET QUOTED_IDENTIFIER ON');
  });

  test('TEXTSIZE cuts what SELECT sends of (max) types', async () => {
    const { rows } = await db.ok(
      `SET TEXTSIZE 4;
       SELECT CAST('abcdefgh' AS varchar(max)) AS a, CAST(N'abcdefgh' AS nvarchar(max)) AS b, 'abcdefgh' AS c;
       SET TEXTSIZE -1`,
    );
    expect(rows).toEqual([{ a: 'abcd', b: 'ab', c: 'abcdefgh' }]);
  });

  test('ROWCOUNT ends every statement after so many rows', async () => {
    const { value, sets } = await db.ok(
      `CREATE TABLE #r (a int); INSERT #r VALUES (1), (2), (3), (4); DECLARE @first int;
       SET ROWCOUNT 2; UPDATE #r SET a = a + 10; SELECT a INTO #two FROM #r;
       SET ROWCOUNT 1; DELETE #r WHERE a > 10; SELECT @first = a FROM #r ORDER BY a; SET ROWCOUNT 0;
       SELECT @first AS n; SELECT COUNT(*) AS n FROM #r; SELECT COUNT(*) AS n FROM #two;`,
    );
    expect(value).toBe(3);
    expect(sets.slice(1)).toEqual([[{ n: 3 }], [{ n: 2 }]]);
  });

  test('NOEXEC ON compiles only', async () => {
    await db.ok('SET NOEXEC ON');
    const { messages, numbers } = await db.run("PRINT 'not run'; SELECT 1 / 0");
    await db.ok('SET NOEXEC OFF');
    expect(messages).toEqual([]);
    expect(numbers).toEqual([]);
  });

  test('IMPLICIT_TRANSACTIONS ON: reading a table begins a transaction', async () => {
    await db.ok('SET IMPLICIT_TRANSACTIONS ON');
    const { sets } = await db.ok(
      'SELECT @@TRANCOUNT AS n; SELECT COUNT(*) AS n FROM sys.objects; SELECT @@TRANCOUNT AS n',
    );
    await db.ok('ROLLBACK; SET IMPLICIT_TRANSACTIONS OFF');
    expect([sets[0], sets[2]]).toEqual([[{ n: 0 }], [{ n: 1 }]]);
  });

  test('CURSOR_CLOSE_ON_COMMIT ON: COMMIT closes open cursors', async () => {
    const { numbers } = await db.run(
      `SET CURSOR_CLOSE_ON_COMMIT ON; BEGIN TRAN; DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; OPEN c; COMMIT;
       FETCH c; SET CURSOR_CLOSE_ON_COMMIT OFF`,
    );
    expect(numbers).toEqual([16917]);
  });
});

test('SCOPE_IDENTITY() shows what an earlier batch of the session has inserted', async () => {
  await db.ok('CREATE TABLE #i (id int IDENTITY(7, 1), n int); INSERT #i VALUES (1)');
  await db.ok("EXEC (N'INSERT #i VALUES (2)')");
  expect((await db.ok('SELECT SCOPE_IDENTITY() AS s, @@IDENTITY AS i')).rows).toEqual([{ s: 7, i: 8 }]);
  await db.ok('DROP TABLE #i');
});

test('a temporary procedure belongs to its session and goes with it', async () => {
  {
    await using other = await server.connect();
    await other.ok('CREATE PROCEDURE #Mine AS SELECT 1 AS n');
    await other.ok('CREATE PROCEDURE ##Ours AS SELECT 2 AS n');
    expect((await other.ok('EXEC #Mine')).value).toBe(1);
    expect((await db.run('EXEC #Mine')).numbers).toEqual([2812]);
    expect((await db.ok('EXEC ##Ours')).value).toBe(2);
  }
  expect((await db.run('EXEC ##Ours')).numbers).toEqual([2812]);
  await db.ok('CREATE PROCEDURE #Mine AS SELECT 3 AS n');
  await db.ok('ALTER PROCEDURE #Mine AS SELECT 4 AS n');
  expect((await db.ok('EXEC #Mine; DROP PROCEDURE #Mine')).value).toBe(4);
  expect((await db.run('EXEC #Mine')).numbers).toEqual([2812]);
});
