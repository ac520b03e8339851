import { FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError } from '../errors.ts';
import { type ProcessorTime, processorMsFor, togetherTime } from './processor-time.ts';
import { type OpenFile, ReaderThread, type ThreadReading } from './reader-thread.ts';
import { isLast, type LastAnswer } from './thread-messages.ts';

/**
 * Largest file in bytes for which a thread is used again. To start one takes what a megabyte takes to read; of larger files a copy would
 * have to be kept, for the case that the thread's earlier files are to blame.
 */
const sharedBytes = 1024 * 1024;

/**
 * The threads in which a file and everything in it are read, because some libraries have no limits and some files make them work forever:
 * a thread is ended when a file in it takes too much memory or time, or when the signal aborts. One that has read a file to its end reads
 * the next one of its format: thousands of small files in an archive would each take a thread's start otherwise.
 */
export class ReaderThreads implements AsyncDisposable {
  /** By their module; none of them reads anything. */
  readonly #idle = new Map<string, ReaderThread>();
  readonly #size: number | null;
  readonly #together: ProcessorTime;
  #bytes = 0;
  #processorMs = 0;

  /**
   * @param size of the file in bytes, if known
   * @param together what all files in it may take together, by that size
   */
  constructor(size: number | null = null, together: ProcessorTime = togetherTime) {
    this.#size = size;
    this.#together = together;
  }

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
    const timed = this.#timed(bytes.length, reading);
    const idle = bytes.length <= sharedBytes ? this.#take(module) : undefined;
    if (idle === undefined) {
      yield* this.#readIn<Part>(new ReaderThread(module, limits), bytes, timed);
      return;
    }
    const copy = bytes.slice();
    let given = 0;
    try {
      for await (const part of this.#readIn<Part>(idle, bytes, timed)) {
        given += 1;
        yield part;
      }
      return;
    } catch (error) {
      // A file that would do in a thread of its own must do here: memory that earlier files left, and their late errors, aren't its own.
      if (!(error instanceof MemoryExceededError) && idle.failure === undefined) throw error;
      signal.throwIfAborted();
    }
    for await (const part of this.#readIn<Part>(new ReaderThread(module, limits), copy, timed)) {
      if (given > 0) given -= 1;
      else yield part;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const threads = [...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  /** A reading limited to what the files before it have left. */
  #timed(bytes: number, reading: ThreadReading): ThreadReading {
    this.#bytes += bytes;
    if (this.#processorMs === 0) return reading;
    const together = processorMsFor(this.#size ?? this.#bytes, this.#together);
    const left = together - this.#processorMs;
    if (left <= 0) throw new TimeExceededError(reading.format, together, 'together');
    return left < reading.processorMs ? { ...reading, processorMs: left, togetherMs: together } : reading;
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
    using file = thread.open(bytes, reading);
    try {
      const last = yield* parts<Part>(file);
      isWhole = true;
      if (last.kind === 'encrypted') throw new FileEncryptedError(reading.format);
      if (last.kind === 'broken') throw new FileBrokenError(reading.format, last.detail);
    } finally {
      this.#processorMs += file.processorMs;
      if (isWhole && !this.#idle.has(thread.module) && thread.canGoOn()) this.#idle.set(thread.module, thread);
      else await thread[Symbol.asyncDispose]();
    }
  }
}

async function* parts<Part extends { readonly kind: string }>(file: OpenFile): AsyncGenerator<Part, LastAnswer> {
  for (;;) {
    for (const answer of await file.next<Part>()) {
      if (isLast(answer)) return answer;
      yield answer;
    }
  }
}
