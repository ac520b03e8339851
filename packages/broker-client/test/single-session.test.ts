import { TcpProxy } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startTestDatabase, type TestDatabase } from './test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const spid = z.object({ spid: z.number() });
const spidQuery = 'SELECT @@SPID AS spid;';

test('what a batch leaves in the session is there for the next call', async () => {
  await using client = await database.connect({}, { singleSession: true, maxConnections: 5 });
  await client.runBatch('CREATE TABLE #Kept (n INT NOT NULL); SET NOCOUNT ON;');
  await client.runBatch('INSERT INTO #Kept (n) VALUES (1), (2);');
  const calls = Array.from({ length: 5 }, () => client.query(spidQuery, {}, spid));
  const spids = (await Promise.all(calls)).map(([row]) => row?.spid);
  expect(new Set(spids).size).toBe(1);
  const [row] = await client.query(
    'SELECT COUNT(*) AS n FROM #Kept WHERE n > @least;',
    { least: 1 },
    z.object({ n: z.number() }),
  );
  expect(row).toEqual({ n: 1 });
});

test('a lost session is not replaced by one that lacks its settings', async () => {
  const proxy = await TcpProxy.start({ targetPort: database.port });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await using client = await database.connect({ port: proxy.port }, { singleSession: true });
  await client.runBatch('CREATE TABLE #Kept (n INT NOT NULL);');
  proxy.cut();
  await expect(client.run('SELECT 1;')).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  await expect(client.run('SELECT 1;')).rejects.toMatchObject({
    code: 'BROKER_UNAVAILABLE',
    message: expect.stringContaining('has to begin anew'),
  });
});
