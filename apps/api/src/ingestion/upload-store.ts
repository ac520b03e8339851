import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import { BodyBrokenOffError, UploadNotFoundError, UploadStorageError } from '../errors.ts';

/** The bytes of uploads, a file each that nobody else may read, also where others may list the folder. */
export class UploadStore extends FileStore {
  override async create(file: Upload): Promise<Upload> {
    const path = this.#pathOf(file.id);
    try {
      await writeFile(path, '', { mode: 0o600, flag: 'wx' });
      await this.configstore.set(file.id, file);
    } catch (error) {
      throw storageError(error) ?? error;
    }
    file.storage = { type: 'file', path };
    return file;
  }

  /**
   * @returns the bytes that are there by now
   * @throws UploadStorageError where the disk or folder takes no more, BodyBrokenOffError where the client sends no more
   */
  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const sink = createWriteStream(this.#pathOf(id), { flags: 'r+', start: offset });
    try {
      await pipeline(readable, sink);
    } catch (cause) {
      // The protocol's own, for example of a body that is longer than it said.
      if (typeof cause === 'object' && cause !== null && 'status_code' in cause) throw cause;
      throw storageError(cause) ?? new BodyBrokenOffError(sink.bytesWritten, cause);
    }
    return offset + sink.bytesWritten;
  }

  #pathOf(id: string): string {
    if (!/^[\w-]+$/.test(id)) throw new UploadNotFoundError();
    return join(this.directory, id);
  }
}

/** Codes of disks and folders; those of connections are others. */
const storageCodes: ReadonlySet<unknown> = new Set(
  'EACCES EDQUOT EFBIG EIO EMFILE ENFILE ENOENT ENOSPC ENOTDIR EPERM EROFS ESTALE'.split(' '),
);

/** An error of the disk or folder, which says nothing of the upload; undefined for any other. */
export function storageError(error: unknown): UploadStorageError | undefined {
  return error instanceof Error && 'code' in error && storageCodes.has(error.code)
    ? new UploadStorageError(String(error.code), error)
    : undefined;
}
