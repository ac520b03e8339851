import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { openSqlServer } from '@hartonomous/operations';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins, eventually, repositoryRoot } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { runCommand } from '../src/run-command.ts';
import { type BuiltArtifacts, buildAll } from './built-artifacts.ts';

const database = 'Hartonomous';
const corpus = join(repositoryRoot, 'packages/atomizers/test/corpus');

let built: BuiltArtifacts;
let server: TestServer;

beforeAll(async () => {
  built = await buildAll(false);
  server = await startTestServer();
  await hartonomous(server.deployerConnectionString(database), 'database', 'deploy');
  await server.run(database, createRoleLogins());
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await built[Symbol.asyncDispose]();
});

async function hartonomous(connectionString: string, ...args: readonly string[]): Promise<string> {
  return await runCommand(process.execPath, ['main.js', ...args], {
    cwd: built.folder('deploy-cli'),
    env: { PATH: process.env.PATH, ConnectionStrings__HartonomousDb: connectionString },
  });
}

function worker(
  name: string,
  settings: Readonly<Record<string, string>> = {},
  role: 'worker' | 'api' = 'worker',
): WorkerProgram {
  const connectionString = asRoleLogin(server.connectionString(database), role);
  return new WorkerProgram(
    name,
    // The environment is Production, where the settings beside the programs ask for Azure.
    {
      ConnectionStrings__HartonomousDb: connectionString,
      AzureAppConfiguration__Enabled: 'False',
      KeyVault__Enabled: 'False',
      ...settings,
    },
    { program: { folder: built.folder(name) } },
  );
}

/** Names and queries of the scalers. */
function scalingQueries(): [string, string][] {
  const file = readFileSync(join(repositoryRoot, 'deploy/kubernetes/scaling.yaml'), 'utf8');
  const scaler = z.object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({ triggers: z.array(z.object({ metadata: z.object({ query: z.string() }) })) }),
  });
  return parseAllDocuments(file)
    .map((one): unknown => one.toJS())
    .flatMap((one) => {
      const { data } = scaler.safeParse(one);
      return data === undefined
        ? []
        : data.spec.triggers.map(({ metadata }): [string, string] => [data.metadata.name, metadata.query]);
    });
}

test('hartonomous verifies what it deployed, and names commit and version in the records', async () => {
  await hartonomous(server.connectionString(database), 'verify', '--skip-graph');
  expect(await server.value(database, 'SELECT TOP (1) [AppliedBy] FROM dbo.SchemaMigration;')).toMatch(
    /^hartonomous \d+\.\d+\.\d+ \(0123456789ab\)$/,
  );
});

test('ces-consumer takes a PDF apart, in a thread, and a Word document and an archive', async () => {
  const consumer = worker('ces-consumer');
  await consumer.polling();
  const files = ['field-notes.pdf', 'report.docx', 'bundle.zip', 'letter-utf16.txt'].map((file) => join(corpus, file));
  const sender = server.connectionString(database);
  await hartonomous(sender, 'ingest', ...files, '--wait');
  expect(await server.rows(database, 'SELECT DISTINCT [Status] AS [status] FROM dbo.IngestionJob;')).toEqual([
    { status: 'COMPLETED' },
  ]);
  await consumer.stop();
});

test.each(scalingQueries())('KEDA may ask what scales %s, as the workers log in', async (_, query) => {
  await using login = await openSqlServer(
    parseSqlConnectionString(asRoleLogin(server.connectionString(database), 'worker')),
  );
  const [row] = await login.query(query, {}, z.record(z.string(), z.unknown()));
  expect(Object.values(row ?? {}).map(Number)).toEqual([expect.toSatisfy((waiting) => waiting >= 0)]);
});

test('embedding-generator waits for work', async () => {
  const generator = worker('embedding-generator');
  await eventually(async () => expect((await generator.ready()).status).toBe(200));
  await generator.stop();
});

const noNeo4j = { Neo4j__Uri: 'bolt://127.0.0.1:1', Neo4j__Username: 'neo4j', Neo4j__Password: 'not-that' };

test.each([
  ['neo4j-sync', 'worker'],
  ['api', 'api'],
] as const)('%s reports that Neo4j is away, and takes nothing', async (name, role) => {
  const sync = worker(name, { ...noNeo4j, ...(name === 'api' ? { Api__Port: '0' } : {}) }, role);
  await eventually(async () => {
    const { status, entries } = await sync.ready();
    expect(status).toBe(503);
    expect(entries).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'sql-server', state: 'up' })]));
    expect(entries.find(({ name }) => name === 'neo4j')?.reason).toMatch(/127\.0\.0\.1:1/);
  });
  await sync.stop();
});
