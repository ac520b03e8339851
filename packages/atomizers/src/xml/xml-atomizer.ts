import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { DeclaredEntities } from './declared-entities.ts';
import { XmlElements, type XmlPiece } from './xml-elements.ts';

const extensions = 'xml rss atom kml gpx plist fb2 dbk docbook tei xlf xliff tmx opml dita ditamap ncx opf'.split(' ');

/** XML: the text of each element, with its sentences, and attributes. */
export const xmlAtomizer: Atomizer = {
  name: 'xml',
  mediaType: 'application/xml',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    if (extensions.includes(fileExtension(name))) return 0.75;
    return /^\ufeff?\s*<\?xml\s/.test(text) ? 0.3 : 0;
  },
  atomize: (source: AtomizerSource, context: AtomizerContext) => xmlDrafts(source, context),
};

/** What is noted where a document refers to entities that it declares. */
export const entitiesOfItsOwn = 'entities of its own, which are never expanded';

/** Drafts of an XML document. @param shown elements whose text is read; undefined: of all, with their attributes */
export function xmlDrafts(
  source: AtomizerSource,
  context: AtomizerContext,
  shown?: ReadonlySet<string>,
): AsyncIterable<AtomDraft> {
  return new FlattenedDrafts(draftsOfPieces(source, context, shown));
}

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal, notes }: AtomizerContext,
  shown: ReadonlySet<string> | undefined,
): AsyncGenerator<Iterable<AtomDraft>> {
  const drafts = new DraftSequence();
  const elements = new XmlElements(limits, shown);
  let entities: DeclaredEntities | undefined;
  let unexpanded = 0;
  const draftsOf = function* (pieces: Iterable<XmlPiece>): Generator<AtomDraft> {
    for (const { atomType, element, text } of pieces) {
      unexpanded += entities?.countIn(text) ?? 0;
      if (atomType === 'xml-text') yield* textDrafts(drafts, paragraphNode(text, null, { element }));
      else yield* textDrafts(drafts, { atomType, text, start: null, metadata: { element } });
    }
  };
  for await (const piece of decodeText(source, signal)) {
    entities ??= new DeclaredEntities(piece);
    yield draftsOf(elements.push(piece));
  }
  yield draftsOf(elements.end());
  if (elements.embedded > 0) notes.add('PARTS_NOT_READ', `${source.name}: files in Base64`, elements.embedded);
  if (unexpanded > 0) notes.add('PARTS_NOT_READ', `${source.name}: ${entitiesOfItsOwn}`, unexpanded);
}
