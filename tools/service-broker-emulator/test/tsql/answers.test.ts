import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    `CREATE TABLE dbo.Orders (Id int, Qty int); INSERT dbo.Orders VALUES (1, 5), (2, 6);
     CREATE TABLE dbo.Audit (Id int); INSERT dbo.Audit VALUES (1)`,
    'CREATE FUNCTION dbo.Numbers(@n int) RETURNS TABLE AS RETURN (SELECT @n AS n)',
    'CREATE FUNCTION dbo.Twice(@n int) RETURNS int AS BEGIN RETURN @n * 2 END',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('values', () => {
  test.each([
    ["FORMAT(CAST('07:35' AS time), N'hh:mm')", null],
    ["FORMAT(CAST('07:35' AS time), N'hh\\:mm')", '07:35'],
    ["FORMAT(CAST(0.1 AS real), 'G')", '0.1'],
    ["FORMAT(1e20, 'G')", '1E+20'],
    ["DATEDIFF(day, CAST('08:00' AS time), CAST('2024-01-01' AS date))", 45290],
    ['POWER(3, 0.5)', 1],
    ['RADIANS(90)', 1],
    ['DEGREES(1)', 57],
    ['STUFF(0x0102, 1, 1, 0xFF)', Buffer.of(0xff, 2)],
    ["SQL_VARIANT_PROPERTY(CAST(1.5 AS decimal(5, 2)), 'MaxLength')", 5],
    ["SQL_VARIANT_PROPERTY(CAST(1.5 AS decimal(5, 2)), 'TotalBytes')", 9],
    ["SQL_VARIANT_PROPERTY(N'Foo', 'Precision')", 0],
    ["SQL_VARIANT_PROPERTY(CAST(1 AS int), 'Precision')", 10],
    ["SQL_VARIANT_PROPERTY(GETDATE(), 'MaxLength')", 8],
    ['TRY_CAST(0x3C743EAE3C2F743E AS xml)', null],
    ["UPPER('ßµÿé')", 'ßµŸÉ'],
    ["LOWER(N'ΟΔΟΣ')", 'οδοσ'],
    ["FORMATMESSAGE('100%% of %s', 'x')", '100% of x'],
    ['CAST(CAST(\'<?xml version="1.0" encoding="iso-8859-1"?><t>é</t>\' AS xml) AS nvarchar(20))', '<t>é</t>'],
  ])('%s', async (expression, value) => {
    expect((await db.ok(`SELECT ${expression} AS v`)).value).toEqual(value);
  });

  test.each([
    [9810, 'SELECT DATEADD(microsecond, 1, GETDATE())'],
    [8115, 'SELECT $922337203685478'],
    [
      8115,
      'SELECT AVG(n) FROM (VALUES (CAST(99999999999999999999999999999999999999 AS numeric(38, 0))), (1)) AS t (n)',
    ],
    [8115, 'SELECT SUM(n) FROM (VALUES (CAST(922337203685477.5807 AS money)), (1)) AS t (n)'],
    [8115, 'SELECT AVG(n) FROM (VALUES (2147483647), (1)) AS t (n)'],
    [9420, 'SELECT CAST(0x3C743EC0AF3C2F743E AS xml)'],
    [9420, "SELECT CAST(N'<t>' + NCHAR(0xD800) + N'</t>' AS xml)"],
    [9402, 'SELECT CAST(N\'<?xml version="1.0" encoding="utf-8"?><t/>\' AS xml)'],
    [9402, 'SELECT CAST(\'<?xml version="1.0" encoding="utf-16"?><t/>\' AS xml)'],
    [8116, 'SELECT SUBSTRING(NULL, 1, 1)'],
    [4151, 'SELECT NULLIF(NULL, 1)'],
    [2787, "RAISERROR ('bad %', 16, 1)"],
    [2787, "SELECT FORMATMESSAGE('%q', 1)"],
    [9401, 'SELECT CAST(CAST(\'<?xml version="1.0" encoding="klingon"?><t/>\' AS varbinary(99)) AS xml)'],
  ])('%i: %s', async (number, statement) => {
    expect((await db.run(statement)).numbers).toEqual([number]);
    expect((await db.ok('SELECT 1 AS alive')).value).toBe(1);
  });

  test('a sql_variant in FOR XML looks like its base type', async () => {
    const { value } = await db.ok(
      `SELECT CAST(0xAABBC3 AS sql_variant) AS a, CAST(CAST('2024-01-02T03:04:05' AS datetime) AS sql_variant) AS b,
              CAST(1.5e0 AS sql_variant) AS c, CAST($12.5 AS sql_variant) AS d FOR XML PATH`,
    );
    expect(value).toBe('<row><a>qrvD</a><b>2024-01-02T03:04:05</b><c>1.500000000000000e+000</c><d>12.5000</d></row>');
  });
});

