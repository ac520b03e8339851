import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployDatabase, deployGraph } from '@hartonomous/operations';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BuiltArtifacts, buildAll } from './built-artifacts.ts';

// `pnpm artifacts:ready`: how large each artifact is, and how long each program takes from its start to the first 200 of /health/ready.

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const database = 'Hartonomous';
const starts = 5;
let built: BuiltArtifacts;
let sql: TestServer;
let neo4j: BorrowedTestNeo4j;

beforeAll(async () => {
  [built, sql, neo4j] = await Promise.all([buildAll(true), startTestServer(), borrowTestNeo4j()]);
  await deployDatabase({ connection: sql.connectionString(database) });
  await sql.run(database, createRoleLogins());
  const { uri, username, password } = neo4j;
  await deployGraph({ connection: { uri, username, password } });
});
afterAll(async () => {
  await neo4j?.[Symbol.asyncDispose]();
  await sql?.[Symbol.asyncDispose]();
  await built?.[Symbol.asyncDispose]();
});

test('sizes', async () => {
  for (const { name, files, bytes, archives } of built.artifacts.values()) {
    const sizes = await Promise.all(archives.map(async (file) => (await stat(join(built.out, file))).size));
    expect(bytes).toBeGreaterThan(0);
    console.log(
      `${name}: ${files} files, ${megabytes(bytes)}; ${archives.join(', ')}: ${sizes.map(megabytes).join(', ')}`,
    );
  }
});

test.each(['neo4j-sync', 'ces-consumer', 'embedding-generator', 'api'])('%s becomes ready', async (name) => {
  const times: number[] = [];
  for (let start = 0; start < starts; start += 1) times.push(await readyMs(name));
  times.sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[(starts - 1) / 2], times.at(-1)].map((ms) =>
    ((ms ?? Number.NaN) / 1_000).toFixed(2),
  );
  console.log(`${name}: ready after ${median} s (median of ${starts}, ${least} to ${most})`);
});

/** Starts a program from its artifact, and stops it when it is ready. */
async function readyMs(name: string): Promise<number> {
  const begunAt = performance.now();
  const program = new WorkerProgram(
    name,
    {
      ConnectionStrings__HartonomousDb: asRoleLogin(sql.connectionString(database), name === 'api' ? 'api' : 'worker'),
      Neo4j__Uri: neo4j.uri,
      Neo4j__Username: neo4j.username,
      Neo4j__Password: neo4j.password,
      AzureAppConfiguration__Enabled: 'False',
      KeyVault__Enabled: 'False',
      ...(name === 'api' ? { Api__Port: '0' } : {}),
    },
    { program: { folder: built.folder(name) } },
  );
  await eventually(async () => expect((await program.ready()).status).toBe(200), { timeoutMs: 60_000, intervalMs: 10 });
  const ms = performance.now() - begunAt;
  await program.stop();
  return ms;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
