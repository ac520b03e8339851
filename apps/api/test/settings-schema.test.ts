import { settingsProblems, settingsSchemaProblems } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { settingsSchema } from '../src/options.ts';

const app = new URL('../', import.meta.url);

test('appsettings.schema.json is what the settings are, and the files of all environments fit it', async () => {
  expect(await settingsSchemaProblems(app)).toEqual([]);
});

test('README.md and appsettings.json have the defaults of the schema', async () => {
  expect(await settingsProblems(settingsSchema, app)).toEqual([]);
});
