declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** Reads bits; asks for more bytes, which have to be there. */
  interface BitReader {
    (bits: number | null): number;
    readonly bytesRead: number;
  }
  function bitIterator(nextBuffer: () => Uint8Array | undefined): BitReader;
  export = bitIterator;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type bitIterator from 'unbzip2-stream/lib/bit_iterator.js';

  type BitReader = ReturnType<typeof bitIterator>;
  const bzip2: {
    /** @returns size of blocks in 100 kB */
    header(bits: BitReader): number;
    /** @returns the checksum so far; null when the stream has come to its end */
    decompress(
      bits: BitReader,
      add: (byte: number) => void,
      work: Int32Array,
      workLength: number,
      checksum: number | null,
    ): number | null;
  };
  export = bzip2;
}
