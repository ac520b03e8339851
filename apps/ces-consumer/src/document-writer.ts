import type { DocumentProgress, WrittenSlice } from './document-progress.ts';
import type { DraftSlices, Slice } from './draft-slices.ts';
import { AtomizationChangedError } from './errors.ts';
import type { JobLease } from './job-lease.ts';
import { type DocumentRow, sliceParameters } from './write-slices.ts';

/** What a {@link DocumentWriter} needs. */
export interface DocumentWriterOptions {
  readonly lease: JobLease;
  readonly document: DocumentRow;
  /** Where the slices come from; it gets the ids of what is written. */
  readonly slices: DraftSlices;
  /** How far another worker has come; null: nothing is written. */
  readonly progress: DocumentProgress | null;
}

/** Writes the slices of a file, each in a transaction of its own while the next one is made. What is written already is passed over. */
export class DocumentWriter implements AsyncDisposable {
  readonly #lease: JobLease;
  readonly #document: DocumentRow;
  readonly #slices: DraftSlices;
  readonly #progress: DocumentProgress | null;
  #writing: Promise<void> = Promise.resolve();

  constructor({ lease, document, slices, progress }: DocumentWriterOptions) {
    this.#lease = lease;
    this.#document = document;
    this.#slices = slices;
    this.#progress = progress;
  }

  /** Waits until the slice before is written, and begins with this one. @throws AtomizationChangedError */
  async write(slice: Slice): Promise<void> {
    if (this.#isWritten(slice)) return;
    await this.#writing;
    this.#writing = this.#writeNow(this.#document, slice, false).then(() => undefined);
    // It is awaited with the next slice, or at the end; until then nobody is there to hear of its failure.
    this.#writing.catch(() => undefined);
  }

  /**
   * Waits until all is written, and writes the last slice, which ends the job. It may be empty.
   *
   * @param metadata of the document, with what shows only at the end of its file
   * @throws AtomizationChangedError
   */
  async finish(slice: Slice, metadata: string): Promise<WrittenSlice> {
    if (this.#isWritten(slice)) throw new AtomizationChangedError('It has fewer slices than were written before.');
    await this.#writing;
    return await this.#writeNow({ ...this.#document, metadata }, slice, true);
  }

  #isWritten({ number, digest }: Slice): boolean {
    if (this.#progress === null) return false;
    const { nextSlice, digest: expected, openParents } = this.#progress;
    if (number >= nextSlice) return false;
    if (number === nextSlice - 1) {
      if (!digest.equals(expected))
        throw new AtomizationChangedError('Its slices differ from those that were written before.');
      this.#slices.written(number, openParents);
    }
    return true;
  }

  async #writeNow(document: DocumentRow, slice: Slice, isLast: boolean): Promise<WrittenSlice> {
    const written = await this.#lease.writeSlice(sliceParameters(document, slice, isLast));
    this.#slices.written(slice.number, written.openParents);
    return written;
  }

  /** Waits for what is under way, so that nothing is written after its holder has let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => undefined);
  }
}
