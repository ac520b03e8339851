import { type AtomizerSource, headBytes } from './atomizer.ts';

/** Size of the pieces that atomizers work on; fixed, so that how a source slices its bytes can't matter. */
const blockBytes = 64 * 1024;

/**
 * The bytes of a source in blocks of 64 KiB; the last one may be shorter. Each block is a fresh copy.
 *
 * @throws the signal's reason when it aborts
 */
export async function* readBlocks(
  source: Pick<AtomizerSource, 'open'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(blockBytes);
  let filled = 0;
  for await (const piece of source.open(signal)) {
    signal.throwIfAborted();
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < blockBytes) continue;
      yield block;
      signal.throwIfAborted();
      block = new Uint8Array(blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** The first bytes of a source, at most {@link headBytes}; the rest isn't read. */
export async function readHead(source: AtomizerSource, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  for await (const block of readBlocks(source, signal)) return block.subarray(0, headBytes);
  return new Uint8Array();
}

/** A source whose bytes are in memory. */
export function bytesSource(name: string, bytes: Uint8Array, encoding?: string): AtomizerSource {
  return {
    name,
    size: bytes.length,
    encoding,
    async *open() {
      yield bytes;
    },
  };
}
