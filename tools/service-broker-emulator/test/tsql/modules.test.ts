import sql from 'mssql';
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

describe('procedures', () => {
  beforeAll(() =>
    db.script(
      `CREATE PROCEDURE dbo.Add2 @a int, @b int = 5, @sum int OUTPUT AS
       BEGIN SET @sum = @a + @b; RETURN 7; END`,
      `CREATE PROCEDURE dbo.Twice @a int, @result int OUTPUT AS
       BEGIN DECLARE @r int; EXEC dbo.Add2 @a, @a, @r OUTPUT; SET @result = @r * 10; END`,
      'CREATE PROCEDURE dbo.Level AS SELECT @@NESTLEVEL AS level, OBJECT_NAME(@@PROCID) AS name',
      'CREATE PROCEDURE dbo.Endless AS EXEC dbo.Endless',
      'CREATE PROCEDURE dbo.Options AS SET NOCOUNT ON; SET XACT_ABORT ON',
    ),
  );

  test('OUTPUT, RETURN and defaults', async () => {
    const { rows } = await db.ok(
      'DECLARE @s int, @r int; EXEC @r = dbo.Add2 1, @sum = @s OUTPUT; SELECT @s AS s, @r AS r',
    );
    expect(rows).toEqual([{ s: 6, r: 7 }]);
  });

  test('nested calls hand values up', async () => {
    expect((await db.ok('DECLARE @r int; EXEC dbo.Twice 4, @r OUTPUT; SELECT @r AS r')).value).toBe(80);
  });

  test('over the wire, with output parameters and the return value', async () => {
    const request = db.pool.request();
    request.input('a', 2);
    request.output('sum', sql.Int);
    const result = await request.execute('dbo.Add2');
    expect(result.returnValue).toBe(7);
    expect(result.output).toEqual({ sum: 7 });
  });

  test('@@NESTLEVEL and @@PROCID', async () => {
    expect((await db.ok("EXEC ('EXEC dbo.Level')")).rows).toEqual([{ level: 2, name: 'Level' }]);
  });

  test('SET options end with the procedure that set them', async () => {
    const { rows } = await db.ok(
      'DECLARE @before int = @@OPTIONS; EXEC dbo.Options; SELECT @before - @@OPTIONS AS changed',
    );
    expect(rows).toEqual([{ changed: 0 }]);
  });

  test.each([
    ['EXEC dbo.Add2', 201],
    ['DECLARE @s int; EXEC dbo.Add2 1, 2, @s OUTPUT, 4', 8144],
    ['EXEC dbo.Add2 @nobody = 1', 8145],
    ['DECLARE @s int; EXEC dbo.Add2 @a = 1, 2', 119],
    ['EXEC dbo.Endless', 217],
    ["EXEC dbo.Add2 'x', 1, 1", 8114],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers[0]).toBe(number);
  });

  test('an error of calling names the procedure and line 0', async () => {
    expect((await db.run('\n\nEXEC dbo.Add2')).errors).toMatchObject([{ number: 201, line: 0, procedure: 'Add2' }]);
  });
});

describe('dynamic SQL', () => {
  test('sp_executesql takes parameters and gives outputs', async () => {
    const { rows } = await db.ok(`
      DECLARE @out int;
      EXEC sp_executesql N'SET @b = @a * 2', N'@a int, @b int OUTPUT', @a = 21, @b = @out OUTPUT;
      SELECT @out AS v`);
    expect(rows).toEqual([{ v: 42 }]);
  });

  test('EXEC of a text does not see the variables around it, but the temp tables', async () => {
    await db.ok(`CREATE TABLE #seen (a int); EXEC ('INSERT #seen VALUES (1)')`);
    expect((await db.ok('SELECT * FROM #seen')).rows).toEqual([{ a: 1 }]);
    expect((await db.run(`DECLARE @x int = 1; EXEC ('SELECT @x')`)).numbers).toEqual([137]);
  });

  test('prepared statements run again with other values', async () => {
    const statement = new sql.PreparedStatement(db.pool);
    statement.input('a', sql.Int);
    await statement.prepare('SELECT @a * @a AS square');
    expect((await statement.execute({ a: 3 })).recordset).toEqual([{ square: 9 }]);
    expect((await statement.execute({ a: 4 })).recordset).toEqual([{ square: 16 }]);
    await statement.unprepare();
  });
});

