import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryFolderError, tooLarge } from '../errors.ts';
import { type FileContent, readHandle } from './file-content.ts';

/**
 * Keeps bytes that come only once, from a server, in a temporary file: atomizers read a file up to three times. Its name is
 * removed at once where the system lets it (not on Windows), so that nothing is left of it even if this process is killed.
 *
 * @throws RefusedFileError FILE_TOO_LARGE as soon as there are more than `maxBytes`
 * @throws TemporaryFolderError when the folder isn't there, is full, or can't be written to
 * @throws the error of `bytes`
 */
export async function spool(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<FileContent> {
  const folder = await ofFolder(mkdtemp(join(tmpdir(), 'ces-consumer-')));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const handle: FileHandle = await ofFolder(open(join(folder, 'file'), 'wx+', 0o600));
  undo.defer(() => handle.close());
  if (process.platform !== 'win32') await rm(folder, { recursive: true });
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    await ofFolder(handle.writeFile(piece));
  }
  const owned = undo.move();
  return {
    size,
    open: (signal) => readHandle(handle, size, signal),
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The errors of a step that only the temporary folder can be at fault for. */
async function ofFolder<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw error instanceof Error ? new TemporaryFolderError(tmpdir(), error) : error;
  }
}
