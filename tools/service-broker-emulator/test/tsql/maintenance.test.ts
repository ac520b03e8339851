import { expect, test } from 'vitest';
import { startTestServer } from './sql-client.ts';

test('ALTER INDEX, UPDATE STATISTICS and CHECKPOINT of maintenance scripts', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.script(
    'CREATE TABLE T (id int CONSTRAINT PK PRIMARY KEY, a int); CREATE INDEX IX ON T (a); INSERT T VALUES (1, 2);',
    'CREATE VIEW V AS SELECT id FROM T;',
  );
  await client.ok(
    'ALTER INDEX ALL ON T REBUILD; ALTER INDEX IX ON dbo.T REORGANIZE; ALTER INDEX ix ON T REBUILD WITH (ONLINE = OFF);',
  );
  await client.ok('UPDATE STATISTICS T; UPDATE STATISTICS T (IX, PK) WITH FULLSCAN; UPDATE STATISTICS V; CHECKPOINT;');
  await client.ok('CREATE TABLE #t (n int PRIMARY KEY); ALTER INDEX ALL ON #t REBUILD; UPDATE STATISTICS #t;');
  expect((await client.ok('SELECT a FROM T WHERE a = 2;')).value).toBe(2);
  expect((await client.run('ALTER INDEX Nope ON T REBUILD;')).numbers).toEqual([2727]);
  expect((await client.run('ALTER INDEX ALL ON Nope REORGANIZE;')).numbers).toEqual([1088]);
  expect((await client.run('UPDATE STATISTICS Nope;')).numbers).toEqual([2706]);
  expect((await client.run('UPDATE STATISTICS T Nope;')).numbers).toEqual([2767]);
  expect((await client.run('ALTER INDEX IX ON T DISABLE;')).numbers).toEqual([40000]);
  await client.ok("CREATE USER u WITHOUT LOGIN; GRANT SELECT ON T TO u; EXECUTE AS USER = 'u';");
  expect((await client.run('ALTER INDEX IX ON T REBUILD;')).numbers).toEqual([1088]);
  expect((await client.run('CHECKPOINT;')).numbers).toEqual([262]);
});

test('a rebuild waits for who uses the table', async () => {
  await using server = await startTestServer();
  await using one = await server.connect();
  await using other = await server.connect();
  await one.ok('CREATE TABLE T (id int PRIMARY KEY, a int); INSERT T VALUES (1, 2);');
  await one.ok('BEGIN TRANSACTION; UPDATE T SET a = 3;');
  expect((await other.run('SET LOCK_TIMEOUT 50; ALTER INDEX ALL ON T REBUILD;')).numbers).toEqual([1222]);
  await one.ok('COMMIT;');
  await other.ok('ALTER INDEX ALL ON T REBUILD;');
});
