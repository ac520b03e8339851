import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startAzureEmulator } from '@hartonomous/azure-emulator';
import { expect, test } from 'vitest';
import { parseSqlConnectionString, resolveMssqlOptions } from '../src/index.ts';

const program = fileURLToPath(new URL('ask-sql-token.ts', import.meta.url));
const secretValue = 'pr1ncipal-secret';

function resolve(text: string, { env = {}, hasOdbcDriver = false } = {}) {
  return resolveMssqlOptions(parseSqlConnectionString(`Server=db;Database=x;${text}`), {
    env,
    hasOdbcDriver: async () => hasOdbcDriver,
  });
}

/** Runs a program of its own, because the SDK knows one managed identity per process. */
async function askToken(connectionString: string, env: Record<string, string>): Promise<string> {
  const { promise, resolve: done } = Promise.withResolvers<string>();
  execFile(
    process.execPath,
    ['--conditions=@hartonomous/source', program],
    { env: { PATH: process.env.PATH, CONNECTION_STRING: connectionString, ...env } },
    (_, stdout, stderr) => done(stdout + stderr),
  );
  return await promise;
}

test.each(['Active Directory Managed Identity', 'ActiveDirectoryMSI', 'Active Directory Default'])(
  'Authentication=%s: the identity of an Arc server gives a token for SQL',
  async (method) => {
    await using emulator = await startAzureEmulator({ challenge: false });
    const output = await askToken(`Server=db;Database=x;Authentication=${method}`, {
      ...emulator.env,
      AZURE_IDENTITY_TRACE: 'true',
    });
    expect(output).toContain('token-credential, a token of the emulator: true');
    expect(output).toContain('is asked for a token for https://database.windows.net/.default');
    expect(emulator.requests).toMatchObject([{ service: 'identity', status: 200 }]);
  },
);

test('a service principal is the user with its secret, in the tenant that AZURE_TENANT_ID names', async () => {
  const login = `Authentication=Active Directory Service Principal;User Id=app-id;Password=${secretValue}`;
  const tenant = { AZURE_TENANT_ID: '00000000-0000-0000-0000-000000000001' };
  expect(await resolve(login, { env: tenant })).toMatchObject({ authentication: { type: 'token-credential' } });
  const failure = resolve(login);
  await expect(failure).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
  await expect(failure).rejects.toThrow(/in the variable AZURE_TENANT_ID\.$/);
  await expect(failure).rejects.not.toThrow(secretValue);
});

test.each(['Active Directory Interactive', 'Active Directory Device Code Flow', 'Active Directory Integrated'])(
  'Authentication=%s needs a person: the message names what a service can use',
  async (method) => {
    const failure = resolve(`Authentication=${method}`);
    await expect(failure).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
    await expect(failure).rejects.toThrow(/A service uses Active Directory Managed Identity/);
  },
);

test('Integrated Security takes the ODBC driver where there is one, and says what to do where there is none', async () => {
  expect(await resolve('Integrated Security=True', { hasOdbcDriver: true })).toMatchObject({ driver: 'msnodesqlv8' });
  await expect(resolve('Integrated Security=True')).rejects.toMatchObject({ code: 'INTEGRATED_SECURITY_UNAVAILABLE' });
});

test('a SQL login asks for neither driver nor credential', async () => {
  const settings = parseSqlConnectionString('Server=db;Database=x;User Id=app;Password=pa55word');
  const options = await resolveMssqlOptions(settings, {
    env: {},
    hasOdbcDriver: () => Promise.reject(new Error('asked for a driver')),
  });
  expect(options).toMatchObject({ driver: 'tedious', user: 'app' });
});
