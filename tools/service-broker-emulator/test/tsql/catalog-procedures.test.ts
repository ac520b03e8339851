import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    `CREATE TABLE dbo.P (Id int IDENTITY CONSTRAINT PK_P PRIMARY KEY, Code varchar(5) NOT NULL CONSTRAINT UQ_P UNIQUE,
       Note nvarchar(max) COLLATE Latin1_General_BIN, Price decimal(9, 2) CONSTRAINT CK_P CHECK (Price > 0));
     CREATE TABLE dbo.C (Id int CONSTRAINT PK_C PRIMARY KEY, P int CONSTRAINT FK_C REFERENCES dbo.P (Id));
     CREATE INDEX IX_C ON dbo.C (P DESC);`,
    'CREATE PROCEDURE dbo.Takes @a int, @b varchar(10) OUTPUT AS SELECT 1 AS n',
    'CREATE FUNCTION dbo.Gives(@a int) RETURNS decimal(5, 2) AS BEGIN RETURN 1 END',
    'CREATE VIEW dbo.V AS SELECT Id, Code FROM dbo.P',
    'CREATE TYPE dbo.Line AS TABLE (Id int, Name nvarchar(20))',
    'CREATE PROCEDURE dbo.TakesLines @lines dbo.Line READONLY AS SELECT COUNT(*) AS n, MAX(Name) AS m FROM @lines',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('what drivers and ORMs ask the catalog', () => {
  test.each([
    ['sp_datatype_info_100 93, @ODBCVer = 3', { TYPE_NAME: 'datetime2', PRECISION: 27 }],
    ["sp_columns N'P'", { COLUMN_NAME: 'Id', TYPE_NAME: 'int identity', NULLABLE: 0 }],
    ["sp_columns_100 @table_name = N'V', @ODBCVer = 3", { COLUMN_NAME: 'Id', TYPE_NAME: 'int', SS_IS_IDENTITY: 0 }],
    [`sp_tables @table_type = '''TABLE'''`, { TABLE_NAME: 'C', TABLE_TYPE: 'TABLE' }],
    ["sp_pkeys N'P'", { COLUMN_NAME: 'Id', KEY_SEQ: 1, PK_NAME: 'PK_P' }],
    ["sp_fkeys N'P'", { FKTABLE_NAME: 'C', FKCOLUMN_NAME: 'P', PK_NAME: 'PK_P' }],
    ["sp_statistics N'C'", { INDEX_NAME: 'PK_C', TYPE: 1 }],
    ["sp_special_columns N'P'", { COLUMN_NAME: 'Id', TYPE_NAME: 'int' }],
    ['sp_stored_procedures', { PROCEDURE_NAME: 'Gives;1' }],
    ["sp_sproc_columns N'Takes'", { COLUMN_NAME: '@RETURN_VALUE', COLUMN_TYPE: 5 }],
    ['sp_databases', { DATABASE_NAME: 'App' }],
    ["sp_helpindex 'dbo.C'", { index_name: 'IX_C', index_keys: 'P(-)' }],
    ["sp_helptext 'dbo.V'", { Text: 'CREATE VIEW dbo.V AS SELECT Id, Code FROM dbo.P' }],
    ["sp_table_privileges N'_'", { TABLE_NAME: 'C', GRANTEE: 'dbo', PRIVILEGE: 'DELETE', IS_GRANTABLE: 'YES' }],
    ["sp_column_privileges N'V', N'dbo', NULL, N'C%'", { TABLE_NAME: 'V', COLUMN_NAME: 'Code', PRIVILEGE: 'INSERT' }],
    ["sp_tablecollations_100 N'.[P]'", { colid: 1, name: 'Id', tds_collation: null }],
  ])('EXEC %s', async (call, row) => {
    expect((await db.ok(`EXEC ${call}`)).rows[0]).toMatchObject(row);
    expect((await db.ok(`EXEC App..${call}`)).rows[0]).toMatchObject(row);
  });

  test('sp_tables lists databases, owners and types where ODBC asks for them, and takes types in quotes alone', async () => {
    const column = async (call: string, name: string) => {
      const { rows } = await db.ok(`EXEC sp_tables ${call}`);
      for (const row of rows) expect(Object.entries(row).filter(([, value]) => value !== null)).toHaveLength(1);
      return rows.map((row) => row[name]);
    };
    const databases = await column("'', '', '%'", 'TABLE_QUALIFIER');
    expect(databases).toContain('App');
    expect(databases).not.toContain('model');
    expect(await column("'', '%', ''", 'TABLE_OWNER')).toEqual(expect.arrayContaining(['dbo', 'sys']));
    expect(await column("'', '', '', '%'", 'TABLE_TYPE')).toEqual(['SYSTEM TABLE', 'TABLE', 'VIEW']);
    for (const type of ['TABLE', '%', "''SYSTEM TABLE''"]) {
      expect((await db.ok(`EXEC sp_tables @table_type = '${type}'`)).rows).toEqual([]);
    }
    const both = await db.ok("EXEC sp_tables @table_owner = 'dbo', @table_type = '''TABLE'',''VIEW'''");
    expect(new Set(both.rows.map((row) => row.TABLE_TYPE))).toEqual(new Set(['TABLE', 'VIEW']));
  });

  test('sp_helpindex and sp_helptext of nothing', async () => {
    expect((await db.run("EXEC sp_helpindex 'dbo.None'")).numbers).toEqual([15009]);
    expect((await db.run("EXEC sp_helptext 'dbo.P'")).numbers).toEqual([15197]);
  });

  test.each([
    ['INFORMATION_SCHEMA.CHECK_CONSTRAINTS', { CONSTRAINT_NAME: 'CK_P', CHECK_CLAUSE: '([Price]>(0))' }],
    ['INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS', { CONSTRAINT_NAME: 'FK_C', UNIQUE_CONSTRAINT_NAME: 'PK_P' }],
    ['INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE', { TABLE_NAME: 'P', COLUMN_NAME: 'Id', CONSTRAINT_NAME: 'PK_P' }],
    ['INFORMATION_SCHEMA.VIEWS', { TABLE_NAME: 'V', CHECK_OPTION: 'NONE' }],
    ['INFORMATION_SCHEMA.PARAMETERS', { SPECIFIC_NAME: 'Takes', PARAMETER_NAME: '@a', PARAMETER_MODE: 'IN' }],
    ['INFORMATION_SCHEMA.ROUTINES', { SPECIFIC_NAME: 'Takes', ROUTINE_TYPE: 'PROCEDURE' }],
    ['sys.parameters', { name: '@a', parameter_id: 1 }],
    ['sysobjects', { name: 'P', xtype: 'U ' }],
    ['dbo.syscolumns', { name: 'Id' }],
    ['sys.stats', { name: 'PK_P', stats_id: 1 }],
    ['sys.all_views', { name: 'V' }],
    ['master..sysprocesses', { spid: expect.any(Number) }],
    ['sysusers', { name: expect.any(String) }],
    ['systypes', { name: expect.any(String) }],
    ['sysdatabases', { name: 'master' }],
    ['sys.filegroups', { name: 'PRIMARY' }],
  ])('SELECT * FROM %s', async (view, row) => {
    expect((await db.ok(`SELECT * FROM ${view}`)).rows[0]).toMatchObject(row);
  });

  test.each(['extended_properties', 'synonyms', 'remote_service_bindings', 'dm_broker_connections', 'endpoints'])(
    'sys.%s has its columns and no rows',
    async (view) => {
      expect((await db.ok(`SELECT * FROM sys.${view}`)).rows).toEqual([]);
    },
  );
});

