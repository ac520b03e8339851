import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type AzureEmulator, agentKeyFolder, type ChallengeFault, startAzureEmulator } from '../src/index.ts';

const scenario = fileURLToPath(new URL('identity-scenario.ts', import.meta.url));
const seed = {
  secrets: { Neo4jPassword: 'correct horse' },
  keyValues: [{ key: 'Neo4j:Uri', value: 'bolt://graph:7687' }],
};

interface Outcome {
  readonly token: unknown;
  readonly secret: unknown;
  readonly setting: unknown;
}

async function run(kind: 'managed' | 'default', emulator: AzureEmulator, env = {}): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [scenario, kind, emulator.vaultUri, emulator.appConfigurationEndpoint],
    { env: { PATH: process.env.PATH, ...emulator.env, ...env } },
  );
  return JSON.parse(stdout) as Outcome;
}

// Clients take key files from the agent's folder only, and making that needs root (or a folder made beforehand).
const canChallenge = await mkdir(agentKeyFolder(), { recursive: true })
  .then(() => access(agentKeyFolder(), constants.W_OK))
  .then(
    () => true,
    () => false,
  );

if (canChallenge) {
  test.each(['managed', 'default'] as const)(
    'the %s credential answers the key-file challenge and opens Key Vault and App Configuration',
    async (kind) => {
      await using emulator = await startAzureEmulator(seed);
      expect(await run(kind, emulator)).toEqual({
        token: { minutes: 1_440 },
        secret: 'correct horse',
        setting: 'bolt://graph:7687',
      });
      const identity = emulator.requests.filter(({ service }) => service === 'identity').map(({ status }) => status);
      // Two resources, each with a challenge and the token; the third token came from the client's cache.
      expect(identity).toEqual([401, 200, 401, 200]);
    },
  );

  test('used key files are gone, unused ones go with the emulator', async () => {
    const emulator = await startAzureEmulator(seed);
    const before = new Set(await readdir(agentKeyFolder()));
    const url = `${emulator.identityEndpoint}?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net`;
    const response = await fetch(url, { headers: { Metadata: 'true' } });
    const path = /^Basic realm=(.*)$/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(path.startsWith(agentKeyFolder())).toBe(true);
    await emulator[Symbol.asyncDispose]();
    const after = await readdir(agentKeyFolder());
    expect(after.filter((name) => path.endsWith(name) && !before.has(name))).toEqual([]);
  });

  test.each<[ChallengeFault, string]>([
    ['wrong-extension', 'invalid_file_extension'],
    ['wrong-folder', 'invalid_file_path'],
    ['too-large', 'invalid_secret'],
    ['no-file', 'unable_to_read_secret_file'],
    ['no-header', 'www_authenticate_header_missing'],
    ['other-scheme', 'www_authenticate_header_unsupported_format'],
    ['wrong-secret', 'unauthorized_client'],
  ])('the client refuses a challenge with %s', async (fault, code) => {
    await using emulator = await startAzureEmulator(seed);
    emulator.breakChallenge(fault);
    const { token, secret } = await run('managed', emulator);
    expect(token).toMatchObject({ error: 'CredentialUnavailableError', message: expect.stringContaining(code) });
    expect(secret).toMatchObject({ error: 'CredentialUnavailableError' });
  });
} else {
  test(`not available: the key-file challenge, as ${agentKeyFolder()} is not writable here`, () => {
    expect(canChallenge).toBe(false);
  });
}

test('a machine without a user-assigned identity refuses AZURE_CLIENT_ID', async () => {
  await using emulator = await startAzureEmulator({ ...seed, challenge: false });
  const { token } = await run('default', emulator, {
    AZURE_CLIENT_ID: '11111111-1111-4111-8111-111111111111',
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  });
  expect(token).toMatchObject({ error: expect.stringMatching(/Credential|Authentication/) });
});

test.each<[string, Record<string, string>, number]>([
  ['without the header Metadata', {}, 400],
  ['with it', { Metadata: 'true' }, 200],
])('a token request %s', async (_, headers, status) => {
  await using emulator = await startAzureEmulator({ challenge: false });
  const url = `${emulator.identityEndpoint}?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net`;
  expect((await fetch(url, { headers })).status).toBe(status);
});

test('a key folder that cannot be made is named', async () => {
  // Below a file no folder can be made, not even by root.
  await expect(startAzureEmulator({ keyFolder: join(scenario, 'tokens') })).rejects.toMatchObject({
    code: 'KEY_FOLDER_UNUSABLE',
  });
});
