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

describe('columns', () => {
  beforeAll(() =>
    db
      .ok(`CREATE TABLE dbo.C (
      Id int IDENTITY(10, 5) PRIMARY KEY, N int NOT NULL DEFAULT 3, Twice AS N * 2, Version rowversion,
      Made datetime2 NOT NULL DEFAULT SYSUTCDATETIME())`)
      .then(() => undefined),
  );

  test('identity, default and computed values', async () => {
    const { sets } = await db.ok(`
      INSERT dbo.C DEFAULT VALUES; INSERT dbo.C (N) VALUES (4);
      SELECT SCOPE_IDENTITY() AS scope, @@IDENTITY AS session, IDENT_CURRENT('dbo.C') AS [table];
      SELECT Id, N, Twice FROM dbo.C ORDER BY Id`);
    expect(sets[0]).toEqual([{ scope: 15, session: 15, table: 15 }]);
    expect(sets[1]).toEqual([
      { Id: 10, N: 3, Twice: 6 },
      { Id: 15, N: 4, Twice: 8 },
    ]);
  });

  test('a rowversion grows with each change', async () => {
    const { value } = await db.ok(`
      DECLARE @v binary(8) = (SELECT Version FROM dbo.C WHERE Id = 10);
      UPDATE dbo.C SET N = N WHERE Id = 10;
      SELECT CASE WHEN Version > @v THEN 1 ELSE 0 END AS grown FROM dbo.C WHERE Id = 10`);
    expect(value).toBe(1);
  });

  test('IDENTITY_INSERT lets a value in and moves the identity on', async () => {
    const { value } = await db.ok(`
      SET IDENTITY_INSERT dbo.C ON; INSERT dbo.C (Id) VALUES (100); SET IDENTITY_INSERT dbo.C OFF;
      INSERT dbo.C (N) VALUES (1); SELECT SCOPE_IDENTITY() AS v`);
    expect(value).toBe(105);
  });

  test.each([
    ['INSERT dbo.C (Id) VALUES (1)', 544],
    ['INSERT dbo.C (Twice) VALUES (1)', 271],
    ['INSERT dbo.C (Version) VALUES (0x00)', 273],
    ['UPDATE dbo.C SET Id = 1', 8102],
    ['INSERT dbo.C (Nope) VALUES (1)', 207],
    ['INSERT dbo.C (N) VALUES (1, 2)', 110],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toEqual([number]);
  });
});

describe('ALTER TABLE', () => {
  beforeAll(() =>
    db
      .ok("CREATE TABLE dbo.A (Id int NOT NULL, V nvarchar(10) NULL); INSERT dbo.A VALUES (1, N'long'), (2, NULL)")
      .then(() => undefined),
  );

  test('ADD fills the rows that are there', async () => {
    await db.ok('ALTER TABLE dbo.A ADD State int NOT NULL CONSTRAINT DF_State DEFAULT 7, Note nvarchar(5) NULL');
    expect((await db.ok('SELECT Id, State, Note FROM dbo.A WHERE Id = 1')).rows).toEqual([
      { Id: 1, State: 7, Note: null },
    ]);
  });

  test('constraints come, are turned off, and go', async () => {
    await db.ok('ALTER TABLE dbo.A ADD CONSTRAINT PK_A PRIMARY KEY (Id), CONSTRAINT CK_A CHECK (State > 0)');
    expect((await db.run('UPDATE dbo.A SET State = 0')).numbers).toEqual([547]);
    await db.ok('ALTER TABLE dbo.A NOCHECK CONSTRAINT CK_A; UPDATE dbo.A SET State = 0 WHERE Id = 1');
    await db.ok('ALTER TABLE dbo.A DROP CONSTRAINT IF EXISTS CK_A');
    expect((await db.run('ALTER TABLE dbo.A ADD CONSTRAINT CK_B CHECK (State > 0)')).numbers).toEqual([547]);
  });

  test.each([
    ['ALTER TABLE dbo.A ALTER COLUMN V nvarchar(2) NULL', 2628],
    ['ALTER TABLE dbo.A ALTER COLUMN V nvarchar(10) NOT NULL', 515],
    ['ALTER TABLE dbo.A DROP COLUMN State', 5074],
    ['ALTER TABLE dbo.A DROP COLUMN Nope', 4924],
    ['ALTER TABLE dbo.A DROP CONSTRAINT Nope', 3728],
    ['ALTER TABLE dbo.Nope ADD x int', 4902],
    ['CREATE TABLE dbo.A (a int)', 2714],
    ['DROP TABLE dbo.Nope', 3701],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toContain(number);
  });

  test('what was compiled before sees the new shape', async () => {
    await db.ok('CREATE PROCEDURE dbo.AllOfA AS SELECT * FROM dbo.A WHERE Id = 1');
    const before = (await db.ok('EXEC dbo.AllOfA')).rows[0];
    await db.ok('ALTER TABLE dbo.A DROP COLUMN Note');
    expect(Object.keys(before ?? {})).toContain('Note');
    expect(Object.keys((await db.ok('EXEC dbo.AllOfA')).rows[0] ?? {})).not.toContain('Note');
  });
});