describe('temp tables and table variables', () => {
  test('a temp table of a procedure is seen by what it calls and gone when it ends', async () => {
    await db.script(
      'CREATE PROCEDURE dbo.Inner1 AS INSERT #t VALUES (2)',
      'CREATE PROCEDURE dbo.Outer1 AS BEGIN CREATE TABLE #t (a int); INSERT #t VALUES (1); EXEC dbo.Inner1; SELECT a FROM #t ORDER BY a; END',
    );
    const { sets } = await db.ok("EXEC dbo.Outer1; SELECT OBJECT_ID('tempdb..#t') AS id");
    expect(sets).toEqual([[{ a: 1 }, { a: 2 }], [{ id: null }]]);
  });

  test('a temp table of one session is not seen by another', async () => {
    await using other = await server.connect();
    await db.ok('CREATE TABLE #mine (a int)');
    expect((await other.run('SELECT * FROM #mine')).numbers).toEqual([208]);
  });

  test('ALTER TABLE and CREATE INDEX change one, and a rollback changes it back', async () => {
    await db.ok(
      'CREATE TABLE #shape (a int); INSERT #shape VALUES (1); ALTER TABLE #shape ADD b int NOT NULL DEFAULT 7',
    );
    await db.ok('CREATE UNIQUE INDEX ux ON #shape (a); BEGIN TRAN; ALTER TABLE #shape ADD c int NULL');
    expect((await db.ok('SELECT * FROM #shape')).rows).toEqual([{ a: 1, b: 7, c: null }]);
    expect((await db.ok('ROLLBACK; SELECT * FROM #shape')).rows).toEqual([{ a: 1, b: 7 }]);
    expect((await db.run('INSERT #shape (a) VALUES (1)')).numbers).toEqual([2601]);
  });

  test('SELECT INTO makes one', async () => {
    expect((await db.ok("SELECT 1 AS a, N'x' AS b INTO #made; SELECT * FROM #made")).rows).toEqual([{ a: 1, b: 'x' }]);
  });

  test('table-valued parameters', async () => {
    await db.script(
      'CREATE TYPE dbo.Ids AS TABLE (Id int NOT NULL PRIMARY KEY)',
      'CREATE PROCEDURE dbo.SumIds @ids dbo.Ids READONLY AS SELECT SUM(Id) AS total FROM @ids',
    );
    expect((await db.ok('DECLARE @i dbo.Ids; INSERT @i VALUES (1), (2); EXEC dbo.SumIds @i')).value).toBe(3);
  });
});

describe('INSERT ... EXEC', () => {
  beforeAll(() =>
    db.script(
      'CREATE TABLE dbo.Captured (a int, b nvarchar(10))',
      `CREATE PROCEDURE dbo.TwoSets AS BEGIN SELECT 1 AS a, N'x' AS b; SELECT 2, N'y'; END`,
      'CREATE PROCEDURE dbo.Captures AS INSERT dbo.Captured EXEC dbo.TwoSets',
      'CREATE PROCEDURE dbo.RollsBack AS ROLLBACK',
      'CREATE PROCEDURE dbo.Count1 AS SELECT @@TRANCOUNT, NULL',
    ),
  );

  test('takes the rows of all result sets', async () => {
    const { rows, rowsAffected } = await db.ok(
      'INSERT dbo.Captured EXEC dbo.TwoSets; SELECT a, b FROM dbo.Captured ORDER BY a',
    );
    expect(rows).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(rowsAffected).toEqual([2, 2]);
  });

  test('runs as one transaction', async () => {
    await db.ok('DELETE dbo.Captured; INSERT dbo.Captured EXEC dbo.Count1');
    expect((await db.ok('SELECT a FROM dbo.Captured')).rows).toEqual([{ a: 1 }]);
  });

  test('can not be nested, and not rolled back inside', async () => {
    expect((await db.run('INSERT dbo.Captured EXEC dbo.Captures')).numbers).toEqual([8164]);
    expect((await db.run('BEGIN TRAN; INSERT dbo.Captured EXEC dbo.RollsBack; ROLLBACK')).numbers).toEqual([3915]);
  });
});

