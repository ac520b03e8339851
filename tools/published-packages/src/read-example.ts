import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExampleMissingError } from './errors.ts';

/**
 * The first block of a language in a package's README.
 *
 * @param language as the block says it: `ts`, `sql`
 * @throws ExampleMissingError
 */
export async function readExample(folder: string, language: 'ts' | 'sql'): Promise<string> {
  const readme = join(folder, 'README.md');
  const text = await readFile(readme, 'utf8');
  const block = new RegExp(`^(\`{3,})${language}\\r?\\n(.*?)^\\1\\s*$`, 'ms').exec(text)?.[2];
  if (block === undefined) throw new ExampleMissingError(readme, language);
  return block;
}