describe('what hangs on a column, a key or a table', () => {
  beforeAll(() =>
    db.script(
      `CREATE TABLE dbo.H (Id int NOT NULL CONSTRAINT PK_H PRIMARY KEY, V varchar(10) NULL CONSTRAINT CK_H CHECK (LEN(V) > 1),
         N int NULL CONSTRAINT DF_H DEFAULT 1, Twice AS N * 2, U varchar(10) NULL, Free int NULL);
       CREATE INDEX IX_H ON dbo.H (U);
       CREATE TABLE dbo.HC (Id int PRIMARY KEY, H int CONSTRAINT FK_HC REFERENCES dbo.H (Id) ON DELETE CASCADE)`,
    ),
  );

  test.each([
    ['ALTER TABLE dbo.H DROP COLUMN V', [5074, 4922]],
    ['ALTER TABLE dbo.H DROP COLUMN N', [5074, 4922]],
    ['ALTER TABLE dbo.H DROP COLUMN U', [5074, 4922]],
    ['ALTER TABLE dbo.H ALTER COLUMN Id bigint NOT NULL', [5074, 4922]],
    ['ALTER TABLE dbo.H ALTER COLUMN V int NULL', [5074, 4922]],
    ['ALTER TABLE dbo.H ALTER COLUMN N bigint NULL', [5074, 4922]],
    ['ALTER TABLE dbo.H ALTER COLUMN U varchar(5) NULL', [5074, 4922]],
    ['ALTER TABLE dbo.HC ALTER COLUMN H bigint NULL', [5074, 4922]],
    ['ALTER TABLE dbo.H DROP CONSTRAINT PK_H', [3725, 3727]],
    ['ALTER TABLE dbo.H DROP CONSTRAINT Nope', [3728, 3727]],
    ['CREATE TABLE dbo.HX (H int REFERENCES dbo.Nope (Id))', [1767, 1750]],
    ['CREATE TABLE dbo.HX (H int REFERENCES dbo.H (N))', [1776, 1750]],
    ['CREATE TABLE dbo.HX (Id int PRIMARY KEY, Up int REFERENCES dbo.HX (Id) ON DELETE CASCADE)', [1785, 1750]],
    [
      'CREATE TABLE dbo.HX (A int REFERENCES dbo.H ON DELETE CASCADE, B int REFERENCES dbo.HC ON DELETE SET NULL)',
      [1785, 1750],
    ],
  ])('%s', async (text, numbers) => {
    expect((await db.run(text)).numbers).toEqual(numbers);
  });

  test.each([
    'ALTER TABLE dbo.H ALTER COLUMN V varchar(20) NULL',
    'ALTER TABLE dbo.H ALTER COLUMN U varchar(20) NULL',
    'ALTER TABLE dbo.H ALTER COLUMN Free bigint NULL',
    'CREATE TABLE dbo.HY (A int REFERENCES dbo.H ON DELETE CASCADE, B int REFERENCES dbo.HC ON UPDATE CASCADE)',
  ])('%s does', async (text) => {
    expect((await db.run(text)).numbers).toEqual([]);
  });

  test('a foreign key names the key that it points at', async () => {
    const { rows } = await db.ok(`
      CREATE TABLE dbo.HK (Id int CONSTRAINT PK_HK PRIMARY KEY, U int NOT NULL CONSTRAINT UQ_HK UNIQUE);
      CREATE TABLE dbo.HF (U int CONSTRAINT FK_U REFERENCES dbo.HK (U), Id int CONSTRAINT FK_Id REFERENCES dbo.HK);
      SELECT CONSTRAINT_NAME AS f, UNIQUE_CONSTRAINT_NAME AS k FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS
      WHERE CONSTRAINT_NAME IN ('FK_U', 'FK_Id') ORDER BY f`);
    expect(rows).toEqual([
      { f: 'FK_Id', k: 'PK_HK' },
      { f: 'FK_U', k: 'UQ_HK' },
    ]);
  });

  test('CONSTRAINT_COLUMN_USAGE has the columns of checks', async () => {
    const { rows } = await db.ok(
      "SELECT COLUMN_NAME AS c FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE WHERE CONSTRAINT_NAME = 'CK_H'",
    );
    expect(rows).toEqual([{ c: 'V' }]);
  });
});