describe('user-defined functions', () => {
  beforeAll(() =>
    db.script(
      'CREATE TABLE dbo.Tree (Id int PRIMARY KEY, Parent int NULL, Name nvarchar(10))',
      "INSERT dbo.Tree VALUES (1, NULL, N'root'), (2, 1, N'mid'), (3, 2, N'leaf')",
      `CREATE FUNCTION dbo.Path (@id int, @glue nvarchar(3) = N'/') RETURNS nvarchar(100) AS
       BEGIN
         DECLARE @parent int, @name nvarchar(10);
         SELECT @parent = Parent, @name = Name FROM dbo.Tree WHERE Id = @id;
         IF @parent IS NULL RETURN @name;
         RETURN dbo.Path(@parent, @glue) + @glue + @name;
       END`,
      'CREATE FUNCTION dbo.Children (@id int) RETURNS TABLE AS RETURN (SELECT Id, Name FROM dbo.Tree WHERE Parent = @id)',
      `CREATE FUNCTION dbo.Below (@id int) RETURNS @found TABLE (Id int PRIMARY KEY, Depth int) AS
       BEGIN
         DECLARE @depth int = 0;
         INSERT @found VALUES (@id, 0);
         WHILE @@ROWCOUNT > 0
         BEGIN
           SET @depth += 1;
           INSERT @found SELECT t.Id, @depth FROM dbo.Tree t JOIN @found f ON t.Parent = f.Id AND f.Depth = @depth - 1;
         END;
         RETURN;
       END`,
      `CREATE FUNCTION dbo.Fails (@a int) RETURNS int AS
BEGIN
  DECLARE @b int = 1;
  RETURN @b / @a;
END`,
    ),
  );

  test('scalar, recursive, with a default', async () => {
    expect((await db.ok("SELECT dbo.Path(3, DEFAULT) AS a, dbo.Path(3, N' > ') AS b")).rows).toEqual([
      { a: 'root/mid/leaf', b: 'root > mid > leaf' },
    ]);
  });

  test('in WHERE, SET and IF', async () => {
    const { rows, messages } = await db.ok(`
      DECLARE @p nvarchar(100); SET @p = dbo.Path(2, N'-');
      IF dbo.Path(1, N'') = N'root' PRINT @p;
      SELECT Id FROM dbo.Tree WHERE dbo.Path(Id, N'/') LIKE N'root/%/leaf'`);
    expect(messages).toEqual(['root-mid']);
    expect(rows).toEqual([{ Id: 3 }]);
  });

  test('inline, also applied to each row', async () => {
    expect(
      (await db.ok('SELECT t.Id, c.Name FROM dbo.Tree t CROSS APPLY dbo.Children(t.Id) c ORDER BY t.Id')).rows,
    ).toEqual([
      { Id: 1, Name: 'mid' },
      { Id: 2, Name: 'leaf' },
    ]);
  });

  test('errors name the function and its line', async () => {
    expect((await db.run('\nSELECT dbo.Fails(0)')).errors).toMatchObject([
      { number: 8134, procedure: 'Fails', line: 4 },
    ]);
  });

  test('a body of several statements that fills its table', async () => {
    expect((await db.ok('SELECT Id, Depth FROM dbo.Below(1) ORDER BY Id')).rows).toEqual([
      { Id: 1, Depth: 0 },
      { Id: 2, Depth: 1 },
      { Id: 3, Depth: 2 },
    ]);
  });

  test.each([
    ['CREATE FUNCTION dbo.X () RETURNS int AS BEGIN INSERT dbo.Tree VALUES (9, NULL, NULL); RETURN 1 END', 443],
    ['CREATE FUNCTION dbo.X () RETURNS int AS BEGIN SELECT 1; RETURN 1 END', 444],
    ['CREATE FUNCTION dbo.X () RETURNS int AS BEGIN DECLARE @a int END', 455],
    ['SELECT dbo.Path(1)', 313],
    ['SELECT dbo.Path(1, 2, 3)', 8144],
    ['SELECT * FROM dbo.Nowhere(1)', 208],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toEqual([number]);
  });
});

