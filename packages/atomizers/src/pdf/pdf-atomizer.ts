import { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { fileExtension } from '../file-extension.ts';
import { documentInfo } from '../office/document-info.ts';
import { bytesSource } from '../source-reading.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { type TextNode, textDrafts } from '../text/text-node.ts';
import { readWholeFile } from '../threads/whole-file.ts';
import type { PdfPart } from './pdf-messages.ts';

const magic = Buffer.from('%PDF-');
const mebi = 1024 * 1024;
/** Time of a processor that a PDF of so many bytes may take: a few times what long books take. */
const baseProcessorMs = 9_000;
const processorMsPerMebi = 2_250;

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
    const processorMs = baseProcessorMs + (bytes.length / mebi) * processorMsPerMebi;
    const reading = { format: 'PDF', module: 'pdf/pdf-worker', processorMs, limits, signal };
    const attachments = new AttachmentDrafts(drafts, context);
    let pages = 0;
    for await (const part of threads.read<PdfPart>(bytes, reading)) {
      if (part.kind === 'attachment') {
        yield* attachments.drafts(part);
        continue;
      }
      for (const { code, count, detail } of part.notes) notes.add(code, `${source.name}, ${detail}`, count);
      if (part.kind === 'info') pages = part.pages;
      yield* part.kind === 'info' ? documentInfo(drafts, part.info, { pages }) : pageDrafts(drafts, part, pages);
    }
  },
};

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
    const member = { name: name.split(/[/\\]/).at(-1)?.replaceAll('\0', '') || 'attachment', kind: 'file' } as const;
    const path = this.#members.admit(member, 'replaces');
    const counted = this.#expansion.count(bytesSource(path, bytes).open(), () => Number.POSITIVE_INFINITY);
    yield* this.#members.file(path, member, counted);
  }
}

function* pageDrafts(
  drafts: DraftSequence,
  { page, paragraphs, marks }: Extract<PdfPart, { kind: 'page' }>,
  pages: number,
): Generator<AtomDraft> {
  if (paragraphs.length === 0 && marks.length === 0) return;
  const children: TextNode[] = [
    ...paragraphs.map((text) => paragraphNode(text.toWellFormed(), null, {})),
    ...marks.map(({ kind, text, name }) =>
      paragraphNode(`${text.toWellFormed()}\n`, null, name === undefined ? {} : { name: name.toWellFormed() }, kind),
    ),
  ];
  const text = children.map((child) => child.text).join('');
  yield* textDrafts(drafts, { atomType: 'page', text, start: null, metadata: { page, pages }, children });
}
