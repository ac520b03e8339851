import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  type EmbeddingError,
  ModelUnusableError,
  OnnxRuntimeMissingError,
  ProviderUnavailableError,
} from '../errors.ts';
import type { OnnxRuntime, ThreadAnswer, ThreadRequest, ThreadStart } from './onnx-messages.ts';
import { RunFlag } from './run-flag.ts';

// The same folder in the sources; beside the package's other files in what is built from them.
const threadFile = new URL(import.meta.url.endsWith('.ts') ? './onnx-thread.ts' : './onnx-thread.js', import.meta.url);

/** Longest time that an end of the process waits for a run, in milliseconds: several times what the longest text takes. */
const leaveTimeoutMs = 10_000;

/**
 * The thread that runs a model, seen from outside. It doesn't keep the process alive while nothing waits for it. It is never ended from
 * outside: the native runtime aborts the whole process when its thread is taken away in the middle of a run.
 */
export class OnnxThread implements AsyncDisposable {
  readonly runtime: OnnxRuntime;
  readonly nativeProblem: string | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Float32Array>>();
  #lastId = 0;
  #end: EmbeddingError | undefined;

  private constructor(worker: Worker, ready: Extract<ThreadAnswer, { kind: 'ready' }>) {
    this.#worker = worker;
    this.runtime = ready.runtime;
    this.nativeProblem = ready.nativeProblem;
    worker.on('message', (answer: ThreadAnswer) => this.#answered(answer));
    worker.once('error', (error) => this.#ended(error));
    worker.once('exit', () => this.#ended(undefined));
    worker.unref();
  }

  /**
   * Starts a thread and loads the model.
   *
   * @throws OnnxRuntimeMissingError, ModelUnusableError; the reason of `signal` when aborted
   */
  static async start(start: Omit<ThreadStart, 'flag'>, signal: AbortSignal): Promise<OnnxThread> {
    signal.throwIfAborted();
    const flag = new RunFlag();
    const workerData: ThreadStart = { ...start, flag: flag.memory };
    // It needs nothing of the environment: no keys are in it then.
    const worker = new Worker(threadFile, { workerData, env: {}, execArgv: [] });
    const leave = () => flag.leave(leaveTimeoutMs);
    process.on('exit', leave);
    worker.once('exit', () => process.off('exit', leave));
    try {
      const [answer] = (await once(worker, 'message', { signal })) as [ThreadAnswer];
      switch (answer.kind) {
        case 'ready':
          return new OnnxThread(worker, answer);
        case 'no-runtime':
          throw new OnnxRuntimeMissingError(start.runtime, answer.detail);
        default:
          throw new ModelUnusableError(start.modelFile, 'detail' in answer ? answer.detail : answer.kind);
      }
    } catch (error) {
      // Nobody waits for it any more; an error that no listener takes would end the process.
      worker.once('error', () => undefined);
      // Read once the model is loaded; a thread without one ends by itself.
      worker.postMessage({ kind: 'close' } satisfies ThreadRequest);
      worker.unref();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Whether it has ended, for whatever reason. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Vectors of texts, in their order.
   *
   * @param texts tokens of each
   * @throws ProviderUnavailableError when a run fails or the thread ends; the reason of `signal` when aborted, which forgets
   * what hasn't begun
   */
  async vectors(texts: readonly Int32Array[], signal: AbortSignal): Promise<Float32Array[]> {
    signal.throwIfAborted();
    if (this.#end !== undefined) throw this.#end;
    const ids = texts.map((tokens) => this.#ask(tokens));
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => {
      this.#forget(ids);
      aborted.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const answers = Promise.all(ids.map((id) => this.#waiting.get(id)?.promise ?? new Float32Array()));
      return await Promise.race([answers, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#forget(ids);
    }
  }

  /** Resolves when the run in hand has ended and the model is out of memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end !== undefined) return;
    const ended = once(this.#worker, 'exit');
    this.#worker.ref();
    this.#tell({ kind: 'close' });
    await ended;
  }

  #ask(tokens: Int32Array): number {
    this.#lastId += 1;
    const answer = Promise.withResolvers<Float32Array>();
    // Several of a call may fail at once, and one of them is thrown.
    answer.promise.catch(() => undefined);
    if (this.#waiting.size === 0) this.#worker.ref();
    this.#waiting.set(this.#lastId, answer);
    this.#tell({ kind: 'run', id: this.#lastId, tokens });
    return this.#lastId;
  }

  #forget(ids: readonly number[]): void {
    const open = ids.filter((id) => this.#waiting.delete(id));
    if (open.length > 0 && this.#end === undefined) this.#tell({ kind: 'forget', ids: open });
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #tell(request: ThreadRequest): void {
    this.#worker.postMessage(request);
  }

  #answered(answer: ThreadAnswer): void {
    if (answer.kind !== 'vector' && answer.kind !== 'failed') return;
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind === 'vector') waiting?.resolve(answer.vector);
    else waiting?.reject(new ProviderUnavailableError(`The model in this process failed: ${answer.detail}`));
  }

  #ended(cause: unknown): void {
    if (this.#end !== undefined) return;
    const reason = cause instanceof Error ? `: ${cause.message}` : '.';
    this.#end = new ProviderUnavailableError(`The thread that runs the model has ended${reason}`, { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
  }
}
