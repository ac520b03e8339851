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

describe('OUTPUT and MERGE', () => {
  beforeAll(() =>
    db
      .ok(
        "CREATE TABLE dbo.M (Id int PRIMARY KEY, V nvarchar(10), N int NOT NULL DEFAULT 0); INSERT dbo.M VALUES (1, N'a', 1), (2, N'b', 2), (3, N'c', 3)",
      )
      .then(() => undefined),
  );

  test('MERGE inserts, updates and deletes, and says which', async () => {
    const { rows, rowsAffected } = await db.ok(`
      MERGE dbo.M WITH (HOLDLOCK) AS t
      USING (VALUES (1, N'z'), (4, N'D')) AS s (Id, V) ON t.Id = s.Id
      WHEN MATCHED AND t.V <> s.V THEN UPDATE SET V = s.V
      WHEN NOT MATCHED BY TARGET THEN INSERT (Id, V) VALUES (s.Id, s.V)
      WHEN NOT MATCHED BY SOURCE AND t.Id = 3 THEN DELETE
      OUTPUT $action AS action, COALESCE(inserted.Id, deleted.Id) AS Id;`);
    expect(rows.map((row) => `${row.action} ${row.Id}`).sort()).toEqual(['DELETE 3', 'INSERT 4', 'UPDATE 1']);
    expect(rowsAffected).toEqual([3]);
  });

  test('a row that two source rows match is error 8672', async () => {
    const { numbers } = await db.run(
      "MERGE dbo.M AS t USING (VALUES (1, N'x'), (1, N'y')) AS s (Id, V) ON t.Id = s.Id WHEN MATCHED THEN UPDATE SET V = s.V;",
    );
    expect(numbers).toEqual([8672]);
  });

  test('OUTPUT INTO a table variable and a temp table', async () => {
    const { sets } = await db.ok(`
      DECLARE @o TABLE (Id int, Before int, After int);
      CREATE TABLE #o (Id int);
      UPDATE dbo.M SET N += 10 OUTPUT inserted.Id, deleted.N, inserted.N INTO @o WHERE Id = 2;
      DELETE dbo.M OUTPUT deleted.Id INTO #o WHERE Id = 4;
      SELECT * FROM @o; SELECT * FROM #o; DROP TABLE #o`);
    expect(sets).toEqual([[{ Id: 2, Before: 2, After: 12 }], [{ Id: 4 }]]);
  });

  test('a change joined with other rows, with TOP', async () => {
    const { rowsAffected } = await db.ok(
      'UPDATE TOP (1) m SET N = x.n FROM dbo.M m JOIN (VALUES (1, 7), (2, 8)) x (i, n) ON x.i = m.Id; DELETE TOP (50) PERCENT FROM dbo.M',
    );
    expect(rowsAffected).toEqual([1, 1]);
  });
});

describe('JSON', () => {
  test('OPENJSON with and without a schema', async () => {
    const { sets } = await db.ok(`
      DECLARE @j nvarchar(max) = N'[{"id":1,"tag":{"name":"x"},"list":[1,2]},{"id":2}]';
      SELECT id, name, list FROM OPENJSON(@j) WITH (id int, name nvarchar(10) '$.tag.name', list nvarchar(max) AS JSON);
      SELECT [key], [value], [type] FROM OPENJSON(N'{"a":1,"b":"t","c":null}')`);
    expect(sets).toEqual([
      [
        { id: 1, name: 'x', list: '[1,2]' },
        { id: 2, name: null, list: null },
      ],
      [
        { key: 'a', value: '1', type: 2 },
        { key: 'b', value: 't', type: 1 },
        { key: 'c', value: null, type: 0 },
      ],
    ]);
  });

  test('FOR JSON PATH nests by name', async () => {
    const { rows } = await db.ok(
      "SELECT 1 AS id, N'x' AS [tag.name], NULL AS gone FOR JSON PATH, WITHOUT_ARRAY_WRAPPER",
    );
    expect(Object.values(rows[0] ?? {})).toEqual(['{"id":1,"tag":{"name":"x"}}']);
  });

  test.each([
    [`SELECT JSON_VALUE(N'{"a":{"b":[5,6]}}', '$.a.b[1]') AS v`, '6'],
    [`SELECT JSON_QUERY(N'{"a":{"b":1}}', '$.a') AS v`, '{"b":1}'],
    [`SELECT JSON_MODIFY(N'{"a":1}', '$.b', 2) AS v`, '{"a":1,"b":2}'],
    [`SELECT ISJSON(N'{bad') AS v`, 0],
  ])('%s', async (text, value) => {
    expect((await db.ok(text)).value).toBe(value);
  });

  test('text that is not JSON is error 13609', async () => {
    expect((await db.run("SELECT * FROM OPENJSON(N'{bad')")).numbers).toEqual([13609]);
  });
});

