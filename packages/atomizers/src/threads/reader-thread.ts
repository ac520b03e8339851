import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FileBrokenError, MemoryExceededError, TimeExceededError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import type { LastAnswer, ThreadMessage, ThreadUsage } from './thread-messages.ts';

/** How a file is read in a thread. */
export interface ThreadReading {
  /** What the format is called in errors. */
  readonly format: string;
  /** The thread's module in the sources, below `src`, without its extension; of the package that is built from them its name. */
  readonly module: string;
  /** CPU time in milliseconds that the thread may take for the file, unless `maxWorkerMs` is less. */
  readonly processorMs: number;
  /** The rest of the shared allowance in milliseconds, if that is less than what the file may take alone. */
  readonly togetherMs?: number;
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

/** A thread that reads files, one after the other. It sends one message for each that it gets. */
export class ReaderThread implements AsyncDisposable {
  readonly module: string;
  readonly #worker: Worker;
  readonly #maxBytes: number;
  #failure: Error | undefined;
  #files = 0;
  /** Its last message. */
  #usage: ThreadUsage = { processorMs: 0, usedBytes: 0 };

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
  open(bytes: Uint8Array<ArrayBuffer>, reading: ThreadReading): OpenFile {
    this.#files += 1;
    this.#worker.ref();
    // CPU time spent on other files doesn't count, but start-up does.
    const processorMsBefore = this.#usage.processorMs;
    const onUsage = (usage: ThreadUsage): void => {
      this.#usage = usage;
    };
    return new OpenFile({ worker: this.#worker, bytes, reading, processorMsBefore, onUsage });
  }

  /** Whether it can read another file; it then keeps no process alive until it does. */
  canGoOn(): boolean {
    if (this.#failure !== undefined) return false;
    this.#worker.unref();
    // Not the whole heap: most of it is garbage, collected when the next file needs room.
    return this.#usage.usedBytes <= this.#maxBytes * keptPart;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

/** What {@link OpenFile} needs. */
interface OpenFileOptions {
  readonly worker: Worker;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly reading: ThreadReading;
  /** What the thread has taken for other files. */
  readonly processorMsBefore: number;
  readonly onUsage: (usage: ThreadUsage) => void;
}

/** A file that a thread reads, with the limits that a file has. */
export class OpenFile implements Disposable {
  readonly #worker: Worker;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly #reading: ThreadReading;
  readonly #processorMsBefore: number;
  readonly #onUsage: (usage: ThreadUsage) => void;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #onError = (error: Error): void => this.#fail(error);
  readonly #onAbort = (): void => this.#stop.abort(this.#reading.signal.reason);
  #msLeft: number;
  #processorMs = 0;
  #checking = false;
  #checks = 0;

  constructor({ worker, bytes, reading, processorMsBefore, onUsage }: OpenFileOptions) {
    this.#worker = worker;
    this.#bytes = bytes;
    this.#reading = reading;
    this.#processorMsBefore = processorMsBefore;
    this.#onUsage = onUsage;
    this.#msLeft = reading.limits.maxWorkerMs;
    worker.on('error', this.#onError);
    // AbortSignal.any would be retained by the shared signal, once per file.
    reading.signal.addEventListener('abort', this.#onAbort);
    // The heap has a limit of its own; buffers, which are outside of it, have none.
    this.#timer = setInterval(() => void this.#check(), checkMs);
  }

  /** CPU time in milliseconds that it had taken when last asked. */
  get processorMs(): number {
    return this.#processorMs;
  }

  /**
   * Asks for the next answers. Time only counts while waiting for them.
   *
   * @throws FileBrokenError, MemoryExceededError, TimeExceededError; the thread is to be ended then
   */
  async next<Part>(): Promise<readonly (Part | LastAnswer)[]> {
    const { format, limits } = this.#reading;
    const started = performance.now();
    const timeout = setTimeout(() => this.#stop.abort(new TimeExceededError(format, limits.maxWorkerMs)), this.#msLeft);
    const { signal } = this.#stop;
    try {
      this.#reading.signal.throwIfAborted();
      const answered = once(this.#worker, 'message', { signal });
      this.#request();
      const [{ answers, usage }] = (await answered) as [ThreadMessage<Part | LastAnswer>];
      this.#processorMs = usage.processorMs - this.#processorMsBefore;
      this.#onUsage(usage);
      return answers;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timeout);
      this.#msLeft -= performance.now() - started;
    }
  }

  /** The first request is the file itself. */
  #request(): void {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    if (bytes === undefined) this.#worker.postMessage('next');
    else this.#worker.postMessage(bytes, [bytes.buffer]);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#worker.off('error', this.#onError);
    this.#reading.signal.removeEventListener('abort', this.#onAbort);
  }

  /** Asks the thread itself, which answers while it works, so that several threads don't count for each other. */
  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    this.#checks += 1;
    const { format, limits, processorMs, togetherMs } = this.#reading;
    try {
      if ((await memoryOf(this.#worker)) > limits.maxWorkerBytes) {
        this.#stop.abort(new MemoryExceededError(format, limits.maxWorkerBytes));
      }
      if (this.#checks % checksOfMemoryPerTime > 0) return;
      const most = Math.min(processorMs, limits.maxWorkerMs);
      this.#processorMs = (await processorMsOf(this.#worker)) - this.#processorMsBefore;
      if (this.#processorMs <= most) return;
      this.#stop.abort(
        new TimeExceededError(format, togetherMs ?? most, togetherMs === undefined ? 'file' : 'together'),
      );
    } catch (error) {
      // It has just ended; its callers get the reason.
      if (!hasEnded(error)) throw error;
    } finally {
      this.#checking = false;
    }
  }

  #fail(error: Error): void {
    this.#stop.abort(reasonOfEnd(error, this.#reading));
  }
}

/** Codes of a machine that has no room for another thread, or for the files that one begins with. */
const machineCodes: ReadonlySet<unknown> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ERR_WORKER_INIT_FAILED']);

/** What the end of a thread says: of the file, that it can't be read; of the machine, the error as it is, which blames no file. */
export function reasonOfEnd(error: Error, { format, limits }: Pick<ThreadReading, 'format' | 'limits'>): Error {
  const code = 'code' in error ? error.code : undefined;
  if (machineCodes.has(code)) return error;
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new MemoryExceededError(format, limits.maxWorkerBytes, error)
    : new FileBrokenError(format, `reading it ended with ${error.name}: ${error.message}`, error);
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
