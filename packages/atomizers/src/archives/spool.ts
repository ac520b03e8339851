import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TemporaryFileError } from '../errors.ts';

/** Up to here bytes stay in memory; most members of most archives are smaller. */
const memoryBytes = 1024 * 1024;
const readBytes = 64 * 1024;

/**
 * Bytes that have to be read more than once: in memory, or in a temporary file when there are many. The file has no
 * name any more once it is open, so nothing of it is left whatever happens to the process.
 */
export class Spool {
  readonly size: number;
  /** Of all bytes, in lower case hexadecimal. */
  readonly sha256: string;
  readonly #memory: Buffer;
  readonly #file: FileHandle | undefined;

  private constructor(size: number, sha256: string, memory: Buffer, file: FileHandle | undefined) {
    this.size = size;
    this.sha256 = sha256;
    this.#memory = memory;
    this.#file = file;
  }

  /** Takes all pieces in. Errors of the pieces pass as they are. @throws TemporaryFileError */
  static async fill(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Spool> {
    const hash = createHash('sha256');
    let inMemory: Uint8Array[] = [];
    let size = 0;
    let file: FileHandle | undefined;
    try {
      for await (const piece of pieces) {
        signal.throwIfAborted();
        hash.update(piece);
        size += piece.length;
        if (file !== undefined) {
          await ofFolder(file.writeFile(piece));
          continue;
        }
        inMemory.push(Uint8Array.from(piece));
        if (size <= memoryBytes) continue;
        file = await ofFolder(openNameless());
        await ofFolder(file.writeFile(Buffer.concat(inMemory)));
        inMemory = [];
      }
      return new Spool(size, hash.digest('hex'), Buffer.concat(inMemory), file);
    } catch (error) {
      await file?.close();
      throw error;
    }
  }

  /** The bytes from the start. */
  open(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    return this.range(0, this.size, signal);
  }

  /** The bytes from one position to another, which is exclusive. */
  async *range(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    if (this.#file === undefined) {
      yield this.#memory.subarray(start, end);
      return;
    }
    for (let position = start; position < end; ) {
      signal?.throwIfAborted();
      const length = Math.min(readBytes, end - position);
      const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written to it.');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }
}

async function ofFolder<Result>(step: Promise<Result>): Promise<Result> {
  try {
    return await step;
  } catch (error) {
    throw error instanceof Error ? new TemporaryFileError(tmpdir(), error) : error;
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `hartonomous-atomizers-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
