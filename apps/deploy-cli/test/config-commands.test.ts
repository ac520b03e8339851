import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAzureEmulator } from '@hartonomous/azure-emulator';
import { expect, onTestFinished, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const workerFolder = fileURLToPath(new URL('../../neo4j-sync-worker', import.meta.url));
const hidden = 'hunter22-very-secret';

async function folderWith(settings: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'appsettings.json'), JSON.stringify(settings, null, 2));
  return folder;
}

const settings = {
  ConnectionStrings: { HartonomousDb: `Server=db;Database=Hartonomous;User Id=app;Password=${hidden}` },
  Neo4j: { Uri: 'bolt://localhost:7687', Username: 'neo4j', Password: hidden },
};

test('show lists what counts with its source, secrets hidden, and no foreign variables', async () => {
  const folder = await folderWith(settings);
  const env = { Neo4j__Uri: 'bolt://other:7687', HOME: '/home/someone' };
  const { exitCode, stdout } = await hartonomous(['config', 'show', '--config', folder], env);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('  Neo4j:Uri = bolt://other:7687  [environment variable Neo4j__Uri]');
  expect(stdout).toContain('  Neo4j:Password = ***  [appsettings.json, line 8]');
  expect(stdout).toContain('  ConnectionStrings:HartonomousDb = ***  [appsettings.json, line 3]');
  expect(stdout).not.toContain('HOME');
  expect(stdout).not.toContain(hidden);
});

test('show and explain hide what the log hides: keys, headers, cookies, and secrets inside values', async () => {
  const folder = await folderWith({
    Signing: { PrivateKey: hidden, Authorization: `Bearer ${hidden}`, Cookie: hidden, SasToken: hidden },
    Storage: { Url: `https://account.blob/x?sv=2024&sig=${hidden}`, Text: `Server=db;Password=${hidden}` },
    Proxy: { Url: `http://user:${hidden}@proxy:8080` },
  });
  for (const command of [
    ['config', 'show'],
    ['config', 'show', '--json'],
    ['config', 'explain', 'Signing:PrivateKey'],
    ['config', 'explain', 'Storage:Url'],
  ]) {
    const { exitCode, stdout, stderr } = await hartonomous([...command, '--config', folder], {});
    expect({ exitCode, leaks: (stdout + stderr).includes(hidden) }, command.join(' ')).toEqual({
      exitCode: 0,
      leaks: false,
    });
  }
});

test('explain shows every source in order and who won', async () => {
  const folder = await folderWith(settings);
  const env = { Neo4j__Uri: 'bolt://other:7687' };
  const { stdout } = await hartonomous(['config', 'explain', 'neo4j:uri', '--config', folder], env);
  expect(stdout.split('\n').slice(1, 3)).toEqual([
    '    bolt://localhost:7687  [appsettings.json, line 6]',
    '  → bolt://other:7687  [environment variable Neo4j__Uri]',
  ]);
});

