import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { htmlAtomizer } from '../html/html-atomizer.ts';
import { innerDrafts } from '../inner-drafts.ts';
import { JsonReader, type JsonRecord } from '../json/json-reader.ts';
import { bytesSource } from '../source-reading.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { markdownAtomizer } from '../text/markdown-atomizer.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { NotebookCells, type NotebookPiece } from './notebook-cells.ts';

/** Pictures in outputs are strings of many megabytes, and are passed over. */
const maxStringBytes = 32 * 1024 * 1024;

/** Jupyter notebooks: cells of Markdown and code, and what they have printed; HTML where an output has no text. */
export const notebookAtomizer: Atomizer = {
  name: 'notebook',
  mediaType: 'application/x-ipynb+json',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (fileExtension(name) !== 'ipynb') return 0;
    return /^\ufeff?\s*\{/.test(textOfHead(head) ?? '') ? 0.8 : 0;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const { limits, signal, notes } = context;
    const drafts = new DraftSequence();
    const reader = new JsonReader({ ...limits, maxValueBytes: Math.max(limits.maxValueBytes, maxStringBytes) });
    const cells = new NotebookCells(limits.maxBlockLength);
    const read = async function* (records: readonly JsonRecord[]): AsyncGenerator<AtomDraft> {
      for (const { value, values } of records) {
        for (const each of values.length === 0 ? [value] : values) cells.push(each);
      }
      for (const piece of cells.take()) yield* pieceDrafts(piece, drafts, context);
    };
    for await (const piece of decodeText(source, signal)) yield* read(reader.push(Buffer.from(piece)));
    const last = reader.end();
    yield* read(last);
    cells.end();
    yield* read([]);
    if (cells.unread > 0)
      notes.add('PARTS_NOT_READ', `${source.name}: outputs that aren't text, or too long`, cells.unread);
  },
};

async function* pieceDrafts(
  { kind, cell, text }: NotebookPiece,
  drafts: DraftSequence,
  context: AtomizerContext,
): AsyncGenerator<AtomDraft> {
  if (kind !== 'markdown' && kind !== 'html') {
    const node = kind === 'code' ? { atomType: 'code', text, start: null } : paragraphNode(text, null, {}, kind);
    yield* textDrafts(drafts, { ...node, metadata: { cell } });
    return;
  }
  const atomizer = kind === 'html' ? htmlAtomizer : markdownAtomizer;
  yield* innerDrafts(drafts, { atomizer, source: bytesSource('cell', Buffer.from(text)) }, context);
}
