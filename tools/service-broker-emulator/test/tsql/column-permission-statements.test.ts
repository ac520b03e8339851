import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';
import { makeUserDatabase, type UserDatabase } from './user-database.ts';

let server: TestServer;
let a: SqlClient;
let b: SqlClient;
let lacks: UserDatabase['lacks'];
let database = '';

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  const own = await makeUserDatabase(server);
  ({ a, b, lacks, name: database } = own);
  return () => own[Symbol.asyncDispose]();
});

describe('GRANT, DENY and REVOKE', () => {
  test('columns stand behind the permission or behind the object, for what has columns', async () => {
    await a.ok(
      'GRANT SELECT (id), UPDATE (a), DELETE ON OBJECT::dbo.T TO u; GRANT SELECT, REFERENCES ON S (id) TO u, r;',
    );
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

  test('what there is no permission of on an object is refused; ALL is what there is', async () => {
    await a.script(
      'CREATE PROCEDURE P AS RETURN 0;',
      'CREATE FUNCTION F () RETURNS int AS BEGIN RETURN 1; END;',
      'CREATE QUEUE Q;',
    );
    for (const text of ['EXECUTE ON T', 'SELECT ON P', 'SELECT ON F', 'RECEIVE ON S', 'INSERT ON Q', 'SEND ON Q'])
      for (const action of [`GRANT ${text} TO u;`, `DENY ${text} TO u;`, `REVOKE ${text} FROM u;`])
        expect((await a.run(action)).numbers, action).toEqual([4606]);
    expect((await a.run('GRANT EXEC ON T TO u;')).errors[0]?.message).toBe(
      'Granted or revoked privilege EXECUTE is not compatible with object.',
    );
    await a.ok('GRANT ALL ON P TO u; GRANT ALL ON F TO u; GRANT ALL ON Q TO u; GRANT ALL ON T TO u;');
    const given = await a.ok(
      `SELECT OBJECT_NAME(major_id) AS o, STRING_AGG(permission_name, ' ') WITHIN GROUP (ORDER BY permission_name) AS p
       FROM sys.database_permissions WHERE class = 1 GROUP BY major_id ORDER BY o;`,
    );
    expect(given.rows).toEqual([
      { o: 'F', p: 'EXECUTE REFERENCES' },
      { o: 'P', p: 'EXECUTE' },
      { o: 'Q', p: 'REFERENCES SELECT' },
      { o: 'T', p: 'DELETE INSERT REFERENCES SELECT UPDATE' },
    ]);
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
    await a.ok(
      'CREATE USER v WITHOUT LOGIN; GRANT SELECT (id, a) ON T TO u WITH GRANT OPTION; GRANT SELECT ON S TO u WITH GRANT OPTION;',
    );
    expect((await b.run('GRANT SELECT (id) ON T TO v; GRANT SELECT (x) ON S TO v;')).numbers).toEqual([]);
    for (const text of ['GRANT SELECT (b) ON T TO v;', 'GRANT SELECT ON T TO v;', 'GRANT UPDATE (id) ON T TO v;'])
      expect((await b.run(text)).numbers).toEqual([15151]);
  });

  test('what may be given on is taken away with CASCADE only; GRANT OPTION FOR leaves the permission', async () => {
    await a.ok('GRANT SELECT ON T TO u WITH GRANT OPTION; GRANT SELECT (id) ON S TO u WITH GRANT OPTION;');
    for (const text of [
      'REVOKE SELECT ON T FROM u;',
      'DENY SELECT ON T TO u;',
      'REVOKE SELECT (id) ON S FROM u;',
      'REVOKE SELECT ON S FROM u;',
    ])
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
    await a.ok(
      'GRANT SELECT (id, a) ON T TO u; GRANT SELECT ON S TO u; DENY SELECT (x) ON S TO r; GRANT UPDATE (b) ON T TO u;',
    );
    const has = async (...args: readonly (string | null)[]): Promise<unknown> =>
      (
        await b.ok(
          `SELECT HAS_PERMS_BY_NAME(${args.map((arg) => (arg === null ? 'NULL' : `N'${arg}'`)).join(', ')}) AS n;`,
        )
      ).value;
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
    await a.ok(
      'GRANT SELECT (id) ON T TO u; GRANT UPDATE ON T TO u; DENY UPDATE (b) ON T TO r; GRANT CREATE VIEW TO u;',
    );
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
    expect(await list("fn_my_permissions(NULL, N'DATABASE')")).toEqual(['database  CREATE VIEW', 'database  CONNECT']);
    expect(await list("fn_my_permissions(N'dbo.Nope', N'OBJECT')")).toEqual([]);
    expect(
      (await a.ok("SELECT COUNT(*) AS n FROM sys.fn_my_permissions(N'S', 'OBJECT') WHERE subentity_name = N'x';"))
        .value,
    ).toBe(3);
    expect((await a.ok("SELECT COUNT(*) AS n FROM fn_my_permissions(NULL, 'SERVER');")).value).toBeGreaterThan(5);
  });

  test('INFORMATION_SCHEMA shows the grants to oneself and by oneself', async () => {
    await a.ok(
      'GRANT SELECT (id), UPDATE (a) ON T TO u; GRANT SELECT ON S TO u WITH GRANT OPTION; DENY SELECT (c) ON T TO u; GRANT DELETE ON S TO public;',
    );
    await a.ok('CREATE USER v WITHOUT LOGIN; GRANT SELECT (b) ON T TO v;');
    const columns =
      'SELECT GRANTOR, GRANTEE, TABLE_CATALOG, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES ORDER BY COLUMN_NAME;';
    expect((await b.ok(columns)).rows).toEqual([
      {
        GRANTOR: 'dbo',
        GRANTEE: 'u',
        TABLE_CATALOG: database,
        TABLE_NAME: 'T',
        COLUMN_NAME: 'a',
        PRIVILEGE_TYPE: 'UPDATE',
        IS_GRANTABLE: 'NO',
      },
      {
        GRANTOR: 'dbo',
        GRANTEE: 'u',
        TABLE_CATALOG: database,
        TABLE_NAME: 'T',
        COLUMN_NAME: 'id',
        PRIVILEGE_TYPE: 'SELECT',
        IS_GRANTABLE: 'NO',
      },
    ]);
    expect((await a.ok(columns)).rows.map((row) => row.COLUMN_NAME)).toEqual(['a', 'b', 'id']);
    const tables =
      'SELECT GRANTEE, TABLE_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES ORDER BY PRIVILEGE_TYPE;';
    expect((await b.ok(tables)).rows).toEqual([
      { GRANTEE: 'public', TABLE_NAME: 'S', PRIVILEGE_TYPE: 'DELETE', IS_GRANTABLE: 'NO' },
      { GRANTEE: 'u', TABLE_NAME: 'S', PRIVILEGE_TYPE: 'SELECT', IS_GRANTABLE: 'YES' },
    ]);
  });
});

test('sp_table_privileges and sp_column_privileges list what the owner has and what was granted', async () => {
  await a.ok(
    'GRANT SELECT ON T TO u; REVOKE SELECT (b) ON T FROM u; DENY SELECT (c) ON T TO u; GRANT UPDATE (a) ON T TO r WITH GRANT OPTION;',
  );
  const granted = async (call: string): Promise<unknown[]> =>
    (await a.ok(`EXEC ${call};`)).rows
      .filter(({ GRANTEE }) => GRANTEE !== 'dbo')
      .map((row) =>
        [row.COLUMN_NAME, row.GRANTEE, row.PRIVILEGE, row.IS_GRANTABLE].filter((part) => part !== undefined).join(' '),
      );
  expect(await granted("sp_table_privileges N'T'")).toEqual(['u SELECT NO']);
  expect(await granted("sp_column_privileges N'T'")).toEqual(['a u SELECT NO', 'a r UPDATE YES', 'id u SELECT NO']);
  expect(
    (await a.ok("EXEC sp_column_privileges N'T', NULL, NULL, N'b';")).rows.map(({ PRIVILEGE }) => PRIVILEGE),
  ).toEqual(['INSERT', 'REFERENCES', 'SELECT', 'UPDATE']);
  expect((await a.run("EXEC sp_table_privileges N'T', NULL, N'elsewhere';")).numbers).toEqual([15250]);
});

describe('what is renamed, altered and dropped', () => {
  test('a column takes its permissions along when it is renamed, and loses them when it is dropped', async () => {
    await a.ok('GRANT SELECT (id, c) ON T TO u; DENY SELECT (b) ON T TO u; GRANT SELECT ON T TO r;');
    await a.ok("EXEC sp_rename 'dbo.T.b', 'B2', 'COLUMN';");
    expect(await lacks('SELECT B2 FROM T;')).toBe('S(B2)');
    await a.ok('ALTER TABLE T DROP COLUMN B2; ALTER TABLE T ADD B2 int;');
    expect(await lacks('SELECT B2 FROM T;')).toBe('');
    const { rows } = await a.ok(
      'SELECT COL_NAME(major_id, minor_id) AS c FROM sys.database_permissions WHERE minor_id > 0 ORDER BY minor_id;',
    );
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
    [
      'TABLE',
      'CREATE TABLE X (n int);',
      'GRANT SELECT (n) ON X TO u;',
      'DROP TABLE X;',
      "N'X', N'OBJECT', N'SELECT', N'n', N'COLUMN'",
    ],
    [
      'TYPE',
      'CREATE TYPE X AS TABLE (n int);',
      'GRANT EXECUTE ON TYPE::X TO u;',
      'DROP TYPE X;',
      "N'X', N'TYPE', N'EXECUTE'",
    ],
    ['QUEUE', 'CREATE QUEUE X;', 'GRANT RECEIVE ON X TO u;', 'DROP QUEUE X;', "N'X', N'OBJECT', N'RECEIVE'"],
    ['SCHEMA', 'CREATE SCHEMA X;', 'GRANT SELECT ON SCHEMA::X TO u;', 'DROP SCHEMA X;', "N'X', N'SCHEMA', N'SELECT'"],
    [
      'MESSAGE TYPE',
      'CREATE MESSAGE TYPE X;',
      'GRANT REFERENCES ON MESSAGE TYPE::X TO u;',
      'DROP MESSAGE TYPE X;',
      "N'X', N'MESSAGE TYPE', N'REFERENCES'",
    ],
    [
      'CONTRACT',
      'CREATE CONTRACT X ([DEFAULT] SENT BY ANY);',
      'GRANT REFERENCES ON CONTRACT::X TO u;',
      'DROP CONTRACT X;',
      "N'X', N'CONTRACT', N'REFERENCES'",
    ],
    [
      'USER',
      'CREATE USER X WITHOUT LOGIN;',
      'GRANT IMPERSONATE ON USER::X TO u;',
      'DROP USER X;',
      "N'X', N'USER', N'IMPERSONATE'",
    ],
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
