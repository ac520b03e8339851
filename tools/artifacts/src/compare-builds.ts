import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, sha256 } from './checksums.ts';
import { NotReproducibleError } from './errors.ts';
import { runCommand } from './run-command.ts';

/** A build of a commit in a clone of its own. */
export interface CloneBuild {
  /** Folder with the artifacts. */
  readonly out: string;
}

/**
 * Clones a commit, installs what it needs, and builds all artifacts of it, as somebody else would.
 *
 * @param parent an empty folder
 * @param name of the clone's folder; a name of another length shows paths that got into the output
 */
export async function buildClone(root: string, parent: string, name: string): Promise<CloneBuild> {
  const clone = join(parent, name, 'repository');
  const out = join(parent, name, 'out');
  await mkdir(join(parent, name), { recursive: true });
  await runCommand('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { cwd: parent });
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  await runCommand(npx, ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
  await runCommand(npx, ['-y', 'pnpm@12', 'artifacts', '--out', out], { cwd: clone });
  return { out };
}

/**
 * Compares two builds file by file.
 *
 * @returns how many files are equal
 * @throws NotReproducibleError with every file that differs or is in one of them alone
 */
export async function compareBuilds(left: string, right: string): Promise<number> {
  const files = new Set([...(await filesOf(left)), ...(await filesOf(right))]);
  const hash = async (folder: string, file: string): Promise<string | undefined> => {
    try {
      return await sha256(join(folder, file));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const different: string[] = [];
  for (const file of [...files].sort()) {
    if ((await hash(left, file)) !== (await hash(right, file))) different.push(file);
  }
  if (different.length > 0) throw new NotReproducibleError(different);
  return files.size;
}