describe('statements', () => {
  test.each([
    [
      'SELECT ... INTO of a UNION makes the table',
      'SELECT Id INTO #both FROM dbo.Orders UNION ALL SELECT Id FROM dbo.Audit; SELECT COUNT(*) AS n FROM #both',
      3,
    ],
    ['TOP with a query', 'SELECT TOP (SELECT COUNT(*) FROM dbo.Audit) Id FROM dbo.Orders ORDER BY Id', 1],
    ['OPTION before FOR', 'SELECT Id FROM dbo.Audit OPTION (MAXDOP 1) FOR JSON PATH', '[{"Id":1}]'],
    ['names that leave parts open', 'SELECT COUNT(*) AS n FROM ..Orders', 2],
    ['system procedures by such names', "DECLARE @s nvarchar(20) = N'SELECT 7 AS n'; EXEC .dbo.sp_executesql @s", 7],
    ['a text that is NULL', 'DECLARE @s nvarchar(20); EXEC sp_executesql @s; SELECT 8 AS n', 8],
    ['EXEC of a scalar function', 'DECLARE @r int; EXEC @r = dbo.Twice 21; SELECT @r AS n', 42],
    ['table-valued functions without a schema', 'SELECT n FROM Numbers(3)', 3],
    ['CROSS APPLY of one', 'SELECT f.n FROM dbo.Audit AS a CROSS APPLY Numbers(a.Id) AS f', 1],
    [
      'the first rows of each operand of a UNION',
      'SELECT MIN(n) * 10 + COUNT(*) AS n FROM ((SELECT TOP 1 Id AS n FROM dbo.Orders ORDER BY Id DESC) UNION ALL (SELECT TOP 1 Id FROM dbo.Orders ORDER BY Id DESC)) AS u',
      22,
    ],
    ['shifts', 'SELECT (6 << 1) + (12 >> 2) + LEFT_SHIFT(1, 4) + RIGHT_SHIFT(4, 1) AS n', 33],
    ['bits', 'SELECT BIT_COUNT(255) * 100 + GET_BIT(8, 3) * 10 + SET_BIT(7, 0, 0) AS n', '816'],
    [
      'ORDER BY a column of the first list of a UNION',
      'SELECT o.Id FROM dbo.Orders AS o UNION ALL SELECT a.Id + 9 FROM dbo.Audit AS a ORDER BY o.Id DESC',
      10,
    ],
  ])('%s', async (_, statement, value) => {
    expect((await db.ok(statement)).value).toBe(value);
  });

  test('MAXRECURSION counts for changes too', async () => {
    const days = (until: number) => `WITH d AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM d WHERE n < ${until})`;
    await db.ok(`CREATE TABLE dbo.Days (n int)`);
    await db.ok(`${days(365)} INSERT dbo.Days SELECT n FROM d OPTION (MAXRECURSION 365)`);
    expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.Days')).value).toBe(365);
    for (const change of [
      `${days(50)} INSERT dbo.Days SELECT n FROM d OPTION (MAXRECURSION 10)`,
      `${days(50)} UPDATE dbo.Days SET n = 0 WHERE n IN (SELECT n FROM d) OPTION (MAXRECURSION 10)`,
      `${days(50)} DELETE dbo.Days WHERE n IN (SELECT n FROM d) OPTION (MAXRECURSION 10)`,
      `${days(50)} MERGE dbo.Days AS t USING d ON d.n = t.n WHEN MATCHED THEN DELETE OPTION (MAXRECURSION 10);`,
    ]) {
      expect((await db.run(change)).numbers).toEqual([530]);
    }
  });
});

