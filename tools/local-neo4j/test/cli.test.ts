import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import neo4j from 'neo4j-driver';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startLocalNeo4j } from '../src/index.ts';

// A start takes 8 seconds on an idle machine; beside other work it has taken a minute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const Facts = z.object({
  uri: z.string(),
  dataDir: z.string(),
  certificateFile: z.string().optional(),
  edition: z.literal('community'),
  version: z.string(),
});

function run(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@hartonomous/source', cli, ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += data.toString();
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function started(output: { stdout: string }) {
  return eventually(() => Facts.parse(JSON.parse(output.stdout)), { timeoutMs: 200_000 });
}

// One test, because a start costs seconds of both cores.
test('with --tls only encrypted connections get in; runs until SIGTERM, then stops the server and exits with 0', async () => {
  const { child, output, ended } = run('--port', '0', '--tls', '--json');
  const { uri, dataDir, certificateFile = '', version } = await started(output);
  expect(uri).toMatch(/^bolt\+ssc:/);
  const password = 'neo4jneo4j';
  await (await startLocalNeo4j({ uri, password })).stop();
  const clear = uri.replace('+ssc', '');
  await expect(startLocalNeo4j({ uri: clear, password })).rejects.toMatchObject({ code: 'NEO4J_UNREACHABLE' });
  {
    await using driver = neo4j.driver(clear, neo4j.auth.basic('neo4j', password), {
      encrypted: 'ENCRYPTION_ON',
      trust: 'TRUST_CUSTOM_CA_SIGNED_CERTIFICATES',
      trustedCertificates: [certificateFile],
    });
    expect((await driver.getServerInfo()).agent).toBe(`Neo4j/${version}`);
  }
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(existsSync(dataDir)).toBe(false);
});

test.skipIf(process.platform === 'win32')('a killed parent takes the server and its folder along', async () => {
  const { child, output, ended } = run('--port', '0', '--json');
  const { dataDir } = await started(output);
  child.kill('SIGKILL');
  await ended;
  await eventually(() => expect(existsSync(dataDir)).toBe(false));
});

test('an unreachable URI is an error with exit code 1', async () => {
  const { output, ended } = run('--uri', 'bolt://127.0.0.1:1', '--json');
  expect(await ended).toBe(1);
  expect(JSON.parse(output.stderr)).toMatchObject({ error: 'NEO4J_UNREACHABLE' });
});

test('the help shows examples', async () => {
  const { output, ended } = run('--help');
  expect(await ended).toBe(0);
  expect(output.stdout).toContain('local-neo4j --port 0 --json');
});
