import { Spool } from '../archives/spool.ts';
import type { AtomDraft, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import type { DraftsOfPiece } from '../flattened-drafts.ts';
import { innerDrafts } from '../inner-drafts.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import type { DocxPackage, Relationship } from './docx-package.ts';
import { type DocxParagraph, DocxParagraphs } from './docx-paragraphs.ts';
import type { HeadingStyles } from './docx-styles.ts';
import { readXml } from './xml-reader.ts';

/** Turns the parts of a Word document into drafts, which come by pieces, for a `FlattenedDrafts`. */
export class DocxDrafts {
  readonly #drafts: DraftSequence;
  readonly #parts: DocxPackage;
  readonly #headings: HeadingStyles;
  readonly #context: AtomizerContext;

  constructor(drafts: DraftSequence, parts: DocxPackage, headings: HeadingStyles, context: AtomizerContext) {
    this.#drafts = drafts;
    this.#parts = parts;
    this.#headings = headings;
    this.#context = context;
  }

  /** The paragraphs of a part, and the documents that stand between them. */
  async *part(type: string, path: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DraftsOfPiece> {
    const related = new Map((await this.#parts.relationships(path)).map((each) => [each.id, each]));
    const paragraphs = new DocxParagraphs(this.#headings, this.#context.limits.maxBlockLength);
    const place = { part: type, number: 0 };
    for await (const _ of readXml(bytes, path, paragraphs, this.#context)) {
      let texts: DocxParagraph[] = [];
      for (const each of paragraphs.take()) {
        if (each.kind !== 'chunk') {
          texts.push(each);
          continue;
        }
        yield this.#paragraphs(texts, place, related);
        yield this.#chunk(related.get(each.relationshipId)?.path);
        texts = [];
      }
      yield this.#paragraphs(texts, place, related);
    }
    if (paragraphs.fieldsNotShown > 0) {
      this.#context.notes.add('PARTS_NOT_READ', `${path}: fields that draw a formula`, paragraphs.fieldsNotShown);
    }
    if (paragraphs.meaningless > 0) {
      this.#context.notes.add('FONT_WITHOUT_UNICODE', `${path}: signs of a symbol font`, paragraphs.meaningless);
    }
  }

  /** @param place of the paragraph before, which goes on */
  *#paragraphs(
    paragraphs: readonly DocxParagraph[],
    place: { readonly part: string; number: number },
    related: ReadonlyMap<string, Relationship>,
  ): Generator<AtomDraft> {
    for (const each of paragraphs) {
      place.number += 1;
      yield* this.#paragraph(each, { ...place }, related);
    }
  }

  #paragraph(
    { kind, text, style, level, links = [] }: DocxParagraph,
    where: { readonly part: string; readonly number: number },
    related: ReadonlyMap<string, Relationship>,
  ): Generator<AtomDraft> {
    const addresses = links.map((link) => related.get(link)?.path ?? link);
    const metadata = {
      ...where,
      ...(style !== undefined && { style }),
      ...(level !== undefined && { level }),
      ...(addresses.length > 0 && { links: addresses }),
    };
    return textDrafts(this.#drafts, paragraphNode(text, null, metadata, kind));
  }

  /** A document of another format in the place of paragraphs: it has the atoms that it has alone. */
  async *#chunk(path: string | undefined): AsyncGenerator<AtomDraft> {
    const bytes = path === undefined ? undefined : this.#parts.part(path);
    if (path === undefined || bytes === undefined) {
      this.#context.notes.add('PARTS_NOT_READ', 'a document that stands within this one is missing');
      return;
    }
    const { signal, registry, notes, expansion } = this.#context;
    // It may stand in a million places.
    expansion.addMember();
    await using spool = await Spool.fill(bytes, signal);
    const source: AtomizerSource = { name: path, size: spool.size, open: (stop) => spool.open(stop) };
    yield* innerDrafts(this.#drafts, await registry.choose(source, signal, notes), this.#context);
  }
}
