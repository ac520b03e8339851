import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    'USE Other',
    'CREATE SCHEMA shop',
    'CREATE FUNCTION shop.Three() RETURNS int AS BEGIN RETURN 3 END',
    'USE App',
    'CREATE TABLE dbo.Parent (Id int CONSTRAINT PK_Parent PRIMARY KEY)',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Tables of the session's database App, where nothing of these tests may come to be. */
async function tablesHere(): Promise<unknown[]> {
  return (await db.ok('SELECT name FROM App.sys.tables ORDER BY name')).rows.map(({ name }) => name);
}

describe('a table of a database that the session is not in', () => {
  test('is altered where it is', async () => {
    await db.ok('CREATE TABLE Other.shop.Altered (Id int CONSTRAINT PK_Altered PRIMARY KEY, Name varchar(10))');
    await db.ok("INSERT Other.shop.Altered VALUES (1, 'one')");
    await db.ok('ALTER TABLE Other.shop.Altered ADD Number int NOT NULL CONSTRAINT DF_Number DEFAULT shop.Three()');
    await db.ok('ALTER TABLE Other.shop.Altered ALTER COLUMN Name nvarchar(30)');
    await db.ok('CREATE INDEX IX_Name ON Other.shop.Altered (Name)');
    await db.ok('DROP INDEX IX_Name ON Other.shop.Altered');
    expect((await db.ok('SELECT * FROM Other.shop.Altered')).rows).toEqual([{ Id: 1, Name: 'one', Number: 3 }]);
    await db.ok('ALTER TABLE Other.shop.Altered DROP CONSTRAINT DF_Number');
    await db.ok('ALTER TABLE Other.shop.Altered DROP COLUMN Number');
    expect((await db.ok('SELECT * FROM Other.shop.Altered')).rows).toEqual([{ Id: 1, Name: 'one' }]);
    expect(await tablesHere()).toEqual(['Parent']);
  });

  test('is renamed there, with what a transaction did to it before', async () => {
    await db.ok('CREATE TABLE Other.shop.Question (Id int CONSTRAINT PK_Question PRIMARY KEY, Name varchar(10))');
    await db.ok(
      `CREATE TABLE Other.shop.Category (Id int PRIMARY KEY, Question int CONSTRAINT FK_Question REFERENCES
       Other.shop.Question (Id))`,
    );
    await db.ok('BEGIN TRANSACTION; ALTER TABLE Other.shop.Question ADD Text varchar(10); ROLLBACK');
    await db.ok('ALTER TABLE Other.shop.Question ADD Text varchar(10)');
    await db.ok("USE Other; EXEC sp_rename 'Other.shop.Question', 'Asked'; USE App");
    await db.ok("INSERT Other.shop.Asked VALUES (1, 'a', 'b'); INSERT Other.shop.Category VALUES (1, 1)");
    expect((await db.run('INSERT Other.shop.Category VALUES (2, 2)')).numbers).toEqual([547]);
    expect((await db.ok('SELECT Name, Text FROM Other.shop.Asked')).rows).toEqual([{ Name: 'a', Text: 'b' }]);
    expect(await tablesHere()).toEqual(['Parent']);
  });

  test('is what SELECT INTO makes', async () => {
    await db.ok('SELECT 1 AS Id INTO Other.shop.Copied');
    expect((await db.ok('SELECT Id FROM Other.shop.Copied')).value).toBe(1);
    expect(await tablesHere()).toEqual(['Parent']);
  });

  test('has its foreign keys checked there, and none across databases', async () => {
    await db.ok('CREATE TABLE Other.shop.Parent (Id int CONSTRAINT PK_ShopParent PRIMARY KEY)');
    await db.ok('CREATE TABLE Other.shop.Child (Id int, CONSTRAINT FK_Child FOREIGN KEY (Id) REFERENCES shop.Parent)');
    await db.ok('INSERT Other.shop.Parent VALUES (5); INSERT Other.shop.Child VALUES (5)');
    await db.ok('ALTER TABLE Other.shop.Child NOCHECK CONSTRAINT FK_Child; INSERT Other.shop.Child VALUES (6)');
    const checked = await db.run('ALTER TABLE Other.shop.Child WITH CHECK CHECK CONSTRAINT FK_Child');
    expect(checked.numbers).toEqual([547]);
    const across = await db.run('CREATE TABLE dbo.Across (Id int REFERENCES Other.shop.Parent (Id))');
    expect(across.numbers).toEqual([1763, 1750]);
    expect(across.errors[0]?.message).toBe(
      "Cross-database foreign key references are not supported. Foreign key 'Other.shop.Parent'.",
    );
    expect(
      (await db.run('ALTER TABLE Other.shop.Child ADD FOREIGN KEY (Id) REFERENCES App.dbo.Parent')).numbers,
    ).toEqual([1763, 1750]);
    expect(await tablesHere()).toEqual(['Parent']);
  });

  test('takes given identity values when SET IDENTITY_INSERT names it', async () => {
    await db.ok('CREATE TABLE dbo.Counted (Id int IDENTITY); CREATE TABLE Other.dbo.Counted (Id int IDENTITY)');
    await db.ok('SET IDENTITY_INSERT Other.dbo.Counted ON');
    await db.ok('INSERT Other.dbo.Counted (Id) VALUES (7)');
    expect((await db.run('INSERT dbo.Counted (Id) VALUES (7)')).numbers).toEqual([544]);
    await db.ok('SET IDENTITY_INSERT dbo.Counted OFF');
    await db.ok('INSERT Other.dbo.Counted (Id) VALUES (8)');
    const taken = await db.run('SET IDENTITY_INSERT dbo.Counted ON');
    expect(taken.errors[0]?.message).toContain("already ON for table 'Other.dbo.Counted'");
    await db.ok('SET IDENTITY_INSERT Other.dbo.Counted OFF');
    expect((await db.run('INSERT Other.dbo.Counted (Id) VALUES (9)')).numbers).toEqual([544]);
    await db.ok('DROP TABLE dbo.Counted');
  });

  test('keeps its database from being dropped while a transaction has changed it', async () => {
    await db.ok('CREATE DATABASE Short; CREATE TABLE Short.dbo.Held (Id int); CREATE TABLE Short.dbo.Free (Id int)');
    await using other = await server.connect();
    await other.ok('BEGIN TRANSACTION; INSERT Short.dbo.Held VALUES (1)');
    expect((await db.run('DROP DATABASE Short')).numbers).toEqual([3702]);
    await other.ok('INSERT Short.dbo.Free VALUES (1); COMMIT');
    expect(
      (await db.ok('SELECT (SELECT COUNT(*) FROM Short.dbo.Held) + (SELECT COUNT(*) FROM Short.dbo.Free)')).value,
    ).toBe(2);
    await db.ok('DROP DATABASE Short');
  });

  test.each([
    'CREATE TABLE Short.dbo.Fresh (Id int)',
    'SELECT 1 AS Id INTO Short.dbo.Fresh',
    'CREATE TABLE Short.dbo.Fresh (Id int); DROP TABLE Short.dbo.Fresh',
    'SAVE TRANSACTION s; CREATE TABLE Short.dbo.Fresh (Id int); ROLLBACK TRANSACTION s',
    'DROP TABLE Short.dbo.Held',
    'DELETE Short.dbo.Held; DROP TABLE Short.dbo.Held',
    'ALTER TABLE Short.dbo.Held ADD Name int',
    'CREATE QUEUE Short.dbo.Fresh',
    'USE Short; CREATE TYPE dbo.Money FROM int; USE App',
    "USE Short; EXEC('CREATE SCHEMA shop'); USE App",
    'USE Short; CREATE USER somebody WITHOUT LOGIN; USE App',
    "USE Short; EXEC sp_addextendedproperty 'note', 'x'; USE App",
    'USE Short; CREATE MESSAGE TYPE Told; USE App',
  ])('keeps its database from being dropped while a transaction has done: %s', async (work) => {
    await db.ok('CREATE DATABASE Short; CREATE TABLE Short.dbo.Held (Id int)');
    await using other = await server.connect();
    await other.ok(`BEGIN TRANSACTION; ${work}`);
    expect((await db.run('DROP DATABASE Short')).numbers).toEqual([3702]);
    await other.ok('ROLLBACK');
    await db.ok('DROP DATABASE Short');
  });

  test('is not dropped with its database inside a transaction', async () => {
    await db.ok('CREATE DATABASE Short');
    expect((await db.run('BEGIN TRANSACTION; DROP DATABASE Short')).numbers).toEqual([226]);
    await db.ok('IF @@TRANCOUNT > 0 ROLLBACK; DROP DATABASE Short');
  });

  test('lends nothing to a table of the same name', async () => {
    await db.ok('CREATE TABLE Other.dbo.Parent (Id int); CREATE USER reader WITHOUT LOGIN');
    expect((await db.run('GRANT SELECT ON Other.dbo.Parent TO reader')).numbers).toEqual([4610]);
  });
});

