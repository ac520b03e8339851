import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** SET ANSI_NULL_DFLT_ON and _OFF, and their bits in @@OPTIONS, as Microsoft's pages of both say. */

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

test.each([
  ['SET ANSI_NULL_DFLT_ON ON', true, 1024],
  ['SET ANSI_NULL_DFLT_ON OFF', false, 0],
  ['SET ANSI_NULL_DFLT_OFF ON', false, 2048],
  ['SET ANSI_NULL_DFLT_OFF ON; SET ANSI_NULL_DFLT_ON ON', true, 1024],
])('%s', async (setting, nullable, bits) => {
  const { rows } = await db.ok(
    `${setting}; DROP TABLE IF EXISTS dbo.T; CREATE TABLE dbo.T (a int, b int NULL, c int NOT NULL);
     SELECT name, is_nullable AS n, @@OPTIONS & 3072 AS bits FROM sys.columns WHERE object_id = OBJECT_ID('dbo.T')`,
  );
  expect(rows).toEqual([
    { name: 'a', n: nullable, bits },
    { name: 'b', n: true, bits },
    { name: 'c', n: false, bits },
  ]);
});
