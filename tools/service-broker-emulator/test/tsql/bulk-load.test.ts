import sql from 'mssql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** Options of INSERT BULK: FIRE_TRIGGERS and ORDER, as Microsoft's page of BULK INSERT describes them. */

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
});
beforeEach(async () => {
  await db.script(
    'DROP TABLE IF EXISTS dbo.Loaded, dbo.Heard',
    'CREATE TABLE dbo.Loaded (id int NOT NULL PRIMARY KEY CLUSTERED); CREATE TABLE dbo.Heard (id int)',
    'CREATE TRIGGER dbo.Loaded_T ON dbo.Loaded AFTER INSERT AS INSERT dbo.Heard SELECT id FROM inserted',
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function load(options: object, ...ids: readonly number[]): Promise<unknown> {
  const table = new sql.Table('dbo.Loaded');
  table.columns.add('id', sql.Int, { nullable: false });
  for (const id of ids) table.rows.add(id);
  return db.pool.request().bulk(table, options);
}

const count = async (table: string) => (await db.ok(`SELECT COUNT(*) AS n FROM dbo.${table}`)).value;

test('triggers run when they are asked for, only then', async () => {
  await load({}, 1, 2);
  expect([await count('Loaded'), await count('Heard')]).toEqual([2, 0]);
  await load({ fireTriggers: true }, 3, 4);
  expect([await count('Loaded'), await count('Heard')]).toEqual([4, 2]);
});

test('an INSTEAD OF trigger takes the place of a load with FIRE_TRIGGERS', async () => {
  await db.script(
    'CREATE TRIGGER dbo.Loaded_I ON dbo.Loaded INSTEAD OF INSERT AS INSERT dbo.Heard SELECT -id FROM inserted',
  );
  await load({ fireTriggers: true }, 1, 2);
  expect([await count('Loaded'), await count('Heard')]).toEqual([0, 2]);
  await load({}, 1);
  expect(await count('Loaded')).toBe(1);
});

test('a trigger that fails takes the load back', async () => {
  await db.script("CREATE OR ALTER TRIGGER dbo.Loaded_T ON dbo.Loaded AFTER INSERT AS THROW 50001, 'no', 1");
  await expect(load({ fireTriggers: true }, 1)).rejects.toMatchObject({ number: 50001 });
  expect(await count('Loaded')).toBe(0);
});

test('rows that are not in the order that was claimed are refused', async () => {
  await load({ order: { id: 'ASC' } }, 1, 2, 6);
  await expect(load({ order: { id: 'ASC' } }, 7, 9, 8)).rejects.toMatchObject({
    number: 4819,
    message: expect.stringContaining('primary key of first row: (9), primary key of second row: (8).'),
  });
  expect(await count('Loaded')).toBe(3);
});

test('an order by a key that is converted on its way counts for nothing', async () => {
  await db.ok('CREATE TABLE dbo.LoadedNames (name nvarchar(255) PRIMARY KEY)');
  const table = new sql.Table('dbo.LoadedNames');
  table.columns.add('name', sql.NVarChar(4000), { nullable: false });
  for (const name of ['b', 'c', 'a']) table.rows.add(name);
  const options: object = { order: { name: 'ASC' } };
  await db.pool.request().bulk(table, options);
  expect(await count('LoadedNames')).toBe(3);
});
