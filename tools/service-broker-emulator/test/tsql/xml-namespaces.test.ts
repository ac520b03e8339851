import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** WITH XMLNAMESPACES as Microsoft's page of it describes. */

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

const broker = 'http://schemas.microsoft.com/SQL/ServiceBroker/Error';
const errorBody = `DECLARE @b varbinary(max) = CAST(N'<Error xmlns="${broker}"><Code>4711</Code></Error>' AS varbinary(max));`;

test.each([
  [`WITH XMLNAMESPACES (DEFAULT N'${broker}') SELECT CAST(@b AS xml).value('(/Error/Code)[1]', 'int') AS v`],
  [`WITH XMLNAMESPACES (N'${broker}' AS e) SELECT CAST(@b AS xml).value('(/e:Error/e:Code)[1]', 'int') AS v`],
  [
    `WITH XMLNAMESPACES ('${broker}' AS e, DEFAULT 'urn:none'), c AS (SELECT CAST(@b AS xml) AS x)
     SELECT n.value('.', 'int') AS v FROM c CROSS APPLY c.x.nodes('/e:Error/e:Code') AS t(n)`,
  ],
  [
    `WITH XMLNAMESPACES (DEFAULT 'urn:none')
     SELECT CAST(@b AS xml).value('declare default element namespace "${broker}"; (/Error/Code)[1]', 'int') AS v`,
  ],
])('%s', async (query) => {
  expect((await db.ok(`${errorBody} ${query}`)).value).toBe(4711);
});

test('counts for its own statement only', async () => {
  const answer = await db.ok(`${errorBody}
    WITH XMLNAMESPACES (DEFAULT N'${broker}') SELECT CAST(@b AS xml).exist('/Error') AS v;
    SELECT CAST(@b AS xml).exist('/Error') AS v;`);
  expect(answer.sets).toEqual([[{ v: true }], [{ v: false }]]);
});

test('in a view', async () => {
  await db.script(
    `CREATE VIEW dbo.Codes AS WITH XMLNAMESPACES (DEFAULT 'urn:a')
     SELECT CAST('<a xmlns="urn:a">7</a>' AS xml).value('(/a)[1]', 'int') AS v`,
  );
  expect((await db.ok('SELECT v FROM dbo.Codes')).value).toBe(7);
});

test.each([
  [`WITH XMLNAMESPACES ('urn:a' AS a) SELECT 1 AS n FOR XML PATH`],
  [`WITH XMLNAMESPACES ('urn:a' AS a, 'urn:b' AS a) SELECT 1 AS n`],
])('refused by name: %s', async (statement) => {
  expect((await db.run(statement)).numbers).toEqual([40000]);
});
