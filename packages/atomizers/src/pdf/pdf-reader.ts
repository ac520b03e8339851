import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import type { PdfAnswer } from './pdf-messages.ts';

/** What comes out of a PDF. */
export type PdfPart = Extract<PdfAnswer, { kind: 'info' | 'page' | 'attachment' }>;

/** Often enough that little is taken beyond the limit, seldom enough to cost nothing. */
const memoryCheckMs = 20;
const mebi = 1024 * 1024;
// The same folder in the sources and in the package that is built from them.
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './pdf-worker.ts' : './pdf-worker.js', import.meta.url);

/**
 * Reads a PDF in a thread of its own, because pdf.js has no limits and some files make it work for ever: the thread is
 * ended when it takes too much memory or time, or when the signal aborts.
 *
 * @param bytes the whole file; it's handed over, not copied
 * @throws FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError
 */
export async function* readPdf(
  bytes: Uint8Array<ArrayBuffer>,
  limits: AtomizerLimits,
  signal: AbortSignal,
): AsyncGenerator<PdfPart> {
  await using thread = new PdfThread(bytes, limits, signal);
  for (;;) {
    const answer = await thread.next();
    switch (answer.kind) {
      case 'end':
        return;
      case 'encrypted':
        throw new FileEncryptedError('PDF');
      case 'broken':
        throw new FileBrokenError('PDF', answer.detail);
      default:
        yield answer;
    }
  }
}

class PdfThread {
  readonly #worker: Worker;
  readonly #limits: AtomizerLimits;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #memoryCheck: NodeJS.Timeout;
  #msLeft: number;
  #checking = false;

  constructor(bytes: Uint8Array<ArrayBuffer>, limits: AtomizerLimits, signal: AbortSignal) {
    signal.throwIfAborted();
    this.#limits = limits;
    this.#signal = signal;
    this.#msLeft = limits.maxWorkerMs;
    this.#worker = new Worker(workerFile, {
      workerData: bytes,
      transferList: [bytes.buffer],
      // It needs nothing of the environment, and what pdf.js prints is of no use here.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(limits.maxWorkerBytes / mebi) },
    });
    this.#worker.once('error', (error) => this.#fail(error));
    // The heap has a limit of its own; buffers, which are outside of it, have none.
    this.#memoryCheck = setInterval(() => void this.#checkMemory(), memoryCheckMs);
  }

  /** Asks for the next answer. Time only counts while waiting for it. */
  async next(): Promise<PdfAnswer> {
    const started = performance.now();
    const timeout = setTimeout(
      () => this.#stop.abort(new TimeExceededError('PDF', this.#limits.maxWorkerMs)),
      this.#msLeft,
    );
    const signal = AbortSignal.any([this.#signal, this.#stop.signal]);
    try {
      const answered = once(this.#worker, 'message', { signal });
      this.#worker.postMessage('next');
      const [answer] = (await answered) as [PdfAnswer];
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timeout);
      this.#msLeft -= performance.now() - started;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#memoryCheck);
    await this.#worker.terminate();
  }

  /** Asks the thread itself, which answers while it works, so that several threads don't count for each other. */
  async #checkMemory(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const { external_memory, total_heap_size } = await this.#worker.getHeapStatistics();
      if (external_memory + total_heap_size <= this.#limits.maxWorkerBytes) return;
      this.#stop.abort(new MemoryExceededError('PDF', this.#limits.maxWorkerBytes));
    } catch (error) {
      // It has just ended; whoever waits for it learns why.
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_NOT_RUNNING')) throw error;
    } finally {
      this.#checking = false;
    }
  }

  #fail(error: Error): void {
    const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#stop.abort(
      outOfMemory
        ? new MemoryExceededError('PDF', this.#limits.maxWorkerBytes, error)
        : new FileBrokenError('PDF', `reading it ended with ${error.name}: ${error.message}`, error),
    );
  }
}
