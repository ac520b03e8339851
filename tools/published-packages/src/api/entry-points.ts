import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PublishedPackage } from '../workspace.ts';

/** One thing to import of a package. */
export interface EntryPoint {
  /** As it is imported: `@hartonomous/config-loader/program`. */
  readonly specifier: string;
  /** Of its files: `index`, or the part after the package's name. */
  readonly name: string;
  /** The package's folder, absolute. */
  readonly folder: string;
  /** Its declarations, absolute; there after a build. */
  readonly types: string;
}

const manifestSchema = z.object({ exports: z.record(z.string(), z.object({ types: z.string() })) });

/** What can be imported of a package, in the order of its package.json. */
export function entryPoints({ name, folder }: PublishedPackage): readonly EntryPoint[] {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return Object.entries(manifest.exports).map(([path, { types }]) => ({
    specifier: `${name}${path.slice(1)}`,
    name: path === '.' ? 'index' : path.slice(2).replaceAll('/', '-'),
    folder,
    types: join(folder, types),
  }));
}
