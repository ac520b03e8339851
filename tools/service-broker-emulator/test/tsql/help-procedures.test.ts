import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** sp_help, sp_helpconstraint, sp_helptrigger and sp_who: the result sets of Microsoft's pages. */

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.script(
    `CREATE TABLE dbo.P (Id int IDENTITY(5, 2) CONSTRAINT PK_P PRIMARY KEY, Code varchar(5) NULL CONSTRAINT DF_P DEFAULT 'x',
       Price decimal(9, 2) CONSTRAINT CK_P CHECK (Price > 0));
     CREATE TABLE dbo.C (P int CONSTRAINT FK_C REFERENCES dbo.P (Id) ON DELETE CASCADE);`,
    'CREATE TRIGGER dbo.P_T ON dbo.P INSTEAD OF UPDATE AS RETURN',
    'CREATE PROCEDURE dbo.Takes @a decimal(5, 1), @b varchar(10) OUTPUT AS RETURN',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('sp_help of a table', async () => {
  const { sets } = await db.ok(`EXEC sp_help 'dbo.P'`);
  const [head, columns, identity, guid, place, indexes, constraints, references] = sets;
  expect(head).toMatchObject([{ Name: 'P', Owner: 'dbo', Type: 'user table' }]);
  expect(columns).toMatchObject([
    { Column_name: 'Id', Type: 'int', Length: 4, Prec: '10   ', Scale: '0    ', Nullable: 'no' },
    {
      Column_name: 'Code',
      Type: 'varchar',
      Length: 5,
      Prec: '     ',
      TrimTrailingBlanks: 'no',
      FixedLenNullInSource: 'yes',
    },
    { Column_name: 'Price', Type: 'decimal', Prec: '9    ', Scale: '2    ', TrimTrailingBlanks: '(n/a)' },
  ]);
  expect(identity).toMatchObject([{ Identity: 'Id', Seed: 5, Increment: 2 }]);
  expect(guid).toEqual([{ RowGuidCol: 'No rowguidcol column defined.' }]);
  expect(place).toEqual([{ Data_located_on_filegroup: 'PRIMARY' }]);
  expect(indexes).toMatchObject([{ index_name: 'PK_P', index_keys: 'Id' }]);
  expect(constraints?.map((row) => [row.constraint_type, row.constraint_keys])).toEqual([
    ['PRIMARY KEY (clustered)', 'Id'],
    ['DEFAULT on column Code', `('x')`],
    ['CHECK on column Price', '([Price]>(0))'],
  ]);
  expect(references).toEqual([{ 'Table is referenced by foreign key': 'App.dbo.C: FK_C' }]);
});

test('sp_help of a procedure, of nothing in particular and of what is not there', async () => {
  const { sets } = await db.ok('EXEC sp_help Takes');
  expect(sets[1]).toMatchObject([
    { Parameter_name: '@a', Type: 'decimal', Prec: '5    ', Scale: '1    ', Param_order: 1 },
    { Parameter_name: '@b', Type: 'varchar', Length: 10, Param_order: 2 },
  ]);
  expect((await db.ok('EXEC sp_help')).rows).toContainEqual({ Name: 'P', Owner: 'dbo', Object_type: 'user table' });
  expect((await db.ok('EXEC sp_help int')).rows).toMatchObject([{ Type_name: 'int', Storage_type: 'int', Length: 4 }]);
  expect((await db.run(`EXEC sp_help 'dbo.None'`)).numbers).toEqual([15009]);
});

test('sp_helpconstraint, sp_helptrigger and sp_who', async () => {
  const { sets } = await db.ok(`EXEC sp_helpconstraint 'dbo.C'`);
  expect(sets[0]).toEqual([{ 'Object Name': 'dbo.C' }]);
  expect(sets[1]).toMatchObject([
    { constraint_type: 'FOREIGN KEY', constraint_name: 'FK_C', delete_action: 'Cascade', constraint_keys: 'P' },
    { constraint_keys: 'REFERENCES App.dbo.P (Id)' },
  ]);
  expect((await db.ok(`EXEC sp_helptrigger 'dbo.P'`)).rows).toEqual([
    {
      trigger_name: 'P_T',
      trigger_owner: 'dbo',
      isupdate: 1,
      isdelete: 0,
      isinsert: 0,
      isafter: 0,
      isinsteadof: 1,
      trigger_schema: 'dbo',
    },
  ]);
  expect((await db.ok(`EXEC sp_helptrigger 'dbo.P', 'DELETE'`)).rows).toEqual([]);
  expect((await db.ok('EXEC sp_who @@SPID')).rows).toMatchObject([{ dbname: expect.stringMatching(/^App /) }]);
});
