import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { DeclaredEntities } from '../xml/declared-entities.ts';
import { entitiesOfItsOwn } from '../xml/xml-atomizer.ts';
import { HtmlBlocks } from './html-blocks.ts';

const xmlExtensions = ['xhtml', 'xht'];

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
    return ['html', 'htm', 'shtml', ...xmlExtensions].includes(fileExtension(name)) ? 0.7 : 0;
  },
  variant: ({ name }) => (isNamedXhtml(name) ? 'xhtml' : undefined),
  atomize: (source, context) => new FlattenedDrafts(draftsOfPieces(source, context)),
};

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal, notes }: AtomizerContext,
): AsyncGenerator<Iterable<AtomDraft>> {
  const drafts = new DraftSequence();
  let blocks: HtmlBlocks | undefined;
  let entities: DeclaredEntities | undefined;
  let unexpanded = 0;
  const draftsOf = function* (complete: ReturnType<HtmlBlocks['end']>): Generator<AtomDraft> {
    for (const { atomType, element, text, start, end } of complete) {
      unexpanded += entities?.countIn(text) ?? 0;
      const node = atomType === 'code' ? { atomType, text, start: null } : paragraphNode(text, null, {}, atomType);
      for (const each of textDrafts(drafts, { ...node, metadata: { element } })) {
        yield each.parent === null ? { ...each, startOffset: start, endOffset: end } : each;
      }
    }
  };
  for await (const piece of decodeText(source, signal)) {
    if (blocks === undefined) {
      const isXml = isXhtml(source.name, piece);
      blocks = new HtmlBlocks(isXml, limits);
      if (isXml) entities = new DeclaredEntities(piece);
    }
    yield draftsOf(blocks.push(piece));
  }
  if (blocks !== undefined) yield draftsOf(blocks.end());
  if (unexpanded > 0) notes.add('PARTS_NOT_READ', `${source.name}: ${entitiesOfItsOwn}`, unexpanded);
}

/** Whether a document is XHTML: by its name, or because it declares to be XML, which HTML never does. */
function isXhtml(name: string, text: string): boolean {
  return isNamedXhtml(name) || /^\s*<\?xml\s/.test(text);
}

function isNamedXhtml(name: string): boolean {
  return xmlExtensions.includes(fileExtension(name));
}

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
