import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { type AzureEmulator, startAzureEmulator } from '@hartonomous/azure-emulator';
import { azureSettingsSchema } from '@hartonomous/config-loader';
import { azureFindings } from '@hartonomous/operations';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// The SDK keeps the agent that it has found for the whole process, so all tests have the one that is in its environment at first.

const resources = new AsyncDisposableStack();
let azure: AzureEmulator;

beforeAll(async () => {
  azure = resources.use(
    await startAzureEmulator({
      challenge: false,
      secrets: { Neo4jPassword: 'secret-value-1', SqlConnectionString: 'secret-value-2' },
      keyValues: [
        { key: 'Neo4j:Uri', value: 'bolt://graph:7687' },
        { key: 'Neo4j:Password', secret: 'Neo4jPassword' },
      ],
    }),
  );
  for (const [name, value] of Object.entries(azure.env)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  return resources.disposeAsync();
});

async function hops(changes: { readonly env?: Record<string, string>; readonly vault?: string } = {}) {
  const settings = azureSettingsSchema.parse({
    Azure: { UseManagedIdentity: true, MaxRetries: 0, RetryDelayMs: 1 },
    AzureAppConfiguration: { Enabled: true, Endpoint: azure.appConfigurationEndpoint },
    KeyVault: { Enabled: true, VaultUri: changes.vault ?? azure.vaultUri, VerifyChallengeResource: false },
  });
  const found = await Array.fromAsync(
    azureFindings(settings, 'Production', changes.env ?? azure.env, { ca: azure.ca }),
  );
  for (const { message, action } of found) expect(`${message}${action}`).not.toContain('secret-value');
  return found;
}

const wrong = async (changes?: Parameters<typeof hops>[0]) =>
  (await hops(changes)).filter(({ state }) => state === 'problem');

test('every hop is well', async () => {
  const found = await hops();
  expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(found.map(({ id }) => id.split('.')[1])).toEqual(['agent', 'host', 'host', 'token', 'role', 'token', 'role']);
});

test('no agent: nothing answers', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  await promisify(closed.close.bind(closed))();
  const env = { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IMDS_ENDPOINT: `http://127.0.0.1:${port}` };
  const [agent] = await wrong({ env });
  expect(agent).toMatchObject({
    id: `azure.agent.127.0.0.1:${port}`,
    message: expect.stringContaining('ECONNREFUSED'),
    action: expect.stringContaining('azcmagent show'),
    why: expect.any(String),
  });
});

test('the agent refuses: no token', async () => {
  azure.fail('identity', { failure: 400 });
  const found = await wrong();
  azure.heal('identity');
  expect(found.map(({ id }) => id)).toContain(
    `azure.agent.${new URL(azure.identityEndpoint).host.replace('localhost', '127.0.0.1')}`,
  );
});

test('a named host that is not there', async () => {
  const [host] = await wrong({ vault: 'https://127.0.0.1:1/' });
  expect(host).toMatchObject({
    id: 'azure.host.127.0.0.1:1',
    message: expect.stringContaining('ECONNREFUSED'),
    action: expect.stringContaining('curl'),
  });
});

test.each(['keyVault', 'appConfiguration'] as const)('the identity lacks the role of %s', async (service) => {
  azure.grant(service, false);
  const found = await wrong();
  azure.grant(service, true);
  expect(found.some(({ id }) => id.startsWith('azure.role.'))).toBe(true);
  expect(found[0]?.action).toMatch(
    service === 'keyVault' ? /az role assignment create .*"Key Vault Secrets User"/ : /"App Configuration Data Reader"/,
  );
});

test('a secret that a setting points to is gone', async () => {
  azure.setKeyValue({ key: 'Neo4j:Username', secret: 'Neo4jUsername' });
  const found = await wrong();
  azure.deleteKeyValue('Neo4j:Username');
  expect(found).toMatchObject([
    { id: 'azure.secret.Neo4j:Username', message: expect.stringContaining('there is no such secret') },
  ]);
});
