import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RefusedFileError, tooLarge } from '../errors.ts';
import { type FileContent, readHandle } from './file-content.ts';
import { fileSystemTrouble } from './file-system-trouble.ts';

/** What {@link openLocalFile} needs. */
export interface LocalFileContext {
  /** Folders that the file must be in, after all links have been followed. */
  readonly roots: readonly string[];
  readonly maxBytes: number;
}

/**
 * Opens what a `file:` address leads to. Links are followed first, and where they end must be in one of the folders; then
 * exactly that is opened, and looked at again, so that a link put there in between is noticed.
 *
 * A hard link can't be told from the file itself: anyone who may create one in an allowed folder decides which files of that disk are read.
 *
 * @throws RefusedFileError SOURCE_NOT_ALLOWED, SOURCE_NOT_FOUND, FILE_TOO_LARGE
 * @throws LocalFileTroubleError when this machine or the disk keeps it from being read for now
 */
export async function openLocalFile(uri: string, { roots, maxBytes }: LocalFileContext): Promise<FileContent> {
  const path = pathOf(uri);
  if (roots.length === 0) {
    throw notAllowed('file:// addresses are not allowed here. Name the folder under Ingestion:FileRoots.');
  }
  const real = await realPathWithin(path, roots);
  await using undo = new AsyncDisposableStack();
  const handle = await openReal(real);
  undo.defer(() => handle.close());
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw notFound(`${uri} is not a file.`);
  const now = await lstat(await realPathWithin(path, roots), { bigint: true });
  if (now.ino !== stats.ino || now.dev !== stats.dev)
    throw notAllowed(`${uri} became another file while it was opened.`);
  const size = Number(stats.size);
  if (size > maxBytes) throw tooLarge(maxBytes, size);
  const owned = undo.move();
  return {
    size,
    open: (signal) => readHandle(handle, size, signal),
    async verify() {
      const later = await handle.stat({ bigint: true });
      if (later.size === stats.size && later.mtimeNs === stats.mtimeNs) return;
      throw new RefusedFileError(
        'SOURCE_CHANGED',
        `${uri} was written to while it was read. Replay it when its writer is done.`,
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function pathOf(uri: string): string {
  // fileURLToPath would make a share of another machine of it on Windows.
  const host = URL.canParse(uri) ? new URL(uri).host : null;
  if (host !== '' && host !== 'localhost') {
    throw notAllowed('A file:// address must be of this machine, for example file:///srv/in/a.txt.');
  }
  try {
    const path = fileURLToPath(uri);
    if (path.includes('\0')) throw notAllowed('A file:// address must not have a null character.');
    return path;
  } catch (cause) {
    if (cause instanceof RefusedFileError) throw cause;
    throw notAllowed('The file:// address can not be a path, for example because of an escaped slash.', cause);
  }
}

async function realPathWithin(path: string, roots: readonly string[]): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    const trouble = fileSystemTrouble(cause);
    if (trouble !== undefined) throw trouble;
    // Outside the allowed folders, even whether a file exists stays hidden.
    throw isWithinText(path, roots) ? notFound('There is no such file.', cause) : outside(cause);
  });
  for (const root of roots) {
    // A folder that isn't there has nothing in it.
    const folder = await realpath(root).catch((cause: unknown) => {
      const trouble = fileSystemTrouble(cause);
      if (trouble !== undefined) throw trouble;
      return null;
    });
    if (folder !== null && isWithin(real, folder)) return real;
  }
  throw outside();
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const isWithinText = (path: string, roots: readonly string[]) => roots.some((root) => isWithin(path, root));

async function openReal(path: string): Promise<FileHandle> {
  try {
    // O_NONBLOCK: to open a pipe would wait for its writer, forever.
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const trouble = fileSystemTrouble(cause);
    if (trouble !== undefined) throw trouble;
    throw notFound('The file can not be opened. Does this worker have the right to read it?', cause);
  }
}

const notAllowed = (text: string, cause?: unknown) => new RefusedFileError('SOURCE_NOT_ALLOWED', text, cause);
const notFound = (text: string, cause?: unknown) => new RefusedFileError('SOURCE_NOT_FOUND', text, cause);
const outside = (cause?: unknown) =>
  notAllowed('The file:// address leads out of the folders that are allowed (Ingestion:FileRoots).', cause);
