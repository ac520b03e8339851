import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { documentInfo } from '../office/document-info.ts';
import { readBlocks } from '../source-reading.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { RtfReader } from './rtf-reader.ts';

/** Rich Text: paragraphs and cells of tables with their sentences; notes, headers and text boxes where they stand. */
export const rtfAtomizer: Atomizer = {
  name: 'rtf',
  mediaType: 'application/rtf',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) =>
    /^(?:\xef\xbb\xbf)?\s{0,16}\{\\rtf/.test(Buffer.from(head.subarray(0, 32)).toString('latin1')) ? 0.95 : 0,
  async *atomize(source: AtomizerSource, { limits, signal, notes }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const reader = new RtfReader(limits);
    const draft = function* ({ kind, text, part }: ReturnType<RtfReader['end']>[number]): Generator<AtomDraft> {
      yield* textDrafts(drafts, paragraphNode(text, null, part === undefined ? {} : { part }, kind));
    };
    for await (const block of readBlocks(source, signal)) {
      for (const paragraph of reader.push(block)) for (const each of draft(paragraph)) yield each;
    }
    for (const paragraph of reader.end()) yield* draft(paragraph);
    yield* documentInfo(drafts, reader.info);
    if (!reader.isComplete) notes.add('PARTS_NOT_READ', `${source.name}: it is cut off`);
    if (reader.meaningless > 0)
      notes.add('FONT_WITHOUT_UNICODE', `${source.name}: signs of a symbol font`, reader.meaningless);
    if (reader.objects > 0) notes.add('PARTS_NOT_READ', `${source.name}: embedded objects`, reader.objects);
  },
};
