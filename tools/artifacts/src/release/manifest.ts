import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ name: z.string(), version: z.string(), commit: z.string() });

/** What an artifact says of itself. */
export async function manifestOf(folder: string): Promise<z.output<typeof schema>> {
  return schema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}
