import { constants, inflateSync } from 'node:zlib';

/**
 * Replaces `DecompressionStream`, as far as pdf.js uses it, in the thread that reads PDFs. pdf.js has all bytes when it creates one, and
 * the platform's implementation takes several times as long. A truncated stream yields what there is, with a warning.
 */
export class WholeDecompression {
  #bytes = new Uint8Array();

  /** @throws TypeError for other formats, which pdf.js then expands itself */
  constructor(format: string) {
    if (format !== 'deflate') throw new TypeError(`This expands DEFLATE, not ${format}.`);
  }

  readonly writable = {
    getWriter: () => ({
      ready: Promise.resolve(),
      write: async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
        this.#bytes = bytes;
      },
      close: async (): Promise<void> => undefined,
    }),
  };

  /** Throws if the data is damaged: pdf.js then expands as much as it can. */
  readonly readable = { [Symbol.asyncIterator]: () => this.#expanded() };

  async *#expanded(): AsyncGenerator<Uint8Array> {
    yield expanded(this.#bytes);
  }
}

function expanded(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR')) throw error;
    console.warn('a compressed stream is cut off');
    return inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  }
}
