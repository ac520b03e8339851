import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type AzureEmulator, startAzureEmulator } from '@hartonomous/azure-emulator';
import { expect, test } from 'vitest';
import { endpoints, folderWith, production, productionFile } from './azure-fixture.ts';

const program = fileURLToPath(new URL('start-production.ts', import.meta.url));

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(emulator: AzureEmulator, env: Record<string, string> = {}): Promise<Run> {
  const folder = await folderWith({ 'appsettings.Production.json': productionFile });
  const { promise, resolve } = Promise.withResolvers<Run>();
  execFile(
    process.execPath,
    ['--conditions=@hartonomous/source', program, folder],
    { env: { PATH: process.env.PATH, ...emulator.env, ...endpoints(emulator), ...env } },
    (error, stdout, stderr) => resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
  );
  return await promise;
}

const passwords = ['neo4j-pa55word', 'sql-pa55word'];

test.each(['True', 'False'])(
  'Azure:UseManagedIdentity=%s: the identity of an Arc server opens App Configuration and Key Vault',
  async (useManagedIdentity) => {
    await using emulator = await startAzureEmulator({ ...production, challenge: false });
    const { stdout, exitCode } = await start(emulator, { Azure__UseManagedIdentity: useManagedIdentity });
    expect(stdout).toContain('length 14');
    expect(exitCode).toBe(0);
  },
);

test.each<[string, Record<string, string>, string]>([
  ['AZURE_IDENTITY_TRACE', { AZURE_IDENTITY_TRACE: 'true' }, 'credential trace: azure:identity:info'],
  ['AZURE_LOG_LEVEL', { AZURE_LOG_LEVEL: 'info' }, 'azure:identity:info'],
])('%s shows every step of the credential, and no secret', async (_, env, text) => {
  await using emulator = await startAzureEmulator({ ...production, challenge: false });
  const { stdout, stderr } = await start(emulator, env);
  expect(stderr).toContain(text);
  expect(stderr).toMatch(/ManagedIdentityCredential is asked for a token for https:\/\/vault\.azure\.net\/\.default/);
  expect(stderr).toMatch(/ManagedIdentityCredential gave a token valid until 20\d\d-.* after \d+ ms/);
  for (const value of passwords) expect(stdout + stderr).not.toContain(value);
});

test('an agent that refuses is explained, with what to look at', async () => {
  await using emulator = await startAzureEmulator({ ...production, challenge: false });
  emulator.fail('identity', { failure: 400 });
  const { stdout, exitCode } = await start(emulator);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('AZURE_IDENTITY_UNAVAILABLE');
  expect(stdout).toContain('group himds on Linux');
  expect(stdout).toContain('AZURE_IDENTITY_TRACE=true shows each step');
  expect(stdout).toContain('This is environment Production, the default:');
  expect(stdout).toContain('set DOTNET_ENVIRONMENT=Development');
});
