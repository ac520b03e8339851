import { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileTooLargeError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { fileExtension } from '../file-extension.ts';
import { documentInfo } from '../office/document-info.ts';
import { bytesSource, readBlocks } from '../source-reading.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { type TextNode, textDrafts } from '../text/text-node.ts';
import { type PdfPart, readPdf } from './pdf-reader.ts';

const magic = Buffer.from('%PDF-');

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
    const { limits, signal, notes } = context;
    const drafts = new DraftSequence();
    const bytes = await readWhole(source, limits.maxWholeFileBytes, signal);
    const attachments = new AttachmentDrafts(drafts, context);
    let pages = 0;
    for await (const part of readPdf(bytes, limits, signal)) {
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

async function readWhole(source: AtomizerSource, limit: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size !== null && source.size > limit) throw new FileTooLargeError('PDF', limit);
  const blocks: Uint8Array[] = [];
  let size = 0;
  for await (const block of readBlocks(source, signal)) {
    size += block.length;
    if (size > limit) throw new FileTooLargeError('PDF', limit);
    blocks.push(block);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
