import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { deployDatabase, hasChanges, openSqlServer } from '../../src/index.ts';
import { createOldDatabase } from './old-database.ts';

const script = fileURLToPath(new URL('deploy-process.ts', import.meta.url));
let server: TestServer;
let child: ChildProcess | undefined;

beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => server?.[Symbol.asyncDispose]());

/** Starts a deployment in a process of its own and kills it as soon as it prints this. */
async function killedAt(connection: string, text: string): Promise<void> {
  const deployment = spawn(process.execPath, ['--conditions=@hartonomous/source', script], {
    env: { ...process.env, ConnectionStrings__HartonomousDb: connection },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = deployment;
  const ended = once(deployment, 'exit');
  for await (const line of createInterface(deployment.stdout)) {
    if (line.includes(text)) break;
  }
  deployment.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

test('a deployment that is killed inside a migration has changed nothing of it, and the next one completes it', async () => {
  await createOldDatabase(server, 'Killed');
  const connection = server.deployerConnectionString('Killed');
  {
    // An open transaction on the table: the migration waits for it.
    await using blocker = await openSqlServer(parseSqlConnectionString(connection), { singleSession: true });
    await blocker.runBatch("BEGIN TRANSACTION; UPDATE [dbo].[Atom] SET [AtomType] = N'held' WHERE [AtomId] = 1;");
    await killedAt(connection, '"state":"started"');
    await blocker.runBatch('ROLLBACK TRANSACTION;');
  }
  expect(await server.value('Killed', 'SELECT COUNT(*) AS n FROM [dbo].[SchemaMigration];')).toBe(0);
  const rule = "SELECT c.[definition] FROM sys.check_constraints AS c WHERE c.[name] = N'CK_Atom_SyncType';";
  expect(await server.value('Killed', rule)).toContain('CREATE');

  const { migrations, created } = await deployDatabase({ connection });
  expect(migrations.applied).toContainEqual({ number: 1, name: 'atom-sync-type-is-a-word' });
  expect(created).not.toContainEqual(expect.objectContaining({ name: 'SchemaMigration' }));
  expect(await server.value('Killed', rule)).not.toContain('CREATE');
  expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
});

test.each(['"state":"applied"', '"name":"SchemaMigration"', '"name":"sp_SendNeo4jSync"'])(
  'a deployment that is killed at %s is completed by the next one',
  async (text) => {
    const database = `Killed${text.replaceAll(/\W/g, '')}`;
    await createOldDatabase(server, database);
    const connection = server.deployerConnectionString(database);
    await killedAt(connection, text);
    await deployDatabase({ connection });
    expect(await server.value(database, 'SELECT COUNT(*) AS n FROM [dbo].[Atom];')).toBe(3);
    expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  },
);
