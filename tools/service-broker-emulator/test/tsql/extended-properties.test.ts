import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** What Microsoft's pages of sp_addextendedproperty, fn_listextendedproperty and sys.extended_properties say. */

let server: TestServer;
let db: SqlClient;

const column = `N'SCHEMA', N'dbo', N'TABLE', N'Orders', N'COLUMN', N'Qty'`;
const list = (levels: string) =>
  `SELECT objtype, objname, name, CAST(value AS nvarchar(100)) AS value FROM fn_listextendedproperty(NULL, ${levels})`;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
});
beforeEach(async () => {
  await db.script(
    `DROP TABLE IF EXISTS dbo.Orders;
     CREATE TABLE dbo.Orders (Id int CONSTRAINT PK_Orders PRIMARY KEY, Qty int CONSTRAINT CK_Orders CHECK (Qty > 0));
     CREATE INDEX IX_Orders ON dbo.Orders (Qty);`,
    'CREATE OR ALTER PROCEDURE dbo.Buy @count int AS SELECT @count AS n',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('extended properties', () => {
  test.each([
    ['a column', column, 'COLUMN', 'Qty'],
    ['a table', `N'SCHEMA', N'dbo', N'TABLE', N'Orders'`, 'TABLE', 'Orders'],
    ['a schema', `N'SCHEMA', N'dbo'`, 'SCHEMA', 'dbo'],
    ['a constraint', `N'SCHEMA', N'dbo', N'TABLE', N'Orders', N'CONSTRAINT', N'CK_Orders'`, 'CONSTRAINT', 'CK_Orders'],
    ['an index', `N'SCHEMA', N'dbo', N'TABLE', N'Orders', N'INDEX', N'IX_Orders'`, 'INDEX', 'IX_Orders'],
    ['a parameter', `N'SCHEMA', N'dbo', N'PROCEDURE', N'Buy', N'PARAMETER', N'@count'`, 'PARAMETER', '@count'],
  ])('are added to, changed and dropped from %s', async (_what, levels, objtype, objname) => {
    const all = [...levels.split(', '), ...Array<string>(6).fill('NULL')].slice(0, 6).join(', ');
    await db.ok(`EXEC sp_addextendedproperty N'MS_Description', N'first', ${levels}`);
    expect((await db.run(`EXEC sp_addextendedproperty N'ms_description', N'x', ${levels}`)).numbers).toEqual([15233]);
    await db.ok(`EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = 7,
      ${levels
        .split(', ')
        .map((value, index) => `@level${Math.floor(index / 2)}${index % 2 === 0 ? 'type' : 'name'} = ${value}`)
        .join(', ')}`);
    expect((await db.ok(list(all))).rows).toEqual([{ objtype, objname, name: 'MS_Description', value: '7' }]);
    await db.ok(`EXEC sp_dropextendedproperty N'MS_Description', ${levels}`);
    expect((await db.run(`EXEC sp_dropextendedproperty N'MS_Description', ${levels}`)).numbers).toEqual([15217]);
    expect((await db.ok(list(all))).rows).toEqual([]);
  });

  test('the database has some, too', async () => {
    await db.ok(`EXEC sp_addextendedproperty N'Caption', N'all'`);
    expect((await db.ok(list('default, default, default, default, default, default'))).rows).toEqual([
      { objtype: null, objname: null, name: 'Caption', value: 'all' },
    ]);
    await db.ok(`EXEC sp_dropextendedproperty N'Caption'`);
  });

  test('a type without a name means everything of that type', async () => {
    await db.ok(`EXEC sp_addextendedproperty N'a', 1, ${column}`);
    await db.ok(`EXEC sp_addextendedproperty N'a', 2, N'SCHEMA', N'dbo', N'TABLE', N'Orders', N'COLUMN', N'Id'`);
    const { rows } = await db.ok(list(`'schema', 'dbo', 'table', 'Orders', 'column', default`));
    expect(rows.map((row) => row.objname).toSorted()).toEqual(['Id', 'Qty']);
    const joined = await db.ok(`SELECT c.name FROM sys.extended_properties AS p
      JOIN sys.columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
      WHERE p.class = 1 AND p.major_id = OBJECT_ID('dbo.Orders') AND p.value = 1`);
    expect(joined.rows).toEqual([{ name: 'Qty' }]);
  });

  test.each([
    [`EXEC sp_addextendedproperty N'a', 1, N'SCHEMA', N'dbo', N'TABLE', N'None'`, 15135],
    [`EXEC sp_addextendedproperty N'a', 1, N'SCHEMA', N'dbo', N'VIEW', N'Orders'`, 15135],
    [`EXEC sp_addextendedproperty N'a', 1, N'SCHEMA', N'dbo', NULL, N'Orders'`, 15600],
    [`EXEC sp_addextendedproperty N'a', 1, N'SCHEMA', NULL, N'TABLE', N'Orders'`, 15600],
    [`EXEC sp_updateextendedproperty N'a', 1, N'SCHEMA', N'dbo', N'TABLE', N'Orders'`, 15217],
    [`EXEC sp_addextendedproperty N'a', 1, N'SERVICE', N's'`, 40000],
  ])('%s: %i', async (statement, number) => {
    expect((await db.run(statement)).numbers).toEqual([number]);
  });

  test('follow a renamed column and go with a dropped one, with its table and with a rollback', async () => {
    await db.ok(`EXEC sp_addextendedproperty N'a', N'x', ${column}`);
    await db.script('ALTER TABLE dbo.Orders DROP CONSTRAINT CK_Orders', 'DROP INDEX IX_Orders ON dbo.Orders');
    await db.ok(`EXEC sp_rename 'dbo.Orders.Qty', 'Quantity', 'COLUMN'`);
    const levels = `'schema', 'dbo', 'table', 'Orders', 'column', default`;
    expect((await db.ok(list(levels))).rows).toMatchObject([{ objname: 'Quantity' }]);
    await db.ok('BEGIN TRAN; ALTER TABLE dbo.Orders DROP COLUMN Quantity; ROLLBACK');
    expect((await db.ok(list(levels))).rows).toHaveLength(1);
    await db.script('ALTER TABLE dbo.Orders DROP COLUMN Quantity', 'ALTER TABLE dbo.Orders ADD Quantity int');
    expect((await db.ok(list(levels))).rows).toEqual([]);
    await db.ok(`EXEC sp_addextendedproperty N'a', N'x', N'SCHEMA', N'dbo', N'TABLE', N'Orders'`);
    await db.script('DROP TABLE dbo.Orders');
    expect((await db.ok('SELECT COUNT(*) AS n FROM sys.extended_properties')).value).toBe(0);
  });
});