describe('XML', () => {
  test('value, query, exist and nodes', async () => {
    const { sets } = await db.ok(`
      DECLARE @x xml = N'<m><item id="1">a</item><item id="2">b</item></m>';
      SELECT @x.value('(/m/item/@id)[2]', 'int') AS v, @x.exist('/m/item[@id = 2]') AS e, @x.query('/m/item[1]') AS q;
      SELECT i.value('@id', 'int') AS id, i.value('.', 'nvarchar(10)') AS t FROM @x.nodes('/m/item') AS n (i)`);
    expect(sets).toEqual([
      [{ v: 2, e: true, q: '<item id="1">a</item>' }],
      [
        { id: 1, t: 'a' },
        { id: 2, t: 'b' },
      ],
    ]);
  });

  test('FOR XML PATH with attributes and a root', async () => {
    const { rows } = await db.ok(
      "SELECT a AS '@id', b AS 'name/first' FROM (VALUES (1, N'x'), (2, N'y')) v (a, b) FOR XML PATH('r'), ROOT('rs')",
    );
    expect(Object.values(rows[0] ?? {})).toEqual([
      '<rs><r id="1"><name><first>x</first></name></r><r id="2"><name><first>y</first></name></r></rs>',
    ]);
  });

  test('modify() is refused, text that is not XML too', async () => {
    const { errors } = await db.run("DECLARE @x xml = N'<a/>'; SET @x.modify('insert <b/> into (/a)[1]')");
    expect(errors).toMatchObject([{ number: 40000, message: expect.stringContaining('modify()') }]);
    expect((await db.run("SELECT CAST(N'<a>' AS xml)")).numbers).toEqual([9400]);
  });
});

describe('queries', () => {
  test.each([
    [
      'a recursive expression',
      'WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT SUM(i) AS v FROM n',
      15,
    ],
    [
      'a window function',
      'SELECT TOP (1) SUM(a) OVER (ORDER BY a) AS v FROM (VALUES (1), (2), (3)) t (a) ORDER BY a DESC',
      6,
    ],
    [
      'STRING_AGG in order',
      "SELECT STRING_AGG(a, ',') WITHIN GROUP (ORDER BY a DESC) AS v FROM (VALUES ('a'), ('b')) t (a)",
      'b,a',
    ],
    ['EXCEPT', 'SELECT COUNT(*) AS v FROM (SELECT 1 AS a UNION SELECT 2 EXCEPT SELECT 2) t', 1],
    [
      'OFFSET and FETCH',
      'SELECT a AS v FROM (VALUES (1), (2), (3)) t (a) ORDER BY a OFFSET 1 ROW FETCH NEXT 1 ROW ONLY',
      2,
    ],
    ['OUTER APPLY', 'SELECT b AS v FROM (VALUES (1)) t (a) OUTER APPLY (SELECT 2 AS b WHERE a > 1) x', null],
    ['TRY_CONVERT', "SELECT TRY_CONVERT(int, 'x') AS v", null],
    ['STRING_SPLIT', "SELECT COUNT(*) AS v FROM STRING_SPLIT('a,b,c', ',')", 3],
  ])('%s', async (_, text, value) => {
    expect((await db.ok(text)).value).toBe(value);
  });
});
