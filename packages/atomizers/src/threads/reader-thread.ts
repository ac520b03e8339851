import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FileBrokenError, MemoryExceededError, TimeExceededError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';

/** What each thread can answer beside the parts of its format. */
export type LastAnswer =
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };

/** How a file is read in a thread. */
export interface ThreadReading {
  /** What the format is called in errors. */
  readonly format: string;
  /** The thread's module in the sources, below `src`, without its extension; of the package that is built from them its name. */
  readonly module: string;
  /** Time of a processor in milliseconds that the thread may take for the file, unless `maxWorkerMs` is less. */
  readonly processorMs: number;
  readonly limits: AtomizerLimits;
  readonly signal: AbortSignal;
}

/** Often enough that little is taken beyond the limit, seldom enough to cost nothing. */
const checkMs = 20;
/** Time is checked less often than memory, which is taken faster. */
const checksOfMemoryPerTime = 5;
const mebi = 1024 * 1024;
/** A thread that keeps more than this part of the memory that it may take isn't used again: the next file would have what is left. */
const keptPart = 0.5;

function workerFile(module: string): URL {
  const name = import.meta.url.endsWith('.ts') ? `../${module}.ts` : `./${module.replace(/^.*\//, '')}.js`;
  return new URL(name, import.meta.url);
}

/** A thread that reads files, one after the other. It answers one message for each that it gets but those with bytes. */
export class ReaderThread implements AsyncDisposable {
  readonly module: string;
  readonly #worker: Worker;
  readonly #maxBytes: number;
  #failure: Error | undefined;
  #files = 0;

  constructor(module: string, { maxWorkerBytes }: AtomizerLimits) {
    this.module = module;
    this.#maxBytes = maxWorkerBytes;
    this.#worker = new Worker(workerFile(module), {
      // It needs nothing of the environment, and what libraries print is of no use here.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(maxWorkerBytes / mebi) },
    });
    this.#worker.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Whether it has read, or tried to read, other files before this one. */
  get isUsed(): boolean {
    return this.#files > 1;
  }

  /** Why it has ended by itself; undefined while it lives. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Begins with a file. @param bytes the whole file; it's handed over, not copied */
  async open(bytes: Uint8Array<ArrayBuffer>, reading: ThreadReading): Promise<OpenFile> {
    this.#files += 1;
    this.#worker.ref();
    // What it took for others, and nothing of what it takes to start, which has always counted.
    const before = this.isUsed ? await processorMsOf(this.#worker) : 0;
    this.#worker.postMessage(bytes, [bytes.buffer]);
    return new OpenFile(this.#worker, reading, before);
  }

  /** Whether it can read another file; it then keeps no process alive until it does. */
  async canGoOn(): Promise<boolean> {
    if (this.#failure !== undefined) return false;
    try {
      // Not the whole heap: most of it is garbage that the next file's growth has collected.
      const { external_memory, used_heap_size } = await this.#worker.getHeapStatistics();
      const isSmall = external_memory + used_heap_size <= this.#maxBytes * keptPart;
      this.#worker.unref();
      return isSmall;
    } catch (error) {
      if (hasEnded(error)) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

/** A file that a thread reads, with the limits that a file has. */
export class OpenFile implements Disposable {
  readonly #worker: Worker;
  readonly #reading: ThreadReading;
  readonly #processorMsBefore: number;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #onError = (error: Error): void => this.#fail(error);
  #msLeft: number;
  #checking = false;
  #checks = 0;

  constructor(worker: Worker, reading: ThreadReading, processorMsBefore: number) {
    this.#worker = worker;
    this.#reading = reading;
    this.#processorMsBefore = processorMsBefore;
    this.#msLeft = reading.limits.maxWorkerMs;
    worker.on('error', this.#onError);
    // The heap has a limit of its own; buffers, which are outside of it, have none.
    this.#timer = setInterval(() => void this.#check(), checkMs);
  }

  /**
   * Asks for the next answer. Time only counts while waiting for it.
   *
   * @throws FileBrokenError, MemoryExceededError, TimeExceededError; the thread is to be ended then
   */
  async next<Part>(): Promise<Part | LastAnswer> {
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

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#worker.off('error', this.#onError);
  }

  /** Asks the thread itself, which answers while it works, so that several threads don't count for each other. */
  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    this.#checks += 1;
    const { format, limits, processorMs } = this.#reading;
    try {
      if ((await memoryOf(this.#worker)) > limits.maxWorkerBytes) {
        this.#stop.abort(new MemoryExceededError(format, limits.maxWorkerBytes));
      }
      if (this.#checks % checksOfMemoryPerTime > 0) return;
      const most = Math.min(processorMs, limits.maxWorkerMs);
      const taken = (await processorMsOf(this.#worker)) - this.#processorMsBefore;
      if (taken > most) this.#stop.abort(new TimeExceededError(format, most));
    } catch (error) {
      // It has just ended; its callers get the reason.
      if (!hasEnded(error)) throw error;
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

/** Bytes of a thread's heap and buffers. */
async function memoryOf(worker: Worker): Promise<number> {
  const { external_memory, total_heap_size } = await worker.getHeapStatistics();
  return external_memory + total_heap_size;
}

async function processorMsOf(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1000;
}

function hasEnded(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_NOT_RUNNING';
}
