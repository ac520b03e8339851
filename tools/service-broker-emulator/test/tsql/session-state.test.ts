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
  test('ANSI_DEFAULTS OFF would change answers and is refused before its batch runs', async () => {
    const { numbers, sets } = await db.run('SELECT 1 AS ran; IF 1 = 0 SET ANSI_DEFAULTS OFF');
    expect([numbers, sets]).toEqual([[40000], []]);
    expect((await db.run('SET ANSI_DEFAULTS ON')).numbers).toEqual([]);
    await db.ok('SET IMPLICIT_TRANSACTIONS OFF; SET CURSOR_CLOSE_ON_COMMIT OFF');
  });

  test('NUMERIC_ROUNDABORT ON: lost digits are an error, and what may lose some unseen is refused', async () => {
    await using other = await server.connect();
    await other.ok('CREATE TABLE dbo.Rounded (Id int PRIMARY KEY, a decimal(5, 2), INDEX IX_a (a) WHERE a > 1)');
    await other.ok('SET NUMERIC_ROUNDABORT ON');
    expect((await other.ok("SELECT @@OPTIONS & 8192 AS bit, SESSIONPROPERTY('NUMERIC_ROUNDABORT') AS p")).rows).toEqual(
      [{ bit: 8192, p: 1 }],
    );
    const sum = 'DECLARE @r decimal(5, 2), @a decimal(5, 4) = 1.1234, @b decimal(5, 4) = 1.1266; SELECT @r =';
    expect((await other.run(`${sum} @a + @b; SELECT @r AS r`)).value).toBe(2.25);
    expect((await other.run(`${sum} @a + @a`)).numbers).toEqual([8115]);
    expect((await other.run('SELECT CAST(1.125 AS decimal(5, 2)) AS a')).numbers).toEqual([8115]);
    for (const refused of ['1.0 / 3', 'CAST(1e0 AS decimal(5, 2))', "CAST('1.5' AS money)", 'AVG(1.5)']) {
      expect([refused, (await other.run(`SELECT ${refused} AS a`)).numbers]).toEqual([refused, [40000]]);
    }
    expect((await other.run('INSERT dbo.Rounded VALUES (1, 1.5)')).numbers).toEqual([1934]);
    expect((await db.ok('SELECT CAST(1.125 AS decimal(5, 2)) AS a')).value).toBe(1.13);
    await other.ok('SET NUMERIC_ROUNDABORT OFF; INSERT dbo.Rounded VALUES (1, 1.5)');
    expect((await other.ok('SELECT CAST(1.125 AS decimal(5, 2)) AS a')).value).toBe(1.13);
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

describe('SET DATEFORMAT and SET LANGUAGE', () => {
  let dates: SqlClient;

  beforeAll(async () => {
    dates = await server.connect();
  });
  afterAll(() => dates[Symbol.asyncDispose]());

  test('the order of day and month counts wherever a text becomes a date', async () => {
    await dates.script(
      'CREATE TABLE dbo.Dated (d date, t datetime)',
      `CREATE FUNCTION dbo.DayOf(@text varchar(20)) RETURNS int AS BEGIN DECLARE @d date = @text; RETURN DAY(@d) END`,
      'CREATE PROCEDURE dbo.ShowDay @d datetime AS SELECT DAY(@d) AS n',
      'SET DATEFORMAT dmy',
    );
    const shown = await dates.ok(`
      DECLARE @v datetime = '1/2/2024', @text varchar(20) = '3/4/2024';
      INSERT dbo.Dated VALUES ('5/6/2024', @text);
      SELECT MONTH(@v) AS a, MONTH(CAST(@text AS date)) AS b, DATEDIFF(day, '01/02/2024', '01/03/2024') AS c,
        MONTH(d) AS e, MONTH(t) AS f, dbo.DayOf(@text) AS g, MONTH(ISNULL(CAST(NULL AS date), '7/8/2024')) AS h,
        ISDATE('13/1/2024') AS i, ISDATE('1/13/2024') AS j, MONTH(CONVERT(datetime, '1/2/2024', 101)) AS k
      FROM dbo.Dated WHERE d = '5/6/2024'`);
    expect(shown.rows).toEqual([{ a: 2, b: 4, c: 29, e: 6, f: 4, g: 3, h: 8, i: 1, j: 0, k: 1 }]);
    expect((await dates.ok("EXEC dbo.ShowDay '9/10/2024'")).value).toBe(9);
    // datetime takes the order of month and day behind the year, too; the later types don't.
    const iso = "SELECT MONTH(CAST('2024-01-02' AS datetime)) AS a, MONTH(CAST('2024-01-02' AS datetime2)) AS b";
    expect((await dates.ok(iso)).rows).toEqual([{ a: 2, b: 1 }]);
    expect((await dates.run("SELECT CAST('2024-01-31' AS datetime) AS v")).numbers).toEqual([242]);
    await dates.ok('SET DATEFORMAT mdy');
    expect((await dates.ok(iso)).rows).toEqual([{ a: 1, b: 1 }]);
  });

  test('a language brings its names, its order and its first day of the week', async () => {
    const german = await dates.ok(`
      SET LANGUAGE German;
      SELECT @@LANGUAGE AS l, @@LANGID AS i, @@DATEFIRST AS f, DATENAME(month, '20240315') AS m,
        DATENAME(weekday, '20240315') AS d, CAST(CAST('4 März 2024' AS datetime) AS varchar(30)) AS t,
        CONVERT(varchar(20), CAST('20241204' AS date), 106) AS s, LEFT(CAST('20240304' AS datetime), 3) AS c`);
    const names = { m: 'März', d: 'Freitag', t: 'Mär  4 2024 12:00AM', s: '04 Dez 2024', c: 'Mär' };
    expect(german.rows).toEqual([{ l: 'Deutsch', i: 1, f: 1, ...names }]);
    expect(german.messages).toEqual(['Changed language setting to Deutsch.']);
    expect((await dates.run("SELECT CAST('4 March 2024' AS date) AS v")).numbers).toEqual([241]);
    expect((await dates.run("SELECT FORMAT(CAST('20240304' AS date), 'D') AS v")).errors[0]?.message).toContain(
      'de-DE',
    );
    const options = (await dates.ok('DBCC USEROPTIONS')).sets[0]?.map((row) => Object.values(row));
    expect(options?.slice(1, 4)).toEqual([
      ['language', 'Deutsch'],
      ['dateformat', 'dmy'],
      ['datefirst', '1'],
    ]);
    // What the batch has set itself stays; an earlier batch does not count.
    const kept =
      "SET DATEFIRST 3; SET DATEFORMAT ymd; SET LANGUAGE French; SELECT @@DATEFIRST AS f, ISDATE(N'24/3/15') AS d";
    expect((await dates.ok(kept)).rows).toEqual([{ f: 3, d: 1 }]);
    expect((await dates.ok('SET LANGUAGE Italian; SELECT @@DATEFIRST AS f')).value).toBe(1);
  });

  test('EXEC and procedures give both back; wrong ones are errors', async () => {
    const inner =
      "SET LANGUAGE us_english; EXEC ('SET LANGUAGE French; SET DATEFORMAT ydm'); SELECT @@LANGUAGE AS l, MONTH(CAST('1/2/2024' AS date)) AS m";
    expect((await dates.ok(inner)).rows).toEqual([{ l: 'us_english', m: 1 }]);
    const wrong = await dates.run('SET LANGUAGE Klingon; SET DATEFORMAT xyz; SET DATEFIRST 9; SELECT @@LANGUAGE AS l');
    expect([wrong.numbers, wrong.value]).toEqual([[2740, 2741, 2742], 'us_english']);
  });

  test('every language is listed, and a login has one of its own', async () => {
    const listed = await dates.ok(
      'SELECT COUNT(*) AS n, MAX(CASE WHEN langid = 23 THEN CONCAT(alias, msglangid, datefirst, dateformat) END) AS b FROM sys.syslanguages',
    );
    expect(listed.rows).toEqual([{ n: 34, b: 'British English10331dmy' }]);
    expect((await dates.ok('EXEC sp_helplanguage Dutch')).rows[0]).toMatchObject({ langid: 7, name: 'Nederlands' });
    await dates.script(
      "CREATE LOGIN Pole WITH PASSWORD = 'P0lish!Password', DEFAULT_DATABASE = App, DEFAULT_LANGUAGE = Polish",
      'CREATE USER Pole',
    );
    const defaults =
      "SELECT default_database_name AS d, default_language_name AS l FROM sys.sql_logins WHERE name = 'Pole'";
    expect((await dates.ok(defaults)).rows).toEqual([{ d: 'App', l: 'polski' }]);
    // The client asks for us_english unless it is given another language.
    const options = (language: string) => ({ encrypt: false, trustServerCertificate: true, language });
    const login = { user: 'Pole', password: 'P0lish!Password', database: '' };
    await using pole = await server.connect({ ...login, options: options('') });
    expect((await pole.ok('SELECT DB_NAME() AS d, @@LANGUAGE AS l')).rows).toEqual([{ d: 'App', l: 'polski' }]);
    await expect(server.connect({ ...login, options: options('Klingon') })).rejects.toMatchObject({
      message: expect.stringContaining('a login with the language Klingon'),
    });
    const unknown = await dates.run("CREATE LOGIN x WITH PASSWORD = 'P0lish!Password', DEFAULT_LANGUAGE = Klingon");
    expect(unknown.numbers).toEqual([15033]);
  });
});

test('DBCC USEROPTIONS shows what is set, DBCC CHECKIDENT and IDENT_CURRENT where an identity stands', async () => {
  const set = async () => (await db.ok('DBCC USEROPTIONS WITH NO_INFOMSGS')).rows.map((row) => Object.values(row));
  await db.ok('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET NOCOUNT ON');
  expect((await set()).slice(-1)).toEqual([['isolation level', 'serializable']]);
  expect(await set()).toContainEqual(['nocount', 'SET']);
  await db.ok('SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET NOCOUNT OFF');
  expect(await set()).not.toContainEqual(['nocount', 'SET']);
  await db.ok('CREATE TABLE dbo.Counted (Id int IDENTITY(5, 2) PRIMARY KEY, a int); CREATE TABLE dbo.Plain (a int)');
  const next = async () => (await db.ok('INSERT dbo.Counted DEFAULT VALUES; SELECT SCOPE_IDENTITY() AS v')).value;
  expect((await db.ok("SELECT IDENT_CURRENT('dbo.Counted') AS v")).value).toBe(5);
  await db.ok("DBCC CHECKIDENT ('dbo.Counted', RESEED, 0) WITH NO_INFOMSGS");
  expect(await next()).toBe(0);
  expect((await db.ok("DBCC CHECKIDENT ('[dbo].[Counted]', RESEED, 20)")).messages).toEqual([
    "Checking identity information: current identity value '0'.",
    'DBCC execution completed. If DBCC printed error messages, contact your system administrator.',
  ]);
  expect(await next()).toBe(22);
  await db.ok('BEGIN TRAN; DBCC CHECKIDENT (Counted, RESEED, 100) WITH NO_INFOMSGS; ROLLBACK');
  await db.ok('DELETE dbo.Counted WHERE Id = 22; DBCC CHECKIDENT (Counted, RESEED, -4) WITH NO_INFOMSGS');
  expect((await db.ok('DBCC CHECKIDENT (Counted)')).messages[0]).toBe(
    "Checking identity information: current identity value '-4', current column value '0'.",
  );
  expect(await next()).toBe(2);
  const wrong = ['(NoSuch)', '(Plain)', '(Counted, RESEED, 3000000000)'];
  const numbers = [];
  for (const given of wrong) numbers.push(...(await db.run(`DBCC CHECKIDENT ${given} WITH NO_INFOMSGS`)).numbers);
  expect(numbers).toEqual([2501, 7997, 2560]);
});

test('SINGLE_USER: the database is for one session; others are ended or wait, and get in no more', async () => {
  await db.ok('CREATE DATABASE Lonely');
  const login = { user: 'sa', password: 'Test!Password1', database: 'Lonely' };
  await using inside = await server.connect(login);
  const access =
    "SELECT user_access_desc AS a, DATABASEPROPERTYEX('Lonely', 'UserAccess') AS b FROM sys.databases WHERE name = 'Lonely'";
  expect((await inside.run('ALTER DATABASE Lonely SET SINGLE_USER WITH NO_WAIT')).numbers).toEqual([]);
  expect((await db.ok(access)).rows).toEqual([{ a: 'SINGLE_USER', b: 'SINGLE_USER' }]);
  expect((await db.run('USE Lonely')).numbers).toEqual([924]);
  expect((await db.run('SELECT * FROM Lonely.sys.tables')).numbers).toEqual([924]);
  expect((await db.run('ALTER DATABASE Lonely SET MULTI_USER')).numbers).toEqual([5064, 5069]);
  await expect(server.connect(login)).rejects.toMatchObject({ code: 'ELOGIN' });
  await inside.ok('ALTER DATABASE Lonely SET MULTI_USER');
  await db.ok('ALTER DATABASE Lonely SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE Lonely');
  expect((await db.run('ALTER DATABASE master SET SINGLE_USER')).numbers).toEqual([5058, 5069]);
});