describe('views', () => {
  beforeAll(() =>
    db.script(
      "CREATE TABLE dbo.Base (Id int PRIMARY KEY, P nvarchar(10), N int NOT NULL DEFAULT 1); INSERT dbo.Base VALUES (1, N'a', 1), (2, N'b', 2)",
      'CREATE VIEW dbo.V (Id, Payload, Twice, N) AS SELECT Id, P, N * 2, N FROM dbo.Base WHERE N > 0',
      'CREATE VIEW dbo.Grouped AS SELECT N, COUNT(*) AS c FROM dbo.Base GROUP BY N',
    ),
  );

  test('INSERT, UPDATE and DELETE reach the table below', async () => {
    const { sets } = await db.ok(`
      INSERT dbo.V (Id, Payload, N) VALUES (3, N'v', 3);
      UPDATE dbo.V SET N = 4 OUTPUT deleted.N AS before, inserted.N AS after WHERE Payload = N'v';
      SELECT * FROM dbo.V WHERE Id = 3;
      DELETE dbo.V WHERE Id = 3;
      SELECT COUNT(*) AS n FROM dbo.Base`);
    expect(sets).toEqual([[{ before: 3, after: 4 }], [{ Id: 3, Payload: 'v', Twice: 8, N: 4 }], [{ n: 2 }]]);
  });

  test('rows outside the view are not touched', async () => {
    await db.ok(
      'INSERT dbo.Base VALUES (9, NULL, -1); UPDATE dbo.V SET Payload = NULL WHERE Id = 9; DELETE dbo.V WHERE Id = 9',
    );
    expect((await db.ok('SELECT Id FROM dbo.Base WHERE Id = 9')).rows).toEqual([{ Id: 9 }]);
  });

  test.each([
    ['UPDATE dbo.V SET Twice = 2', 4406],
    ['DELETE dbo.Grouped', 4403],
    ['UPDATE dbo.V SET Nope = 2', 207],
    ['CREATE VIEW dbo.Bad AS SELECT * FROM dbo.Nowhere', 208],
    ['CREATE VIEW dbo.Bad AS SELECT Id FROM dbo.Base ORDER BY Id', 1033],
  ])('%s fails with %i', async (text, number) => {
    expect((await db.run(text)).numbers).toEqual([number]);
  });
});