test('sp_rename renames tables, columns, indexes, constraints and modules, with what refers to them', async () => {
  await db.script(
    `CREATE TABLE dbo.A (Id int CONSTRAINT PK_A PRIMARY KEY, N int); CREATE INDEX IX_A ON dbo.A (N);
     CREATE TABLE dbo.B (A int CONSTRAINT FK_B REFERENCES dbo.A (Id), T int CHECK (T > 0)); INSERT dbo.A VALUES (1, 2)`,
    "EXEC sp_rename 'dbo.A.Id', 'Key', 'COLUMN'; EXEC sp_rename 'dbo.A', 'AA'; EXEC sp_rename 'dbo.AA.IX_A', 'IX', 'INDEX'",
    "EXEC sp_rename 'PK_A', 'PK_AA'; EXEC sp_rename 'dbo.Takes', 'Took'",
  );
  expect((await db.ok('SELECT [Key], N FROM dbo.AA')).rows).toEqual([{ Key: 1, N: 2 }]);
  expect((await db.run('INSERT dbo.B (A) VALUES (1); INSERT dbo.B (A) VALUES (9)')).numbers).toEqual([547]);
  const names =
    "SELECT STRING_AGG(name, ',') AS n FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.AA') AND index_id > 0";
  expect((await db.ok(names)).value).toBe('PK_AA,IX');
  expect((await db.ok("EXEC dbo.Took 1, 'x'")).value).toBe(1);
  expect((await db.run("EXEC sp_rename 'dbo.B.T', 'TT', 'COLUMN'")).numbers).toEqual([15336]);
  expect((await db.run("EXEC sp_rename 'dbo.None', 'x'")).numbers).toEqual([15225]);
  expect((await db.run("EXEC sp_rename 'dbo.B', 'AA'")).numbers).toEqual([15335]);
  expect(
    (await db.ok("BEGIN TRAN; EXEC sp_rename 'dbo.B', 'BB'; ROLLBACK; SELECT OBJECT_ID('dbo.B') AS id")).value,
  ).not.toBeNull();
});

