import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { azurePackage } from '../src/azure/azure-package.ts';
import { AzurePackageMissingError } from '../src/index.ts';

const packageFolder = join(import.meta.dirname, '..');
const needed = ['@hartonomous/redaction', 'jsonc-parser', 'p-limit', 'zod'];

let folder: string;

/** The sources in a folder where everything that they need is installed, and no package of Azure. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'without-azure-'));
  await cp(join(packageFolder, 'src'), join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await mkdir(join(folder, 'node_modules/@hartonomous'), { recursive: true });
  for (const name of needed)
    await symlink(join(packageFolder, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  await writeFile(
    join(folder, 'read.ts'),
    `import { readConfiguration, parseSqlConnectionString, resolveMssqlOptions } from './src/index.ts';
const [what = '', folder = ''] = process.argv.slice(2);
try {
  if (what === 'login') {
    const settings = parseSqlConnectionString('Server=db;Authentication=Active Directory Managed Identity');
    await resolveMssqlOptions(settings, { hasOdbcDriver: async () => false });
  } else {
    const configuration = await readConfiguration({ folder });
    console.log(configuration.get('Neo4j:Uri')?.value);
  }
} catch (error) {
  console.log(error.code, error.packageName, error.message);
}
`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(what: string, settings: object = {}): Promise<string> {
  await writeFile(
    join(folder, 'appsettings.json'),
    JSON.stringify({ Neo4j: { Uri: 'bolt://graph:7687' }, ...settings }),
  );
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@hartonomous/source', '--no-warnings', 'read.ts', what, folder],
    { cwd: folder, env: { ...process.env, AZURE_IDENTITY_TRACE: '', AZURE_LOG_LEVEL: '' } },
  );
  return stdout;
}

describe('where no package of Azure is installed', () => {
  test('settings in files are read', async () => {
    expect(await read('settings')).toBe('bolt://graph:7687\n');
  });

  test('a setting that asks for Azure names the package to install', async () => {
    const store = { AzureAppConfiguration: { Enabled: true, Endpoint: 'https://x.azconfig.io' } };
    expect(await read('settings', store)).toMatch(
      /^AZURE_PACKAGE_MISSING @azure\/identity .*npm install @azure\/identity/,
    );
  });

  test('so does a login by Microsoft Entra', async () => {
    expect(await read('login')).toMatch(/^AZURE_PACKAGE_MISSING @azure\/identity /);
  });
});

test('a package that is there and fails is not called missing', async () => {
  const failure = new TypeError('its own');
  await expect(azurePackage('@azure/identity', () => Promise.reject(failure))).rejects.toBe(failure);
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(azurePackage('@azure/logger', () => Promise.reject(missing))).rejects.toThrow(AzurePackageMissingError);
});
