import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes that are read back at a time: more holds them in memory, less costs system calls. */
const chunkBytes = 256 * 1024;

/**
 * Keeps what a slow reader hasn't taken in a temporary file instead of in memory, in order. The file has no name once it
 * is open (where the system allows that), so that nothing stays behind, whatever happens to the process.
 */
export class Spool {
  #file: number | undefined;
  #path: string | undefined;
  #written = 0;
  #read = 0;

  /** Bytes that wait in the file. */
  get waiting(): number {
    return this.#written - this.#read;
  }

  /** @throws {Error} when the disk is full, as the file system says it */
  append(bytes: Buffer): void {
    const file = this.#open();
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, this.#written + done);
    this.#written += bytes.length;
  }

  /** The next bytes; undefined when there are none. */
  take(): Buffer | undefined {
    if (this.#file === undefined || this.waiting === 0) return undefined;
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, this.waiting));
    const length = readSync(this.#file, chunk, 0, chunk.length, this.#read);
    this.#read += length;
    if (this.waiting === 0) this.close();
    return chunk.subarray(0, length);
  }

  /** Gives the file and all that waits in it up. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    if (this.#path !== undefined) unlinkSync(this.#path);
    this.#file = undefined;
    this.#path = undefined;
    this.#written = 0;
    this.#read = 0;
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    const path = join(tmpdir(), `service-broker-emulator-${randomUUID()}`);
    this.#file = openSync(path, 'wx+', 0o600);
    if (process.platform === 'win32') this.#path = path;
    else unlinkSync(path);
    return this.#file;
  }
}
