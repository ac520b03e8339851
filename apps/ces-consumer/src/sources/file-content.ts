import type { FileHandle } from 'node:fs/promises';
import { fileSystemTrouble } from './file-system-trouble.ts';

/** The bytes of one file, within reach of this process until it is disposed of. */
export interface FileContent extends AsyncDisposable {
  readonly size: number;
  /** The bytes from the start, each time. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** @throws RefusedFileError when the bytes have changed since it was made */
  verify(): Promise<void>;
}

/** How much is read at a time, in bytes. */
const readBytes = 256 * 1024;

/** Bytes that are in memory. */
export function memoryContent(bytes: Uint8Array): FileContent {
  return {
    size: bytes.length,
    async *open() {
      if (bytes.length > 0) yield bytes;
    },
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * The first `size` bytes of an open file, read by position, so that its name may come to mean something else meanwhile.
 *
 * @throws LocalFileTroubleError; the signal's reason
 */
export async function* readHandle(handle: FileHandle, size: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size; ) {
    signal?.throwIfAborted();
    // A new buffer each time: the consumer may keep it.
    const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, size - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position).catch((cause: unknown) => {
      throw fileSystemTrouble(cause) ?? cause;
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
