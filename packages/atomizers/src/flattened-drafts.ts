import type { AtomDraft } from './atomizer.ts';

type Next = IteratorResult<AtomDraft, undefined>;

/** Some drafts of a file: those that are complete with a piece of it, or those of something inside of it. */
export type DraftsOfPiece = Iterable<AtomDraft> | AsyncIterable<AtomDraft>;

/**
 * Yields the drafts of a generator that yields them in pieces, one by one. An asynchronous generator takes about a microsecond of CPU time
 * per draft and per level of archives, which adds up with millions; here it is per piece. An error in a piece
 * is thrown where the generator has yielded it, as `yield*` does.
 */
export class FlattenedDrafts implements AsyncIterableIterator<AtomDraft, undefined>, AsyncDisposable {
  readonly #pieces: AsyncGenerator<DraftsOfPiece, unknown>;
  #here: Iterator<AtomDraft, unknown> | undefined;
  #inside: AsyncIterator<AtomDraft, unknown> | undefined;

  constructor(pieces: AsyncGenerator<DraftsOfPiece, unknown>) {
    this.#pieces = pieces;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    if (this.#inside !== undefined) return this.#inside.next().then(this.#take, this.#fail);
    if (this.#here === undefined) return this.#advance();
    try {
      const next = this.#here.next();
      if (next.done !== true) return Promise.resolve(next);
      this.#here = undefined;
      return this.#advance();
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Ends the work on the file. */
  async return(): Promise<Next> {
    const [here, inside] = [this.#here, this.#inside];
    this.#here = undefined;
    this.#inside = undefined;
    try {
      here?.return?.();
      await inside?.return?.();
    } finally {
      await this.#pieces.return(undefined);
    }
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  readonly #take = (next: IteratorResult<AtomDraft, unknown>): Next | Promise<Next> => {
    if (next.done !== true) return next;
    this.#inside = undefined;
    return this.#advance();
  };

  readonly #fail = async (error: unknown): Promise<Next> => {
    this.#here = undefined;
    this.#inside = undefined;
    return this.#advance(await this.#pieces.throw(error));
  };

  /** The first draft of the next piece that has one. */
  async #advance(known?: IteratorResult<DraftsOfPiece, unknown>): Promise<Next> {
    for (let piece = known ?? (await this.#pieces.next()); ; piece = await this.#pieces.next()) {
      if (piece.done === true) return { done: true, value: undefined };
      if (!(Symbol.iterator in piece.value)) {
        this.#inside = piece.value[Symbol.asyncIterator]();
        return this.next();
      }
      this.#here = piece.value[Symbol.iterator]();
      // Not recursive: thousands of pieces may be empty.
      const first = this.#firstHere();
      if (first !== undefined) return first;
    }
  }

  #firstHere(): Next | Promise<Next> | undefined {
    try {
      const next = this.#here?.next();
      if (next !== undefined && next.done !== true) return next;
      this.#here = undefined;
      return undefined;
    } catch (error) {
      return this.#fail(error);
    }
  }
}

/** Drafts that become others, one by one. */
export class MappedDrafts implements AsyncIterableIterator<AtomDraft, undefined> {
  readonly #drafts: AsyncIterator<AtomDraft, unknown>;
  readonly #map: (next: IteratorResult<AtomDraft, unknown>) => Next;

  constructor(drafts: AsyncIterable<AtomDraft>, map: (draft: AtomDraft) => AtomDraft) {
    this.#drafts = drafts[Symbol.asyncIterator]();
    this.#map = (next) =>
      next.done === true ? { done: true, value: undefined } : { done: false, value: map(next.value) };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    return this.#drafts.next().then(this.#map);
  }

  async return(): Promise<Next> {
    await this.#drafts.return?.();
    return { done: true, value: undefined };
  }
}
