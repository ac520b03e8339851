import { type BrokerClient, connectBroker, sqlParameter } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, type GraphConnection } from '@hartonomous/graph-sync';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { deployDatabase, deployGraph } from '@hartonomous/operations';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { ChildService, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { EarlierVersion } from './earlier-version.ts';

// Two installations and a dozen processes.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const commit = z
  .string()
  .regex(/^[0-9a-f]{7,40}$/)
  .parse(process.env.UPGRADE_FROM);
const saPassword = 'Upgrade!1';

let earlier: EarlierVersion;
let emulator: ServiceBrokerEmulator;
let neo4j: LocalNeo4j;
let client: BrokerClient;
let graph: GraphConnection;
let env: Record<string, string>;

beforeAll(async () => {
  [earlier, emulator, neo4j] = await Promise.all([
    EarlierVersion.checkOut(commit),
    startServiceBrokerEmulator({ port: 0, data: ':memory:', saPassword }),
    startLocalNeo4j(),
  ]);
  const connection = `Server=127.0.0.1,${emulator.port};Database=Hartonomous;User Id=sa;Password=${saPassword};TrustServerCertificate=True;`;
  env = {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb: connection,
    Neo4j__Uri: neo4j.uri,
    Neo4j__Username: neo4j.username,
    Neo4j__Password: neo4j.password,
    Health__Port: '0',
    LOG_FORMAT: 'json',
  };
  await earlier.hartonomous(env, 'database', 'deploy');
  await earlier.hartonomous(env, 'graph', 'deploy');
  client = await connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(connection)) } });
  graph = await connectNeo4j({ uri: neo4j.uri, username: neo4j.username, password: neo4j.password });
});

afterAll(async () => {
  await Promise.all([client?.close(), graph?.close()]);
  await Promise.all([earlier?.[Symbol.asyncDispose](), emulator?.[Symbol.asyncDispose](), neo4j?.stop()]);
});

/** Atoms with their messages, each in a transaction of its own session, so that dialogs end and begin. */
async function createAtoms(count: number): Promise<void> {
  await client.run(
    `DECLARE @i INT = 0, @Id BIGINT;
     WHILE @i < @count
     BEGIN
       BEGIN TRANSACTION;
       INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText) VALUES (0, N'text/plain', CONCAT(N'atom ', NEWID()));
       SET @Id = SCOPE_IDENTITY();
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @Id;
       COMMIT TRANSACTION;
       SET @i = @i + 1;
     END;`,
    { count: sqlParameter.int(count) },
  );
}

const number = z.object({ n: z.number() });
const countInSql = async (from: string) =>
  (await client.query(`SELECT COUNT(*) AS n FROM ${from};`, {}, number))[0]?.n ?? Number.NaN;

async function atomsInGraph(): Promise<number> {
  const { records } = await graph.driver.executeQuery(
    'MATCH (a:Atom) WHERE NOT coalesce(a.placeholder, false) RETURN count(a) AS n',
  );
  return Number(records[0]?.get('n'));
}

const graphEqualsSql = () =>
  eventually(async () => expect(await atomsInGraph()).toBe(await countInSql('dbo.Atom')), { timeoutMs: 120_000 });

const startOld = (app: string, ready: string) =>
  ChildService.start({
    name: `${app} of ${commit}`,
    args: earlier.program(`apps/${app}/src/main.ts`),
    cwd: earlier.folder,
    env: { PATH: process.env.PATH, ...env },
    ready: (line) => (line.includes(ready) ? line : undefined),
  });

test(`workers of ${commit} work on while database and graph are upgraded, and beside the new ones`, async () => {
  const { service: oldSync } = await startOld('neo4j-sync-worker', 'Polling Neo4jSyncQueue');
  const { service: oldConsumer } = await startOld('ces-consumer', 'Polling IngestionQueue');
  await using _sync = oldSync;
  await using _consumer = oldConsumer;
  await createAtoms(200);
  await graphEqualsSql();

  const changes = createAtoms(600);
  await deployDatabase({ connection: env.ConnectionStrings__HartonomousDb ?? '' });
  await deployGraph({ connection: { uri: neo4j.uri, username: neo4j.username, password: neo4j.password } });
  await changes;
  // More than a dialog holds, so that the old worker meets the mark of a dialog's last message.
  await createAtoms(1_200);
  await graphEqualsSql();

  const newSync = new WorkerProgram('neo4j-sync-worker', env);
  await newSync.polling();
  await createAtoms(600);
  await client.execute('dbo.sp_EnqueueIngestion', {
    FileName: 'note.txt',
    FileData: sqlParameter.varbinary(Buffer.from('by the old consumer')),
  });
  await eventually(async () => expect(await countInSql("dbo.IngestionJob WHERE Status = N'COMPLETED'")).toBe(1), {
    timeoutMs: 60_000,
  });
  await oldSync.end('SIGTERM');
  await oldConsumer.end('SIGTERM');
  await createAtoms(200);
  await graphEqualsSql();
  expect(await countInSql('dbo.Neo4jSyncDeadLetterQueue')).toBe(0);
  expect(await countInSql('dbo.IngestionDeadLetterQueue')).toBe(0);
  expect(await countInSql('dbo.MessageRetry')).toBe(0);
});
