import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { ContentDefinedChunker } from './content-defined-chunker.ts';
import { formatHeadBytes, formatOf } from './known-formats.ts';

/** Any bytes: chunks with content-defined boundaries, so that files that are partly equal share atoms. */
export const chunkAtomizer: Atomizer = {
  name: 'chunks',
  mediaType: 'application/octet-stream',
  input: 'bytes',
  reproduces: 'bytes',
  offsetUnit: 'byte',
  detect: () => 0.01,
  async *atomize(source: AtomizerSource, { limits, signal, notes }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const chunker = new ContentDefinedChunker(limits);
    let offset = 0;
    let head: Buffer = Buffer.alloc(0);
    const draft = (content: Uint8Array): AtomDraft => {
      const startOffset = offset;
      offset += content.length;
      return drafts.add({
        atomType: 'chunk',
        contentType: 'application/octet-stream',
        content,
        startOffset,
        endOffset: offset,
      });
    };
    // Boundaries don't depend on how the source slices its bytes, so they needn't be copied into blocks.
    for await (const piece of source.open(signal)) {
      signal.throwIfAborted();
      if (head.length < formatHeadBytes) head = Buffer.concat([head, piece.subarray(0, formatHeadBytes - head.length)]);
      for (const chunk of chunker.push(piece)) yield draft(chunk);
    }
    for (const chunk of chunker.end()) yield draft(chunk);
    if (offset === 0) return;
    const format = formatOf(head);
    notes.add('BYTES_KEPT', `${source.name}: ${format?.name ?? 'its format is unknown'}`, offset);
    if (format?.hasText === true) notes.add('FORMAT_NOT_READ', `${source.name}: ${format.name}`);
  },
};
