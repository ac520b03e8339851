import type { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, AtomizerContext } from '../atomizer.ts';
import type { DocxPackage, Relationship } from '../docx/docx-package.ts';
import { CoreProperties } from '../docx/docx-related.ts';
import { readWholeXml, readXml } from '../docx/xml-reader.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import type { DraftsOfPiece } from '../flattened-drafts.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { chartTexts } from './chart-texts.ts';
import { documentInfo } from './document-info.ts';
import { DrawingTexts, type DrawingTextsOptions } from './drawing-texts.ts';
import { vmlTexts } from './vml-texts.ts';

/** What {@link OfficeParts} needs. */
export interface OfficePartsOptions {
  readonly format: string;
  readonly parts: DocxPackage;
  readonly drafts: DraftSequence;
  /** For documents that are embedded. */
  readonly members: MemberDrafts;
  readonly context: AtomizerContext;
}

/** Texts of a drawing that are kept to know them again. */
const maxDrawn = 10_000;
/** The caption of a control is a few words. */
const maxCaption = 256;
/** Parts with texts. */
const textTypes: ReadonlySet<string> = new Set([
  'notesSlide',
  'comments',
  'threadedComment',
  'diagramData',
  'drawing',
  'vmlDrawing',
]);
/** Parts with texts of another kind. */
const embeddedTypes: ReadonlySet<string> = new Set(['chart', 'chartEx', 'package']);
/** Parts that have, or may have, a text and aren't read. */
const unreadParts: ReadonlyMap<string, string> = new Map([
  ['oleObject', 'an embedded object'],
  ['control', 'a control of a form (ActiveX)'],
]);

type Place = Readonly<Record<string, string | number>>;

/**
 * Parts that documents, workbooks and presentations share: properties, drawings, charts, comments, embedded documents. Their drafts come
 * by pieces, for a `FlattenedDrafts`.
 */
export class OfficeParts {
  readonly #options: OfficePartsOptions;
  readonly #seen = new Set<string>();
  readonly #layouts = new Set<string>();
  /** Texts of the last drawing. */
  readonly #drawn = new Set<string>();

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
  async *drawing(
    path: string,
    place: Place,
    options: Omit<DrawingTextsOptions, 'maxLength'> = {},
  ): AsyncGenerator<DraftsOfPiece> {
    const { parts, context, format } = this.#options;
    const bytes = parts.part(path);
    if (bytes === undefined) return;
    const texts = new DrawingTexts({ maxLength: context.limits.maxBlockLength, ...options });
    for await (const _ of readXml(bytes, path, texts, context, format)) yield this.#paragraphs(texts.take(), place);
    if (texts.meaningless > 0) {
      context.notes.add('FONT_WITHOUT_UNICODE', `${path}: signs of a symbol font`, texts.meaningless);
    }
  }

  /** What hangs on a part, each thing once: notes, comments, diagrams, charts, controls, embedded documents. */
  async *related(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    const all = await this.#options.parts.relationships(path);
    const hasThreads = all.some(({ type }) => type === 'threadedComment');
    // Controls last: what a drawing has said of them isn't said again.
    const isControls = ({ type }: Relationship): boolean => type === 'vmlDrawing';
    for (const each of [...all.filter((one) => !isControls(one)), ...all.filter(isControls)]) {
      if (each.isExternal || this.#seen.has(each.path)) continue;
      this.#seen.add(each.path);
      yield* this.#relatedPart(each, place, hasThreads);
    }
  }

  /** Texts that stand on every slide of a kind, once: of its layout, and of the master of that. */
  async *layout(slide: string): AsyncGenerator<DraftsOfPiece> {
    const { parts } = this.#options;
    for (const { type, path, isExternal } of await parts.relationships(slide)) {
      if (isExternal || (type !== 'slideLayout' && type !== 'slideMaster') || this.#layouts.has(path)) continue;
      this.#layouts.add(path);
      yield* this.drawing(path, { part: type === 'slideLayout' ? 'layout' : 'master' }, { withoutPlaceholders: true });
      if (type === 'slideLayout') yield* this.layout(path);
    }
  }

  /** Charts, and documents of other programs. */
  async *embedded({ type, path }: Relationship, place: Place): AsyncGenerator<DraftsOfPiece> {
    const { parts, members, context } = this.#options;
    const bytes = parts.part(path);
    if (bytes === undefined) {
      if (embeddedTypes.has(type)) this.#noteMissing(path);
    } else if (type === 'chart' || type === 'chartEx') yield* this.#chart(path, place);
    else if (type === 'package') yield members.file(path, { name: path, kind: 'file' }, bytes);
    else if (unreadParts.has(type)) context.notes.add('PARTS_NOT_READ', `${path}: ${unreadParts.get(type)}`);
  }

  async *#relatedPart(each: Relationship, place: Place, hasThreads: boolean): AsyncGenerator<DraftsOfPiece> {
    const { type, path } = each;
    if (textTypes.has(type) && !this.#options.parts.has(path)) this.#noteMissing(path);
    else if (type === 'notesSlide' || type === 'comments' || type === 'threadedComment' || type === 'diagramData') {
      const part = type === 'notesSlide' ? 'notes' : type;
      yield* this.drawing(path, { ...place, part }, { withoutThreads: hasThreads });
    } else if (type === 'drawing') {
      this.#drawn.clear();
      yield* this.drawing(path, { ...place, part: 'drawing' }, { onText: (text) => this.#noteDrawn(text) });
      yield* this.related(path, place);
    } else if (type === 'vmlDrawing') yield* this.#controls(path, place);
    else yield* this.embedded(each, place);
  }

  async *#chart(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    const { parts, context, format } = this.#options;
    for await (const texts of chartTexts(parts, path, context, format)) {
      yield this.#paragraphs(asParagraphs(texts), { ...place, part: 'chart' });
    }
  }

  /** Buttons and boxes of a sheet, whose captions newer programs write into its drawing as well. */
  async *#controls(path: string, place: Place): AsyncGenerator<DraftsOfPiece> {
    const bytes = this.#options.parts.part(path);
    if (bytes === undefined) return;
    for await (const texts of vmlTexts(path, bytes, this.#options.context)) {
      const others = texts.filter((text) => !this.#drawn.has(text));
      yield this.#paragraphs(asParagraphs(others), { ...place, part: 'controls' });
    }
  }

  #noteMissing(path: string): void {
    this.#options.context.notes.add('PARTS_NOT_READ', `${path}: a part that is missing or can't be opened`);
  }

  #noteDrawn(text: string): void {
    if (this.#drawn.size < maxDrawn && text.length <= maxCaption) this.#drawn.add(text.trim());
  }

  *#paragraphs(
    paragraphs: Iterable<{ readonly text: string; readonly kind: string }>,
    place: Place,
  ): Generator<AtomDraft> {
    const { drafts } = this.#options;
    for (const { text, kind } of paragraphs) yield* textDrafts(drafts, paragraphNode(text, null, place, kind));
  }
}

function asParagraphs(texts: readonly string[]): readonly { readonly text: string; readonly kind: 'paragraph' }[] {
  return texts.map((text) => ({ text, kind: 'paragraph' }));
}
