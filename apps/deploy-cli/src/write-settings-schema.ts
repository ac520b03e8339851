// Writes appsettings.schema.json, for editors; with --check it only says whether the file is what it should be.
import { readFile, writeFile } from 'node:fs/promises';
import { settingsJsonSchema } from '@hartonomous/config-loader';
import { z } from 'zod';
import { databaseSettingsSchema, embeddingSettingsSchema, graphSettingsSchema } from './options.ts';

const file = new URL('../appsettings.schema.json', import.meta.url);
const text = settingsJsonSchema(
  z.object({ ...databaseSettingsSchema.shape, ...graphSettingsSchema.shape, ...embeddingSettingsSchema.shape }),
  'Settings of hartonomous',
);
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write('appsettings.schema.json is not what the settings are: run pnpm schema in this folder.\n');
  process.exitCode = 1;
}
