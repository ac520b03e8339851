import type { MemberDrafts } from '../archives/member-drafts.ts';
import { Spool } from '../archives/spool.ts';
import type { AtomDraft, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import type { DraftsOfPiece } from '../flattened-drafts.ts';
import { chartTexts } from '../office/chart-texts.ts';
import { documentInfo } from '../office/document-info.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import type { DocxPackage, Relationship } from './docx-package.ts';
import { type DocxParagraph, DocxParagraphs } from './docx-paragraphs.ts';
import { CoreProperties } from './docx-related.ts';
import type { HeadingStyles } from './docx-styles.ts';
import { readWholeXml, readXml } from './xml-reader.ts';

/** Turns the parts of a Word document into drafts, which come by pieces, for a `FlattenedDrafts`. */
export class DocxDrafts {
  readonly #drafts: DraftSequence;
  readonly #members: MemberDrafts;
  readonly #parts: DocxPackage;
  readonly #headings: HeadingStyles;
  readonly #context: AtomizerContext;

  /** @param members for documents that are embedded */
  constructor(
    drafts: DraftSequence,
    members: MemberDrafts,
    parts: DocxPackage,
    headings: HeadingStyles,
    context: AtomizerContext,
  ) {
    this.#drafts = drafts;
    this.#members = members;
    this.#parts = parts;
    this.#headings = headings;
    this.#context = context;
  }

  /** Title, author and so on, as PDF has them. */
  async *properties(path: string): AsyncGenerator<DraftsOfPiece> {
    const bytes = this.#parts.part(path);
    if (bytes === undefined) return;
    const core = new CoreProperties();
    await readWholeXml(bytes, path, core, this.#context);
    yield documentInfo(this.#drafts, core.properties);
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

  /** What hangs on the document and isn't a part of its text: charts, and documents of other programs. */
  async *related({ type, path }: Relationship): AsyncGenerator<DraftsOfPiece> {
    const bytes = this.#parts.part(path);
    if (bytes === undefined) return;
    if (type === 'chart' || type === 'chartEx') yield this.#chart(path);
    else if (type === 'package') yield this.#members.file(path, { name: path, kind: 'file' }, bytes);
    else if (type === 'oleObject') this.#context.notes.add('PARTS_NOT_READ', `${path}: an embedded object`);
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

  async *#chart(path: string): AsyncGenerator<AtomDraft> {
    for await (const texts of chartTexts(this.#parts, path, this.#context, 'DOCX')) {
      for (const text of texts) yield* textDrafts(this.#drafts, paragraphNode(text, null, { part: 'chart' }));
    }
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
    const chosen = await registry.choose(source, signal, notes);
    const base = this.#drafts.next;
    for await (const draft of chosen.atomizer.atomize(chosen.source, this.#context)) {
      yield this.#drafts.adopt(draft, base, null);
    }
  }
}
