/** Base of every error that a provider throws on purpose. */
export abstract class EmbeddingError extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later. */
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the provider can't be reached, doesn't answer in time, or answers that it is broken (5xx). */
export class ProviderUnavailableError extends EmbeddingError {
  readonly code = 'PROVIDER_UNAVAILABLE';
  readonly retryable = true;
}

/** What a 429 is about. Only `quota` is fixed by more quota. */
export type RateLimitKind = 'quota' | 'capacity' | 'temporary' | 'unknown';

/** Thrown when the provider asks to wait (429). Nothing is wrong with the inputs. */
export class RateLimitedError extends EmbeddingError {
  readonly code = 'RATE_LIMITED';
  readonly retryable = true;
  readonly kind: RateLimitKind;
  /** Milliseconds that the provider asks for; `undefined` when it doesn't say. */
  readonly retryAfterMs: number | undefined;
  constructor(kind: RateLimitKind, retryAfterMs: number | undefined, message: string) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when the account has no more to spend (`insufficient_quota`): waiting doesn't help, paying does. */
export class QuotaExhaustedError extends EmbeddingError {
  readonly code = 'QUOTA_EXHAUSTED';
  readonly retryable = false;
}

/** Thrown when the provider refuses key or token (401, 403). */
export class ProviderAccessError extends EmbeddingError {
  readonly code = 'PROVIDER_ACCESS';
  readonly retryable = false;
}

/** Thrown when the provider has no such model or deployment (404). */
export class ModelNotFoundError extends EmbeddingError {
  readonly code = 'MODEL_NOT_FOUND';
  readonly retryable = false;
}

/** Thrown when a call has too many inputs or tokens for the provider; halves of it may pass. */
export class CallTooLargeError extends EmbeddingError {
  readonly code = 'CALL_TOO_LARGE';
  readonly retryable = false;
}

/** Thrown when the provider refuses what is in a call: a content filter, an input that is too long. One input may be the cause. */
export class InputRefusedError extends EmbeddingError {
  readonly code = 'INPUT_REFUSED';
  readonly retryable = false;
  /** The provider's own code, for example `content_filter`. */
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Thrown when an answer isn't what was asked for: another number of vectors, another dimension, values that aren't numbers. */
export class InvalidAnswerError extends EmbeddingError {
  readonly code = 'INVALID_ANSWER';
  readonly retryable = false;
}

/** Thrown when options can't work: an unknown model, a dimension that the model can't be cut to. */
export class InvalidEmbeddingOptionsError extends EmbeddingError {
  readonly code = 'INVALID_EMBEDDING_OPTIONS';
  readonly retryable = false;
}

/** Thrown when a folder lacks files of a model. */
export class ModelFilesMissingError extends EmbeddingError {
  readonly code = 'MODEL_FILES_MISSING';
  readonly retryable = false;
  readonly folder: string;
  readonly missing: readonly string[];
  constructor(folder: string, missing: readonly string[]) {
    super(
      `The model folder ${folder} lacks ${missing.join(', and ')}. Put the model's files there, or name another folder.`,
    );
    this.folder = folder;
    this.missing = missing;
  }
}

/** Thrown when files of a model are there and can't be used: damaged, of another format or of another model. */
export class ModelUnusableError extends EmbeddingError {
  readonly code = 'MODEL_UNUSABLE';
  readonly retryable = false;
  /** The file or folder. */
  readonly path: string;
  constructor(path: string, detail: string, options?: ErrorOptions) {
    super(`The model in ${path} can't be used: ${detail}.`, options);
    this.path = path;
  }
}

/** Thrown when a model makes vectors of another dimension than the table of models has under its name. */
export class ModelDimensionMismatchError extends EmbeddingError {
  readonly code = 'MODEL_DIMENSION_MISMATCH';
  readonly retryable = false;
  readonly expected: number;
  readonly found: number;
  constructor(path: string, model: string, expected: number, found: number) {
    super(
      `The model in ${path} makes vectors of ${found} numbers, and ${model} has ${expected}. Check the model's name and the folder.`,
    );
    this.expected = expected;
    this.found = found;
  }
}

/** Thrown when neither build of ONNX Runtime that may be used can be loaded. */
export class OnnxRuntimeMissingError extends EmbeddingError {
  readonly code = 'ONNX_RUNTIME_MISSING';
  readonly retryable = false;
  constructor(wanted: 'auto' | 'native' | 'wasm', detail: string) {
    const name = { native: 'onnxruntime-node', wasm: 'onnxruntime-web', auto: 'onnxruntime-node or onnxruntime-web' };
    super(`ONNX Runtime (${name[wanted]}) can't be loaded: ${detail}. Install it beside embedding-providers.`);
  }
}
