import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { HtmlBlocks } from './html-blocks.ts';

/** HTML: the text of its block elements and their sentences. Scripts, styles and what else isn't shown is left out. */
export const htmlAtomizer: Atomizer = {
  name: 'html',
  mediaType: 'text/html',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'character',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    if (/^(?:<!doctype html|<html)\b/i.test(withoutProlog(text))) return 0.8;
    return ['html', 'htm', 'xhtml'].includes(fileExtension(name)) ? 0.7 : 0;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const blocks = new HtmlBlocks(limits);
    const draft = function* ({ atomType, element, text, start, end }: ReturnType<HtmlBlocks['end']>[number]) {
      const node = atomType === 'code' ? { atomType, text, start: null } : paragraphNode(text, null, {}, atomType);
      for (const each of textDrafts(drafts, { ...node, metadata: { element } })) {
        yield each.parent === null ? { ...each, startOffset: start, endOffset: end } : each;
      }
    };
    for await (const piece of decodeText(source, signal)) {
      for (const block of blocks.push(piece)) yield* draft(block);
    }
    for (const block of blocks.end()) yield* draft(block);
  },
};

/** A text from its first element or doctype on: what may be before it is white space, comments and declarations. */
function withoutProlog(text: string): string {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '>' : undefined;
    if (end === undefined) return text.slice(at);
    const found = text.indexOf(end, at);
    if (found === -1) return '';
    at = found + end.length;
  }
}
