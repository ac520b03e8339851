import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isProvisional, nameProblem, printableBytes } from './file-names.ts';

const dot = 0x2e;

/** A file that was found. */
export interface FoundFile {
  readonly path: string;
  /** As it is shown, and enqueued: relative to the working directory where it is below it, with `/`. */
  readonly name: string;
}

/** A file or folder that was asked for and can't be used; the others go in. */
export interface Unusable {
  /** With escapes for what isn't shown. */
  readonly path: string;
  readonly code: 'NAME_NOT_USABLE' | 'FILE_UNREADABLE';
  readonly problem: string;
}

/** What isn't ingested, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** Options of {@link findFiles}. */
export interface FindOptions {
  /** Whether the folders in a folder are looked into. */
  readonly recursive: boolean;
  readonly onLeftOut: (leftOut: LeftOut) => void;
  readonly onUnusable: (unusable: Unusable) => void;
  readonly signal: AbortSignal;
}

/**
 * Files of the given files and folders, in the order of their names. In folders, names that begin with a dot are left out
 * silently, and links, unfinished files ({@link isProvisional}) and what isn't a file are reported: a link within the folder leads to what
 * is found anyway, and one out of it to what was not asked for. What can't be used is reported too, and keeps nothing else out.
 */
export async function* findFiles(paths: readonly string[], options: FindOptions): AsyncGenerator<FoundFile> {
  const seen = new Set<string>();
  for (const given of paths) {
    const path = resolve(given);
    const stats = await askedOf(path, options, () => stat(path));
    if (stats === null) continue;
    if (stats.isDirectory()) {
      for await (const file of filesBelow(path, options)) {
        const real = await askedOf(file.path, options, () => realpath(file.path));
        if (real !== null && isFirst(real, seen)) yield file;
      }
    } else if (stats.isFile()) {
      const real = await askedOf(path, options, () => realpath(path));
      if (real !== null && isFirst(real, seen)) yield { path, name: nameOf(path) };
    } else options.onLeftOut({ path, reason: 'it is not a file' });
  }
}

/** A path as it is shown and enqueued. */
export function nameOf(path: string): string {
  const fromHere = relative(process.cwd(), path);
  const name = fromHere.startsWith('..') || fromHere === '' ? path.slice(path.lastIndexOf(sep) + 1) : fromHere;
  return name.split(sep).join('/');
}

function isFirst(path: string, seen: Set<string>): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return true;
}

async function* filesBelow(folder: string, options: FindOptions): AsyncGenerator<FoundFile> {
  options.signal.throwIfAborted();
  for (const { entry, name } of await entriesOf(folder, options)) {
    const path = join(folder, name);
    if (name.startsWith('.')) continue;
    if (entry.isFile()) {
      if (isProvisional(name)) options.onLeftOut({ path, reason: 'its name is that of an unfinished file' });
      else yield { path, name: nameOf(path) };
    } else if (entry.isSymbolicLink()) options.onLeftOut({ path, reason: 'it is a link' });
    else if (!entry.isDirectory()) options.onLeftOut({ path, reason: 'it is not a file' });
    else if (options.recursive) yield* filesBelow(path, options);
    else options.onLeftOut({ path, reason: 'it is a folder; --recursive looks into it' });
  }
}

/** What is in a folder, in the order of names; what has a name that can't be used is reported. */
async function entriesOf(
  folder: string,
  { onUnusable }: FindOptions,
): Promise<readonly { readonly entry: Dirent<Buffer>; readonly name: string }[]> {
  const usable: { readonly entry: Dirent<Buffer>; readonly name: string }[] = [];
  // As bytes: a name that isn't UTF-8 would come as one that nothing can be opened by.
  for (const entry of await contentsOf(folder, onUnusable)) {
    const name = entry.name.toString('utf8');
    const problem = isUtf8(entry.name) ? nameProblem(name) : "its name isn't UTF-8";
    if (problem === null) usable.push({ entry, name });
    else if (entry.name[0] !== dot)
      onUnusable({
        path: join(folder, printableBytes(entry.name)),
        code: 'NAME_NOT_USABLE',
        problem: `${problem}; rename it`,
      });
  }
  return usable.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function contentsOf(folder: string, onUnusable: FindOptions['onUnusable']): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onUnusable({ path: folder, code: 'FILE_UNREADABLE', problem: `it can't be opened: ${error.message}` });
    return [];
  }
}

/** What the file system reports about a path; null, with a warning, where the path has gone while others were sent or may not be read. */
async function askedOf<T>(
  path: string,
  { onLeftOut, onUnusable }: FindOptions,
  ask: () => Promise<T>,
): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') onLeftOut({ path, reason: 'it has gone' });
    else onUnusable({ path, code: 'FILE_UNREADABLE', problem: `it can't be read: ${error.message}` });
    return null;
  }
}
