import { readFileSync } from 'node:fs';
import { splitBatches } from '../../src/index.ts';

/** The batches of a script beside this file. */
export function sqlFile(name: string): readonly string[] {
  return splitBatches(readFileSync(new URL(name, import.meta.url), 'utf8'), name).map(({ text }) => text);
}
