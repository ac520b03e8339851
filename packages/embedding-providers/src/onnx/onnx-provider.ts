import type { EmbeddingModelFacts } from '../embedding-models.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import {
  InputRefusedError,
  InvalidEmbeddingOptionsError,
  ModelDimensionMismatchError,
  ModelUnusableError,
  ProviderUnavailableError,
} from '../errors.ts';
import type { CheckedProviderOptions } from '../options.ts';
import { orAborted } from '../or-aborted.ts';
import { cut } from '../vectors.ts';
import { readModelFolder } from './model-folder.ts';
import { ModelTokenizer } from './model-tokenizer.ts';
import type { OnnxRuntime } from './onnx-messages.ts';
import { OnnxThread } from './thread-handle.ts';

type OnnxOptions = CheckedProviderOptions<'onnx'>;

/** Vectors by a model that runs in this process. */
export interface OnnxProvider extends EmbeddingProvider, AsyncDisposable {
  readonly runtime: OnnxRuntime;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a model from a folder into a thread of this process, and tries it with one text.
 *
 * @throws ModelFilesMissingError, ModelUnusableError, ModelDimensionMismatchError, OnnxRuntimeMissingError,
 * InvalidEmbeddingOptionsError; the reason of `signal` when aborted
 */
export async function onnxProvider(
  options: OnnxOptions,
  model: EmbeddingModelFacts,
  signal: AbortSignal,
): Promise<OnnxProvider> {
  const { folder, runtime, threads, timeoutMs, dimension = model.dimension } = options;
  if (model.pooling === undefined) {
    throw new InvalidEmbeddingOptionsError(`${model.name} isn't a model that runs in this process.`);
  }
  const files = await readModelFolder(folder, model.name, options.modelFile);
  const tokenizer = new ModelTokenizer(files);
  const start = { modelFile: files.modelFile, runtime, threads, pooling: model.pooling };
  let thread = await OnnxThread.start(start, signal);
  try {
    const [vector] = await thread.vectors([tokenizer.encode('dimension')], signal);
    check(vector ?? new Float32Array(), files.modelFile, model);
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }
  let restart: Promise<unknown> | undefined;
  /** Starts one that has ended anew, once for all calls: the start is nobody's to break off, and a call waits no longer than it may. */
  const runningThread = async (callSignal: AbortSignal): Promise<OnnxThread> => {
    if (thread.hasEnded) {
      restart ??= OnnxThread.start(start, new AbortController().signal)
        .then((started) => {
          thread = started;
        })
        .finally(() => {
          restart = undefined;
        });
      await orAborted(restart, callSignal);
    }
    return thread;
  };
  return {
    kind: options.kind,
    model,
    dimension,
    limits: options,
    counter: tokenizer,
    runtime: thread.runtime,
    nativeProblem: thread.nativeProblem,
    async embed(inputs, callSignal) {
      const texts = inputs.map((input) => tokenizer.encode(input));
      const longest = Math.max(...texts.map(({ length }) => length));
      if (longest > model.maxTokens) {
        const message = `${model.name} takes ${model.maxTokens} tokens, and a text has ${longest}.`;
        throw new InputRefusedError('too_long', message);
      }
      const vectors = await withinTime(await runningThread(callSignal), texts, timeoutMs, callSignal);
      const tokens = texts.reduce((sum, { length }) => sum + length, 0);
      // Vectors with values that aren't numbers are left to the check of all vectors.
      const isCut = dimension !== model.dimension;
      return {
        vectors: isCut ? vectors.map((each) => (each.every(Number.isFinite) ? cut(each, dimension) : each)) : vectors,
        tokens,
        rate: {},
      };
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** A run can't be broken off: the next call waits for the one in hand, and for no other of this call. */
async function withinTime(
  thread: OnnxThread,
  texts: readonly Int32Array[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await thread.vectors(texts, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (!timeout.aborted) throw error;
    throw new ProviderUnavailableError(`The model in this process took longer than ${timeoutMs} ms for a call.`);
  }
}

function check(vector: Float32Array, modelFile: string, { name, dimension }: EmbeddingModelFacts): void {
  if (vector.length !== dimension) throw new ModelDimensionMismatchError(modelFile, name, dimension, vector.length);
  if (!vector.every(Number.isFinite)) {
    throw new ModelUnusableError(modelFile, 'it makes vectors with values that are not numbers');
  }
}
