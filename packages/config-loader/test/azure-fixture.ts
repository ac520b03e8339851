import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AzureEmulator, type AzureEmulatorOptions, startAzureEmulator } from '@hartonomous/azure-emulator';
import { onTestFinished } from 'vitest';
import type { AzureOptions, LoadOptions } from '../src/index.ts';

/** appsettings.Production.json of runbook R2. */
export const productionFile = {
  ConnectionStrings: { HartonomousDb: '' },
  Neo4j: { Uri: 'bolt://HART-DESKTOP:7687', Username: '', Password: '', Enabled: true },
  Azure: { UseManagedIdentity: true },
  AzureAppConfiguration: { Enabled: true, Endpoint: 'https://appconfig-hartonomous-production.azconfig.io' },
  KeyVault: { Enabled: true, VaultUri: 'https://kv-hartonomous-production.vault.azure.net/' },
};

/** What the services hold, as runbook R2 says. */
export const production: AzureEmulatorOptions = {
  secrets: {
    SqlConnectionString:
      'Server=HART-DESKTOP;Database=Hartonomous;User Id=HartonomousApp;Password=sql-pa55word;Encrypt=True',
    Neo4jUsername: 'neo4j-production-user',
    Neo4jPassword: 'neo4j-pa55word',
  },
  keyValues: [
    { key: 'Neo4j:Uri', value: 'bolt://graph:7687' },
    { key: 'Neo4j:Username', secret: 'Neo4jUsername' },
    { key: 'Neo4j:Password', secret: 'Neo4jPassword' },
  ],
};

/** A folder with appsettings files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, object | string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'config-loader-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** An emulator for one test; without challenge, as these tests give tokens by {@link azureOptions}. */
export async function azure(options: AzureEmulatorOptions = production): Promise<AzureEmulator> {
  const emulator = await startAzureEmulator({ challenge: false, ...options });
  onTestFinished(() => emulator[Symbol.asyncDispose]());
  return emulator;
}

/** Variables that override the endpoints of {@link productionFile}, and make failures quick. */
export function endpoints(emulator: AzureEmulator): Record<string, string> {
  return {
    AzureAppConfiguration__Endpoint: emulator.appConfigurationEndpoint,
    KeyVault__VaultUri: emulator.vaultUri,
    KeyVault__VerifyChallengeResource: 'false',
    Azure__MaxRetries: '1',
    Azure__RetryDelayMs: '10',
  };
}

/** Takes tokens from this emulator; the SDK's own credential knows one endpoint per process only. */
export function azureOptions({ identityEndpoint, ca }: AzureEmulator): AzureOptions {
  return {
    ca,
    credential: {
      async getToken(scopes) {
        const resource = String([scopes].flat()[0]).replace(/\/\.default$/, '');
        const url = `${identityEndpoint}?api-version=2020-06-01&resource=${encodeURIComponent(resource)}`;
        const response = await fetch(url, { headers: { Metadata: 'true' } });
        const { access_token: token, expires_on } = (await response.json()) as Record<string, string>;
        return { token: token!, expiresOnTimestamp: Number(expires_on) * 1_000 };
      },
    },
  };
}

/** Load options of a production start against the emulator. */
export async function productionStart(emulator: AzureEmulator, env: Record<string, string> = {}): Promise<LoadOptions> {
  return {
    folder: await folderWith({ 'appsettings.Production.json': productionFile }),
    env: { ...endpoints(emulator), ...env },
    azure: azureOptions(emulator),
  };
}
