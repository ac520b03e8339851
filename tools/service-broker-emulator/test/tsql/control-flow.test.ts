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

describe('loops and jumps', () => {
  test('WHILE with BREAK and CONTINUE, GOTO to a label', async () => {
    const { messages } = await db.ok(`
      DECLARE @i int = 0;
      WHILE 1 = 1
      BEGIN
        SET @i += 1;
        IF @i = 2 CONTINUE;
        IF @i > 4 BREAK;
        PRINT @i;
      END;
      GOTO done;
      PRINT 'skipped';
      done: PRINT 'done';`);
    expect(messages).toEqual(['1', '3', '4', 'done']);
  });

  test('RETURN ends a batch, from inside a block too', async () => {
    expect((await db.ok(`PRINT 'a'; IF 1 = 1 BEGIN RETURN; END; PRINT 'b'`)).messages).toEqual(['a']);
  });

  test('a declaration holds for the whole batch, its value from where it stands', async () => {
    expect((await db.ok('IF 1 = 0 DECLARE @x int = 5; SELECT @x AS x')).rows).toEqual([{ x: null }]);
  });

  test.each([
    ['DECLARE @a int; DECLARE @A int', 134],
    ['SELECT @missing', 137],
    ['SELECT 1 FROM dbo.Missing', 208],
    ['SELECT Missing FROM sys.objects', 207],
    ['SELECT 1 FROM', 102],
    ['SELEC 1', 2812],
    ['EXEC dbo.Missing', 2812],
    ['THROW', 10704],
    ["RAISERROR('x', 19, 1)", 2754],
    ["SELECT CAST('x' AS int)", 245],
    ["SELECT CAST('x' AS datetime)", 241],
    ['SELECT CAST(300 AS tinyint)', 220],
    ['SELECT 1 / 0', 8134],
    ['SELECT 2147483647 + 1', 8115],
    ['SELECT (SELECT 1 UNION SELECT 2)', 512],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toEqual([number]);
  });
});

describe('messages', () => {
  test('PRINT and RAISERROR up to severity 10 are messages in the order of the batch', async () => {
    const { messages, errors } = await db.run(
      `PRINT 'one'; RAISERROR('two %d %s', 10, 1, 2, 'b'); RAISERROR('three', 0, 1) WITH NOWAIT`,
    );
    expect(messages).toEqual(['one', 'two 2 b', 'three']);
    expect(errors).toEqual([]);
  });

  test('NOCOUNT hides counts, @@ROWCOUNT stays', async () => {
    await db.ok('CREATE TABLE #n (a int); INSERT #n VALUES (1), (2)');
    const { rowsAffected, rows } = await db.ok(`
      SET NOCOUNT ON;
      UPDATE #n SET a += 1;
      DECLARE @n int = @@ROWCOUNT;
      SET NOCOUNT OFF;
      DELETE #n WHERE a = 2;
      SELECT @n AS n;`);
    expect(rowsAffected).toEqual([1, 1]);
    expect(rows).toEqual([{ n: 2 }]);
  });

  test.each([
    ['SET @n = 5', 1],
    ['SELECT @n = a FROM (VALUES (1), (2)) v(a)', 2],
    ['DECLARE @m int', 3],
    ['BEGIN TRANSACTION', 0],
    ["PRINT 'x'", 0],
    ['SET NOCOUNT OFF', 0],
    ['IF 1 = 0 SET @n = 1', 0],
  ])('@@ROWCOUNT after three rows and %s', async (text, count) => {
    const { sets } = await db.ok(
      `DECLARE @n int; SELECT * FROM (VALUES (1), (2), (3)) v(a); ${text}; SELECT @@ROWCOUNT AS n; IF @@TRANCOUNT > 0 ROLLBACK`,
    );
    expect(sets[1]).toEqual([{ n: count }]);
  });

  test('@@ERROR is about the statement before only', async () => {
    const { rows, sets } = await db.run('SELECT 1 / 0; SELECT @@ERROR AS e; SELECT @@ERROR AS e');
    expect([sets.at(-2), sets.at(-1)]).toEqual([[{ e: 8134 }], [{ e: 0 }]]);
    expect(rows).toBeDefined();
  });
});

describe('cursors', () => {
  test('a local forward-only cursor walks its rows', async () => {
    const { value } = await db.ok(`
      DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT v FROM (VALUES (1), (2), (3)) t(v) ORDER BY v;
      DECLARE @v int, @sum int = 0;
      OPEN c;
      FETCH NEXT FROM c INTO @v;
      WHILE @@FETCH_STATUS = 0 BEGIN SET @sum += @v; FETCH NEXT FROM c INTO @v; END;
      CLOSE c; DEALLOCATE c;
      SELECT @sum AS total;`);
    expect(value).toBe(6);
  });

  test('a scroll cursor goes to any row', async () => {
    const { rows } = await db.ok(`
      DECLARE c CURSOR LOCAL STATIC SCROLL FOR SELECT v FROM (VALUES (1), (2), (3)) t(v) ORDER BY v;
      DECLARE @last int, @first int, @second int, @count int, @end int;
      OPEN c; SET @count = @@CURSOR_ROWS;
      FETCH LAST FROM c INTO @last; FETCH FIRST FROM c INTO @first; FETCH RELATIVE 1 FROM c INTO @second;
      FETCH ABSOLUTE 9 FROM c INTO @second; SET @end = @@FETCH_STATUS;
      SELECT @last AS last, @first AS first, @second AS second, @count AS n, @end AS status;`);
    expect(rows).toEqual([{ last: 3, first: 1, second: 2, n: 3, status: -1 }]);
  });

  test.each([
    ['FETCH NEXT FROM nobody', [16916]],
    ['DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; FETCH NEXT FROM c', [16917]],
    ['DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT 1 AS a; OPEN c; FETCH PRIOR FROM c', [16911]],
    [
      'DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; DECLARE @a int, @b int; OPEN c; FETCH NEXT FROM c INTO @a, @b',
      [16924],
    ],
  ])('%s fails', async (text, numbers) => {
    expect((await db.run(text)).numbers).toEqual(numbers);
  });
});
