import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const command = ['--conditions=@hartonomous/source', fileURLToPath(new URL('../src/cli.ts', import.meta.url))];

test('runs until SIGTERM and says what a program needs to use it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'azure-emulator-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'azure.json'), '{ "keyValues": [{ "key": "A", "value": "1" }] }');
  const args = [...command, '--json', '--identity-port', '0', '--no-challenge', '--data', join(folder, 'azure.json')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { env } = JSON.parse(line.toString()) as { env: Record<string, string> };
  const url = `${env.IDENTITY_ENDPOINT}?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net`;
  expect((await fetch(url, { headers: { Metadata: 'true' } })).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a file that cannot be read is named, with exit code 1', async () => {
  const failure = promisify(execFile)(process.execPath, [...command, '--no-challenge', '--data', '/nowhere.json']);
  await expect(failure).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('/nowhere.json') });
});
