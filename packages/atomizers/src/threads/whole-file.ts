import type { AtomizerSource } from '../atomizer.ts';
import { FileTooLargeError } from '../errors.ts';
import { readBlocks } from '../source-reading.ts';

/**
 * Reads a file of a format that can't be read in pieces.
 *
 * @param limit in bytes
 * @throws FileTooLargeError
 */
export async function readWholeFile(
  source: AtomizerSource,
  format: string,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size !== null && source.size > limit) throw new FileTooLargeError(format, limit);
  const blocks: Uint8Array[] = [];
  let size = 0;
  for await (const block of readBlocks(source, signal)) {
    size += block.length;
    if (size > limit) throw new FileTooLargeError(format, limit);
    blocks.push(block);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