describe('changes through a common table expression', () => {
  test('removes duplicates by ROW_NUMBER()', async () => {
    await db.ok('CREATE TABLE dbo.D (Id int IDENTITY PRIMARY KEY, K int); INSERT dbo.D (K) VALUES (1), (1), (2), (1)');
    const { rows } = await db.ok(`
      WITH numbered AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY K ORDER BY Id) AS n FROM dbo.D)
      DELETE FROM numbered OUTPUT deleted.* WHERE n > 1`);
    expect(rows).toEqual([
      { Id: 2, K: 1, n: '2' },
      { Id: 4, K: 1, n: '3' },
    ]);
  });

  test('UPDATE of the first row in an order, and of a derived table', async () => {
    await db.ok('WITH t AS (SELECT TOP (1) * FROM dbo.D ORDER BY Id DESC) UPDATE t SET K += 10');
    await db.ok(
      'UPDATE d SET K = 20 FROM (SELECT K, ROW_NUMBER() OVER (ORDER BY Id) AS n FROM dbo.D) AS d WHERE n = 1',
    );
    expect((await db.ok('SELECT K FROM dbo.D ORDER BY Id')).rows).toEqual([{ K: 20 }, { K: 12 }]);
  });
});

describe('sequences, types and schemas', () => {
  test('NEXT VALUE FOR, also as a default', async () => {
    const { sets } = await db.ok(`
      CREATE SEQUENCE dbo.S AS int START WITH 10 INCREMENT BY 5;
      CREATE TABLE dbo.Numbered (Id int NOT NULL DEFAULT NEXT VALUE FOR dbo.S, a int);
      INSERT dbo.Numbered (a) VALUES (1), (2);
      SELECT Id FROM dbo.Numbered ORDER BY Id;
      ALTER SEQUENCE dbo.S RESTART WITH 1;
      SELECT NEXT VALUE FOR dbo.S AS v`);
    expect(sets).toEqual([[{ Id: 10 }, { Id: 15 }], [{ v: 1 }]]);
  });

  test('CREATE OR ALTER and DROP IF EXISTS can run again', async () => {
    for (const value of [1, 2]) {
      await db.ok(`CREATE OR ALTER PROCEDURE dbo.Again AS SELECT ${value} AS v`);
      expect((await db.ok('EXEC dbo.Again')).value).toBe(value);
    }
    await db.ok('DROP PROCEDURE IF EXISTS dbo.Again; DROP PROCEDURE IF EXISTS dbo.Again');
    expect((await db.run('DROP PROCEDURE dbo.Again')).numbers).toEqual([3701]);
  });

  test('USE changes the database for what follows', async () => {
    await db.ok('USE Other; CREATE TABLE dbo.There (a int)');
    expect((await db.ok('SELECT DB_NAME() AS d')).value).toBe('Other');
    await db.ok('USE App');
    expect((await db.ok('SELECT * FROM Other.dbo.There')).rows).toEqual([]);
    expect((await db.run('USE Nowhere')).numbers).toEqual([911]);
  });
});

test('a column keeps the alias type that it was declared with, and the type stays while it is used', async () => {
  await db.script(
    'CREATE TYPE dbo.Code FROM varchar(10) NOT NULL',
    'CREATE TABLE dbo.Coded (c dbo.Code, s sysname, v varchar(10)); CREATE TYPE dbo.Codes AS TABLE (c dbo.Code)',
    'CREATE PROCEDURE dbo.UseCodes @codes dbo.Codes READONLY AS SELECT COUNT(*) AS n FROM @codes',
  );
  const columns = `SELECT c.name, TYPE_NAME(c.user_type_id) AS t, TYPE_NAME(c.system_type_id) AS s, i.DOMAIN_NAME AS d
    FROM sys.columns AS c JOIN INFORMATION_SCHEMA.COLUMNS AS i ON i.TABLE_NAME = 'Coded' AND i.COLUMN_NAME = c.name
    WHERE c.object_id = OBJECT_ID('dbo.Coded') ORDER BY c.column_id`;
  expect((await db.ok(columns)).rows).toEqual([
    { name: 'c', t: 'Code', s: 'varchar', d: 'Code' },
    { name: 's', t: 'sysname', s: 'nvarchar', d: null },
    { name: 'v', t: 'varchar', s: 'varchar', d: null },
  ]);
  expect((await db.run('DROP TYPE dbo.Code')).numbers).toEqual([3732]);
  await db.ok('ALTER TABLE dbo.Coded ALTER COLUMN c varchar(10)');
  expect((await db.ok(columns)).rows[0]).toEqual({ name: 'c', t: 'varchar', s: 'varchar', d: null });
  expect((await db.run('DROP TYPE dbo.Codes')).errors[0]?.message).toContain("referenced by object 'UseCodes'");
  await db.ok('DROP PROCEDURE dbo.UseCodes; DROP TYPE dbo.Codes; DROP TYPE dbo.Code');
});

