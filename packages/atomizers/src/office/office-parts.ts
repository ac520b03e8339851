import type { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, AtomizerContext } from '../atomizer.ts';
import type { DocxPackage, Relationship } from '../docx/docx-package.ts';
import { ChartTexts, CoreProperties } from '../docx/docx-related.ts';
import { readWholeXml, readXml } from '../docx/xml-reader.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import type { DraftsOfPiece } from '../flattened-drafts.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { documentInfo } from './document-info.ts';
import { DrawingTexts } from './drawing-texts.ts';

/** What {@link OfficeParts} needs. */
export interface OfficePartsOptions {
  readonly format: string;
  readonly parts: DocxPackage;
  readonly drafts: DraftSequence;
  /** For documents that are embedded. */
  readonly members: MemberDrafts;
  readonly context: AtomizerContext;
}

type Place = Readonly<Record<string, string | number>>;

/**
 * Parts that workbooks and presentations share: properties, drawings, charts, comments, embedded documents. Their drafts come by
 * pieces, for a `FlattenedDrafts`.
 */
export class OfficeParts {
  readonly #options: OfficePartsOptions;
  readonly #seen = new Set<string>();

  constructor(options: OfficePartsOptions) {
    this.#options = options;
  }

  /** Title, author and so on. */
  async *properties(): AsyncGenerator<DraftsOfPiece> {
    const { parts, drafts, context, format } = this.#options;
    const path = (await parts.relationships('')).find(({ type }) => type === 'core-properties')?.path;
    const bytes = parts.part(path ?? 'docProps/core.xml');
    if (bytes === undefined) return;
    const core = new CoreProperties();
    await readWholeXml(bytes, path ?? 'docProps/core.xml', core, context, format);
    yield documentInfo(drafts, core.properties);
  }

  /** The paragraphs of a part of DrawingML, or with paragraphs like that. */
  async *drawing(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    const { parts, context, format } = this.#options;
    const bytes = parts.part(path);
    if (bytes === undefined) return;
    const texts = new DrawingTexts(context.limits.maxBlockLength);
    for await (const _ of readXml(bytes, path, texts, context, format)) yield this.#paragraphs(texts.take(), place);
  }

  /** What hangs on a part, each thing once: notes, comments, diagrams, charts, embedded documents. */
  async *related(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    for (const each of await this.#options.parts.relationships(path)) {
      if (each.isExternal || this.#seen.has(each.path)) continue;
      this.#seen.add(each.path);
      yield* this.#relatedPart(each, place);
    }
  }

  async *#relatedPart({ type, path }: Relationship, place: Place): AsyncGenerator<DraftsOfPiece> {
    const { parts, members, context } = this.#options;
    const bytes = parts.part(path);
    if (bytes === undefined) return;
    if (type === 'notesSlide' || type === 'comments' || type === 'threadedComment' || type === 'diagramData') {
      yield* this.drawing(path, { ...place, part: type === 'notesSlide' ? 'notes' : type });
    } else if (type === 'drawing') {
      yield* this.drawing(path, { ...place, part: 'drawing' });
      yield* this.related(path, place);
    } else if (type === 'chart') yield* this.#chart(path, place);
    else if (type === 'package') yield members.file(path, { name: path, kind: 'file' }, bytes);
    else if (type === 'oleObject') context.notes.add('PARTS_NOT_READ', `${path}: an embedded object`);
  }

  async *#chart(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    const { parts, context, format } = this.#options;
    const bytes = parts.part(path);
    if (bytes === undefined) return;
    const texts = new ChartTexts();
    const where = { ...place, part: 'chart' };
    for await (const _ of readXml(bytes, path, texts, context, format)) {
      const paragraphs = texts.take().map((text) => ({ text, kind: 'paragraph' }));
      yield this.#paragraphs(paragraphs, where);
    }
  }

  *#paragraphs(
    paragraphs: Iterable<{ readonly text: string; readonly kind: string }>,
    place: Place,
  ): Generator<AtomDraft> {
    const { drafts } = this.#options;
    for (const { text, kind } of paragraphs) yield* textDrafts(drafts, paragraphNode(text, null, place, kind));
  }
}
