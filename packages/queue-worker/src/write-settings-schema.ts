import { readFile, writeFile } from 'node:fs/promises';
import { settingsJsonSchema } from '@hartonomous/config-loader';
import type { WorkerProcessHost } from './command.ts';
import type { QueueWorker } from './definition.ts';
import type { QueueWorkerSettings } from './options.ts';

/**
 * Writes a worker's `appsettings.schema.json`, for editors; with `--check` among the arguments it only compares, and exit code 1
 * means that the file isn't what the settings are.
 */
export async function writeSettingsSchema<Settings extends QueueWorkerSettings>(
  { folder, settingsSchema, queue }: QueueWorker<Settings>,
  host: Pick<WorkerProcessHost, 'argv' | 'stderr' | 'exitCode'>,
): Promise<void> {
  const file = new URL('appsettings.schema.json', folder);
  const text = settingsJsonSchema(settingsSchema, `Settings of ${queue.reader.program}`);
  if (!host.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8')) !== text) {
    host.stderr.write('appsettings.schema.json is not what the settings are: run pnpm schema in this folder.\n');
    host.exitCode = 1;
  }
}
