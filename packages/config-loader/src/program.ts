import { existsSync, readFileSync } from 'node:fs';
import { ProgramFolderError } from './errors.ts';

const manifestName = 'package.json';

/** Characters of a commit's name that tell it from others. */
const shortCommit = 12;

// It is loaded before anything else of a program, and so needs nothing of others: its own package.json needs no schema.

/**
 * The folder that a program is installed in, with its appsettings files: the nearest one at or above a module that has a
 * package.json. The same for sources in `src/`, for a build in `dist/` and for an artifact, which has everything in one folder.
 *
 * @param moduleUrl `import.meta.url` of a module of the program
 * @returns with a slash at the end
 * @throws ProgramFolderError when there is no package.json up to the root
 */
export function programFolder(moduleUrl: string): URL {
  let folder = new URL('./', moduleUrl);
  while (!existsSync(new URL(manifestName, folder))) {
    const parent = new URL('../', folder);
    if (parent.href === folder.href) throw new ProgramFolderError(moduleUrl);
    folder = parent;
  }
  return folder;
}

/**
 * The version of an installed program, and of an artifact the commit that it was built from: `0.1.0` or `0.1.0 (1a2b3c4d5e6f)`.
 *
 * @param folder see {@link programFolder}
 */
export function programVersion(folder: URL): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL(manifestName, folder), 'utf8'));
  const field = (name: string): string | undefined => {
    const value: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const version = field('version') ?? 'without a version';
  const commit = field('commit');
  return commit === undefined ? version : `${version} (${commit.slice(0, shortCommit)})`;
}
