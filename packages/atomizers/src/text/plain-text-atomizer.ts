import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import { decodeText, textOfHead } from './decode-text.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import { paragraphNode } from './paragraph.ts';
import { type Paragraph, ParagraphSplitter } from './paragraph-splitter.ts';
import { textDrafts } from './text-node.ts';

/** Plain text: paragraphs, which end with blank lines, and their sentences. Takes whatever looks like text. */
export const plainTextAtomizer: Atomizer = {
  name: 'text',
  mediaType: 'text/plain',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'character',
  detect(head, name) {
    if (textOfHead(head) === null) return 0;
    return ['txt', 'text', 'log'].includes(fileExtension(name)) ? 0.7 : 0.1;
  },
  atomize: (source, context) => new FlattenedDrafts(draftsOfPieces(source, context)),
};

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal }: AtomizerContext,
): AsyncGenerator<Iterable<AtomDraft>> {
  const drafts = new DraftSequence();
  const lines = new LineSplitter(limits.maxBlockLength);
  const paragraphs = new ParagraphSplitter(limits.maxBlockLength);
  const draftsOf = function* (complete: Iterable<Line>): Generator<AtomDraft> {
    for (const line of complete) yield* paragraphDrafts(drafts, paragraphs.push(line));
  };
  for await (const piece of decodeText(source, signal)) yield draftsOf(lines.push(piece));
  yield draftsOf(lines.end());
  yield paragraphDrafts(drafts, paragraphs.end());
}

function* paragraphDrafts(drafts: DraftSequence, paragraph: Paragraph | undefined): Generator<AtomDraft> {
  if (paragraph === undefined) return;
  yield* textDrafts(drafts, paragraphNode(paragraph.text, paragraph.start, { line: paragraph.line }));
}