describe('procedures of the server answer for the database that they run in', () => {
  beforeAll(() => db.ok('CREATE TABLE Other.dbo.Elsewhere (Id int CONSTRAINT PK_Elsewhere PRIMARY KEY)'));
  afterAll(() => db.ok('DROP TABLE Other.dbo.Elsewhere'));

  test.each(['sp_help', 'sp_helpindex', 'sp_helpconstraint', 'sp_helptrigger', 'sp_helptext'])(
    '%s: 15250 for a name in another one',
    async (procedure) => {
      for (const name of ['Other.dbo.Elsewhere', 'Other..Elsewhere', '[other].dbo.[None]', 'Nowhere..t']) {
        const { errors } = await db.run(`EXEC ${procedure} '${name}'`);
        expect(errors).toMatchObject([
          {
            number: 15250,
            severity: 16,
            message: 'The database name component of the object qualifier must be the name of the current database.',
          },
        ]);
      }
      expect((await db.run(`EXEC ${procedure} 'App.dbo.None'`)).numbers).toEqual([15009]);
      expect((await db.run(`DECLARE @r int; EXEC @r = ${procedure} 'Other..t'; SELECT @r AS r`)).value).toBe(1);
    },
  );

  test('and for another one where they are called there', async () => {
    expect((await db.ok("EXEC Other..sp_helpindex 'Other.dbo.Elsewhere'")).rows).toMatchObject([
      { index_name: 'PK_Elsewhere' },
    ]);
    expect((await db.run("EXEC Other..sp_helpindex 'App.dbo.Parent'")).numbers).toEqual([15250]);
    expect((await db.ok("EXEC Other.sys.sp_pkeys 'Elsewhere', 'dbo', 'Other'")).rows).toMatchObject([
      { TABLE_QUALIFIER: 'Other', PK_NAME: 'PK_Elsewhere' },
    ]);
  });

  test.each([
    "sp_columns @table_name = '%', @table_qualifier",
    "sp_columns_100 @table_name = '%', @table_qualifier",
    "sp_columns_170 @table_name = '%', @table_qualifier",
    'sp_tables @table_qualifier',
    'sp_pkeys @table_name = Parent, @table_qualifier',
    'sp_fkeys @pktable_name = Parent, @pktable_qualifier',
    'sp_fkeys @fktable_name = Parent, @fktable_qualifier',
    'sp_statistics @table_name = Parent, @table_qualifier',
    'sp_statistics_100 @table_name = Parent, @table_qualifier',
    'sp_special_columns @table_name = Parent, @qualifier',
    'sp_sproc_columns @procedure_qualifier',
    'sp_sproc_columns_100 @procedure_qualifier',
    'sp_stored_procedures @sp_qualifier',
  ])('%s: 15250 for another one', async (call) => {
    expect((await db.run(`EXEC ${call} = 'Other'`)).numbers).toEqual([15250]);
    expect((await db.run(`EXEC Other..${call} = 'App'`)).numbers).toEqual([15250]);
    await db.ok(`EXEC ${call} = 'app'`);
    await db.ok(`EXEC ${call} = NULL`);
  });

  test.each([
    'sp_tables @table_qualifier',
    'sp_sproc_columns @procedure_qualifier',
    'sp_stored_procedures @sp_qualifier',
  ])('%s: a database without a name has nothing', async (call) => {
    expect((await db.ok(`EXEC ${call} = ''`)).rows).toEqual([]);
  });

  test('sp_fkeys wants one of the two tables', async () => {
    expect((await db.run('EXEC sp_fkeys')).numbers).toEqual([15252]);
  });

  test('a temp table is found in tempdb alone', async () => {
    await db.ok('CREATE TABLE #here (Id int)');
    const ids =
      "SELECT OBJECT_ID('#here') AS plain, OBJECT_ID('App..#here') AS here, OBJECT_ID('tempdb..#here') AS there";
    const [row] = (await db.ok(ids)).rows;
    expect(row).toEqual({ plain: null, here: null, there: expect.any(Number) });
    await db.ok('DROP TABLE #here');
  });
});

