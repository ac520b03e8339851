import { createHash } from 'node:crypto';
import type { AtomizerLimits } from '../options.ts';

/** Sizes in bytes; the average is a power of two. */
export type ChunkSizes = Pick<AtomizerLimits, 'minChunkBytes' | 'averageChunkBytes' | 'maxChunkBytes'>;

/** One pseudo-random number per byte value. Changing them moves every boundary, so they follow from SHA-256. */
let gearTable: Int32Array | undefined;
function gear(): Int32Array {
  gearTable ??= Int32Array.from({ length: 256 }, (_, byte) =>
    createHash('sha256').update(Uint8Array.of(byte)).digest().readInt32BE(0),
  );
  return gearTable;
}

/** A mask of the topmost bits: they depend on the last 32 bytes, lower ones on fewer. */
function topBits(count: number): number {
  return count <= 0 ? 0 : (-1 << (32 - count)) | 0;
}

/**
 * Content-defined chunking: boundaries depend on the bytes around them, so an insertion changes the chunks around it
 * and leaves the others as they were. The algorithm is FastCDC with normalized chunking at level 2 (Wen Xia and others,
 * "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", USENIX ATC 2016), with a
 * gear hash of 32 bits.
 */
export class ContentDefinedChunker {
  readonly #sizes: ChunkSizes;
  readonly #strictMask: number;
  readonly #laxMask: number;
  readonly #buffer: Uint8Array;
  #length = 0;
  #scanned = 0;
  #hash = 0;

  constructor(sizes: ChunkSizes) {
    this.#sizes = sizes;
    const bits = Math.log2(sizes.averageChunkBytes);
    this.#strictMask = topBits(bits + 2);
    this.#laxMask = topBits(bits - 2);
    this.#buffer = new Uint8Array(sizes.maxChunkBytes);
  }

  /** The chunks that are complete with these bytes; each is a copy. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#buffer.length - this.#length);
      this.#buffer.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      for (let cut = this.#boundary(); cut > 0; cut = this.#boundary()) yield this.#take(cut);
    }
  }

  /** The rest, which has no boundary in it. */
  *end(): Generator<Uint8Array> {
    if (this.#length > 0) yield this.#take(this.#length);
  }

  /** Length of the first chunk in the buffer; 0 while there is no boundary yet. */
  #boundary(): number {
    const { minChunkBytes, averageChunkBytes, maxChunkBytes } = this.#sizes;
    const from = Math.max(this.#scanned, minChunkBytes);
    const strictEnd = Math.min(averageChunkBytes, this.#length);
    const cut =
      this.#scan(from, strictEnd, this.#strictMask) ||
      this.#scan(Math.max(from, strictEnd), this.#length, this.#laxMask);
    if (cut > 0) return cut;
    this.#scanned = Math.max(from, this.#length);
    return this.#length === maxChunkBytes ? maxChunkBytes : 0;
  }

  /** The position behind the first byte where the hash meets a mask; 0 if there is none. The hash goes on from there. */
  #scan(from: number, to: number, mask: number): number {
    const table = gear();
    const buffer = this.#buffer;
    let hash = this.#hash;
    for (let position = from; position < to; position++) {
      hash = ((hash << 1) + (table[buffer[position] as number] as number)) | 0;
      if ((hash & mask) === 0) return position + 1;
    }
    this.#hash = hash;
    return 0;
  }

  #take(length: number): Uint8Array {
    const chunk = this.#buffer.slice(0, length);
    this.#buffer.copyWithin(0, length, this.#length);
    this.#length -= length;
    this.#scanned = 0;
    this.#hash = 0;
    return chunk;
  }
}
