import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
/** The administrator. */
let a: SqlClient;
/** Somebody who is user `u` of a database of the test's own. */
let b: SqlClient;
let database = '';
let count = 0;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  count += 1;
  database = `Db${count}`;
  a = await server.connect();
  await a.script(`CREATE DATABASE ${database};`, `USE ${database};`);
  await a.script(
    `CREATE TABLE T (id int NOT NULL PRIMARY KEY, a int, b int, c int); INSERT T VALUES (1, 10, 20, 30), (2, 11, 21, 31);
     CREATE TABLE S (id int NOT NULL PRIMARY KEY, x int); INSERT S VALUES (1, 5);
     CREATE ROLE r; CREATE USER u WITHOUT LOGIN; ALTER ROLE r ADD MEMBER u;`,
  );
  b = await server.connect();
  await b.script(`USE ${database};`, "EXECUTE AS USER = 'u';");
  return async () => {
    await a[Symbol.asyncDispose]();
    await b[Symbol.asyncDispose]();
  };
});

/** What a statement of the user is refused for: `S(a)` for SELECT on column a, `S` for SELECT on the object. */
async function lacks(text: string): Promise<string> {
  const { errors } = await b.run(text);
  return errors
    .map(({ number, message }) => {
      const [, permission = '', column] = /^The (\w+) permission was denied on the (?:column '(\w+)'|object)/.exec(message) ?? [];
      if (number === 230) return `${permission.slice(0, 1)}(${column})`;
      return number === 229 ? permission.slice(0, 1) : String(number);
    })
    .join(' ');
}

