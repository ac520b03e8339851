import type { AtomizerContext } from '../atomizer.ts';
import { AtomizerError } from '../errors.ts';
import type { OcrParagraph } from '../ocr/ocr-provider.ts';
import { ReaderThreads } from '../threads/reader-threads.ts';
import type { PdfPicturePart } from './pdf-messages.ts';

/**
 * Recognises the text of those pages of a PDF that have none. Their pictures are extracted in a separate thread. Its limits don't fail
 * the file: what it can't do is noted.
 */
export class PagePictures implements AsyncDisposable {
  readonly #name: string;
  readonly #context: AtomizerContext;
  readonly #threads = new ReaderThreads();
  readonly #parts: AsyncGenerator<PdfPicturePart>;
  #hasFailed = false;

  /** @param bytes the whole file, which is handed over */
  constructor(name: string, bytes: Uint8Array<ArrayBuffer>, context: AtomizerContext) {
    this.#name = name;
    this.#context = context;
    const { limits, signal } = context;
    const reading = { format: 'PDF', module: 'pdf/pdf-pictures-worker', processorMs: limits.maxOcrMs, limits, signal };
    this.#parts = this.#threads.read<PdfPicturePart>(bytes, reading);
  }

  /** The text of a page without any; pages come in their order. */
  async paragraphs(page: number): Promise<readonly OcrParagraph[]> {
    const found: OcrParagraph[] = [];
    const where = `${this.#name}, page ${page}`;
    try {
      while (!this.#hasFailed) {
        const next = await this.#parts.next();
        if (next.done === true || next.value.page > page) break;
        if (next.value.page < page) continue;
        if (next.value.kind === 'page-end') {
          if (next.value.problem !== undefined) this.#note(`${where}: ${next.value.problem}`);
          break;
        }
        found.push(...((await this.#context.ocr?.recognize(next.value.bytes, where)) ?? []));
      }
    } catch (error) {
      if (!(error instanceof AtomizerError)) throw error;
      this.#hasFailed = true;
      this.#note(`${where}: ${error.message}`);
    }
    return found;
  }

  #note(detail: string): void {
    this.#context.notes.add('PICTURES_NOT_READ', detail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.return(undefined);
    await this.#threads[Symbol.asyncDispose]();
  }
}
