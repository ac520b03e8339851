const magicNumber = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const skippableMask = 0xfffffff0;
const magicBytes = 4;
/** Descriptor, window, dictionary and content size at their longest. */
const maxHeaderBytes = 14;
const blockHeaderBytes = 3;
const checksumBytes = 4;
/** A block of this type is one byte, however often it is repeated. */
const runBlock = 1;

/** Whether bytes begin with a frame, or with frames that are to be skipped, such as an index, and then one (RFC 8878, 3.1). */
export function isZstandard(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at + magicBytes <= bytes.length; ) {
    const magic = bytes.readUInt32LE(at);
    if (magic === magicNumber) return true;
    if (!isSkippable(magic) || at + 2 * magicBytes > bytes.length) return false;
    at += 2 * magicBytes + bytes.readUInt32LE(at + magicBytes);
  }
  return false;
}

function isSkippable(magic: number): boolean {
  return (magic & skippableMask) >>> 0 === skippableMagic;
}

/**
 * Parts the bytes of a Zstandard file into its frames: Node's decompressor knows only one, and ends silently behind it. Frames that are
 * to be skipped are left out.
 */
export class ZstdFrames {
  readonly #blocks: AsyncIterator<Uint8Array>;
  #rest = Buffer.alloc(0);
  /** Bytes behind the last frame that aren't one. */
  bytesBehind = 0;

  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** The next frame, which has to be read to its end before the one after it; undefined if there is none. */
  async next(): Promise<AsyncIterable<Uint8Array> | undefined> {
    while (await this.#has(magicBytes)) {
      const magic = this.#rest.readUInt32LE(0);
      if (magic === magicNumber) return this.#frame();
      if (!isSkippable(magic) || !(await this.#has(2 * magicBytes))) break;
      const size = this.#rest.readUInt32LE(magicBytes);
      for await (const _ of this.#take(2 * magicBytes + size));
    }
    await this.#countRest();
    return undefined;
  }

  /** Ends the work on the file. */
  async return(): Promise<void> {
    await this.#blocks.return?.();
  }

  async *#frame(): AsyncGenerator<Uint8Array> {
    await this.#has(maxHeaderBytes + magicBytes);
    const descriptor = this.#rest[magicBytes] ?? 0;
    yield* this.#take(magicBytes + headerLength(descriptor));
    for (let isLast = false; !isLast; ) {
      if (!(await this.#has(blockHeaderBytes))) break;
      const header = this.#rest.readUIntLE(0, blockHeaderBytes);
      isLast = (header & 1) === 1;
      const size = ((header >> 1) & 3) === runBlock ? 1 : header >> 3;
      yield* this.#take(blockHeaderBytes + size);
    }
    if ((descriptor & 4) !== 0) yield* this.#take(checksumBytes);
  }

  /** Hands out so many bytes, or as many as there are. */
  async *#take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (!(await this.#has(1))) return;
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Whether there are so many bytes, after getting them. */
  async #has(count: number): Promise<boolean> {
    while (this.#rest.length < count) {
      const next = await this.#blocks.next();
      if (next.done === true) return false;
      this.#rest = this.#rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#rest, next.value]);
    }
    return true;
  }

  /** Zeros behind the end are padding. */
  async #countRest(): Promise<void> {
    for (; await this.#has(1); this.#rest = Buffer.alloc(0)) {
      if (this.#rest.some((byte) => byte !== 0)) this.bytesBehind += this.#rest.length;
    }
  }
}

/** Of a frame's header without its magic number, by its first byte (RFC 8878, 3.1.1.1). */
function headerLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return 1 + (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}