describe('what is refused, and how', () => {
  test('each column has an error of its own, with the text of the server', async () => {
    await a.ok('GRANT SELECT (id, a) ON T TO u;');
    const { errors } = await b.run('SELECT * FROM T;');
    expect(errors).toEqual([
      {
        number: 230,
        severity: 14,
        state: 1,
        line: 1,
        procedure: '',
        message: `The SELECT permission was denied on the column 'b' of the object 'T', database '${database}', schema 'dbo'.`,
      },
      {
        number: 230,
        severity: 14,
        state: 1,
        line: 1,
        procedure: '',
        message: `The SELECT permission was denied on the column 'c' of the object 'T', database '${database}', schema 'dbo'.`,
      },
    ]);
    expect((await b.run('BEGIN TRY EXEC (N\'SELECT b FROM T\') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n END CATCH;')).value).toBe(230);
  });

  test('who has nothing on an object, or is denied all of it, gets 229', async () => {
    expect(await lacks('SELECT id FROM T;')).toBe('S');
    await a.ok('GRANT SELECT (id) ON T TO u;');
    expect(await lacks('SELECT a FROM T;')).toBe('S(a)');
    await a.ok('DENY SELECT ON T TO u;');
    expect(await lacks('SELECT id FROM T;')).toBe('S');
  });

  test('somebody else’s column permissions change nothing', async () => {
    await a.ok('CREATE USER v WITHOUT LOGIN; GRANT SELECT (id) ON T TO v; DENY SELECT (a) ON T TO v; GRANT SELECT ON T TO u;');
    expect(await lacks('SELECT * FROM T; UPDATE T SET a = 1;')).toBe('U');
  });

  test.each([
    ['a select list', 'SELECT id, a + b FROM T;', 'S(b)'],
    ['WHERE', 'SELECT id FROM T WHERE c = 1;', 'S(c)'],
    ['a join', 'SELECT T.id FROM T JOIN S ON S.x = T.b;', 'S(b)'],
    ['GROUP BY and HAVING', 'SELECT COUNT(*) FROM T GROUP BY a HAVING MAX(b) > 1;', 'S(b)'],
    ['ORDER BY', 'SELECT id FROM T ORDER BY c;', 'S(c)'],
    ['a window', 'SELECT ROW_NUMBER() OVER (PARTITION BY b ORDER BY c) FROM T;', 'S(b) S(c)'],
    ['a subquery', 'SELECT (SELECT MAX(b) FROM T) AS m;', 'S(b)'],
    ['a correlated subquery', 'SELECT id FROM T WHERE EXISTS (SELECT S.id FROM S WHERE S.x = T.c);', 'S(c)'],
    ['an aggregate in a subquery over the query around it', 'SELECT (SELECT MAX(T.a) FROM S WHERE S.id = 1) FROM T;', ''],
    ['such an aggregate over a column that is denied', 'SELECT (SELECT MAX(T.b) FROM S WHERE S.id = 1) FROM T;', 'S(b)'],
    ['a derived table', 'SELECT id FROM (SELECT * FROM T) AS d;', 'S(b) S(c)'],
    ['a common table expression', 'WITH d AS (SELECT id, b FROM T) SELECT id FROM d;', 'S(b)'],
    ['a recursion', 'WITH d AS (SELECT id, a FROM T UNION ALL SELECT T.id, T.c FROM T JOIN d ON d.a = T.id) SELECT id FROM d;', 'S(c)'],
    ['UNION', 'SELECT a FROM T UNION SELECT b FROM T;', 'S(b)'],
    ['APPLY', 'SELECT T.id FROM T CROSS APPLY (SELECT T.b AS y) AS d;', 'S(b)'],
    ['VALUES over a row', 'SELECT T.id FROM T CROSS APPLY (VALUES (T.c)) AS d (y);', 'S(c)'],
    ['CASE and functions', "SELECT CASE WHEN ISNULL(b, 1) = 1 THEN CONCAT(c, '') END FROM T;", 'S(b) S(c)'],
    ['PIVOT', 'SELECT [1] FROM (SELECT id, b FROM T) AS s PIVOT (MAX(b) FOR id IN ([1])) AS p;', 'S(b)'],
    ['PIVOT of what is granted', 'SELECT [1] FROM (SELECT id, a FROM T) AS s PIVOT (MAX(a) FOR id IN ([1])) AS p;', ''],
    ['GROUPING', 'SELECT GROUPING(b) FROM T GROUP BY ROLLUP (b);', 'S(b)'],
    ['FOR JSON', 'SELECT id, b FROM T FOR JSON PATH;', 'S(b)'],
    ['an alias and a schema', 'SELECT dbo.T.id FROM dbo.T; SELECT t.b FROM dbo.T AS t;', 'S(b)'],
    ['SELECT INTO a temp table', 'SELECT id, b INTO #t FROM T;', 'S(b)'],
    ['INSERT ... SELECT', 'CREATE TABLE #t (n int); INSERT #t SELECT b FROM T;', 'S(b)'],
    ['a variable', 'DECLARE @n int; SELECT @n = b FROM T; SET @n = (SELECT c FROM T WHERE id = 1);', 'S(b) S(c)'],
    ['IF', 'IF EXISTS (SELECT id FROM T WHERE b = 1) PRINT 1;', 'S(b)'],
    ['a cursor', 'DECLARE k CURSOR LOCAL FOR SELECT b FROM T; OPEN k;', 'S(b) 16916'],
    ['what is granted', 'SELECT id, a FROM T WHERE a = 10 ORDER BY a;', ''],
  ])('%s', async (_where, text, expected) => {
    await a.ok('GRANT SELECT (id, a) ON T TO u; GRANT SELECT ON S TO u;');
    expect((await lacks(text)).replace(' 16916', '')).toBe(expected.replace(' 16916', ''));
  });

  test.each([
    'SELECT COUNT(*) FROM T;',
    'SELECT 1 AS one FROM T;',
    'SELECT S.id FROM S CROSS JOIN T;',
    'IF EXISTS (SELECT * FROM T) PRINT 1;',
    'IF EXISTS (SELECT 1 FROM T) PRINT 1;',
  ])('a statement that names no column takes all of them: %s', async (text) => {
    await a.ok('GRANT SELECT (id, a) ON T TO u; GRANT SELECT ON S TO u;');
    expect(await lacks(text)).toBe('S(b) S(c)');
    await a.ok('GRANT SELECT (b, c) ON T TO u;');
    expect(await lacks(text)).toBe('');
    expect(await lacks('SELECT COUNT(id) FROM T;')).toBe('');
  });

  test('UPDATE takes UPDATE on what it sets and SELECT on what it reads', async () => {
    await a.ok('GRANT SELECT (id) ON T TO u; GRANT UPDATE (a) ON T TO u; GRANT SELECT ON S TO u;');
    expect(await lacks('UPDATE T SET a = 1 WHERE id = 1;')).toBe('');
    expect(await lacks('UPDATE T SET a = id;')).toBe('');
    expect(await lacks('UPDATE T SET a = 1, b = 2 WHERE id = 1;')).toBe('U(b)');
    expect(await lacks('UPDATE T SET a = b WHERE id = 1;')).toBe('S(b)');
    expect(await lacks('UPDATE T SET a = a + 1;')).toBe('S(a)');
    expect(await lacks('UPDATE T SET a += 1;')).toBe('S(a)');
    expect(await lacks('UPDATE T SET a = 1 WHERE c = 1;')).toBe('S(c)');
    expect(await lacks('UPDATE t SET a = S.x FROM T AS t JOIN S ON S.id = t.id;')).toBe('');
    expect(await lacks('UPDATE t SET a = S.x FROM T AS t JOIN S ON S.id = t.b;')).toBe('S(b)');
    expect(await lacks('UPDATE T SET a = 1 OUTPUT inserted.id WHERE id = 1;')).toBe('');
    expect(await lacks('UPDATE T SET a = 1 OUTPUT deleted.b WHERE id = 1;')).toBe('S(b)');
    expect(await lacks('UPDATE T SET a = 1 OUTPUT inserted.* WHERE id = 1;')).toBe('S(a) S(b) S(c)');
    expect(await lacks('WITH d AS (SELECT id, a FROM T) UPDATE d SET a = 2;')).toBe('S(a)');
    expect(await lacks('WITH d AS (SELECT id AS k, b AS y FROM T) UPDATE d SET y = 2;')).toBe('S(b)');
    await a.ok('GRANT SELECT (a, b) ON T TO u;');
    expect(await lacks('WITH d AS (SELECT id AS k, b AS y FROM T) UPDATE d SET y = 2;')).toBe('U(b)');
    expect(await lacks('WITH d AS (SELECT id AS k, a AS y FROM T) UPDATE d SET y = 2;')).toBe('');
    await a.ok('REVOKE UPDATE ON T FROM u;');
    expect(await lacks('UPDATE T SET a = 1;')).toBe('U');
    expect((await a.ok('SELECT a FROM T WHERE id = 2;')).value).toBe(2);
  });

  test('DELETE and INSERT are of the whole table; what they read is not', async () => {
    await a.ok('GRANT DELETE, INSERT ON T TO u; GRANT SELECT (id) ON T TO u;');
    expect(await lacks('DELETE FROM T WHERE c = 7;')).toBe('S(c)');
    expect(await lacks('DELETE FROM T OUTPUT deleted.a WHERE id = 7;')).toBe('S(a)');
    expect(await lacks('DELETE FROM T OUTPUT deleted.id WHERE id = 7;')).toBe('');
    expect(await lacks('INSERT T (id, a, b, c) VALUES (3, 1, 1, 1);')).toBe('');
    expect(await lacks('INSERT T (id) OUTPUT inserted.id VALUES (4);')).toBe('');
    expect(await lacks('INSERT T (id) OUTPUT inserted.a VALUES (5);')).toBe('S(a)');
    await a.ok('REVOKE INSERT, DELETE ON T FROM u; GRANT UPDATE (id) ON T TO u;');
    expect(await lacks('INSERT T (id) VALUES (6);')).toBe('I');
    expect(await lacks('DELETE FROM T;')).toBe('D');
  });

  test('MERGE takes each of them on its columns', async () => {
    await a.ok('GRANT SELECT (id) ON T TO u; GRANT UPDATE (a) ON T TO u; GRANT SELECT (id, x) ON S TO u;');
    const merge = (on: string, branch: string): string =>
      `MERGE T USING S ON ${on} WHEN MATCHED THEN ${branch};`;
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET a = S.x'))).toBe('');
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET b = S.x'))).toBe('U(b)');
    expect(await lacks(merge('S.id = T.b', 'UPDATE SET a = S.x'))).toBe('S(b)');
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET a = S.x + T.c'))).toBe('S(c)');
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET a += S.x'))).toBe('S(a)');
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET a = S.x OUTPUT deleted.b'))).toBe('S(b)');
    expect(await lacks(merge('S.id = T.id', 'DELETE'))).toBe('D');
    expect(
      await lacks('MERGE T USING S ON S.id = T.id WHEN NOT MATCHED THEN INSERT (id, a) VALUES (S.id, S.x);'),
    ).toBe('I');
    await a.ok('REVOKE SELECT (x) ON S FROM u;');
    expect(await lacks(merge('S.id = T.id', 'UPDATE SET a = S.x'))).toBe('S(x)');
  });

  test('in another database the permissions of its user count', async () => {
    await a.script(
      "CREATE LOGIN cross_login WITH PASSWORD = 'Cross-Login-1';",
      'CREATE USER cross_login FOR LOGIN cross_login;',
      'GRANT SELECT (id) ON T TO cross_login; GRANT UPDATE (a) ON T TO cross_login;',
      'USE App; CREATE USER cross_login FOR LOGIN cross_login;',
    );
    await using c = await server.connect({ user: 'cross_login', password: 'Cross-Login-1', database: 'App' });
    expect((await c.run(`SELECT id FROM ${database}.dbo.T; UPDATE ${database}.dbo.T SET a = 3;`)).numbers).toEqual([]);
    const refused = await c.run(`SELECT a FROM ${database}.dbo.T;`);
    expect(refused.errors.map(({ message }) => message)).toEqual([
      `The SELECT permission was denied on the column 'a' of the object 'T', database '${database}', schema 'dbo'.`,
    ]);
    await a.ok('DROP USER cross_login; DROP LOGIN cross_login;');
  });
});