test.each([
  ['CREATE TABLE dbo.Bad (a int, b NoType)', 2715, 'Column, parameter, or variable #2: Cannot find data type NoType.'],
  ['DECLARE @a int, @b dbo.NoType', 2715, 'Column, parameter, or variable #2: Cannot find data type dbo.NoType.'],
  ['SELECT CAST(1 AS NoType) AS v', 243, 'Type NoType is not a defined system type.'],
])('a type that there is not: %s', async (text, number, message) => {
  expect((await db.run(text)).errors).toMatchObject([{ number, message }]);
});

describe('what tools read', () => {
  test.each([
    "SELECT c.name FROM master.sys.columns AS c JOIN master.sys.objects AS o ON o.object_id = c.object_id WHERE o.type = 'S' AND o.is_ms_shipped = 1",
    "SELECT name, object_id, type_desc FROM sys.tables WHERE name = 'Base'",
    "SELECT c.name, t.name AS type, c.max_length, c.is_nullable FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('dbo.Base')",
    "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'Base'",
    "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE'",
    "SELECT i.name, c.column_id FROM sys.indexes i JOIN sys.index_columns c ON c.object_id = i.object_id AND c.index_id = i.index_id WHERE i.object_id = OBJECT_ID('dbo.Base')",
    'SELECT name, definition FROM sys.default_constraints',
    'SELECT name, definition FROM sys.sql_modules m JOIN sys.objects o ON o.object_id = m.object_id',
    'SELECT name, database_id, is_broker_enabled FROM sys.databases',
    'SELECT session_id, login_name FROM sys.dm_exec_sessions WHERE session_id = @@SPID',
    'SELECT name, principal_id FROM sys.database_principals WHERE name = USER_NAME(DATABASE_PRINCIPAL_ID())',
  ])('%s', async (text) => {
    expect((await db.ok(text)).rows.length).toBeGreaterThan(0);
  });
});

test('constraints of a temp table are objects of tempdb', async () => {
  await db.ok('CREATE TABLE #t (n INT CONSTRAINT DF_temp DEFAULT (1), CONSTRAINT CK_temp CHECK (n > 0))');
  const names = "WHERE name IN ('DF_temp', 'CK_temp')";
  for (const [view, definition] of [
    ['check_constraints', '([n]>(0))'],
    ['default_constraints', '((1))'],
  ]) {
    expect((await db.ok(`SELECT definition FROM tempdb.sys.${view} ${names}`)).value).toBe(definition);
    expect((await db.ok(`SELECT definition FROM sys.${view} ${names}`)).rows).toEqual([]);
  }
  await db.ok('DROP TABLE #t');
  expect((await db.ok(`SELECT name FROM tempdb.sys.check_constraints ${names}`)).rows).toEqual([]);
});

describe('security', () => {
  test('GRANT and DENY decide what a user may call', async () => {
    await db.script(
      'CREATE PROCEDURE dbo.Guarded AS SELECT USER_NAME() AS u',
      'CREATE USER Reader WITHOUT LOGIN',
      'GRANT EXECUTE ON dbo.Guarded TO Reader',
    );
    expect((await db.ok("EXECUTE AS USER = 'Reader'; EXEC dbo.Guarded; REVERT")).value).toBe('Reader');
    await db.ok('DENY EXECUTE ON dbo.Guarded TO Reader');
    expect((await db.run("EXECUTE AS USER = 'Reader'; EXEC dbo.Guarded; REVERT")).numbers).toEqual([229]);
    expect((await db.ok('SELECT USER_NAME() AS u')).value).toBe('dbo');
    expect((await db.run("EXECUTE AS USER = 'Nobody'")).numbers).toEqual([15517]);
  });
});

