import type { EmbeddingModelFacts } from './embedding-models.ts';
import type { CallLimits } from './plan-batches.ts';
import type { TokenCounter } from './token-counter.ts';

/** The answer to one call. */
export interface ProviderAnswer {
  /** One for each input, in the order of the inputs. Not yet checked. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that were billed; `undefined` when the provider doesn't say. */
  readonly tokens: number | undefined;
  /** What the provider says of its rate limits. */
  readonly rate: RateState;
}

/** What is left of the rate limits, as headers of an answer say it; what they don't say is `undefined`. */
export interface RateState {
  readonly remainingRequests?: number | undefined;
  readonly remainingTokens?: number | undefined;
  /** Milliseconds until the limit is whole again. */
  readonly resetRequestsMs?: number | undefined;
  readonly resetTokensMs?: number | undefined;
}

/** Something that makes vectors of texts: one call, no retries. `TextEmbedder` makes batches, waits and splits. */
export interface EmbeddingProvider {
  /** For logs and metrics, for example `azure-openai`. */
  readonly kind: string;
  readonly model: EmbeddingModelFacts;
  /** Numbers of a vector: the model's, or fewer. */
  readonly dimension: number;
  readonly limits: CallLimits;
  /** The model's own tokenizer, where the provider has it. @default by the table of models */
  readonly counter?: TokenCounter;
  /**
   * Calls the provider once.
   *
   * @param inputs at least one; no empty ones
   * @throws EmbeddingError; the reason of `signal` when aborted
   */
  embed(inputs: readonly string[], signal: AbortSignal): Promise<ProviderAnswer>;
  /** What runs a model in this process. */
  readonly runtime?: 'native' | 'wasm';
  /** Why it isn't the native one, though that would have been taken first. */
  readonly nativeProblem?: string | undefined;
  /** Lets go of what it holds: a model's thread. Providers that hold nothing don't have it. */
  [Symbol.asyncDispose]?(): Promise<void>;
}
