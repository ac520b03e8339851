import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';

/** What each thread can answer beside the parts of its format. */
type LastAnswer =
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };

/** What {@link readInThread} needs. */
export interface ThreadReading {
  /** What the format is called in errors. */
  readonly format: string;
  /** The thread's module in the sources, below `src`, without its extension; of the package that is built from them its name. */
  readonly module: string;
  /** Time of a processor in milliseconds that the thread may take, unless `maxWorkerMs` is less. */
  readonly processorMs: number;
  readonly limits: AtomizerLimits;
  readonly signal: AbortSignal;
}

/** Often enough that little is taken beyond the limit, seldom enough to cost nothing. */
const checkMs = 20;
/** Time is looked at less often than memory, which is taken faster. */
const checksOfMemoryPerTime = 5;
const mebi = 1024 * 1024;

function workerFile(module: string): URL {
  const name = import.meta.url.endsWith('.ts') ? `../${module}.ts` : `./${module.replace(/^.*\//, '')}.js`;
  return new URL(name, import.meta.url);
}

/**
 * Reads a file in a thread of its own, because some libraries have no limits and some files make them work for ever: the thread
 * is ended when it takes too much memory or time, or when the signal aborts.
 *
 * @param bytes the whole file; it's handed over, not copied
 * @throws FileBrokenError, FileEncryptedError, MemoryExceededError, TimeExceededError
 */
export async function* readInThread<Part extends { readonly kind: string }>(
  bytes: Uint8Array<ArrayBuffer>,
  reading: ThreadReading,
): AsyncGenerator<Part> {
  await using thread = new ReaderThread<Part>(bytes, reading);
  for (;;) {
    const answer = await thread.next();
    if (isLast(answer)) {
      if (answer.kind === 'end') return;
      if (answer.kind === 'encrypted') throw new FileEncryptedError(reading.format);
      throw new FileBrokenError(reading.format, answer.detail);
    }
    yield answer;
  }
}

function isLast<Part extends { readonly kind: string }>(answer: Part | LastAnswer): answer is LastAnswer {
  return answer.kind === 'end' || answer.kind === 'encrypted' || answer.kind === 'broken';
}

class ReaderThread<Part> {
  readonly #worker: Worker;
  readonly #reading: ThreadReading;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #msLeft: number;
  #checking = false;
  #checks = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>, reading: ThreadReading) {
    const { limits, signal, module } = reading;
    signal.throwIfAborted();
    this.#reading = reading;
    this.#msLeft = limits.maxWorkerMs;
    this.#worker = new Worker(workerFile(module), {
      workerData: bytes,
      transferList: [bytes.buffer],
      // It needs nothing of the environment, and what libraries print is of no use here.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(limits.maxWorkerBytes / mebi) },
    });
    this.#worker.once('error', (error) => this.#fail(error));
    // The heap has a limit of its own; buffers, which are outside of it, have none.
    this.#timer = setInterval(() => void this.#check(), checkMs);
  }

  /** Asks for the next answer. Time only counts while waiting for it. */
  async next(): Promise<Part | LastAnswer> {
    const { format, limits } = this.#reading;
    const started = performance.now();
    const timeout = setTimeout(() => this.#stop.abort(new TimeExceededError(format, limits.maxWorkerMs)), this.#msLeft);
    const signal = AbortSignal.any([this.#reading.signal, this.#stop.signal]);
    try {
      const answered = once(this.#worker, 'message', { signal });
      this.#worker.postMessage('next');
      const [answer] = (await answered) as [Part | LastAnswer];
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
    clearInterval(this.#timer);
    await this.#worker.terminate();
  }

  /** Asks the thread itself, which answers while it works, so that several threads don't count for each other. */
  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    this.#checks += 1;
    const { format, limits, processorMs } = this.#reading;
    try {
      const { external_memory, total_heap_size } = await this.#worker.getHeapStatistics();
      if (external_memory + total_heap_size > limits.maxWorkerBytes) {
        this.#stop.abort(new MemoryExceededError(format, limits.maxWorkerBytes));
      }
      if (this.#checks % checksOfMemoryPerTime > 0) return;
      const { user, system } = await this.#worker.cpuUsage();
      const most = Math.min(processorMs, limits.maxWorkerMs);
      if ((user + system) / 1000 > most) this.#stop.abort(new TimeExceededError(format, most));
    } catch (error) {
      // It has just ended; its callers get the reason.
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_NOT_RUNNING')) throw error;
    } finally {
      this.#checking = false;
    }
  }

  #fail(error: Error): void {
    const { format, limits } = this.#reading;
    const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#stop.abort(
      outOfMemory
        ? new MemoryExceededError(format, limits.maxWorkerBytes, error)
        : new FileBrokenError(format, `reading it ended with ${error.name}: ${error.message}`, error),
    );
  }
}
