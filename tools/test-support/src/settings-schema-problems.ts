import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * Holds an app's appsettings.schema.json against its settings, and its appsettings files of all environments against the schema.
 *
 * @param folder of the app, with a slash at its end
 * @returns one line for each problem
 */
export async function settingsSchemaProblems(folder: URL): Promise<readonly string[]> {
  const problems: string[] = [];
  const script = fileURLToPath(new URL('src/write-settings-schema.ts', folder));
  const check = ['--conditions=@hartonomous/source', script, '--check'];
  await promisify(execFile)(process.execPath, check).catch((error: unknown) => {
    problems.push(`appsettings.schema.json is not what the settings are (pnpm schema fixes it): ${String(error)}`);
  });
  const schema = z.fromJSONSchema(JSON.parse(await readFile(new URL('appsettings.schema.json', folder), 'utf8')));
  if (schema.safeParse({ KeyVault: { Enabled: 'maybe' } }).success) {
    problems.push('appsettings.schema.json takes a wrong setting');
  }
  const files = (await readdir(folder)).filter((name) => /^appsettings(\.[A-Z]\w+)?\.json$/.test(name));
  if (!files.includes('appsettings.json')) problems.push('appsettings.json is missing');
  for (const name of files) {
    const file: unknown = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    const declares = z.looseObject({ $schema: z.literal('./appsettings.schema.json') }).safeParse(file);
    if (!declares.success) problems.push(`${name}: its $schema is not ./appsettings.schema.json`);
    const { error } = schema.safeParse(file);
    if (error !== undefined) problems.push(`${name}: ${z.prettifyError(error)}`);
  }
  return problems;
}
