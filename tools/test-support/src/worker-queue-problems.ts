import { readFile } from 'node:fs/promises';
import type { WorkerQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.string(), bin: z.record(z.string(), z.string()) });

/**
 * Holds a worker's package.json and README.md against the declaration of the queue that it reads.
 *
 * @param folder of the app, with a slash at its end
 * @returns one line for each difference
 */
export async function workerQueueProblems(declared: WorkerQueue, folder: URL): Promise<readonly string[]> {
  const { queue, name, messageType, reader, deadLetters } = declared;
  const manifest = manifestSchema.parse(JSON.parse(await readFile(new URL('package.json', folder), 'utf8')));
  const readme = await readFile(new URL('README.md', folder), 'utf8');
  const words = [
    `\`${queue}\``,
    `\`${messageType}\``,
    `\`${deadLetters.table}\``,
    `hartonomous deadletter list --queue ${name}`,
  ];
  return [
    ...(manifest.name === `@hartonomous/${reader.program}`
      ? []
      : [`package.json: its name is not of ${reader.program}`]),
    ...(manifest.bin[reader.program] === './dist/main.js' ? [] : [`package.json: its bin has no ${reader.program}`]),
    ...words.filter((word) => !readme.includes(word)).map((word) => `README.md: ${word} is missing`),
  ];
}