test('SET IDENTITY_INSERT takes temp tables', async () => {
  await db.ok('CREATE TABLE #counted (Id int IDENTITY)');
  await db.ok('SET IDENTITY_INSERT #counted ON');
  await db.ok('INSERT #counted (Id) VALUES (7)');
  await db.ok('SET IDENTITY_INSERT #counted OFF');
  expect((await db.run('INSERT #counted (Id) VALUES (8)')).numbers).toEqual([544]);
  expect((await db.run('SET IDENTITY_INSERT #missing ON')).numbers).toEqual([1088]);
});

test('a queue is altered and dropped where it is', async () => {
  await db.ok('CREATE QUEUE Other.dbo.Waiting; CREATE QUEUE dbo.Waiting');
  await db.ok('ALTER QUEUE Other.dbo.Waiting WITH STATUS = OFF');
  const states = 'SELECT is_receive_enabled FROM Other.sys.service_queues WHERE name = ';
  expect((await db.ok(`${states}'Waiting'`)).value).toBe(false);
  expect((await db.ok("SELECT is_receive_enabled FROM sys.service_queues WHERE name = 'Waiting'")).value).toBe(true);
  expect((await db.run('CREATE SERVICE Elsewhere ON QUEUE Other.dbo.Waiting')).numbers).toEqual([15151]);
  await db.ok('DROP QUEUE Other.dbo.Waiting');
  expect((await db.ok(`${states}'Waiting'`)).rows).toEqual([]);
  await db.ok('DROP QUEUE dbo.Waiting');
});