test('sp_rename without a type finds objects, columns and indexes, behind the name of the database too', async () => {
  const { value: name } = await db.ok('SELECT DB_NAME()');
  await db.script(
    'CREATE TABLE dbo.R (Id int CONSTRAINT PK_R PRIMARY KEY, N int, Both int); CREATE INDEX IX_R ON dbo.R (N)',
    `EXEC sp_rename "${name}.dbo.R.N", "NN"; EXEC sp_rename "${name}.dbo.R.PK_R", "PK_RR"; EXEC sp_rename "R.IX_R", "IX_RR"`,
    `EXEC sp_rename "${name}.dbo.R", "RR"`,
    'CREATE INDEX Both ON dbo.RR (Both)',
  );
  const names = `SELECT STRING_AGG(name, ',') WITHIN GROUP (ORDER BY name) AS n FROM
    (SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.RR') UNION ALL
     SELECT name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.RR')) AS t`;
  expect((await db.ok(names)).value).toBe('Both,Both,Id,IX_RR,NN,PK_RR');
  expect((await db.run("EXEC sp_rename 'dbo.RR.Both', 'x'")).numbers).toEqual([15248]);
  const elsewhere = await db.run("EXEC sp_rename 'tempdb.dbo.RR.NN', 'x', 'COLUMN'");
  expect(elsewhere.errors).toMatchObject([
    { number: 15333, severity: 11, message: expect.stringContaining('(tempdb)') },
  ]);
  // What isn't of the type that is claimed.
  for (const [old, type] of [
    ['dbo.RR.None', 'Column'],
    ['tempdb.dbo.None.NN', 'COLUMN'],
    ['dbo.RR.NN', 'INDEX'],
    ['dbo.None', 'OBJECT'],
    ['tempdb.dbo.RR', 'OBJECT'],
  ]) {
    const { errors } = await db.run(`EXEC sp_rename '${old}', 'x', '${type}'`);
    expect(errors).toMatchObject([{ number: 15248, severity: 11, message: expect.stringContaining(`(${type})`) }]);
  }
  expect((await db.run("EXEC sp_rename 'tempdb.dbo.RR', 'x'")).numbers).toEqual([15225]);
  expect((await db.run("EXEC sp_rename 'a.b.c.RR', 'x', 'OBJECT'")).numbers).toEqual([15225]);
  expect((await db.run("EXEC sp_rename 'dbo.RR', 'x', 'TABLE'")).numbers).toEqual([15249]);
});

test('a table-valued parameter may leave its type to the procedure', async () => {
  const lines = new sql.Table();
  lines.columns.add('Id', sql.Int);
  lines.columns.add('Name', sql.NVarChar(20));
  lines.rows.add(1, 'one');
  lines.rows.add(2, 'two');
  const { recordset } = await db.pool.request().input('lines', lines).execute('dbo.TakesLines');
  expect(recordset).toEqual([{ n: 2, m: 'two' }]);
});