describe('triggers', () => {
  beforeAll(() =>
    db.script(
      'CREATE TABLE dbo.Item (Id int IDENTITY PRIMARY KEY, N int, V nvarchar(10)); CREATE TABLE dbo.Log (What nvarchar(50))',
      `CREATE TRIGGER dbo.OnItem ON dbo.Item AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  INSERT dbo.Log SELECT CONCAT('+', N) FROM inserted;
  INSERT dbo.Log SELECT CONCAT('-', N) FROM deleted;
  IF UPDATE(V) INSERT dbo.Log VALUES (N'V');
  IF EXISTS (SELECT 1 FROM inserted WHERE N = 13) BEGIN RAISERROR('no 13', 16, 1); ROLLBACK; END;
  IF EXISTS (SELECT 1 FROM inserted WHERE N = 14) THROW 50014, 'no 14', 1;
  IF EXISTS (SELECT 1 FROM inserted WHERE N = 15) INSERT dbo.Log VALUES (CONCAT(@@TRANCOUNT, '/', @@NESTLEVEL));
END`,
    ),
  );

  const log = async () => {
    const { rows } = await db.ok('SELECT What FROM dbo.Log; DELETE dbo.Log');
    return rows.map((row) => row.What);
  };

  test('see the rows before and after, once per statement', async () => {
    await db.ok('INSERT dbo.Item (N) VALUES (1), (2)');
    expect(await log()).toEqual(['+1', '+2', 'V']);
    await db.ok('UPDATE dbo.Item SET N = 5 WHERE N = 2; DELETE dbo.Item WHERE N = 5');
    expect(await log()).toEqual(['+5', '-2', '-5']);
  });

  test('belong to their statement: what fails inside takes it back', async () => {
    const { numbers, messages } = await db.run(`INSERT dbo.Item (N) VALUES (14); PRINT 'not reached'`);
    expect(numbers).toEqual([50014]);
    expect(messages).toEqual([]);
    expect(await log()).toEqual([]);
    expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.Item WHERE N = 14')).value).toBe(0);
  });

  test('ROLLBACK inside ends the batch with 3609', async () => {
    expect((await db.run('INSERT dbo.Item (N) VALUES (13)')).numbers).toEqual([50000, 3609]);
    const caught = await db.ok(
      'BEGIN TRY INSERT dbo.Item (N) VALUES (14) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, ERROR_PROCEDURE() AS p END CATCH',
    );
    expect(caught.rows).toEqual([{ n: 50014, p: 'OnItem' }]);
  });

  test('run inside a transaction, one level down', async () => {
    await db.ok('INSERT dbo.Item (N) VALUES (15)');
    expect(await log()).toContain('1/1');
  });

  test('DISABLE TRIGGER and ENABLE TRIGGER', async () => {
    await db.ok('DISABLE TRIGGER dbo.OnItem ON dbo.Item; INSERT dbo.Item (N) VALUES (20)');
    expect(await log()).toEqual([]);
    await db.ok('ALTER TABLE dbo.Item ENABLE TRIGGER ALL; INSERT dbo.Item (N) VALUES (21)');
    expect(await log()).toEqual(['+21', 'V']);
  });
});
