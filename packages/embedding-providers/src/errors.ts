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

/** What a 429 is about. Only `quota` is mended by more quota. */
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

/** Thrown when an answer isn't what was asked for: another number of vectors, another dimension, values that are no numbers. */
export class InvalidAnswerError extends EmbeddingError {
  readonly code = 'INVALID_ANSWER';
  readonly retryable = false;
}

/** Thrown when options can't work: an unknown model, a dimension that the model can't be cut to. */
export class InvalidEmbeddingOptionsError extends EmbeddingError {
  readonly code = 'INVALID_EMBEDDING_OPTIONS';
  readonly retryable = false;
}
