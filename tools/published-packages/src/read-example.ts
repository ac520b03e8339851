import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExampleMissingError } from './errors.ts';

/**
 * The first block of TypeScript of a package's README, and the files that it imports beside it, which are blocks of their own after a line
 * with their name in backquotes.
 *
 * @throws ExampleMissingError
 */
export async function readExample(folder: string): Promise<string> {
  const readme = join(folder, 'README.md');
  const text = await readFile(readme, 'utf8');
  const block = /^(`{3,})ts\r?\n(.*?)^\1\s*$/ms.exec(text)?.[2];
  if (block === undefined) throw new ExampleMissingError(readme);
  return block;
}