describe('what belongs to the database that the session is in', () => {
  test.each([
    [166, 'CREATE/ALTER VIEW', 'CREATE VIEW App.dbo.Seen AS SELECT 1 AS a'],
    [166, 'CREATE/ALTER PROCEDURE', 'CREATE OR ALTER PROCEDURE Other.dbo.Done AS SELECT 1 AS a'],
    [166, 'CREATE/ALTER FUNCTION', 'CREATE FUNCTION Other..Two() RETURNS int AS BEGIN RETURN 2 END'],
    [166, 'CREATE/ALTER TRIGGER', 'CREATE TRIGGER Other.dbo.Fired ON dbo.Parent AFTER INSERT AS PRINT 1'],
    [166, 'CREATE SEQUENCE', 'CREATE SEQUENCE Other.dbo.Counter'],
    [166, 'DROP VIEW', 'DROP VIEW IF EXISTS Other.dbo.Seen'],
    [166, 'DROP PROCEDURE', 'DROP PROC Other.dbo.Done'],
    [166, 'DROP FUNCTION', 'DROP FUNCTION Other.dbo.Two'],
    [166, 'DROP TRIGGER', 'DROP TRIGGER Other.dbo.Fired'],
    [117, "The type name 'Other.dbo.Money'", 'CREATE TYPE Other.dbo.Money FROM int'],
    [117, "The type name 'Other..Money'", 'DECLARE @a Other..Money'],
    [2108, 'Cannot create trigger', 'CREATE TRIGGER Fired ON Other.shop.Altered AFTER INSERT AS PRINT 1'],
    [2108, 'Cannot disable trigger', 'DISABLE TRIGGER Fired ON Other.shop.Altered'],
  ])('%i %s', async (number, text, batch) => {
    const { errors } = await db.run(batch);
    expect(errors.map((error) => error.number)).toEqual([number]);
    expect(errors[0]?.message).toContain(text);
  });
});
