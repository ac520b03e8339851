import type { AtomDraft } from './atomizer.ts';
import { ArchiveBombError, TooManyAtomsError } from './errors.ts';
import type { AtomizerLimits } from './options.ts';
import type { ReadingMeasure } from './reading-measure.ts';

/** What is written of a file may be this many times its bytes, in other encodings and with the names of things, whatever the limits are. */
const maxGrowth = 8;

/** What {@link CountedDrafts} needs. */
export interface CountedDraftsOptions {
  readonly limits: AtomizerLimits;
  /** Bytes of the file; 0 where they aren't known. */
  readonly size: number;
  readonly measure: ReadingMeasure;
  /** Ended with the drafts, whether they come to their end or not. */
  readonly threads: AsyncDisposable;
}

type Next = IteratorResult<AtomDraft, undefined>;

/**
 * Passes the drafts of a file on, counts them, and holds them to the limits of the whole file. Written out, because an asynchronous
 * generator takes several times as long, which shows with millions of drafts.
 */
export class CountedDrafts implements AsyncIterableIterator<AtomDraft, undefined> {
  readonly #drafts: AsyncIterator<AtomDraft, unknown>;
  readonly #maxAtoms: number;
  readonly #maxBytes: number;
  readonly #measure: ReadingMeasure;
  readonly #threads: AsyncDisposable;

  constructor(drafts: AsyncIterable<AtomDraft>, { limits, size, measure, threads }: CountedDraftsOptions) {
    this.#drafts = drafts[Symbol.asyncIterator]();
    this.#maxAtoms = limits.maxAtoms;
    // A text that a workbook has once may be in each of its cells.
    this.#maxBytes = Math.max(limits.maxExpandedBytes, maxGrowth * size);
    this.#measure = measure;
    this.#threads = threads;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws TooManyAtomsError, ArchiveBombError, and what the atomizer throws; there are no more drafts then */
  next(): Promise<Next> {
    return this.#drafts.next().then(this.#take, this.#fail);
  }

  /** Ends the work on the file. */
  async return(): Promise<Next> {
    try {
      await this.#drafts.return?.();
    } finally {
      await this.#threads[Symbol.asyncDispose]();
    }
    return { done: true, value: undefined };
  }

  readonly #take = (next: IteratorResult<AtomDraft, unknown>): Next | Promise<Next> => {
    if (next.done === true) return this.return();
    const draft = next.value;
    if (draft.ordinal >= this.#maxAtoms) return this.#refuse(new TooManyAtomsError(this.#maxAtoms));
    this.#measure.add(draft);
    if (this.#measure.bytes <= this.#maxBytes) return next;
    return this.#refuse(new ArchiveBombError('maxExpandedBytes', this.#maxBytes));
  };

  readonly #fail = async (error: unknown): Promise<never> => {
    await this.#threads[Symbol.asyncDispose]();
    throw error;
  };

  async #refuse(error: Error): Promise<never> {
    await this.return();
    throw error;
  }
}
