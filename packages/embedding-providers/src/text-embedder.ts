import { createHash } from 'node:crypto';
import { backOffMs } from '@hartonomous/back-off';
import type { EmbeddingProvider } from './embedding-provider.ts';
import { CallTooLargeError, InputRefusedError, InvalidAnswerError, RateLimitedError } from './errors.ts';
import { planBatches } from './plan-batches.ts';
import { RatePacer } from './rate-pacer.ts';
import { type TokenCounter, tokenCounterFor } from './token-counter.ts';
import { checkVectors, normalised, weightedMean } from './vectors.ts';

/** What a text is: one to find others by, or one to be found. Some models want to know. */
export type TextRole = 'query' | 'document';

/** The outcome of a text. */
export type EmbeddedText =
  | {
      readonly place: number;
      /** Of length 1. */
      readonly vector: Float32Array;
      /** As billed where the provider says so for the text alone, else as counted. */
      readonly tokens: number;
      readonly windows: number;
    }
  | { readonly place: number; readonly refused: InputRefusedError | InvalidAnswerError };

/** What happens while texts are embedded, for metrics. */
export interface TextEmbedderHooks {
  /** A call was answered. */
  readonly onCall?: (call: { readonly inputs: number; readonly tokens: number; readonly ms: number }) => void;
  readonly onRateLimited?: (error: RateLimitedError, waitMs: number) => void;
}

/** What differs from the defaults. */
export interface TextEmbedderOptions extends TextEmbedderHooks {
  /** Part of a window that the next one repeats. @default 0.12 */
  readonly overlap?: number;
  /**
   * Longest wait for a rate limit in milliseconds, and longest of all waits that refusals of one call (429) ask for; what takes longer is
   * thrown instead. Too short: work is given back that could have gone on. Too long: what is claimed is held for nothing.
   * @default 60000
   */
  readonly maxWaitMs?: number;
}

interface Piece {
  readonly place: number;
  readonly text: string;
  readonly tokens: number;
}

/** What ends a call, and what ends a wait before one. */
interface CallSignals {
  readonly call: AbortSignal;
  readonly wait: AbortSignal;
}

/** Pauses after a 429 that doesn't say how long to wait. */
const rateBackOff = { baseMs: 1_000, maxMs: 60_000 };

/** Counts up when texts are prepared, cut or joined in another way, so that they are embedded again. */
const preparation = 1;

/**
 * Makes vectors of any number of texts by a provider: cuts long ones into windows, makes batches by both limits of a call, waits for
 * rate limits, halves calls that are too large, and finds the one input that a provider refuses.
 */
export class TextEmbedder implements AsyncDisposable {
  readonly provider: EmbeddingProvider;
  readonly #counter: TokenCounter;
  readonly #options: TextEmbedderOptions;
  readonly #pacer = new RatePacer();

  private constructor(provider: EmbeddingProvider, counter: TokenCounter, options: TextEmbedderOptions) {
    this.provider = provider;
    this.#counter = counter;
    this.#options = options;
  }

  static async create(provider: EmbeddingProvider, options: TextEmbedderOptions = {}): Promise<TextEmbedder> {
    return new TextEmbedder(provider, provider.counter ?? (await tokenCounterFor(provider.model)), options);
  }

  /**
   * A hash of a text and of all that decides about its vector: equal hashes, equal vectors. Not over who serves the model,
   * except where that one cuts texts by the model's own tokenizer.
   *
   * @param version of the model, where its name doesn't say all
   */
  hashOf(text: string, role: TextRole, version = '1'): Buffer {
    const { model, dimension } = this.provider;
    const settings = [
      preparation,
      model.name,
      version,
      dimension,
      this.#prefix(role),
      this.#overlap(),
      model.maxTokens,
      // Long texts are cut elsewhere then.
      ...(this.provider.counter === undefined ? [] : ['own tokenizer']),
    ];
    return createHash('sha256').update(JSON.stringify(settings)).update('\0').update(prepared(text)).digest();
  }

  /** Whether there is anything in a text to make a vector of. */
  static hasContent(text: string | null): text is string {
    return text !== null && /[\p{L}\p{N}\p{S}]/u.test(text);
  }

