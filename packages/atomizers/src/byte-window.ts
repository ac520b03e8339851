const initialBytes = 128 * 1024;

/** The part of a stream of bytes that is still needed, addressed by offsets from the start of the stream. */
export class ByteWindow {
  #bytes: Buffer;
  #from = 0;
  #to = 0;
  #start = 0;

  /** @param expected how many bytes there will be in all, if that's known; a small window costs less */
  constructor(expected = initialBytes) {
    this.#bytes = Buffer.alloc(Math.min(expected, initialBytes));
  }

  /** Offset of the first byte that is still there. */
  get start(): number {
    return this.#start;
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.#start + this.#to - this.#from;
  }

  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void {
    const needed = this.#to - this.#from + bytes.length;
    if (this.#to + bytes.length > this.#bytes.length) {
      // Doubling keeps the copying linear; a large one is let go as soon as little is left of it.
      let capacity = initialBytes;
      while (capacity < needed * 1.5) capacity *= 2;
      const bigger = Buffer.allocUnsafe(capacity);
      this.#bytes.copy(bigger, 0, this.#from, this.#to);
      this.#bytes = bigger;
      this.#to -= this.#from;
      this.#from = 0;
    }
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** The byte at an offset; undefined outside of the window. */
  at(offset: number): number | undefined {
    const index = offset - this.#start + this.#from;
    return index >= this.#from && index < this.#to ? this.#bytes[index] : undefined;
  }

  /** A copy of the bytes from one offset to another. */
  slice(from: number, to: number): Buffer {
    if (from < this.#start || to > this.end) throw new RangeError(`Bytes ${from} to ${to} have left the window.`);
    return Buffer.from(this.#bytes.subarray(from - this.#start + this.#from, to - this.#start + this.#from));
  }

  /** Forgets what is before an offset. */
  dropTo(offset: number): void {
    this.#from += offset - this.#start;
    this.#start = offset;
  }
}
