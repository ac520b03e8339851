import { FileBrokenError, FileEncryptedError, MemoryExceededError } from '../errors.ts';
import { type LastAnswer, type OpenFile, ReaderThread, type ThreadReading } from './reader-thread.ts';

/**
 * Largest file in bytes for which a thread is used again. To start one takes what a megabyte takes to read; of larger files a copy would
 * have to be kept, for the case that the thread's earlier files are to blame.
 */
const sharedBytes = 1024 * 1024;

/**
 * The threads in which a file and everything in it are read, because some libraries have no limits and some files make them work for ever:
 * a thread is ended when a file in it takes too much memory or time, or when the signal aborts. One that has read a file to its end reads
 * the next one of its format: thousands of small files in an archive would each take a thread's start otherwise.
 */
export class ReaderThreads implements AsyncDisposable {
  /** By their module; none of them reads anything. */
  readonly #idle = new Map<string, ReaderThread>();

  /**
   * Reads a file.
   *
   * @param bytes the whole file; it's handed over, not copied
   * @throws FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError
   */
  async *read<Part extends { readonly kind: string }>(
    bytes: Uint8Array<ArrayBuffer>,
    reading: ThreadReading,
  ): AsyncGenerator<Part> {
    const { module, limits, signal } = reading;
    signal.throwIfAborted();
    const idle = bytes.length <= sharedBytes ? this.#take(module) : undefined;
    if (idle === undefined) {
      yield* this.#readIn<Part>(new ReaderThread(module, limits), bytes, reading);
      return;
    }
    const copy = bytes.slice();
    let given = 0;
    try {
      for await (const part of this.#readIn<Part>(idle, bytes, reading)) {
        given += 1;
        yield part;
      }
      return;
    } catch (error) {
      // A file that would do in a thread of its own must do here: memory that earlier files left, and their late errors, aren't its own.
      if (!(error instanceof MemoryExceededError) && idle.failure === undefined) throw error;
      signal.throwIfAborted();
    }
    for await (const part of this.#readIn<Part>(new ReaderThread(module, limits), copy, reading)) {
      if (given > 0) given -= 1;
      else yield part;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const threads = [...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  #take(module: string): ReaderThread | undefined {
    const thread = this.#idle.get(module);
    this.#idle.delete(module);
    return thread?.failure === undefined ? thread : undefined;
  }

  /** Reads a file in a thread, which is then put aside for the next one, or ended where the file wasn't read to its end. */
  async *#readIn<Part extends { readonly kind: string }>(
    thread: ReaderThread,
    bytes: Uint8Array<ArrayBuffer>,
    reading: ThreadReading,
  ): AsyncGenerator<Part> {
    let isWhole = false;
    try {
      using file = await thread.open(bytes, reading);
      const last = yield* parts<Part>(file);
      isWhole = true;
      if (last.kind === 'encrypted') throw new FileEncryptedError(reading.format);
      if (last.kind === 'broken') throw new FileBrokenError(reading.format, last.detail);
    } finally {
      if (isWhole && !this.#idle.has(thread.module) && (await thread.canGoOn())) this.#idle.set(thread.module, thread);
      else await thread[Symbol.asyncDispose]();
    }
  }
}

async function* parts<Part extends { readonly kind: string }>(file: OpenFile): AsyncGenerator<Part, LastAnswer> {
  for (;;) {
    const answer = await file.next<Part>();
    if (isLast(answer)) return answer;
    yield answer;
  }
}

function isLast<Part extends { readonly kind: string }>(answer: Part | LastAnswer): answer is LastAnswer {
  return answer.kind === 'end' || answer.kind === 'encrypted' || answer.kind === 'broken';
}
