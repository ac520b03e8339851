/** How the bytes of a text are read. */
export interface TextReading {
  /** A WHATWG label, or `utf-32le`, `utf-32be`, `utf-7`, `hz-gb-2312`, `iso-2022-kr`, a DOS or Mac code page. */
  readonly encoding: string;
  /** `strict`: every byte is known to be valid. `lenient`: what isn't valid is replaced, and counted. */
  readonly mode: 'strict' | 'lenient';
  /** Called with the number of invalid bytes and the offset of the first of them. */
  readonly onInvalid?: (count: number, offset: number) => void;
}

/** Decodes a text that comes in blocks. */
export interface StreamDecoder {
  readonly encoding: string;
  /** The text that is complete with this block. */
  write(block: Uint8Array): string;
  /** What is left. */
  end(): string;
}
