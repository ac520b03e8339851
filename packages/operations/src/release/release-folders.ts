import { lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { WorkerService } from '../service/worker-services.ts';
import { ReleaseFolderError } from './errors.ts';

/** Where the releases of a worker are. */
export interface ReleaseFolders {
  /** Folder of the worker, for example `/srv/www/hartonomous/workers/neo4j-sync`. */
  readonly folder: string;
  /** A folder for each release in it. */
  readonly releases: string;
  /** Leads to the release that serves. */
  readonly current: string;
  /** A line of JSON for everything that was done. */
  readonly journal: string;
  /** There while somebody works on it. */
  readonly lock: string;
  /** There from a switch until the release that it led to is proved: what to go back to. */
  readonly pending: string;
}

/** The paths of a worker's releases. */
export function releaseFolders(root: string, { name }: Pick<WorkerService, 'name'>): ReleaseFolders {
  const folder = join(root, name);
  return {
    folder,
    releases: join(folder, 'releases'),
    current: join(folder, 'current'),
    journal: join(folder, 'releases.jsonl'),
    lock: join(folder, 'release.lock'),
    pending: join(folder, 'release.pending'),
  };
}

/**
 * The name of the release that `current` leads to; undefined where there is none yet.
 *
 * @throws ReleaseFolderError where `current` is a folder of its own, or leads out of `releases`
 */
export async function currentRelease({ current, releases }: ReleaseFolders): Promise<string | undefined> {
  try {
    const target = await readlink(current);
    const name = basename(target);
    if ((await lstat(join(releases, name))).isDirectory()) return name;
  } catch (cause) {
    const code = codeOf(cause);
    // Both: no link, and a link that leads to nothing in `releases`.
    if (code === 'ENOENT' && !(await isThere(current))) return undefined;
    const why = code === 'EINVAL' ? 'it is a folder, and no link' : 'it does not lead to a release';
    throw new ReleaseFolderError(
      `${current} can't be used: ${why}.`,
      `Move the folder that serves to ${join(releases, 'NAME')} and make ${current} a link to it.`,
      cause,
    );
  }
  throw new ReleaseFolderError(`${current} does not lead to a folder.`, `Make it a link to a folder in ${releases}.`);
}

/** The releases that are there, by name. */
export async function installedReleases({ releases }: ReleaseFolders): Promise<readonly string[]> {
  try {
    const entries = await readdir(releases, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Has `current` lead to a release, at one stroke: opening it gets the one or the other. */
export async function pointTo({ folder, current }: ReleaseFolders, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${current}.new`;
  await rm(draft, { force: true });
  // Relative, so that the whole folder can be moved.
  await symlink(join('releases', name), draft);
  await rename(draft, current);
}

/** A switch that isn't proved yet. */
export interface PendingSwitch {
  /** Undefined: there was no release before. */
  readonly from: string | undefined;
  readonly to: string;
}

/** Remembers what to go back to, before a switch. */
export async function markPending({ pending }: ReleaseFolders, { from, to }: PendingSwitch): Promise<void> {
  // Whole on the disk before it has its name: half of it would say of no release what to go back to.
  const draft = `${pending}.new`;
  {
    await using file = await open(draft, 'w', 0o644);
    await file.writeFile(`${JSON.stringify({ from: from ?? null, to })}\n`);
    await file.sync();
  }
  await rename(draft, pending);
}

/** Forgets it. */
export async function clearPending({ pending }: ReleaseFolders): Promise<void> {
  await rm(pending, { force: true });
}

/** The code of a system error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