test('a temp table is a table of tempdb, under a name that is filled up', async () => {
  await db.ok(`CREATE TABLE #Mine (Id int IDENTITY PRIMARY KEY, Name nvarchar(20) NULL DEFAULT 'x')`);
  const { rows } = await db.ok(
    `SELECT t.name, t.object_id AS id, OBJECT_ID('tempdb..#Mine') AS a, OBJECT_ID('tempdb.dbo.[#Mine]', 'U') AS b,
       OBJECT_ID('tempdb.dbo.[' + t.name + ']') AS c
     FROM tempdb.sys.tables AS t WHERE t.name LIKE '#Mine[_][_][_]%'`,
  );
  const [{ id, a, b, c, name } = {}] = rows;
  expect(String(name)).toHaveLength(128);
  expect([a, b, c]).toEqual([id, id, id]);
  const columns = await db.ok(
    `SELECT c.name, c.is_identity FROM tempdb.sys.columns AS c WHERE c.object_id = OBJECT_ID('tempdb..#Mine') ORDER BY c.column_id`,
  );
  expect(columns.rows).toEqual([
    { name: 'Id', is_identity: true },
    { name: 'Name', is_identity: false },
  ]);
  const listed = `SELECT COUNT(*) AS n FROM tempdb.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME LIKE '#Mine[_]%'`;
  expect((await db.ok(listed)).value).toBe(2);
  await db.ok('DROP TABLE #Mine');
  expect((await db.ok(listed)).value).toBe(0);
});

test('constraints are listed with where they come from and whether rows were held against them', async () => {
  await db.script(
    `CREATE TABLE dbo.Held (g uniqueidentifier ROWGUIDCOL, a int CHECK (a > 0), b int, CONSTRAINT Held_b CHECK (b > a),
       CONSTRAINT Held_key UNIQUE (b))`,
    'ALTER TABLE dbo.Held NOCHECK CONSTRAINT ALL',
    'INSERT dbo.Held (a, b) VALUES (5, 4)',
  );
  const checks = async () =>
    (
      await db.ok(`SELECT parent_column_id AS c, is_system_named AS s, is_disabled AS d, is_not_trusted AS t
        FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.Held') ORDER BY c`)
    ).rows;
  expect(await checks()).toEqual([
    { c: 0, s: false, d: true, t: true },
    { c: 2, s: true, d: true, t: true },
  ]);
  expect((await db.run('ALTER TABLE dbo.Held WITH CHECK CHECK CONSTRAINT ALL')).numbers).toEqual([547]);
  await db.ok(
    'ALTER TABLE dbo.Held CHECK CONSTRAINT Held_b; UPDATE dbo.Held SET b = 6; ALTER TABLE dbo.Held WITH CHECK CHECK CONSTRAINT ALL',
  );
  expect((await checks()).map(({ d, t }) => [d, t])).toEqual([
    [false, false],
    [false, false],
  ]);
  const facts =
    await db.ok(`SELECT name, is_rowguidcol AS g, is_ansi_padded AS p, is_sparse AS s, generated_always_type_desc AS d
    FROM sys.columns WHERE object_id = OBJECT_ID('dbo.Held') AND name IN ('g', 'a') ORDER BY name`);
  expect(facts.rows).toEqual([
    { name: 'a', g: false, p: false, s: false, d: 'NOT_APPLICABLE' },
    { name: 'g', g: true, p: false, s: false, d: 'NOT_APPLICABLE' },
  ]);
  const table =
    "SELECT is_memory_optimized, temporal_type_desc, lock_escalation_desc FROM sys.tables WHERE name = 'Held'";
  expect(Object.values((await db.ok(table)).rows[0] ?? {})).toEqual([false, 'NON_TEMPORAL_TABLE', 'TABLE']);
  expect((await db.run('CREATE TABLE dbo.Bad (a int ROWGUIDCOL)')).numbers).toEqual([2761]);
});

