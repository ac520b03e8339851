import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployDatabase, examineDatabase, verifyDeployment } from '../src/index.ts';

const database = 'Hartonomous';
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await deployDatabase({ connection: server.deployerConnectionString(database) });
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** What both commands report: id, message and action by id. */
async function reports() {
  const connection = server.deployerConnectionString(database);
  const { subjects } = await verifyDeployment({ database: connection });
  const checks = subjects.flatMap((subject) => subject.checks.map(({ ok, ...check }) => ({ ...check, isWrong: !ok })));
  const findings = [];
  const { signal } = new AbortController();
  for await (const finding of examineDatabase(parseSqlConnectionString(connection), signal)) {
    const { id, message, action, state } = finding;
    findings.push({ id, message, action, isWrong: state === 'problem' });
  }
  const shared = /^(broker\.(enabled|transmission)|queue\.(status|mode)\..*(Sync|Ingestion|Embedding)Queue)/;
  const byId = <Row extends { readonly id: string }>(list: readonly Row[]) =>
    Object.fromEntries(list.filter(({ id }) => shared.test(id)).map((each) => [each.id, each]));
  return { verified: byId(checks), examined: byId(findings) };
}

test('verify and doctor report the same facts in the same words: all well', async () => {
  const { verified, examined } = await reports();
  expect(Object.keys(verified).sort()).toEqual([
    'broker.enabled',
    'broker.transmission',
    'queue.mode.dbo.EmbeddingQueue',
    'queue.mode.dbo.IngestionQueue',
    'queue.mode.dbo.Neo4jSyncQueue',
    'queue.status.dbo.EmbeddingQueue',
    'queue.status.dbo.IngestionQueue',
    'queue.status.dbo.Neo4jSyncQueue',
  ]);
  expect(Object.values(verified)).toEqual(
    Object.values(verified).map((fact) => ({ ...fact, action: null, isWrong: false })),
  );
  expect(examined).toEqual(verified);
});

test('verify and doctor report the same facts in the same words: all wrong', async () => {
  await server.run(
    database,
    'CREATE PROCEDURE [dbo].[sp_Idle] AS SET NOCOUNT ON;',
    'ALTER QUEUE [dbo].[Neo4jSyncQueue] WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = [dbo].[sp_Idle], MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
    'ALTER QUEUE [dbo].[IngestionQueue] WITH STATUS = OFF;',
  );
  await server.run('master', `ALTER DATABASE [${database}] SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;`);
  await server.run(
    database,
    "EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = 1, @SyncType = N'DELETE', @TenantId = 0; WAITFOR DELAY '00:00:01.2';",
  );
  const { verified, examined } = await reports();
  expect(
    Object.values(verified)
      .flatMap(({ id, isWrong }) => (isWrong ? [id] : []))
      .sort(),
  ).toEqual([
    'broker.enabled',
    'broker.transmission',
    'queue.mode.dbo.Neo4jSyncQueue',
    'queue.status.dbo.IngestionQueue',
  ]);
  expect(examined).toEqual(verified);
});
