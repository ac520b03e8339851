/// <reference path="./unbzip2-stream.d.ts" />
import bitIterator from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';
import { FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';

/** A block of this many hundred thousand bytes takes no more bytes than these in the file, even if it can't be compressed. */
const bytesPerLevel = 120_000;
const mebi = 1024 * 1024;

/**
 * What a bzip2 file expands to, several streams one after the other included. The library's own stream isn't used: it expands all
 * blocks that it has bytes of at once, and a block of 40 bytes may be 46 MB.
 *
 * @throws FileBrokenError, ArchiveBombError
 */
export async function* bunzip2(
  blocks: AsyncIterable<Uint8Array>,
  expansion: ExpansionBudget,
): AsyncGenerator<Uint8Array> {
  const input = new BitInput(blocks);
  yield* expansion.count(expand(input), () => input.received);
}

async function* expand(input: BitInput): AsyncGenerator<Uint8Array> {
  let level = 0;
  let work = new Int32Array(0);
  let checksum: number | null = 0;
  while (await input.fill(level === 0 ? 4 : level * bytesPerLevel)) {
    const output = new Output();
    try {
      if (level === 0) {
        level = bzip2.header(input.bits);
        checksum = 0;
        if (work.length < level * 100_000) work = new Int32Array(level * 100_000);
      } else {
        checksum = bzip2.decompress(input.bits, (byte) => output.add(byte), work, level * 100_000, checksum);
      }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new FileBrokenError('bzip2', `it is damaged or cut off (${detail})`, error);
    }
    if (output.length > 0) yield output.bytes;
    // Another stream may follow.
    if (checksum === null) level = 0;
  }
  if (level !== 0) throw new FileBrokenError('bzip2', 'it is cut off');
}

/** The bits of the file; the caller makes sure that there are enough. */
class BitInput {
  readonly #blocks: AsyncIterator<Uint8Array>;
  readonly #queue: Uint8Array[] = [];
  #bits: ReturnType<typeof bitIterator> | undefined;
  #isAtEnd = false;
  /** Bytes that have come so far. */
  received = 0;

  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** It takes the first bytes at once. */
  get bits(): ReturnType<typeof bitIterator> {
    this.#bits ??= bitIterator(() => this.#queue.shift());
    return this.#bits;
  }

  /** Gets so many bytes, or all that there are. @returns whether there is anything left */
  async fill(bytes: number): Promise<boolean> {
    while (!this.#isAtEnd && this.received - this.#bytesRead < bytes) {
      const next = await this.#blocks.next();
      if (next.done === true) {
        this.#isAtEnd = true;
        break;
      }
      this.#queue.push(next.value);
      this.received += next.value.length;
    }
    return this.received > this.#bytesRead;
  }

  get #bytesRead(): number {
    return this.#bits?.bytesRead ?? 0;
  }
}

/** What a block expands to. */
class Output {
  #buffer = Buffer.alloc(0);
  length = 0;

  add(byte: number): void {
    if (this.length === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(mebi, 2 * this.length));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    this.#buffer[this.length] = byte;
    this.length += 1;
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}