test('constraints are objects: their names are unique in the schema, and have ids', async () => {
  await db.script(
    'CREATE TABLE dbo.First (Id int CONSTRAINT PK_first PRIMARY KEY, a int CONSTRAINT DF_first DEFAULT 1)',
    'CREATE SCHEMA Elsewhere',
    'CREATE TABLE Elsewhere.Second (Id int CONSTRAINT PK_first PRIMARY KEY)',
  );
  const ids = await db.ok(`SELECT OBJECT_NAME(OBJECT_ID('dbo.PK_first')) AS a, OBJECT_ID('PK_first', 'F') AS b,
    OBJECT_SCHEMA_NAME(OBJECT_ID('Elsewhere.PK_first', 'PK')) AS c, OBJECT_NAME(OBJECT_ID('sys.columns')) AS d,
    OBJECTPROPERTY(OBJECT_ID('App.dbo.DF_first'), 'IsDefaultCnst') AS e, OBJECT_NAME(OBJECT_ID('Other.dbo.There'), DB_ID('Other')) AS f,
    (SELECT COUNT(*) FROM sys.key_constraints WHERE object_id = OBJECT_ID('dbo.PK_first')) AS g`);
  expect(ids.rows).toEqual([{ a: 'PK_first', b: null, c: 'Elsewhere', d: 'columns', e: 1, f: 'There', g: 1 }]);
  const taken = [2714, 1750];
  expect((await db.run('CREATE TABLE dbo.Third (Id int CONSTRAINT PK_first PRIMARY KEY)')).numbers).toEqual(taken);
  expect((await db.run('CREATE TABLE dbo.Third (Id int CONSTRAINT First UNIQUE)')).numbers).toEqual(taken);
  expect((await db.run('ALTER TABLE dbo.First ADD CONSTRAINT DF_first CHECK (a > 0)')).numbers).toEqual(taken);
  expect((await db.run('CREATE PROCEDURE dbo.DF_first AS SELECT 1 AS n')).numbers).toEqual([2714]);
  await db.ok(
    'ALTER TABLE dbo.First DROP CONSTRAINT DF_first; ALTER TABLE dbo.First ADD CONSTRAINT DF_first CHECK (a > 0)',
  );
});

test('a computed column of CONCAT is NOT NULL, as what CONCAT gives never is', async () => {
  await db.ok("CREATE TABLE dbo.Joined (a varchar(5), b AS CONCAT(a, '!'), c AS a + '!')");
  const names =
    "SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.Joined') ORDER BY column_id";
  expect((await db.ok(names)).rows).toEqual([
    { name: 'a', is_nullable: true },
    { name: 'b', is_nullable: false },
    { name: 'c', is_nullable: true },
  ]);
});

test('DEFAULT ... WITH VALUES fills the rows that are there, also of a column that takes NULL', async () => {
  await db.ok('CREATE TABLE dbo.Filled (a int); INSERT dbo.Filled VALUES (1)');
  await db.ok('ALTER TABLE dbo.Filled ADD b int DEFAULT 4, c int NULL CONSTRAINT DF_c DEFAULT 5 WITH VALUES');
  await db.ok('ALTER TABLE dbo.Filled ADD d int NOT NULL DEFAULT 6, e int NULL, DEFAULT 7 FOR e WITH VALUES');
  expect((await db.ok('SELECT * FROM dbo.Filled')).rows).toEqual([{ a: 1, b: null, c: 5, d: 6, e: 7 }]);
});

test('a table that REFERENCES names without a schema is one of the default schema, not of the schema of the key', async () => {
  await db.ok('CREATE SCHEMA apart');
  await db.ok('CREATE TABLE dbo.Shared (Id int PRIMARY KEY); CREATE TABLE apart.Own (Id int PRIMARY KEY)');
  await db.ok('CREATE TABLE apart.Pointing (Id int REFERENCES Shared (Id), Other int)');
  await db.ok('ALTER TABLE apart.Pointing ADD FOREIGN KEY (Other) REFERENCES Shared');
  const schemas = `SELECT DISTINCT OBJECT_SCHEMA_NAME(referenced_object_id) AS s FROM sys.foreign_keys
    WHERE parent_object_id = OBJECT_ID('apart.Pointing')`;
  expect((await db.ok(schemas)).rows).toEqual([{ s: 'dbo' }]);
  expect((await db.run('CREATE TABLE apart.Missing (Id int REFERENCES Own (Id))')).numbers).toEqual([1767, 1750]);
});
