import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { settingsProblems } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from '../src/options.ts';

const app = new URL('../', import.meta.url);
const script = fileURLToPath(new URL('src/write-settings-schema.ts', app));

test('appsettings.schema.json is what the settings are (otherwise: pnpm schema)', async () => {
  const args = ['--conditions=@hartonomous/source', script, '--check'];
  await expect(promisify(execFile)(process.execPath, args)).resolves.toMatchObject({ stdout: '' });
});

test('the files of all environments fit it, and a wrong one does not', async () => {
  const schema = z.fromJSONSchema(JSON.parse(await readFile(new URL('appsettings.schema.json', app), 'utf8')));
  const files = (await readdir(app)).filter((name) => /^appsettings(\.[A-Z]\w+)?$/.test(parse(name).name));
  expect(files).toContain('appsettings.json');
  for (const name of files) {
    const file: unknown = JSON.parse(await readFile(new URL(name, app), 'utf8'));
    expect(file, name).toMatchObject({ $schema: './appsettings.schema.json' });
    expect(schema.safeParse(file).error, name).toBeUndefined();
  }
  expect(schema.safeParse({ KeyVault: { Enabled: 'maybe' } }).success).toBe(false);
});

test('README.md and appsettings.json have the defaults of the schema', async () => {
  expect(await settingsProblems(settingsSchema, app)).toEqual([]);
});
