import { AppConfigurationClient, isSecretReference, parseSecretReference } from '@azure/app-configuration';
import { expect, test } from 'vitest';
import { type AzureEmulator, type KeyValueSeed, startAzureEmulator } from '../src/index.ts';
import { emulatorCredential } from './emulator-credential.ts';

function clientOf(emulator: AzureEmulator): AppConfigurationClient {
  return new AppConfigurationClient(emulator.appConfigurationEndpoint, emulatorCredential(emulator), {
    tlsOptions: { ca: emulator.ca },
    retryOptions: { maxRetries: 0 },
  });
}

async function keys(client: AppConfigurationClient, filter: { keyFilter?: string; labelFilter?: string }) {
  const found: string[] = [];
  for await (const { key, label } of client.listConfigurationSettings(filter)) found.push(`${key}|${label ?? ''}`);
  return found;
}

const keyValues: KeyValueSeed[] = [
  { key: 'Neo4j:Uri', value: 'bolt://a' },
  { key: 'Neo4j:Uri', label: 'Production', value: 'bolt://b' },
  { key: 'Neo4j:Password', secret: 'Neo4jPassword' },
  { key: 'Worker,odd*key', value: 'x' },
];

test('labels: each label has its own value, and no label is one of them', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, keyValues });
  const client = clientOf(emulator);
  expect((await client.getConfigurationSetting({ key: 'Neo4j:Uri' })).value).toBe('bolt://a');
  expect((await client.getConfigurationSetting({ key: 'Neo4j:Uri', label: 'Production' })).value).toBe('bolt://b');
});

test.each<[{ keyFilter?: string; labelFilter?: string }, string[]]>([
  [{}, ['Neo4j:Password|', 'Neo4j:Uri|', 'Neo4j:Uri|Production', 'Worker,odd*key|']],
  [{ keyFilter: 'Neo4j:*', labelFilter: '\0' }, ['Neo4j:Password|', 'Neo4j:Uri|']],
  [{ keyFilter: '*', labelFilter: 'Production' }, ['Neo4j:Uri|Production']],
  [{ keyFilter: 'Worker\\,odd\\*key' }, ['Worker,odd*key|']],
  [{ keyFilter: 'Neo4j:Uri,Neo4j:Password', labelFilter: '\0,Staging' }, ['Neo4j:Password|', 'Neo4j:Uri|']],
])('the filter %j selects %j', async (filter, expected) => {
  await using emulator = await startAzureEmulator({ challenge: false, keyValues });
  expect(await keys(clientOf(emulator), filter)).toEqual(expected);
});

test('lists have pages of 100', async () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ key: `key-${index}`, value: 'x' }));
  await using emulator = await startAzureEmulator({ challenge: false, keyValues: many });
  const found = await keys(clientOf(emulator), {});
  expect(new Set(found).size).toBe(250);
  expect(emulator.requests.filter(({ service }) => service === 'appConfiguration')).toHaveLength(3);
});

test('a Key Vault reference is one for the SDK too', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, keyValues });
  const setting = await clientOf(emulator).getConfigurationSetting({ key: 'Neo4j:Password' });
  if (!isSecretReference(setting)) throw new Error(`not a reference: ${setting.contentType}`);
  expect(parseSecretReference(setting).value.secretId).toBe(`${emulator.vaultUri}secrets/Neo4jPassword`);
});

test('ETags: unchanged values and pages are not sent again', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, keyValues });
  const client = clientOf(emulator);
  const first = await client.getConfigurationSetting({ key: 'Neo4j:Uri' });
  const again = await client.getConfigurationSetting(first, { onlyIfChanged: true });
  expect(again.statusCode).toBe(304);
  emulator.setKeyValue({ key: 'Neo4j:Uri', value: 'bolt://c' });
  expect(await client.getConfigurationSetting(first, { onlyIfChanged: true })).toMatchObject({ value: 'bolt://c' });

  const page = await client.listConfigurationSettings().byPage().next();
  const pageEtags = [page.value.etag as string];
  const unchanged = await client.listConfigurationSettings({ pageEtags }).byPage().next();
  expect(unchanged.value._response.status).toBe(304);
  emulator.deleteKeyValue('Neo4j:Uri', 'Production');
  const changed = await client.listConfigurationSettings({ pageEtags }).byPage().next();
  expect(changed.value.items).toHaveLength(3);
});

test('writes: a new ETag each, none over a newer value, and only creation where that is asked for', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  const client = clientOf(emulator);
  const added = await client.addConfigurationSetting({ key: 'A', value: '1', label: 'L' });
  await expect(client.addConfigurationSetting({ key: 'A', value: '1', label: 'L' })).rejects.toMatchObject({
    statusCode: 412,
  });
  await client.setConfigurationSetting({ key: 'A', value: '2', label: 'L' });
  await expect(
    client.setConfigurationSetting({ ...added, value: '3' }, { onlyIfUnchanged: true }),
  ).rejects.toMatchObject({ statusCode: 412 });
  await client.deleteConfigurationSetting({ key: 'A', label: 'L' });
  expect(await client.deleteConfigurationSetting({ key: 'A', label: 'L' })).toMatchObject({ statusCode: 204 });
  await expect(client.getConfigurationSetting({ key: 'A', label: 'L' })).rejects.toMatchObject({ statusCode: 404 });
});

test('an identity without role is refused', async () => {
  await using emulator = await startAzureEmulator({ challenge: false, keyValues });
  emulator.grant('appConfiguration', false);
  await expect(clientOf(emulator).getConfigurationSetting({ key: 'A' })).rejects.toMatchObject({ statusCode: 403 });
});
