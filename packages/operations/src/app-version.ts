import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** `hartonomous` and its version, as records of what it did name it; the same from src/ and from dist/. */
export async function nameAndVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return `hartonomous ${manifest.parse(JSON.parse(text)).version}`;
}