describe('Service Broker', () => {
  beforeAll(() => db.script('CREATE QUEUE dbo.Q; CREATE SERVICE S ON QUEUE dbo.Q ([DEFAULT])'));

  test('BEGIN DIALOG takes variables for the service and the contract', async () => {
    const begin = (service: string, contract: string) =>
      `DECLARE @d uniqueidentifier, @f sysname = N'${service}', @c sysname = N'${contract}';
       BEGIN DIALOG @d FROM SERVICE @f TO SERVICE N'S' ON CONTRACT @c WITH ENCRYPTION = OFF`;
    expect((await db.run(begin('S', 'DEFAULT'))).numbers).toEqual([]);
    expect((await db.run(begin('None', 'DEFAULT'))).numbers).toEqual([8423]);
    expect((await db.run(begin('S', 'None'))).numbers).toEqual([8425]);
  });

  test('what was sent before END CONVERSATION WITH CLEANUP arrives, in one transaction too', async () => {
    await db.ok(
      `BEGIN TRAN; DECLARE @d uniqueidentifier, @e uniqueidentifier;
       BEGIN DIALOG @d FROM SERVICE S TO SERVICE 'S' WITH ENCRYPTION = OFF;
       BEGIN DIALOG @e FROM SERVICE S TO SERVICE 'S' WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @d (N'one'); SEND ON CONVERSATION @e (N'two'); SEND ON CONVERSATION @d (N'three');
       END CONVERSATION @d WITH CLEANUP; COMMIT`,
    );
    const { rows } = await db.ok('SELECT CAST(message_body AS nvarchar(9)) AS body FROM dbo.Q ORDER BY queuing_order');
    expect(rows.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
    await db.ok('RECEIVE * FROM dbo.Q; RECEIVE * FROM dbo.Q');
    const { value } = await db.ok('SELECT COUNT(*) AS n FROM sys.conversation_endpoints WHERE is_initiator = 0');
    expect(value).toBe(2);
  });

  test('a column of RECEIVE is the same alone, in an expression and among all', async () => {
    await db.ok(
      `DECLARE @d uniqueidentifier; BEGIN DIALOG @d FROM SERVICE S TO SERVICE 'S' WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @d (N'x');`,
    );
    const again = async (list: string) => {
      const { rows } = await db.ok(`BEGIN TRAN; SAVE TRAN s; RECEIVE ${list} FROM dbo.Q; ROLLBACK TRAN s; COMMIT`);
      return rows[0] ?? {};
    };
    const all = await again('*');
    expect(Object.keys(all)).toHaveLength(16);
    for (const [name, value] of Object.entries(all)) {
      expect.soft(await again(`[${name}]`), name).toEqual({ [name]: value });
      expect.soft(await again(`COALESCE(${name}, ${name}) AS one`), name).toEqual({ one: value });
    }
    // In a queue, what waits has another status than what is received.
    const waiting = { ...all, status: 1 };
    expect((await db.ok('SELECT * FROM dbo.Q')).rows).toEqual([waiting]);
    for (const [name, value] of Object.entries(waiting)) {
      for (const query of [
        `SELECT [${name}] AS one FROM dbo.Q`,
        `SELECT q.one FROM (SELECT *, [${name}] AS one FROM dbo.Q) AS q`,
        `SELECT q.[${name}] AS one FROM (SELECT * FROM dbo.Q) AS q`,
        `SELECT a.one FROM dbo.Q AS q CROSS APPLY (SELECT q.[${name}] AS one) AS a`,
        `SELECT (SELECT q.[${name}]) AS one FROM dbo.Q AS q WHERE q.[${name}] IS NOT NULL`,
      ]) {
        expect.soft((await db.ok(query)).rows, query).toEqual([{ one: value }]);
      }
    }
    await db.ok('RECEIVE message_id FROM dbo.Q');
  });

  test('a body that goes with CLEANUP to a service that is not there is gone', async () => {
    await db.ok(
      `BEGIN TRAN; DECLARE @d uniqueidentifier; BEGIN DIALOG @d FROM SERVICE S TO SERVICE 'None' WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @d (N'x'); END CONVERSATION @d WITH CLEANUP; COMMIT`,
    );
    expect((await db.ok('SELECT COUNT(*) AS n FROM sys.transmission_queue')).value).toBe(0);
  });
});

describe('functions of later versions and of modules', () => {
  test.each([
    ['GREATEST(1, 2.5, NULL)', 2.5],
    ["LEAST('b', 'a')", 'a'],
    ["CONVERT(varchar(30), DATE_BUCKET(week, 1, CAST('2024-05-08' AS date)), 23)", '2024-05-06'],
    ["CONVERT(varchar(30), DATE_BUCKET(month, 3, CAST('2024-05-08' AS datetime2(0))), 120)", '2024-04-01 00:00:00'],
    ["FORMATMESSAGE('%s has %d', 'x', 5)", 'x has 5'],
    ["SESSIONPROPERTY('ANSI_NULLS')", 1],
    ["COLLATIONPROPERTY('Traditional_Spanish_CS_AS_KS_WS', 'CodePage')", 1252],
    ["COLLATIONPROPERTY('Polish_100_CI_AS', 'LCID')", 0x0415],
    ["COLLATIONPROPERTY('Polish_100_CI_AS', 'Version')", 2],
    ["COLLATIONPROPERTY('Latin1_General_BIN2', 'ComparisonStyle')", 0],
    ["COLLATIONPROPERTY('Latin1_General_CI_AS', 'ComparisonStyle')", 196609],
    ["COLLATIONPROPERTY('Klingon_CI_AS', 'LCID')", null],
    ['DATALENGTH(CRYPT_GEN_RANDOM(7))', 7],
    ['TRIGGER_NESTLEVEL()', 0],
    ['GET_TRANSMISSION_STATUS(NEWID())', null],
    [
      "CAST(CAST('2024-07-01T12:00' AS datetime2(0)) AT TIME ZONE 'W. Europe Standard Time' AS varchar(40))",
      '2024-07-01 12:00:00 +02:00',
    ],
    [
      "CAST(CAST('2024-03-31T02:30' AS datetime2(0)) AT TIME ZONE 'W. Europe Standard Time' AS varchar(40))",
      '2024-03-31 03:30:00 +02:00',
    ],
    [
      "CAST(CAST('2024-10-27T02:30' AS datetime2(0)) AT TIME ZONE 'W. Europe Standard Time' AS varchar(40))",
      '2024-10-27 02:30:00 +01:00',
    ],
    [
      "CAST(CAST('2024-01-01T12:00' AS datetime2(0)) AT TIME ZONE 'UTC' AT TIME ZONE 'Pacific Standard Time' AS varchar(40))",
      '2024-01-01 04:00:00 -08:00',
    ],
    [
      "CAST(CAST('2024-07-01T12:00' AS datetime2(0)) AT TIME ZONE 'Chatham Islands Standard Time' AS varchar(40))",
      '2024-07-01 12:00:00 +12:45',
    ],
  ])('%s', async (expression, value) => {
    expect((await db.ok(`SELECT ${expression} AS v`)).value).toEqual(value);
  });

  test('an unknown time zone is an error', async () => {
    expect((await db.run("SELECT SYSUTCDATETIME() AT TIME ZONE 'Nowhere'")).numbers).toEqual([9820]);
  });

  test('each time zone has its offset of now, by which AT TIME ZONE converts', async () => {
    const zones = await db.ok('SELECT name, current_utc_offset, is_currently_dst FROM sys.time_zone_info');
    expect(zones.rows.length).toBeGreaterThan(130);
    expect(zones.rows).toContainEqual({
      name: 'India Standard Time',
      current_utc_offset: '+05:30',
      is_currently_dst: false,
    });
    expect(
      (
        await db.ok(`SELECT COUNT(*) AS v FROM sys.time_zone_info
          WHERE RIGHT(CAST(SYSUTCDATETIME() AT TIME ZONE 'UTC' AT TIME ZONE name AS varchar(40)), 6) <> current_utc_offset`)
      ).value,
    ).toBe(0);
  });

  test('a trigger knows its columns, its level and its text', async () => {
    await db.script(
      'CREATE TABLE dbo.Triggered (a int, b int, c int); INSERT dbo.Triggered VALUES (1, 2, 3)',
      `CREATE TRIGGER dbo.Tells ON dbo.Triggered AFTER UPDATE AS
       SELECT COLUMNS_UPDATED() AS c, TRIGGER_NESTLEVEL() AS n, LEFT(OBJECT_DEFINITION(@@PROCID), 14) AS d`,
    );
    const { rows } = await db.ok('UPDATE dbo.Triggered SET c = 1, a = 2');
    expect(rows).toEqual([{ c: Buffer.of(5), n: 1, d: 'CREATE TRIGGER' }]);
  });

  test('a column is named as the query writes it', async () => {
    expect((await db.ok("SELECT NAME FROM sys.databases WHERE name = 'App'")).rows).toEqual([{ NAME: 'App' }]);
  });

  test('GET_TRANSMISSION_STATUS says why a message stays', async () => {
    const { value } = await db.ok(
      `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE S TO SERVICE 'None' WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @h (N'x'); SELECT GET_TRANSMISSION_STATUS(@h) AS s; END CONVERSATION @h WITH CLEANUP`,
    );
    expect(value).toContain('The target service name matched a LOCAL route');
  });
});

describe('code pages', () => {
  test.each([
    ["CAST(N'Привет' COLLATE Cyrillic_General_CI_AS AS varchar(20))", 'Привет'],
    ["CAST(N'cześć' COLLATE Polish_CI_AS AS varchar(max))", 'cześć'],
    ["CAST(N'안녕하세요.' COLLATE Korean_90_CI_AI AS varchar(max))", '안녕하세요.'],
    ["CAST(N'ł Привет' AS varchar(20))", 'l ??????'],
    ["'Привет'", '??????'],
    ["CAST(N'Café' COLLATE Cyrillic_General_CI_AS AS varchar(20))", 'Cafe'],
    ["DATALENGTH(CAST(N'日本' COLLATE Japanese_CI_AS AS varchar(20)))", 4],
    ["LEN(CAST(N'日本' COLLATE Japanese_CI_AS AS varchar(20)))", 2],
    ["CAST(N'日本語' COLLATE Japanese_CI_AS AS varchar(5))", '日本'],
    ["CAST(N'中文' COLLATE Chinese_PRC_CI_AS AS char(6))", '中文  '],
    ["LEFT(CAST(N'日本語' COLLATE Japanese_CI_AS AS varchar(20)), 2)", '日本'],
    ["STUFF(CAST(N'Привет' COLLATE Cyrillic_General_CI_AS AS varchar(20)), 2, 1, N'')", 'Пивет'],
    ["STUFF(CAST(N'Привет' COLLATE Cyrillic_General_CI_AS AS varchar(20)), 2, 1, '')", 'Пивет'],
    ["CONCAT(CAST(N'Привет' COLLATE Cyrillic_General_CI_AS AS varchar(20)), '!')", 'Привет!'],
    ["CAST(N'Привет' COLLATE Cyrillic_General_CI_AS AS varchar(20)) + 'é'", 'Приветe'],
    ["ASCII(CAST(N'П' COLLATE Cyrillic_General_CI_AS AS varchar(20)))", 0xcf],
    ["CAST(CAST(N'П' COLLATE Cyrillic_General_CI_AS AS varchar(20)) AS varbinary(9))", Buffer.of(0xcf)],
    ["'é' COLLATE Cyrillic_General_CI_AS", 'e'],
    ["DATALENGTH(CAST(N'日' COLLATE Latin1_General_100_CI_AS_SC_UTF8 AS varchar(20)))", 3],
    ["CAST(CAST(CAST(N'Я' COLLATE Cyrillic_General_CI_AS AS varchar(9)) AS sql_variant) AS nvarchar(9))", 'Я'],
    ["CAST(CAST(N'Я' COLLATE Cyrillic_General_CI_AS AS varchar(9)) AS nvarchar(9))", 'Я'],
  ])('%s', async (expression, value) => {
    expect((await db.ok(`SELECT ${expression} AS v`)).value).toEqual(value);
  });

  test('columns are in the code page of their collation, for parameters and bulk loads as well', async () => {
    await db.ok(`CREATE TABLE dbo.Pages (Id int, Cyr varchar(10) COLLATE Cyrillic_General_CI_AS INDEX Pages_Cyr,
      Jap varchar(4) COLLATE Japanese_CI_AS, Utf varchar(6) COLLATE Latin1_General_100_CI_AS_SC_UTF8)`);
    await db.ok("INSERT dbo.Pages VALUES (1, N'Привет é', N'日本', N'日本')");
    expect((await db.ok('SELECT Cyr, Jap, Utf FROM dbo.Pages')).rows).toEqual([
      { Cyr: 'Привет e', Jap: '日本', Utf: '日本' },
    ]);
    expect((await db.ok("SELECT Id FROM dbo.Pages WHERE Cyr = N'привет e'")).value).toBe(1);
    expect((await db.ok("UPDATE dbo.Pages SET Cyr = 'e'; SELECT Id FROM dbo.Pages WHERE Cyr = 'é'")).value).toBe(1);
    expect((await db.run("INSERT dbo.Pages (Jap) VALUES (N'日本語')")).numbers).toEqual([2628]);
    expect((await db.run("INSERT dbo.Pages (Utf) VALUES (N'日本語')")).numbers).toEqual([2628]);
    const request = db.pool.request().input('p', sql.NVarChar, 'Слово');
    await request.query('INSERT dbo.Pages (Id, Cyr) VALUES (2, @p)');
    expect((await db.ok('SELECT Cyr FROM dbo.Pages WHERE Id = 2')).value).toBe('Слово');
  });

  test('a database has the code page of its collation: literals, parameters, bulk loads, table-valued parameters', async () => {
    await db.script('CREATE DATABASE Chinese COLLATE Chinese_PRC_CI_AS', 'USE Chinese');
    await db.script(
      'CREATE TABLE dbo.Words (one varchar(10) NOT NULL, two char(6) NOT NULL)',
      'CREATE TYPE dbo.WordList AS TABLE (one varchar(10) NOT NULL)',
      'CREATE PROCEDURE dbo.Listed @list dbo.WordList READONLY AS SELECT one FROM @list',
    );
    expect((await db.ok("INSERT dbo.Words VALUES ('中文', '中文'); SELECT one, two FROM dbo.Words")).rows).toEqual([
      { one: '中文', two: '中文  ' },
    ]);
    const table = new sql.Table('dbo.Words');
    table.columns.add('one', sql.VarChar(10), { nullable: false });
    table.columns.add('two', sql.Char(6), { nullable: false });
    table.rows.add('文', '文');
    await db.pool.request().bulk(table);
    expect((await db.ok("SELECT COUNT(*) AS n FROM dbo.Words WHERE one = '文' AND DATALENGTH(two) = 6")).value).toBe(1);
    const echoed = await db.pool.request().input('p', sql.VarChar, '中文').query('SELECT @p AS v, DATALENGTH(@p) AS n');
    expect(echoed.recordset).toEqual([{ v: '中文', n: 4 }]);
    const list = new sql.Table('dbo.WordList');
    list.columns.add('one', sql.VarChar(10), { nullable: false });
    list.rows.add('中文');
    expect((await db.pool.request().input('list', list).execute('dbo.Listed')).recordset).toEqual([{ one: '中文' }]);
    const facts = `SELECT CHAR(65) AS a, CHAR(200) AS b, CAST(DATABASEPROPERTYEX('Chinese', 'Collation') AS sysname) AS c,
      (SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.Words') AND name = 'one') AS d`;
    expect((await db.ok(facts)).rows).toEqual([{ a: 'A', b: null, c: 'Chinese_PRC_CI_AS', d: 'Chinese_PRC_CI_AS' }]);
    expect((await db.ok("CREATE TABLE #t (v varchar(9)); INSERT #t VALUES (N'中文é'); SELECT v FROM #t")).value).toBe(
      '??é',
    );
    await db.ok('USE App');
    expect((await db.ok("SELECT '中' AS v")).value).toBe('?');
  });
});