  /**
   * Vectors of texts, batch by batch as they come; what has come is the caller's whatever happens later. Each text is in the result
   * once.
   *
   * @param texts those without content are refused
   * @param signal ends a call that is under way
   * @param drain ends waits for rate limits, and not a call. @default signal
   * @throws EmbeddingError of the provider, which says nothing of the texts; the reason of `signal` when aborted
   */
  async *embed(
    texts: readonly string[],
    role: TextRole,
    signal: AbortSignal,
    drain: AbortSignal = signal,
  ): AsyncGenerator<readonly EmbeddedText[]> {
    const { limits } = this.provider;
    const signals = { call: signal, wait: AbortSignal.any([signal, drain]) };
    const pieces = texts.flatMap((text, place) => this.#pieces(text, place, role));
    const waiting = new Map<number, { vectors: Float32Array[]; tokens: number[]; missing: number }>();
    const full = new Set(pieces.map(({ place }) => place));
    const empty = [...texts.keys()].filter((place) => !full.has(place));
    const refused = new InputRefusedError('empty', 'The text has nothing that a vector could be made of.');
    if (empty.length > 0) yield empty.map((place) => ({ place, refused }));
    for (const { place } of pieces) {
      const text = waiting.get(place) ?? { vectors: [], tokens: [], missing: 0 };
      text.missing += 1;
      waiting.set(place, text);
    }
    const tokens = pieces.map((piece) => piece.tokens);
    for (const batch of planBatches(tokens, limits)) {
      const done: EmbeddedText[] = [];
      const inputs = batch.map((index) => pieces[index]).filter((piece) => piece !== undefined);
      for (const outcome of await this.#call(inputs, signals)) {
        const { place } = outcome.piece;
        const text = waiting.get(place);
        if (text === undefined) continue;
        if (outcome.vector === undefined) {
          // One window that is refused refuses the text.
          waiting.delete(place);
          done.push({ place, refused: outcome.refused });
          continue;
        }
        text.vectors.push(outcome.vector);
        text.tokens.push(outcome.piece.tokens);
        text.missing -= 1;
        if (text.missing > 0) continue;
        waiting.delete(place);
        const windows = text.vectors.length;
        const sum = text.tokens.reduce((one, other) => one + other, 0);
        const vector = windows === 1 ? outcome.vector : weightedMean(text.vectors, text.tokens);
        done.push({ place, vector, tokens: sum, windows });
      }
      if (done.length > 0) yield done;
    }
  }

  /** The vector of one text, for a question. @throws EmbeddingError, also where the text is refused */
  async embedOne(text: string, role: TextRole, signal: AbortSignal): Promise<Float32Array> {
    for await (const [done] of this.embed([text], role, signal)) {
      if (done === undefined) continue;
      if ('refused' in done) throw done.refused;
      return done.vector;
    }
    throw new TypeError('The text has no vector.');
  }

  /** Lets go of what the provider holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider[Symbol.asyncDispose]?.();
  }

  #prefix(role: TextRole): string {
    const { queryPrefix, documentPrefix } = this.provider.model;
    return role === 'query' ? queryPrefix : documentPrefix;
  }

  #overlap(): number {
    return this.#options.overlap ?? 0.12;
  }

  #pieces(text: string, place: number, role: TextRole): readonly Piece[] {
    const { maxTokens } = this.provider.model;
    const prefix = this.#prefix(role);
    // Models add tokens of their own at both ends.
    const room = Math.max(1, maxTokens - 2 - (prefix === '' ? 0 : this.#counter.count(prefix)));
    return this.#counter
      .windows(prepared(text), room, Math.floor(room * this.#overlap()))
      .filter((window) => window.trim() !== '')
      .map((window) => {
        const input = `${prefix}${window}`;
        return { place, text: input, tokens: this.#counter.count(input) };
      });
  }

  async #call(pieces: readonly Piece[], signals: CallSignals): Promise<readonly CallOutcome[]> {
    try {
      return await this.#patientCall(pieces, signals);
    } catch (error) {
      const [piece] = pieces;
      if (!isOfInputs(error) || piece === undefined) throw error;
      if (pieces.length === 1) {
        // A wrong dimension or an option that it doesn't know is its fault, or the settings', with every input, and not this one's.
        if (!(await this.#isHealthy(signals))) throw error;
        const refused = error instanceof CallTooLargeError ? new InputRefusedError('too_long', error.message) : error;
        return [{ piece, vector: undefined, refused }];
      }
      const middle = Math.ceil(pieces.length / 2);
      return [
        ...(await this.#call(pieces.slice(0, middle), signals)),
        ...(await this.#call(pieces.slice(middle), signals)),
      ];
    }
  }

  /** Whether a text that has nothing wrong gets a vector. */
  async #isHealthy(signals: CallSignals): Promise<boolean> {
    try {
      await this.#patientCall([{ place: 0, text: 'health', tokens: 1 }], signals);
      return true;
    } catch (error) {
      if (isOfInputs(error)) return false;
      throw error;
    }
  }

  /** One call, again after each 429: the same call, since the provider has nothing against its inputs. */
  async #patientCall(pieces: readonly Piece[], { call: signal, wait }: CallSignals): Promise<readonly CallOutcome[]> {
    const { provider } = this;
    const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
    const { maxWaitMs = 60_000 } = this.#options;
    let waitedMs = 0;
    for (let attempt = 1; ; attempt += 1) {
      using call = await this.#pacer.admit(tokens, wait, maxWaitMs);
      const startedAt = performance.now();
      try {
        const answer = await provider.embed(
          pieces.map(({ text }) => text),
          signal,
        );
        call.answered(answer.rate);
        checkVectors(answer.vectors, pieces.length, provider.dimension);
        const vectors = answer.vectors.map(normalised);
        const billed = answer.tokens ?? tokens;
        this.#options.onCall?.({ inputs: pieces.length, tokens: billed, ms: performance.now() - startedAt });
        return pieces.map((piece, index) => ({ piece, vector: vectors[index] ?? new Float32Array() }));
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        // Also where the provider asks for no wait at all: the call would be made again as fast as it can be refused.
        const waitMs = error.retryAfterMs || backOffMs(attempt, rateBackOff);
        this.#options.onRateLimited?.(error, waitMs);
        this.#pacer.block(waitMs);
        waitedMs += waitMs;
        if (waitedMs > maxWaitMs) throw error;
      }
    }
  }
}

type CallOutcome =
  | { readonly piece: Piece; readonly vector: Float32Array }
  | { readonly piece: Piece; readonly vector: undefined; readonly refused: InputRefusedError | InvalidAnswerError };

/** Whether one input may be why a call failed. */
function isOfInputs(error: unknown): error is InputRefusedError | CallTooLargeError | InvalidAnswerError {
  return (
    error instanceof InputRefusedError || error instanceof CallTooLargeError || error instanceof InvalidAnswerError
  );
}

/** Line ends and composed characters don't change what a text says. */
function prepared(text: string): string {
  return text.replaceAll('\r\n', '\n').normalize('NFC').trim();
}
