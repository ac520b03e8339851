import { pipeline, Readable } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import type { Atomizer } from '../atomizer.ts';
import { FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { compressedReading } from './compressed-drafts.ts';
import { isZstandard, ZstdFrames } from './zstd-frames.ts';

/** Largest window as a power of two: 32 MiB. The format allows for terabytes, which are memory. */
const maxWindow = 25;

/** Zstandard: what is in it, as its only member; of a compressed TAR archive its members. */
export const zstdAtomizer: Atomizer = {
  name: 'zstd',
  mediaType: 'application/zstd',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (isZstandard(head) ? 0.95 : 0),
  ...compressedReading(unzstd, /\.zst(?:d)?$/i),
};

async function* unzstd(
  blocks: AsyncIterable<Uint8Array>,
  expansion: ExpansionBudget,
  onBytesBehind: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let compressed = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const block of blocks) {
      compressed += block.length;
      yield block;
    }
  };
  const frames = new ZstdFrames(counted());
  const expanded = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let frame = await frames.next(); frame !== undefined; frame = await frames.next()) {
        // Each takes a decompressor.
        expansion.addMember();
        yield* unzstdFrame(frame);
      }
    } finally {
      await frames.return();
    }
  };
  yield* expansion.count(expanded(), () => compressed);
  if (frames.bytesBehind > 0) onBytesBehind(frames.bytesBehind);
}

async function* unzstdFrame(frame: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decompress = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: maxWindow } });
  let failure: Error | undefined;
  pipeline(Readable.from(frame, { objectMode: false }), decompress, (error) => {
    failure = error ?? undefined;
  });
  yield* translated(decompress);
  if (failure !== undefined) throw failure;
}

async function* translated(expanded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* expanded;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw /^ZSTD_|^Z_/.test(code)
      ? new FileBrokenError('Zstandard', `it is damaged or cut off (${code})`, error)
      : error;
  }
}