describe('which permission wins', () => {
  test('DENY on a column against GRANT on the table, by whomever', async () => {
    await a.ok('GRANT SELECT ON T TO u; DENY SELECT (b) ON T TO r;');
    expect(await lacks('SELECT id, a, c FROM T;')).toBe('');
    expect(await lacks('SELECT b FROM T;')).toBe('S(b)');
    await a.ok('GRANT SELECT (b) ON T TO u;');
    expect(await lacks('SELECT b FROM T;')).toBe('S(b)');
    await a.ok('REVOKE SELECT (b) ON T FROM r;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
  });

  test('GRANT on a column against DENY on the table, unless the DENY comes after it or from above', async () => {
    await a.ok('DENY SELECT ON T TO u; GRANT SELECT (id) ON T TO u;');
    expect(await lacks('SELECT id FROM T;')).toBe('');
    expect(await lacks('SELECT id, a FROM T;')).toBe('S(a)');
    await a.ok('DENY SELECT ON T TO r;');
    expect(await lacks('SELECT id FROM T;')).toBe('');
    await a.ok('DENY SELECT ON T TO u;');
    expect(await lacks('SELECT id FROM T;')).toBe('S');
    await a.ok('REVOKE SELECT ON T FROM u; REVOKE SELECT ON T FROM r; GRANT SELECT (id) ON T TO u;');
    for (const scope of ['SCHEMA::dbo', `DATABASE::${database}`]) {
      await a.ok(`DENY SELECT ON ${scope} TO r;`);
      expect(await lacks('SELECT id FROM T;')).toBe('S(id)');
      await a.ok(`REVOKE SELECT ON ${scope} FROM r;`);
    }
    await a.ok('DENY CONTROL ON T TO r;');
    expect(await lacks('SELECT id FROM T;')).toBe('S(id)');
    await a.ok('REVOKE CONTROL ON T FROM r; ALTER ROLE db_denydatareader ADD MEMBER u;');
    expect(await lacks('SELECT id FROM T;')).toBe('S(id)');
  });

  test('a column that is revoked from a grant on its table', async () => {
    await a.ok('GRANT SELECT ON T TO u; REVOKE SELECT (b) ON T FROM u;');
    expect(await lacks('SELECT id FROM T;')).toBe('');
    expect(await lacks('SELECT b FROM T;')).toBe('S(b)');
    await a.ok('GRANT SELECT ON SCHEMA::dbo TO r;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
    await a.ok('REVOKE SELECT ON SCHEMA::dbo FROM r; GRANT SELECT (b) ON T TO u;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
    await a.ok('DENY SELECT ON T TO u; REVOKE SELECT (b) ON T FROM u; GRANT SELECT ON T TO r;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
    expect(await lacks('SELECT a FROM T;')).toBe('S(a)');
  });

  test('GRANT, DENY and REVOKE on the table do away with what was said of its columns', async () => {
    await a.ok('GRANT SELECT (id) ON T TO u; DENY SELECT (b) ON T TO u; GRANT UPDATE (a) ON T TO u;');
    await a.ok('REVOKE SELECT ON T FROM u;');
    expect(await lacks('SELECT id FROM T;')).toBe('S');
    expect(await lacks('UPDATE T SET a = 1;')).toBe('');
    await a.ok('DENY SELECT (b) ON T TO u; GRANT SELECT ON T TO u;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
    await a.ok('REVOKE ALL ON T FROM u;');
    expect(await lacks('UPDATE T SET a = 1;')).toBe('U');
  });

  test('CONTROL, ownership and db_owner are not asked for columns', async () => {
    await a.ok('DENY SELECT (b) ON T TO u; GRANT CONTROL ON T TO u;');
    expect(await lacks('SELECT a FROM T;')).toBe('');
    expect(await lacks('SELECT b FROM T;')).toBe('S(b)');
    await a.ok('ALTER ROLE db_owner ADD MEMBER u;');
    expect(await lacks('SELECT b FROM T;')).toBe('');
  });

  test('a plan that was allowed is asked about anew when a column is denied', async () => {
    await a.ok('GRANT SELECT ON T TO u;');
    const text = 'SELECT b FROM T WHERE id = 1;';
    expect((await b.ok(text)).value).toBe(20);
    expect((await b.ok(text)).value).toBe(20);
    await a.ok('BEGIN TRANSACTION; DENY SELECT (b) ON T TO u;');
    expect(await lacks(text)).toBe('S(b)');
    await a.ok('ROLLBACK;');
    expect((await b.ok(text)).value).toBe(20);
  });
});

describe('views, functions and chains', () => {
  test('a view has columns of its own, and what is behind it belongs to the same owner', async () => {
    await a.script(
      'CREATE VIEW V (k, y, total) AS SELECT id, b, a + b FROM T;',
      'CREATE VIEW W AS SELECT * FROM V;',
      'GRANT SELECT (k) ON V TO u; GRANT UPDATE (y) ON V TO u; DENY SELECT ON T TO u; GRANT SELECT (k) ON W TO u;',
    );
    expect(await lacks('SELECT k FROM V;')).toBe('');
    expect(await lacks('SELECT total FROM V;')).toBe('S(total)');
    expect(await lacks('SELECT * FROM V;')).toBe('S(y) S(total)');
    expect(await lacks('SELECT COUNT(*) FROM V;')).toBe('S(y) S(total)');
    expect(await lacks('SELECT k FROM W;')).toBe('');
    expect(await lacks('UPDATE V SET y = 1 WHERE k = 1;')).toBe('');
    expect(await lacks('UPDATE V SET k = 1 WHERE k = 1;')).toBe('U(k)');
    expect(await lacks('UPDATE V SET y = 1 WHERE y = 1;')).toBe('S(y)');
    expect(await lacks('UPDATE x SET y = 1 FROM V AS x WHERE x.total = 1;')).toBe('S(total)');
    expect(await lacks('WITH d AS (SELECT k, y FROM V) UPDATE d SET y = 1 WHERE k = 1;')).toBe('S(y)');
    expect(await lacks('DELETE FROM V WHERE k = 1;')).toBe('D');
    expect(await lacks('INSERT V (k, y) VALUES (9, 9);')).toBe('I');
    await a.ok('GRANT UPDATE (k, y) ON V TO u;');
    expect(await lacks('UPDATE V SET y = 1 OUTPUT inserted.k WHERE k = 1;')).toBe('');
    expect(await lacks('UPDATE V SET y = 1 OUTPUT inserted.y WHERE k = 1;')).toBe('S(y)');
  });

  test('where the owner changes, the columns behind the view are asked for, of a change too', async () => {
    await a.script('CREATE USER o WITHOUT LOGIN;', 'CREATE SCHEMA s AUTHORIZATION o;');
    await a.script(
      'CREATE VIEW s.V AS SELECT id, a, b FROM dbo.T;',
      'GRANT SELECT, UPDATE, DELETE, INSERT ON s.V TO u; GRANT SELECT (id, a) ON T TO u;',
    );
    expect(await lacks('SELECT id FROM s.V;')).toBe('S(b)');
    await a.ok('GRANT SELECT (b) ON T TO u;');
    expect(await lacks('SELECT id FROM s.V;')).toBe('');
    expect(await lacks('UPDATE s.V SET a = 1;')).toBe('U');
    expect(await lacks('DELETE FROM s.V;')).toBe('D');
    expect(await lacks('INSERT s.V (id) VALUES (9);')).toBe('I');
    await a.ok('GRANT UPDATE (a) ON T TO u;');
    expect(await lacks('UPDATE s.V SET a = 1;')).toBe('');
    expect(await lacks('UPDATE s.V SET b = 1;')).toBe('U(b)');
  });

  test('a view that a change goes through is read by who may read it', async () => {
    await a.script('CREATE VIEW V AS SELECT id, a FROM T;', 'GRANT UPDATE ON V TO u;');
    expect(await lacks('UPDATE V SET a = 1 WHERE id = 1;')).toBe('S');
    expect(await lacks('WITH d AS (SELECT a FROM V WHERE id = 1) UPDATE d SET a = 1;')).toBe('S');
    await a.ok('GRANT SELECT ON V TO u;');
    expect(await lacks('UPDATE V SET a = 1 WHERE id = 1; UPDATE x SET a = 1 FROM V AS x WHERE x.id = 1;')).toBe('');
    expect(await lacks('WITH d AS (SELECT a FROM V WHERE id = 1) UPDATE d SET a = 1;')).toBe('');
  });

  test('a view with an INSTEAD OF trigger', async () => {
    await a.script(
      'CREATE VIEW V AS SELECT id, a, b FROM T;',
      'CREATE TRIGGER I ON V INSTEAD OF UPDATE AS RETURN;',
      'GRANT SELECT (id, a) ON V TO u; GRANT UPDATE (a) ON V TO u;',
    );
    expect(await lacks('UPDATE V SET a = 1 WHERE id = 1;')).toBe('');
    expect(await lacks('UPDATE V SET b = 1 WHERE id = 1;')).toBe('U(b)');
    expect(await lacks('UPDATE V SET a = 1 WHERE b = 1;')).toBe('S(b)');
  });

  test('table-valued functions', async () => {
    await a.script(
      'CREATE FUNCTION F (@k int) RETURNS TABLE AS RETURN SELECT id, a, b FROM T WHERE id = @k;',
      'CREATE FUNCTION G () RETURNS @t TABLE (n int, m int) AS BEGIN INSERT @t VALUES (1, 2); RETURN; END;',
      'GRANT SELECT (id, a) ON F TO u; GRANT SELECT ON G (n) TO u;',
    );
    expect((await b.ok('SELECT f.a FROM F(2) AS f;')).value).toBe(11);
    expect(await lacks('SELECT * FROM F(1);')).toBe('S(b)');
    expect(await lacks('SELECT x.z FROM F(1) AS x (x, y, z);')).toBe('S(b)');
    expect(await lacks('SELECT n FROM G();')).toBe('');
    expect(await lacks('SELECT n, m FROM G();')).toBe('S(m)');
  });

  test('procedures lend columns; rules, computed columns, triggers and foreign keys of a table read without asking', async () => {
    await a.script(
      'ALTER TABLE T ADD total AS a + b, CONSTRAINT CK CHECK (c < 1000), CONSTRAINT FK FOREIGN KEY (id) REFERENCES T (id);',
      'CREATE TRIGGER Tr ON T AFTER UPDATE AS IF EXISTS (SELECT b, c FROM inserted) UPDATE S SET x = 1;',
      'CREATE PROCEDURE P AS SELECT b, total FROM T;',
      'GRANT EXECUTE ON P TO u; GRANT SELECT (id, total) ON T TO u; GRANT UPDATE (a) ON T TO u;',
    );
    expect(await lacks('EXEC P; SELECT total FROM T; UPDATE T SET a = 1 WHERE id = 1;')).toBe('');
    expect(await lacks('SELECT a FROM T;')).toBe('S(a)');
  });

  test('temp tables and table variables know no permissions', async () => {
    expect(await lacks('DECLARE @t TABLE (n int, m int); INSERT @t VALUES (1, 2); UPDATE @t SET m = n; SELECT * FROM @t;')).toBe('');
  });
});

describe('GRANT, DENY and REVOKE', () => {
  test('columns stand behind the permission or behind the object, for what has columns', async () => {
    await a.ok('GRANT SELECT (id), UPDATE (a), DELETE ON OBJECT::dbo.T TO u; GRANT SELECT, REFERENCES ON S (id) TO u, r;');
    const { rows } = await a.ok(
      `SELECT OBJECT_NAME(major_id) AS o, COL_NAME(major_id, minor_id) AS c, permission_name AS p, type, USER_NAME(grantee_principal_id) AS g
       FROM sys.database_permissions WHERE class = 1 ORDER BY 1, 3, 5;`,
    );
    expect(rows.map(({ o, c, p, type, g }) => [o, c, p, type, g])).toEqual([
      ['S', 'id', 'REFERENCES', 'RF  ', 'r'],
      ['S', 'id', 'REFERENCES', 'RF  ', 'u'],
      ['S', 'id', 'SELECT', 'SL  ', 'r'],
      ['S', 'id', 'SELECT', 'SL  ', 'u'],
      ['T', null, 'DELETE', 'DL  ', 'u'],
      ['T', 'id', 'SELECT', 'SL  ', 'u'],
      ['T', 'a', 'UPDATE', 'UP  ', 'u'],
    ]);
  });

  test.each([
    ['GRANT SELECT (a) ON T (b) TO u;', 1019, 15],
    ['GRANT INSERT (a) ON T TO u;', 1020, 15],
    ['DENY DELETE ON T (a) TO u;', 1020, 15],
    ['GRANT ALL ON T (a) TO u;', 1020, 15],
    ['GRANT SELECT ON SCHEMA::dbo (a) TO u;', 1020, 15],
    ['GRANT SELECT (a) TO u;', 1020, 15],
    ['REVOKE SELECT (nope) ON T FROM u;', 4615, 16],
    ['GRANT SELECT (a) ON P TO u;', 4615, 16],
    ['GRANT SELECT (status) ON Q TO u;', 4615, 16],
  ])('%s', async (text, number, severity) => {
    await a.script('CREATE QUEUE Q;', 'CREATE PROCEDURE P AS RETURN;');
    expect((await a.run(text)).errors).toMatchObject([{ number, severity }]);
    expect((await a.ok('SELECT COUNT(*) AS n FROM sys.database_permissions WHERE minor_id > 0;')).value).toBe(0);
  });

  test('a row for a column that differs from its table, and none for one that does not', async () => {
    const state = async (): Promise<string> => {
      const { rows } = await a.ok(
        "SELECT minor_id AS m, RTRIM(state) AS s, state_desc AS d FROM sys.database_permissions WHERE permission_name = N'SELECT' ORDER BY 1;",
      );
      return rows.map(({ m, s }) => `${m}${s}`).join(' ');
    };
    await a.ok('GRANT SELECT ON T TO u; GRANT SELECT (a) ON T TO u;');
    expect(await state()).toBe('0G');
    await a.ok('DENY SELECT (a) ON T TO u; REVOKE SELECT (b) ON T FROM u;');
    expect(await state()).toBe('0G 2D 3R');
    await a.ok('GRANT SELECT (a, b) ON T TO u;');
    expect(await state()).toBe('0G');
    await a.ok('GRANT SELECT (a) ON T TO u WITH GRANT OPTION;');
    expect(await state()).toBe('0G 2W');
    expect((await a.ok("SELECT state_desc AS d FROM sys.database_permissions WHERE state = 'W';")).value).toBe(
      'GRANT_WITH_GRANT_OPTION',
    );
    await a.ok('REVOKE SELECT ON T FROM u CASCADE; GRANT SELECT (a) ON T TO u;');
    expect(await state()).toBe('2G');
    await a.ok('REVOKE SELECT (a) ON T FROM u;');
    expect(await state()).toBe('');
  });

  test('who has a permission on columns WITH GRANT OPTION gives on that, and no more', async () => {
    await a.ok('CREATE USER v WITHOUT LOGIN; GRANT SELECT (id, a) ON T TO u WITH GRANT OPTION; GRANT SELECT ON S TO u WITH GRANT OPTION;');
    expect((await b.run('GRANT SELECT (id) ON T TO v; GRANT SELECT (x) ON S TO v;')).numbers).toEqual([]);
    for (const text of ['GRANT SELECT (b) ON T TO v;', 'GRANT SELECT ON T TO v;', 'GRANT UPDATE (id) ON T TO v;'])
      expect((await b.run(text)).numbers).toEqual([15151]);
  });

  test('what may be given on is taken away with CASCADE only; GRANT OPTION FOR leaves the permission', async () => {
    await a.ok('GRANT SELECT ON T TO u WITH GRANT OPTION; GRANT SELECT (id) ON S TO u WITH GRANT OPTION;');
    for (const text of ['REVOKE SELECT ON T FROM u;', 'DENY SELECT ON T TO u;', 'REVOKE SELECT (id) ON S FROM u;', 'REVOKE SELECT ON S FROM u;'])
      expect((await a.run(text)).numbers).toEqual([4611]);
    await a.ok('REVOKE GRANT OPTION FOR SELECT ON T FROM u CASCADE;');
    expect(await lacks('SELECT * FROM T;')).toBe('');
    expect((await b.run('GRANT SELECT ON T TO r;')).numbers).toEqual([15151]);
    await a.ok('GRANT SELECT ON T TO u WITH GRANT OPTION; GRANT SELECT ON T TO u; REVOKE SELECT ON S FROM u CASCADE;');
    expect((await b.run('GRANT SELECT ON T TO r;')).numbers).toEqual([]);
    expect(await lacks('SELECT id FROM S;')).toBe('S');
  });

  test('a foreign key takes REFERENCES on the columns that it points at, when it is added too', async () => {
    await a.ok('GRANT CREATE TABLE TO u; GRANT ALTER ON SCHEMA::dbo TO u; CREATE UNIQUE INDEX UX ON T (a);');
    expect(await lacks('CREATE TABLE K (id int REFERENCES T (id));')).toBe('R');
    await a.ok('GRANT REFERENCES (id) ON T TO u;');
    expect(await lacks('CREATE TABLE K (id int REFERENCES T, y int);')).toBe('');
    expect(await lacks('CREATE TABLE L (id int REFERENCES T (a));')).toBe('R(a)');
    expect(await lacks('ALTER TABLE K ADD CONSTRAINT FK FOREIGN KEY (y) REFERENCES T (a);')).toBe('R(a)');
    expect(await lacks('ALTER TABLE K ADD CONSTRAINT FK FOREIGN KEY (y) REFERENCES T (id);')).toBe('');
  });
});

describe('what is shown', () => {
  test('a permission on one column shows the whole table', async () => {
    const seen = `SELECT name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.T') ORDER BY column_id;`;
    expect((await b.ok(seen)).rows).toEqual([]);
    await a.ok('GRANT SELECT ON T (b) TO u;');
    expect((await b.ok(seen)).rows.map(({ name }) => name)).toEqual(['id', 'a', 'b', 'c']);
    expect((await b.ok("SELECT COUNT(*) AS n FROM sys.tables WHERE name = N'T';")).value).toBe(1);
    await a.ok('REVOKE SELECT ON T (b) FROM u; DENY SELECT (b) ON T TO u;');
    expect((await b.ok(seen)).rows).toEqual([]);
  });

  test('functions over the catalog say nothing of what one does not see, and know the columns of views', async () => {
    await a.script('ALTER TABLE S ADD n int IDENTITY;', 'CREATE VIEW V AS SELECT id, CAST(a AS bigint) AS y FROM T;');
    const { rows } = await a.ok(
      "SELECT OBJECT_ID('dbo.S') AS s, OBJECT_ID('dbo.V') AS v, COL_NAME(OBJECT_ID('dbo.V'), 2) AS c, COL_LENGTH('dbo.V', 'y') AS n;",
    );
    expect(rows).toMatchObject([{ c: 'y', n: 8 }]);
    const facts = `SELECT COL_NAME(${rows[0]?.s}, 1) AS name, COL_LENGTH('dbo.S', 'id') AS length, IDENT_CURRENT('dbo.S') AS last,
      OBJECTPROPERTY(${rows[0]?.s}, 'IsTable') AS is_table, COL_NAME(${rows[0]?.v}, 2) AS y;`;
    expect((await b.ok(facts)).rows).toEqual([{ name: null, length: null, last: null, is_table: null, y: null }]);
    await a.ok('GRANT SELECT (x) ON S TO u; GRANT UPDATE (y) ON V TO u;');
    expect((await b.ok(facts)).rows).toMatchObject([{ name: 'id', length: 4, is_table: 1, y: 'y' }]);
  });

  test('HAS_PERMS_BY_NAME', async () => {
    await a.ok('GRANT SELECT (id, a) ON T TO u; GRANT SELECT ON S TO u; DENY SELECT (x) ON S TO r; GRANT UPDATE (b) ON T TO u;');
    const has = async (...args: readonly (string | null)[]): Promise<unknown> =>
      (await b.ok(`SELECT HAS_PERMS_BY_NAME(${args.map((arg) => (arg === null ? 'NULL' : `N'${arg}'`)).join(', ')}) AS n;`)).value;
    expect(await has('dbo.T', 'OBJECT', 'SELECT', 'id', 'COLUMN')).toBe(1);
    expect(await has('T', 'object', 'select', 'A', 'column')).toBe(1);
    expect(await has('dbo.T', 'OBJECT', 'SELECT', 'b', 'COLUMN')).toBe(0);
    expect(await has('dbo.T', 'OBJECT', 'UPDATE', 'b', 'COLUMN')).toBe(1);
    expect(await has('dbo.S', 'OBJECT', 'SELECT', 'x', 'COLUMN')).toBe(0);
    expect(await has('dbo.S', 'OBJECT', 'SELECT')).toBe(1);
    expect(await has('dbo.T', 'OBJECT', 'SELECT')).toBe(0);
    expect(await has('dbo.T', 'OBJECT', 'ANY')).toBe(0);
    expect(await has('dbo.S', 'OBJECT', 'ANY')).toBe(1);
    for (const args of [
      ['dbo.T', 'OBJECT', 'SELECT', 'nope', 'COLUMN'],
      ['dbo.T', 'OBJECT', 'ANY', 'id', 'COLUMN'],
      ['dbo.T', 'OBJECT', 'INSERT', 'id', 'COLUMN'],
      ['dbo.T', 'OBJECT', 'SELECT', 'id', 'ROW'],
      ['dbo.Nope', 'OBJECT', 'SELECT', 'id', 'COLUMN'],
      ['dbo', 'SCHEMA', 'SELECT', 'id', 'COLUMN'],
    ])
      expect(await has(...args)).toBeNull();
  });

  test('sys.fn_my_permissions', async () => {
    await a.ok('GRANT SELECT (id) ON T TO u; GRANT UPDATE ON T TO u; DENY UPDATE (b) ON T TO r; GRANT CREATE VIEW TO u;');
    const list = async (from: string): Promise<unknown[]> =>
      (await b.ok(`SELECT entity_name AS e, subentity_name AS s, permission_name AS p FROM ${from};`)).rows.map(
        ({ e, s, p }) => `${e} ${s} ${p}`,
      );
    expect(await list("sys.fn_my_permissions(N'dbo.T', N'OBJECT')")).toEqual([
      'dbo.T  UPDATE',
      'dbo.T id SELECT',
      'dbo.T id UPDATE',
      'dbo.T a UPDATE',
      'dbo.T c UPDATE',
    ]);
    expect(await list('fn_my_permissions(NULL, N\'DATABASE\')')).toEqual(['database  CREATE VIEW', 'database  CONNECT']);
    expect(await list("fn_my_permissions(N'dbo.Nope', N'OBJECT')")).toEqual([]);
    expect((await a.ok("SELECT COUNT(*) AS n FROM sys.fn_my_permissions(N'S', 'OBJECT') WHERE subentity_name = N'x';")).value).toBe(3);
    expect((await a.ok("SELECT COUNT(*) AS n FROM fn_my_permissions(NULL, 'SERVER');")).value).toBeGreaterThan(5);
  });

  test('INFORMATION_SCHEMA shows the grants to oneself and by oneself', async () => {
    await a.ok(
      'GRANT SELECT (id), UPDATE (a) ON T TO u; GRANT SELECT ON S TO u WITH GRANT OPTION; DENY SELECT (c) ON T TO u; GRANT DELETE ON S TO public;',
    );
    await a.ok('CREATE USER v WITHOUT LOGIN; GRANT SELECT (b) ON T TO v;');
    const columns = 'SELECT GRANTOR, GRANTEE, TABLE_CATALOG, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES ORDER BY COLUMN_NAME;';
    expect((await b.ok(columns)).rows).toEqual([
      { GRANTOR: 'dbo', GRANTEE: 'u', TABLE_CATALOG: database, TABLE_NAME: 'T', COLUMN_NAME: 'a', PRIVILEGE_TYPE: 'UPDATE', IS_GRANTABLE: 'NO' },
      { GRANTOR: 'dbo', GRANTEE: 'u', TABLE_CATALOG: database, TABLE_NAME: 'T', COLUMN_NAME: 'id', PRIVILEGE_TYPE: 'SELECT', IS_GRANTABLE: 'NO' },
    ]);
    expect((await a.ok(columns)).rows.map((row) => row.COLUMN_NAME)).toEqual(['a', 'b', 'id']);
    const tables = 'SELECT GRANTEE, TABLE_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES ORDER BY PRIVILEGE_TYPE;';
    expect((await b.ok(tables)).rows).toEqual([
      { GRANTEE: 'public', TABLE_NAME: 'S', PRIVILEGE_TYPE: 'DELETE', IS_GRANTABLE: 'NO' },
      { GRANTEE: 'u', TABLE_NAME: 'S', PRIVILEGE_TYPE: 'SELECT', IS_GRANTABLE: 'YES' },
    ]);
  });
});

test('sp_table_privileges and sp_column_privileges list what the owner has and what was granted', async () => {
  await a.ok('GRANT SELECT ON T TO u; REVOKE SELECT (b) ON T FROM u; DENY SELECT (c) ON T TO u; GRANT UPDATE (a) ON T TO r WITH GRANT OPTION;');
  const granted = async (call: string): Promise<unknown[]> =>
    (await a.ok(`EXEC ${call};`)).rows
      .filter(({ GRANTEE }) => GRANTEE !== 'dbo')
      .map((row) => [row.COLUMN_NAME, row.GRANTEE, row.PRIVILEGE, row.IS_GRANTABLE].filter((part) => part !== undefined).join(' '));
  expect(await granted("sp_table_privileges N'T'")).toEqual(['u SELECT NO']);
  expect(await granted("sp_column_privileges N'T'")).toEqual(['a u SELECT NO', 'a r UPDATE YES', 'id u SELECT NO']);
  expect((await a.ok("EXEC sp_column_privileges N'T', NULL, NULL, N'b';")).rows.map(({ PRIVILEGE }) => PRIVILEGE)).toEqual([
    'INSERT',
    'REFERENCES',
    'SELECT',
    'UPDATE',
  ]);
  expect((await a.run("EXEC sp_table_privileges N'T', NULL, N'elsewhere';")).numbers).toEqual([15250]);
});

describe('what is renamed, altered and dropped', () => {
  test('a column takes its permissions along when it is renamed, and loses them when it is dropped', async () => {
    await a.ok('GRANT SELECT (id, c) ON T TO u; DENY SELECT (b) ON T TO u; GRANT SELECT ON T TO r;');
    await a.ok("EXEC sp_rename 'dbo.T.b', 'B2', 'COLUMN';");
    expect(await lacks('SELECT B2 FROM T;')).toBe('S(B2)');
    await a.ok('ALTER TABLE T DROP COLUMN B2; ALTER TABLE T ADD B2 int;');
    expect(await lacks('SELECT B2 FROM T;')).toBe('');
    const { rows } = await a.ok("SELECT COL_NAME(major_id, minor_id) AS c FROM sys.database_permissions WHERE minor_id > 0 ORDER BY minor_id;");
    expect(rows.map(({ c }) => c)).toEqual(['id', 'c']);
  });

  test('an object takes its permissions along when it is renamed; one made by its old name has none', async () => {
    await a.script('CREATE VIEW V AS SELECT id, a FROM T;', 'GRANT SELECT ON V TO u; GRANT SELECT (id) ON T TO u;');
    await a.ok("EXEC sp_rename 'dbo.T', 'T2'; EXEC sp_rename 'dbo.V', 'V2';");
    expect(await lacks('SELECT id FROM T2;')).toBe('');
    expect(await lacks('SELECT a FROM T2;')).toBe('S(a)');
    await a.script('CREATE TABLE T (id int, a int);', 'CREATE VIEW V AS SELECT id FROM T;');
    expect(await lacks('SELECT id FROM T;')).toBe('S');
    expect(await lacks('SELECT id FROM V;')).toBe('S');
    expect(await lacks('SELECT id FROM V2;')).toBe('');
  });

  test('ALTER VIEW keeps the permissions on columns of the same name', async () => {
    await a.script(
      'CREATE VIEW V AS SELECT id, a, b FROM T;',
      'GRANT SELECT (id, a) ON V TO u;',
      'ALTER VIEW V AS SELECT c AS a, b AS other, id FROM T;',
    );
    expect(await lacks('SELECT id, a FROM V;')).toBe('');
    await a.script('ALTER VIEW V AS SELECT id FROM T;', 'ALTER VIEW V AS SELECT id, a FROM T;');
    expect(await lacks('SELECT id FROM V;')).toBe('');
    expect(await lacks('SELECT a FROM V;')).toBe('S(a)');
  });

  test.each([
    ['TABLE', 'CREATE TABLE X (n int);', 'GRANT SELECT (n) ON X TO u;', 'DROP TABLE X;', "N'X', N'OBJECT', N'SELECT', N'n', N'COLUMN'"],
    ['TYPE', 'CREATE TYPE X AS TABLE (n int);', 'GRANT EXECUTE ON TYPE::X TO u;', 'DROP TYPE X;', "N'X', N'TYPE', N'EXECUTE'"],
    ['QUEUE', 'CREATE QUEUE X;', 'GRANT RECEIVE ON X TO u;', 'DROP QUEUE X;', "N'X', N'OBJECT', N'RECEIVE'"],
    ['SCHEMA', 'CREATE SCHEMA X;', 'GRANT SELECT ON SCHEMA::X TO u;', 'DROP SCHEMA X;', "N'X', N'SCHEMA', N'SELECT'"],
    ['MESSAGE TYPE', 'CREATE MESSAGE TYPE X;', 'GRANT REFERENCES ON MESSAGE TYPE::X TO u;', 'DROP MESSAGE TYPE X;', "N'X', N'MESSAGE TYPE', N'REFERENCES'"],
    ['CONTRACT', 'CREATE CONTRACT X ([DEFAULT] SENT BY ANY);', 'GRANT REFERENCES ON CONTRACT::X TO u;', 'DROP CONTRACT X;', "N'X', N'CONTRACT', N'REFERENCES'"],
    ['USER', 'CREATE USER X WITHOUT LOGIN;', 'GRANT IMPERSONATE ON USER::X TO u;', 'DROP USER X;', "N'X', N'USER', N'IMPERSONATE'"],
    ['ROLE', 'CREATE ROLE X;', 'GRANT ALTER ON ROLE::X TO u;', 'DROP ROLE X;', "N'X', N'ROLE', N'ALTER'"],
  ])('what is made again by the name of a dropped %s has no permissions', async (_kind, create, grant, drop, asked) => {
    const has = `SELECT HAS_PERMS_BY_NAME(${asked}) AS n;`;
    await a.script(create, grant);
    expect((await b.ok(has)).value).toBe(1);
    await a.script(drop, create);
    expect((await b.ok(has)).value).toBe(0);
  });

  test('a role and a user keep everything when they are renamed', async () => {
    await a.script('CREATE USER o WITHOUT LOGIN;', 'CREATE SCHEMA s AUTHORIZATION o;', 'CREATE TABLE s.X (n int);');
    await a.ok('GRANT SELECT (id) ON T TO r; CREATE ROLE inner_role AUTHORIZATION o; GRANT ALTER ON ROLE::r TO u;');
    await a.ok('ALTER ROLE r WITH NAME = renamed; ALTER USER o WITH NAME = owner_2;');
    expect(await lacks('SELECT id FROM T;')).toBe('');
    const facts = await a.ok(
      `SELECT IS_ROLEMEMBER('renamed', 'u') AS member, USER_NAME((SELECT principal_id FROM sys.schemas WHERE name = 's')) AS schema_owner,
         USER_NAME((SELECT owning_principal_id FROM sys.database_principals WHERE name = 'inner_role')) AS role_owner;`,
    );
    expect(facts.rows).toEqual([{ member: 1, schema_owner: 'owner_2', role_owner: 'owner_2' }]);
    expect((await b.ok("SELECT HAS_PERMS_BY_NAME('renamed', 'ROLE', 'ALTER') AS n;")).value).toBe(1);
    expect((await a.run('ALTER ROLE renamed WITH NAME = u;')).numbers).toEqual([15023]);
    await a.ok('CREATE ROLE r;');
    expect((await a.ok("SELECT IS_ROLEMEMBER('r', 'u') AS n;")).value).toBe(0);
  });

  test('a role with members, and who owns a schema or a role, stay', async () => {
    await a.script('CREATE USER o WITHOUT LOGIN;', 'CREATE SCHEMA s AUTHORIZATION o;');
    await a.ok('CREATE USER p WITHOUT LOGIN; CREATE ROLE q AUTHORIZATION p;');
    expect((await a.run('DROP ROLE r;')).numbers).toEqual([15144]);
    expect((await a.run('DROP USER o;')).numbers).toEqual([15138]);
    expect((await a.run('DROP USER p;')).numbers).toEqual([15421]);
    await a.ok('ALTER ROLE r DROP MEMBER u; DROP ROLE r; DROP SCHEMA s; DROP USER o; DROP ROLE q; DROP USER p;');
  });
});
