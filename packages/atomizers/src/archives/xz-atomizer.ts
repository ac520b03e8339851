import type { Atomizer } from '../atomizer.ts';
import { FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { compressedReading } from './compressed-drafts.ts';

/** xz: what is in it, as its only member; of a compressed TAR archive its members. */
export const xzAtomizer: Atomizer = {
  name: 'xz',
  mediaType: 'application/x-xz',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (Buffer.from(head.subarray(0, 6)).toString('latin1') === '\xfd7zXZ\0' ? 0.95 : 0),
  ...compressedReading(unxz, /\.xz$/i),
};

async function* unxz(blocks: AsyncIterable<Uint8Array>, expansion: ExpansionBudget): AsyncGenerator<Uint8Array> {
  const { default: xz } = await import('xz-decompress');
  let compressed = 0;
  let sourceFailure: unknown;
  const iterator = blocks[Symbol.asyncIterator]();
  const from = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done === true) {
          controller.close();
          return;
        }
        compressed += next.value.length;
        controller.enqueue(next.value);
      } catch (error) {
        sourceFailure = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const expanded = async function* (): AsyncGenerator<Uint8Array> {
    const reader = new xz.XzReadableStream(from).getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield Uint8Array.from(next.value);
    } catch (error) {
      if (sourceFailure !== undefined) throw sourceFailure;
      const detail = error instanceof Error ? error.message : String(error);
      throw new FileBrokenError('xz', `it is damaged or cut off (${detail})`, error);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  };
  yield* expansion.count(expanded(), () => compressed);
}
