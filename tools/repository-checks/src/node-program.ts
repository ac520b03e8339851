import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

/** The repository's root. */
export const root = join(import.meta.dirname, '../../..');

/** The script that a program of the root's dependencies starts with: the same in every shell and on every system. */
export function programScript(program: string, packageName: string = program): string {
  // By its path: not every package lets its package.json be imported.
  const file = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const path = typeof bin === 'string' ? bin : bin[program];
  if (path === undefined) throw new Error(`${packageName} has no program ${program}.`);
  return join(dirname(file), path);
}
