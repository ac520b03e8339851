import { constants, type FileHandle, open } from 'node:fs/promises';

/** Thrown when what is to be read as a small file isn't one. */
export class NotASmallFileError extends Error {
  readonly code = 'NOT_A_SMALL_FILE';
  readonly retryable = false;
  readonly path: string;
  override get name(): string {
    return this.constructor.name;
  }
  /** @param what it is instead, in words */
  constructor(path: string, what: string) {
    super(`${path} ${what}.`);
    this.path = path;
  }
}

/**
 * Reads a text file of at most so many bytes, UTF-8. A pipe isn't waited for, and a device that never ends isn't read to its end.
 *
 * @throws NotASmallFileError; what `open` throws
 */
export async function readBoundedText(path: string, mostBytes: number): Promise<string> {
  // O_NONBLOCK: to open a pipe would wait for its writer, forever.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = await file.stat();
  if (!stats.isFile()) throw new NotASmallFileError(path, 'is not a file');
  const bytes = await readUpTo(file, mostBytes + 1);
  // What was read counts: a file may grow, and some of the system's say that they have no bytes.
  if (bytes.length > mostBytes) throw new NotASmallFileError(path, `has more than ${mostBytes} bytes`);
  return bytes.toString('utf8');
}

async function readUpTo(file: FileHandle, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  while (length < most) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(65_536, most - length)));
    if (bytesRead === 0) break;
    pieces.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(pieces);
}
