import { SecretClient } from '@azure/keyvault-secrets';
import { expect, test } from 'vitest';
import { type AzureEmulator, startAzureEmulator } from '../src/index.ts';
import { emulatorCredential } from './emulator-credential.ts';

function clientOf(emulator: AzureEmulator): SecretClient {
  return new SecretClient(emulator.vaultUri, emulatorCredential(emulator), {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: emulator.ca },
    retryOptions: { maxRetries: 0 },
  });
}

test('the first request has no token and is challenged; later ones reuse the token', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, secrets: { A: '1', B: '2' } });
  const client = clientOf(emulator);
  expect((await client.getSecret('a')).value).toBe('1');
  expect((await client.getSecret('B')).value).toBe('2');
  const statuses = emulator.requests.filter(({ service }) => service === 'keyVault').map(({ status }) => status);
  expect(statuses).toEqual([401, 200, 200]);
});

test('a client with its default options refuses the challenge of a host outside the vault domain', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, secrets: { A: '1' } });
  const client = new SecretClient(emulator.vaultUri, emulatorCredential(emulator), {
    tlsOptions: { ca: emulator.ca },
  });
  await expect(client.getSecret('A')).rejects.toThrow(/does not match the requested domain/);
});

test('versions: the latest one by default, an older one by its id', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, secrets: { Password: 'old' } });
  const client = clientOf(emulator);
  const old = await client.getSecret('Password');
  await client.setSecret('Password', 'new', { contentType: 'text/plain', tags: { owner: 'ops' } });
  expect(await client.getSecret('Password')).toMatchObject({
    value: 'new',
    properties: { enabled: true, contentType: 'text/plain', tags: { owner: 'ops' } },
  });
  expect((await client.getSecret('Password', { version: old.properties.version! })).value).toBe('old');
});

test('a list has pages, no values and disabled secrets', async () => {
  const secrets = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`secret-${index}`, 'x']));
  await using emulator = await startAzureEmulator({ challenge: false, secrets });
  emulator.setSecret('off', 'x', { enabled: false });
  const found = [];
  for await (const properties of clientOf(emulator).listPropertiesOfSecrets()) found.push(properties);
  expect(found).toHaveLength(61);
  expect(found.find(({ name }) => name === 'off')?.enabled).toBe(false);
  expect(found[0]).not.toHaveProperty('value');
});

test.each<[string, (emulator: AzureEmulator) => void, object]>([
  ['an absent secret', (emulator) => emulator.deleteSecret('A'), { statusCode: 404, code: 'SecretNotFound' }],
  [
    'a disabled secret',
    (emulator) => emulator.setSecret('A', '2', { enabled: false }),
    { statusCode: 403, code: 'Forbidden' },
  ],
  ['an identity without role', (emulator) => emulator.grant('keyVault', false), { statusCode: 403, code: 'Forbidden' }],
  ['throttling', (emulator) => emulator.fail('keyVault', { failure: 429 }), { statusCode: 429 }],
  ['a closed connection', (emulator) => emulator.fail('keyVault', { failure: 'reset' }), { code: 'ECONNRESET' }],
])('%s gives the error of the service', async (_, prepare, error) => {
  await using emulator = await startAzureEmulator({ challenge: false, secrets: { A: '1' } });
  prepare(emulator);
  await expect(clientOf(emulator).getSecret('A')).rejects.toMatchObject(error);
});

test('expired and revoked tokens are refused', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, secrets: { A: '1' } });
  const client = clientOf(emulator);
  await client.getSecret('A');
  emulator.revokeTokens();
  // The client reads the new challenge, but has a cached token that by its own clock is still good.
  await expect(client.getSecret('A')).rejects.toMatchObject({ statusCode: 401 });
});
