import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

/** A file that was found. */
export interface FoundFile {
  readonly path: string;
  /** As it is shown, and enqueued: relative to the working directory where it is below it, with `/`. */
  readonly name: string;
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
  readonly signal: AbortSignal;
}

/**
 * Files of the given files and folders, in the order of their names. In folders, names that begin with a dot are left out
 * silently, and links and what is no file are told of: a link within the folder leads to what is found anyway, and one out
 * of it to what was not asked for.
 *
 * @throws Error of the file system for a given path that isn't there
 */
export async function* findFiles(paths: readonly string[], options: FindOptions): AsyncGenerator<FoundFile> {
  const seen = new Set<string>();
  for (const given of paths) {
    const path = resolve(given);
    const stats = await stat(path);
    if (stats.isDirectory()) {
      for await (const file of filesBelow(path, options)) if (isFirst(await realpath(file.path), seen)) yield file;
    } else if (stats.isFile()) {
      if (isFirst(await realpath(path), seen)) yield { path, name: nameOf(path) };
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
  const entries: Dirent[] = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isFile()) yield { path, name: nameOf(path) };
    else if (entry.isSymbolicLink()) options.onLeftOut({ path, reason: 'it is a link' });
    else if (!entry.isDirectory()) options.onLeftOut({ path, reason: 'it is not a file' });
    else if (options.recursive) yield* filesBelow(path, options);
    else options.onLeftOut({ path, reason: 'it is a folder; --recursive looks into it' });
  }
}