test('a setting that no source has: the one that was meant, exit code 1', async () => {
  const folder = await folderWith(settings);
  const { exitCode, stderr } = await hartonomous(['config', 'explain', 'Neo4j:Url', '--config', folder]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Did you mean Neo4j:Uri?');
});

test('azure-commands prints what the settings need, without asking Azure, and no value of a secret', async () => {
  const command = ['config', 'azure-commands', '--config', workerFolder, '--environment', 'Production'];
  const { exitCode, stdout, stderr } = await hartonomous(command, {
    ConnectionStrings__HartonomousDb: `Server=db;Database=Hartonomous;User Id=app;Password=${hidden}`,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  for (const part of [
    'az keyvault create --name kv-hartonomous-production',
    'az appconfig create --name appconfig-hartonomous-production',
    '--role "Key Vault Secrets User"',
    '--role "App Configuration Data Reader"',
    'az keyvault secret set --vault-name kv-hartonomous-production --name Neo4jPassword --file',
    '--key Neo4j:Password --label Production --secret-identifier https://kv-hartonomous-production.vault.azure.net/secrets/Neo4jPassword',
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).not.toContain(hidden);
  const folder = await folderWith(settings);
  expect(await hartonomous(['config', 'azure-commands', '--config', folder])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('neither AzureAppConfiguration:Endpoint nor KeyVault:VaultUri'),
  });
});

test('azure-commands: what stands in the settings is one word of a command, whatever it is', async () => {
  const command = ['config', 'azure-commands', '--config', workerFolder, '--environment', 'Production'];
  const { stdout } = await hartonomous(command, {
    AzureAppConfiguration__Label: "West; rm -rf $HOME 'x'",
    AzureAppConfiguration__KeyPrefix: 'our keys/',
  });
  expect(stdout).toContain(`--key 'our keys/Neo4j:Password' --label 'West; rm -rf $HOME '\\''x'\\''' --secret`);
});

test('an environment that is named and has no file is warned of by every command', async () => {
  const folder = await folderWith(settings);
  const named = ['--config', folder, '--environment', 'Prodution'];
  const warned = /^Warning: --environment names the environment Prodution, .*\(did you mean Production\?\)\.$/m;
  expect((await hartonomous(['config', 'check', ...named])).stderr).toMatch(warned);
  expect((await hartonomous(['config', 'explain', 'Neo4j:Uri', ...named])).stderr).toMatch(warned);
  const { stdout, stderr } = await hartonomous(['config', 'check', '--json', ...named]);
  expect(JSON.parse(stdout).warnings).toHaveLength(1);
  expect(stderr).toBe('');
});

test('check: valid, or everything that is wrong at once with exit code 2', async () => {
  const good = await folderWith(settings);
  expect(await hartonomous(['config', 'check', '--config', good])).toMatchObject({ exitCode: 0 });
  const bad = await folderWith({ Neo4j: { Uri: 'http://x', Password: hidden } });
  const { exitCode, stderr } = await hartonomous(['config', 'check', '--config', bad]);
  expect(exitCode).toBe(2);
  for (const key of ['ConnectionStrings:HartonomousDb', 'Neo4j:Uri', 'Neo4j:Username']) expect(stderr).toContain(key);
  expect(stderr).not.toContain(hidden);
});

test("Production of the worker's own files, with its credentials in Azure; offline they are missing", async () => {
  await using azure = await startAzureEmulator({
    challenge: false,
    secrets: { SqlConnectionString: settings.ConnectionStrings.HartonomousDb, Neo4jPassword: hidden },
    keyValues: [{ key: 'Neo4j:Username', value: 'graph-user' }],
  });
  const run = async (...args: string[]) => {
    const { promise, resolve } = Promise.withResolvers<{ exitCode: number; output: string }>();
    const env = {
      PATH: process.env.PATH,
      ...azure.env,
      AzureAppConfiguration__Endpoint: azure.appConfigurationEndpoint,
      KeyVault__VaultUri: azure.vaultUri,
      KeyVault__VerifyChallengeResource: 'false',
    };
    const command = [main, 'config', ...args, '--config', workerFolder, '--environment', 'Production'];
    execFile(process.execPath, ['--conditions=@hartonomous/source', ...command], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr }),
    );
    return await promise;
  };
  const [check, show, explain, offline] = await Promise.all([
    run('check'),
    run('show'),
    run('explain', 'Neo4j:Password'),
    run('check', '--offline'),
  ]);
  expect(check).toMatchObject({ exitCode: 0 });
  expect(show.output).toMatch(/Neo4j:Username = graph-user {2}\[App Configuration 127\.0\.0\.1:\d+, Neo4j:Username\]/);
  expect(explain.output).toMatch(/→ \*\*\* {2}\[Key Vault 127\.0\.0\.1:\d+, secret Neo4jPassword\]/);
  expect(offline.exitCode).toBe(2);
  for (const { output } of [check, show, explain, offline]) expect(output).not.toContain(hidden);
});

test('Azure that can not be read: all else is shown, with the reason, and exit code 3', async () => {
  const folder = await folderWith({ ...settings, KeyVault: { Enabled: true, VaultUri: 'https://127.0.0.1:1/' } });
  const env = { Azure__TimeoutSeconds: '1', Azure__MaxRetries: '0' };
  for (const command of [['show'], ['check'], ['explain', 'Neo4j:Uri']]) {
    const { exitCode, stdout, stderr } = await hartonomous(['config', ...command, '--config', folder], env);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^Warning: App Configuration and Key Vault could not be read .*--offline.*AZURE_/);
    if (command[0] !== 'check') expect(stdout).toContain('appsettings.json, line');
    expect(`${stdout}${stderr}`).not.toContain(hidden);
  }
});
