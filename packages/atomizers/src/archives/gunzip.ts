import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';

/**
 * What a gzip file expands to, several members one after the other included.
 *
 * @throws FileBrokenError for damage and for bytes behind the end, ArchiveBombError
 */
export async function* gunzip(
  blocks: AsyncIterable<Uint8Array>,
  expansion: ExpansionBudget,
): AsyncGenerator<Uint8Array> {
  const gunzipStream = createGunzip();
  let compressed = 0;
  let lastIsZero = true;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const block of blocks) {
      compressed += block.length;
      lastIsZero = block.at(-1) === 0;
      yield block;
    }
  };
  let failure: Error | undefined;
  pipeline(Readable.from(counted(), { objectMode: false }), gunzipStream, (error) => {
    failure = error ?? undefined;
  });
  yield* expansion.count(translated(gunzipStream), () => compressed);
  if (failure !== undefined) throw failure;
  // Tapes and some tools pad with zeros; anything else would be lost silently.
  if (gunzipStream.bytesWritten < compressed && !lastIsZero) {
    throw new FileBrokenError('gzip', `there are ${compressed - gunzipStream.bytesWritten} bytes behind its end`);
  }
}

async function* translated(expanded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* expanded;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? new FileBrokenError('gzip', `it is damaged or cut off (${code})`, error) : error;
  }
}
