import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentedFunctions } from '../../src/engine/documented/function-names.ts';
import { documentedInformationSchema } from '../../src/engine/documented/information-schema-names.ts';
import { documentedProcedures } from '../../src/engine/documented/procedure-names.ts';
import { documentedViews } from '../../src/engine/documented/view-names.ts';
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

/** How many names go into one batch. */
const chunkSize = 100;

/** Compiles a statement for each name, without running it, and gives those that fail with a number other than the allowed ones. */
async function failures(
  names: Iterable<string>,
  statement: (name: string) => string,
  allowed: readonly number[],
): Promise<unknown[]> {
  const all = [...names];
  const found: unknown[] = [];
  for (let start = 0; start < all.length; start += chunkSize) {
    const attempts = all.slice(start, start + chunkSize).map(
      (name) => `BEGIN TRY EXEC (N'IF 1 = 0 ${statement(name)}') END TRY
        BEGIN CATCH INSERT @e VALUES (N'${name}', ERROR_NUMBER()) END CATCH`,
    );
    const { rows } = await db.ok(
      `DECLARE @e TABLE (name nvarchar(128), number int); ${attempts.join('\n')}
       SELECT name, number FROM @e WHERE number NOT IN (${allowed.join(', ')})`,
    );
    found.push(...rows);
  }
  return found;
}

test('every documented system view is there or refused by its name, before the batch runs', async () => {
  expect(await failures(documentedViews, (name) => `SELECT 1 AS n FROM sys.${name}`, [40000])).toEqual([]);
  expect(
    await failures(documentedInformationSchema, (name) => `SELECT 1 AS n FROM INFORMATION_SCHEMA.${name}`, [40000]),
  ).toEqual([]);
});

test('every documented procedure is there or refused by its name', async () => {
  expect(await failures(documentedProcedures, (name) => `EXEC ${name}`, [40000])).toEqual([]);
  expect(await failures(documentedProcedures, (name) => `EXEC sys.${name}`, [40000])).toEqual([]);
});

test('every documented function is there or refused by its name', async () => {
  // 174 and 189: it is there and takes arguments; 10753: a window function; 102 and 156: it has a syntax of its own.
  const allowed = [40000, 174, 189, 10753, 102, 156];
  expect(await failures(documentedFunctions, (name) => `SELECT ${name}() AS v`, allowed)).toEqual([]);
});

test.each([
  ['SELECT * FROM sys.no_such_view', 208],
  ['SELECT * FROM INFORMATION_SCHEMA.NO_SUCH', 208],
  ['EXEC sp_no_such_procedure', 2812],
  ['SELECT NO_SUCH_FUNCTION(1)', 195],
])('a name that nobody documents is unknown: %s', async (statement, number) => {
  expect((await db.run(statement)).numbers).toEqual([number]);
});
