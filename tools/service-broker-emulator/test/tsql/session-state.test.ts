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
  test.each([
    ['ANSI_DEFAULTS', 'OFF', 'ON'],
    ['NUMERIC_ROUNDABORT', 'ON', 'OFF'],
  ])('%s %s would change answers and is refused before its batch runs', async (option, refused, taken) => {
    const { numbers, sets } = await db.run(`SELECT 1 AS ran; IF 1 = 0 SET ${option} ${refused}`);
    expect([numbers, sets]).toEqual([[40000], []]);
    expect((await db.run(`SET ${option} ${taken}`)).numbers).toEqual([]);
    await db.ok('SET IMPLICIT_TRANSACTIONS OFF; SET CURSOR_CLOSE_ON_COMMIT OFF');
  });

  test('ANSI_NULLS OFF: = and <> take a NULL literal or variable for a value; a module keeps its own', async () => {
    await db.script(
      'CREATE TABLE dbo.Nulls (Id int PRIMARY KEY, a int INDEX Nulls_a); INSERT dbo.Nulls VALUES (1, NULL), (2, 5), (3, 6)',
      'CREATE PROCEDURE dbo.NullsOn AS SELECT COUNT(*) AS n FROM dbo.Nulls WHERE a = NULL',
      'SET ANSI_NULLS OFF',
    );
    const counts = async (condition: string) =>
      (await db.ok(`DECLARE @n int, @five int = 5; SELECT COUNT(*) AS n FROM dbo.Nulls AS x WHERE ${condition}`)).value;
    expect([await counts('a = NULL'), await counts('a = @n'), await counts('@n <> a')]).toEqual([1, 1, 2]);
    expect([await counts('a <> @five'), await counts('a = @five'), await counts('NULL = NULL')]).toEqual([1, 1, 3]);
    expect([await counts('NOT (a = @n)'), await counts('a = a')]).toEqual([2, 2]);
    expect((await db.ok('EXEC dbo.NullsOn')).value).toBe(0);
    await db.ok('CREATE PROCEDURE dbo.NullsOff AS SELECT COUNT(*) AS n FROM dbo.Nulls WHERE a = NULL');
    expect((await db.run('SELECT 1 AS n WHERE 1 IN (1, NULL)')).numbers).toEqual([40000]);
    expect((await db.run('SELECT CASE 1 WHEN NULL THEN 1 END AS n')).numbers).toEqual([40000]);
    await db.ok('SET ANSI_NULLS ON');
    expect([await counts('a = NULL'), (await db.ok('EXEC dbo.NullsOff')).value]).toEqual([0, 1]);
  });

  test('CONCAT_NULL_YIELDS_NULL OFF: NULL is the empty text', async () => {
    const text =
      "DECLARE @n varchar(9); SELECT 'a' + NULL AS a, @n + N'b' AS b, @n + @n AS c, 1 + NULL AS d, CONCAT(@n, 'x') AS e";
    await db.ok('SET CONCAT_NULL_YIELDS_NULL OFF');
    expect((await db.ok(text)).rows).toEqual([{ a: 'a', b: 'b', c: '', d: null, e: 'x' }]);
    expect((await db.ok("DECLARE @n varchar(9); SET @n += 'x'; SELECT @n AS n")).value).toBe('x');
    await db.ok('SET CONCAT_NULL_YIELDS_NULL ON');
    expect((await db.ok(text)).rows).toEqual([{ a: null, b: null, c: null, d: null, e: 'x' }]);
  });

  test('ANSI_PADDING OFF is taken, and refused where a column would be made by it', async () => {
    await db.ok('SET ANSI_PADDING OFF');
    expect((await db.run('CREATE TABLE dbo.Unpadded (a varchar(9))')).numbers).toEqual([40000]);
    expect((await db.run("SELECT 'a' AS a INTO dbo.Unpadded")).numbers).toEqual([40000]);
    await db.ok('CREATE TABLE dbo.Unpadded (a nvarchar(9), b int)');
    expect((await db.ok('SELECT @@OPTIONS & 16 AS n')).value).toBe(0);
    await db.ok('SET ANSI_PADDING ON');
  });

  test('ANSI_WARNINGS OFF: what is too long is cut; an arithmetic error ends the batch, or is refused where it would be NULL', async () => {
    await db.ok('CREATE TABLE dbo.Cut (a varchar(2), b varbinary(1))');
    const insert = "INSERT dbo.Cut VALUES ('abc', 0x0102); SELECT a, b FROM dbo.Cut";
    await db.ok('SET ANSI_WARNINGS OFF');
    expect((await db.ok(insert)).rows).toEqual([{ a: 'ab', b: Buffer.of(1) }]);
    const divided = await db.run('BEGIN TRAN; DELETE dbo.Cut; SELECT 1 / 0 AS n; SELECT 2 AS n');
    expect([divided.numbers, divided.sets.flat()]).toEqual([[8134], []]);
    expect((await db.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
    expect((await db.run('SET ARITHABORT OFF; SELECT 1 / 0 AS n')).numbers).toEqual([40000]);
    await db.ok('SET ARITHABORT ON; SET ANSI_WARNINGS ON');
    expect((await db.run(insert)).numbers).toEqual([2628]);
    expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.Cut')).value).toBe(1);
  });

  test('what needs SET options fails with 1934 where they are wrong', async () => {
    await db.ok(
      `CREATE TABLE dbo.Filtered (a int, b AS a * 2); CREATE INDEX Filtered_a ON dbo.Filtered (a) WHERE a > 1;
       INSERT dbo.Filtered VALUES (2)`,
    );
    const answer = await db.run('SET QUOTED_IDENTIFIER OFF; INSERT dbo.Filtered VALUES (3)');
    expect(answer.numbers).toEqual([1934]);
    expect(answer.errors[0]?.message).toMatch(
      /^INSERT failed because the following SET options have incorrect settings: 'QUOTED_IDENTIFIER'\. Verify/,
    );
    for (const statement of [
      'UPDATE dbo.Filtered SET a = 4',
      'DELETE dbo.Filtered',
      'MERGE dbo.Filtered AS t USING (SELECT 1 AS n) AS s ON t.a = s.n WHEN NOT MATCHED THEN INSERT (a) VALUES (1);',
      'CREATE INDEX Filtered_b ON dbo.Filtered (b)',
      "SELECT CAST('<a/>' AS xml).exist('/a') AS n",
    ]) {
      expect([statement, (await db.run(statement)).numbers]).toEqual([statement, [1934]]);
    }
    await db.ok('SELECT a FROM dbo.Filtered; SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS OFF');
    expect((await db.run('DELETE dbo.Filtered')).errors[0]?.message).toContain("'ANSI_NULLS'");
    await db.ok('SET ANSI_NULLS ON; DELETE dbo.Filtered');
  });

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
