import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';
import { makeUserDatabase, type UserDatabase } from './user-database.ts';

let server: TestServer;
let a: SqlClient;
let b: SqlClient;
let lacks: UserDatabase['lacks'];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  const own = await makeUserDatabase(server);
  ({ a, b, lacks } = own);
  await a.script('CREATE SCHEMA other;');
  return () => own[Symbol.asyncDispose]();
});

const numbers = async (text: string): Promise<readonly number[]> => (await a.run(text)).numbers;

describe('ALTER SCHEMA ... TRANSFER', () => {
  test('a table moves with its rows, constraints, triggers and properties, and with the keys that point at it', async () => {
    await a.script(
      `CREATE TABLE P (id int IDENTITY NOT NULL CONSTRAINT PK_P PRIMARY KEY, parent int CONSTRAINT FK_P REFERENCES P (id),
         a int CONSTRAINT CK_P CHECK (a > 0) CONSTRAINT DF_P DEFAULT 7);
       CREATE TABLE C (id int CONSTRAINT FK_C REFERENCES P (id)); INSERT P (a) VALUES (1), (2); INSERT C VALUES (1);
       EXEC sp_addextendedproperty 'note', 'kept', 'SCHEMA', 'dbo', 'TABLE', 'P', 'CONSTRAINT', 'CK_P';`,
      'CREATE TRIGGER TR ON P AFTER INSERT AS PRINT CONCAT(SCHEMA_NAME(), OBJECT_SCHEMA_NAME(@@PROCID));',
    );
    const { value: id } = await a.ok("SELECT OBJECT_ID('dbo.P') AS id;");
    await a.ok('ALTER SCHEMA other TRANSFER P;');
    expect((await a.ok("SELECT OBJECT_ID('other.P') AS id;")).value).toBe(id);
    expect((await a.ok("SELECT OBJECT_ID('dbo.P') AS id;")).value).toBeNull();
    const parts = await a.ok(
      `SELECT o.name, SCHEMA_NAME(o.schema_id) AS s FROM sys.objects AS o WHERE o.parent_object_id = ${String(id)} ORDER BY o.name;`,
    );
    expect(parts.rows.map(({ name, s }) => `${String(s)}.${String(name)}`)).toEqual(
      ['CK_P', 'DF_P', 'FK_P', 'PK_P', 'TR'].map((name) => `other.${name}`),
    );
    expect((await a.ok('INSERT other.P (parent) VALUES (2); SELECT id, a FROM other.P;')).rows).toEqual([
      { id: 1, a: 1 },
      { id: 2, a: 2 },
      { id: 3, a: 7 },
    ]);
    expect(await numbers('INSERT C VALUES (99);')).toEqual([547]);
    expect(await numbers('DELETE other.P WHERE id = 1;')).toEqual([547]);
    expect((await a.run('INSERT other.P (a) VALUES (0);')).errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('table "other.P", column \'a\''),
    ]);
    const properties = await a.ok(
      "SELECT value FROM sys.fn_listextendedproperty(NULL, 'SCHEMA', 'other', 'TABLE', 'P', 'CONSTRAINT', 'CK_P');",
    );
    expect(properties.rows).toEqual([{ value: 'kept' }]);
    await a.ok('CREATE TABLE P (x int); DROP TABLE P; ALTER SCHEMA dbo TRANSFER OBJECT::other.P;');
    expect((await a.ok('SELECT COUNT(*) AS n FROM dbo.P;')).value).toBe(3);
  });

  test('modules and sequences', async () => {
    await a.script(
      'CREATE SEQUENCE Q AS int START WITH 5; CREATE TABLE other.T (id int); INSERT other.T VALUES (77);',
      'CREATE VIEW V AS SELECT id FROM dbo.T;',
      "CREATE TRIGGER VT ON V INSTEAD OF INSERT AS PRINT N'instead';",
      'CREATE PROCEDURE Ids AS SELECT TOP 1 id FROM T ORDER BY id DESC;',
      'SELECT NEXT VALUE FOR Q AS v;',
      'ALTER SCHEMA other TRANSFER dbo.V; ALTER SCHEMA other TRANSFER Ids; ALTER SCHEMA other TRANSFER Q;',
    );
    expect((await a.ok('SELECT COUNT(*) AS n FROM other.V;')).value).toBe(2);
    expect((await a.ok('INSERT other.V VALUES (9);')).messages).toContain('instead');
    // What has no schema is looked for in that of the procedure first.
    expect((await a.ok('EXEC other.Ids;')).value).toBe(77);
    expect((await a.ok('SELECT NEXT VALUE FOR other.Q AS v;')).value).toBe(6);
    expect(await numbers('SELECT * FROM V;')).toEqual([208]);
  });

  test('permissions stay behind, and are asked for', async () => {
    await a.ok('GRANT SELECT ON T TO u; GRANT SELECT (x) ON S TO u;');
    await a.ok('ALTER SCHEMA other TRANSFER T; ALTER SCHEMA other TRANSFER S;');
    expect(await lacks('SELECT id FROM other.T;')).toBe('S');
    expect((await a.ok('SELECT COUNT(*) AS n FROM sys.database_permissions WHERE class = 1;')).value).toBe(0);
    const refused = async (): Promise<string> =>
      (await b.run('ALTER SCHEMA dbo TRANSFER other.T;')).errors[0]?.message ?? '';
    expect(await refused()).toBe(
      "Cannot alter the schema 'dbo', because it does not exist or you do not have permission.",
    );
    await a.ok('GRANT ALTER ON SCHEMA::dbo TO u; GRANT ALTER ON other.T TO u;');
    expect(await refused()).toBe(
      "Cannot find the object 'T', because it does not exist or you do not have permission.",
    );
    await a.ok('GRANT CONTROL ON other.T TO u;');
    expect(await refused()).toBe('');
  });

  test.each([
    [15151, 'ALTER SCHEMA nowhere TRANSFER T'],
    [15151, 'ALTER SCHEMA other TRANSFER nothing'],
    [15151, 'ALTER SCHEMA other TRANSFER tempdb.dbo.T'],
    [15530, 'CREATE TABLE other.T (id int); ALTER SCHEMA other TRANSFER dbo.T'],
    [15347, "EXEC (N'CREATE TRIGGER X ON T AFTER INSERT AS PRINT 1'); ALTER SCHEMA other TRANSFER X"],
    [15348, 'CREATE SEQUENCE Q; CREATE TABLE K (id int DEFAULT (NEXT VALUE FOR dbo.Q)); ALTER SCHEMA other TRANSFER Q'],
    [40000, 'CREATE QUEUE K; ALTER SCHEMA other TRANSFER K'],
    [40000, 'ALTER SCHEMA other TRANSFER TYPE::dbo.K'],
  ])('%i %s', async (number, text) => {
    expect((await numbers(text)).at(-1)).toBe(number);
  });

  test('it is taken back with its transaction', async () => {
    await a.ok('GRANT SELECT ON T TO u; BEGIN TRANSACTION; ALTER SCHEMA other TRANSFER T; ROLLBACK;');
    expect(await lacks('SELECT id FROM dbo.T;')).toBe('');
    expect((await a.ok("SELECT OBJECT_ID('other.T') AS id;")).value).toBeNull();
  });
});

