import { MemberDrafts } from '../archives/member-drafts.ts';
import { givenName } from '../archives/member-path.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { fileExtension } from '../file-extension.ts';
import type { OcrParagraph } from '../ocr/ocr-provider.ts';
import { documentInfo } from '../office/document-info.ts';
import { bytesSource } from '../source-reading.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { type TextNode, textDrafts } from '../text/text-node.ts';
import { processorMsFor } from '../threads/processor-time.ts';
import { readWholeFile } from '../threads/whole-file.ts';
import { PagePictures } from './page-pictures.ts';
import type { PdfPart } from './pdf-messages.ts';

const magic = Buffer.from('%PDF-');
/** A few times what a long book needs. */
const processorTime = { baseMs: 9_000, msPerMebi: 2_250 };

/** PDF: pages, their paragraphs and sentences. The whole file is in memory. Pages that are images have no text. */
export const pdfAtomizer: Atomizer = {
  name: 'pdf',
  mediaType: 'application/pdf',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    // Readers take a header anywhere in the first kilobyte; but a text may talk about PDF, so any text beats that.
    const at = Buffer.from(head.subarray(0, 1024)).indexOf(magic);
    if (at === -1) return 0;
    const before = Buffer.from(head.subarray(0, at)).toString('utf8');
    if (before.replace('\ufeff', '').trim() === '') return 1;
    return fileExtension(name) === 'pdf' ? 0.95 : 0.05;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const { limits, signal, notes, threads } = context;
    const drafts = new DraftSequence();
    const bytes = await readWholeFile(source, 'PDF', limits.maxWholeFileBytes, signal);
    const processorMs = processorMsFor(bytes.length, processorTime);
    const reading = { format: 'PDF', module: 'pdf/pdf-worker', processorMs, limits, signal };
    const attachments = new AttachmentDrafts(drafts, context);
    // Whether a page has text is known only once it is read; by then the thread owns the bytes.
    const copy = context.ocr && bytes.slice();
    await using pictures = copy && new PagePictures(source.name, copy, context);
    let pages = 0;
    for await (const part of threads.read<PdfPart>(bytes, reading)) {
      if (part.kind === 'attachment') {
        yield* attachments.drafts(part);
        continue;
      }
      if (part.kind === 'info') pages = part.pages;
      const recognized =
        part.kind === 'page' && isWithoutText(part) ? ((await pictures?.paragraphs(part.page)) ?? []) : [];
      for (const { code, count, detail } of part.notes) {
        // What was read there is noted as such.
        if (code !== 'PAGES_WITHOUT_TEXT' || recognized.length === 0)
          notes.add(code, `${source.name}, ${detail}`, count);
      }
      if (part.kind === 'info') yield* documentInfo(drafts, part.info, { pages });
      if (part.kind === 'page') yield* pageDrafts(drafts, part, recognized, pages);
    }
  },
};

function isWithoutText({ notes }: Extract<PdfPart, { kind: 'page' }>): boolean {
  return notes.some(({ code }) => code === 'PAGES_WITHOUT_TEXT');
}

/** What files in a PDF become: members, as those of an archive. */
class AttachmentDrafts {
  readonly #drafts: DraftSequence;
  readonly #context: AtomizerContext;
  #members: MemberDrafts | undefined;
  #expansion: ExpansionBudget | undefined;

  constructor(drafts: DraftSequence, context: AtomizerContext) {
    this.#drafts = drafts;
    this.#context = context;
  }

  async *drafts({ name, bytes }: Extract<PdfPart, { kind: 'attachment' }>): AsyncGenerator<AtomDraft> {
    this.#expansion ??= this.#context.expansion.enter();
    const context = { ...this.#context, expansion: this.#expansion };
    this.#members ??= new MemberDrafts(this.#drafts, context);
    // A folder in its name would be of the writer's machine.
    const member = { name: givenName(name.split(/[/\\]/).at(-1) ?? '') ?? 'attachment', kind: 'file' } as const;
    const path = this.#members.admit(member, 'kept');
    const counted = this.#expansion.count(bytesSource(path, bytes).open(), () => Number.POSITIVE_INFINITY);
    yield* this.#members.file(path, member, counted);
  }
}

function* pageDrafts(
  drafts: DraftSequence,
  { page, paragraphs, marks }: Extract<PdfPart, { kind: 'page' }>,
  recognized: readonly OcrParagraph[],
  pages: number,
): Generator<AtomDraft> {
  if (paragraphs.length === 0 && marks.length === 0 && recognized.length === 0) return;
  const children: TextNode[] = [
    ...recognized.map(({ text, confidence }) =>
      paragraphNode(`${text.toWellFormed()}\n`, null, { confidence, recognized: true }),
    ),
    ...paragraphs.map((text) => paragraphNode(text.toWellFormed(), null, {})),
    ...marks.map(({ kind, text, name }) =>
      paragraphNode(`${text.toWellFormed()}\n`, null, name === undefined ? {} : { name: name.toWellFormed() }, kind),
    ),
  ];
  const text = children.map((child) => child.text).join('');
  yield* textDrafts(drafts, { atomType: 'page', text, start: null, metadata: { page, pages }, children });
}