test('sp_rename of a sequence and of a view with a trigger; what a default takes values from stays', async () => {
  await a.script(
    'CREATE SEQUENCE Q AS int START WITH 5; GRANT UPDATE ON Q TO u;',
    'CREATE VIEW V AS SELECT id FROM T;',
    "CREATE TRIGGER VT ON V INSTEAD OF INSERT AS PRINT N'instead';",
    'SELECT NEXT VALUE FOR Q AS v;',
    "EXEC sp_rename N'dbo.Q', N'Q2', N'OBJECT'; EXEC sp_rename 'V', 'V2';",
  );
  expect((await b.ok('SELECT NEXT VALUE FOR dbo.Q2 AS v;')).value).toBe(6);
  expect((await a.ok('INSERT V2 VALUES (9);')).messages).toContain('instead');
  await a.ok('CREATE TABLE K (id int CONSTRAINT DF_K DEFAULT (NEXT VALUE FOR dbo.Q2));');
  expect((await a.run("EXEC sp_rename 'Q2', 'Q3';")).errors[0]?.message).toBe(
    "Object 'dbo.Q2' cannot be renamed because the object participates in enforced dependencies.",
  );
  expect((await a.run('DROP SEQUENCE dbo.Q2;')).errors[0]?.message).toBe(
    "Cannot DROP SEQUENCE 'dbo.Q2' because it is being referenced by object 'DF_K'.",
  );
  await a.ok('DROP TABLE K; DROP SEQUENCE dbo.Q2;');
});
