import { EmbeddingError, type ProviderAnswer } from '@hartonomous/embedding-providers';
import { createEmbedder, type EmbeddingSettings, sendingRule } from '@hartonomous/embedding-settings';
import { type Finding, fine, problem, warning } from './finding.ts';

/** Two texts without a secret; a provider outside of the house sees them and bills some tokens. */
const texts = ['Does the provider of embeddings answer?', 'And once more, now that its model is loaded.'] as const;

/** How long a call may take here, in milliseconds. Too short: a model that is being loaded looks dead; too long: nobody waits. */
const longestMs = 60_000;

/** A call that takes longer than this makes every search wait, in milliseconds. */
const slowMs = 5_000;

const advice: Readonly<Partial<Record<string, string>>> = {
  PROVIDER_ACCESS: 'Check Embedding:Provider:ApiKey or ApiKeyFile; with UseManagedIdentity its role and TokenScope.',
  MODEL_NOT_FOUND: 'Check Embedding:Provider:Deployment and Endpoint; with Ollama: ollama pull MODEL.',
  PROVIDER_UNAVAILABLE: 'Is the server of Embedding:Provider:Endpoint up, and can it be reached from here?',
  RATE_LIMITED: 'The generator waits by itself; if it is always so, ask for more quota.',
  QUOTA_EXHAUSTED: 'No vectors come until the quota is raised or paid for.',
  INVALID_ANSWER: 'Embedding:Model and Dimension must be those of what the server has.',
};

/**
 * Tries the provider of the settings with two short texts: does it answer, with vectors of the dimension that the settings say, how fast, and
 * what are its limits. Nothing is written.
 *
 * @throws the reason of `signal` when aborted
 */
export async function* embeddingFindings(settings: EmbeddingSettings, signal: AbortSignal): AsyncGenerator<Finding> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
  try {
    await using embedder = await createEmbedder(settings, {}, inTime);
    const { provider } = embedder;
    const calls: (ProviderAnswer & { readonly ms: number })[] = [];
    for (const text of texts) {
      const startedAt = performance.now();
      const answer = await provider.embed([text], inTime);
      calls.push({ ...answer, ms: Math.round(performance.now() - startedAt) });
    }
    const where = sendingRule(settings).isOutside ? 'outside of the house' : 'in the house';
    yield fine('embeddings.provider', `${describe(settings, provider.runtime)} answers; it is ${where}`);
    for (const { vectors } of calls) {
      const wrong = wrongVector(vectors, provider.dimension);
      if (wrong !== null) {
        yield problem('embeddings.dimension', wrong, advice.INVALID_ANSWER ?? null);
        return;
      }
    }
    yield fine('embeddings.dimension', `Vectors of ${provider.dimension} numbers, as the settings say`);
    const [first = 0, next = 0] = calls.map(({ ms }) => ms);
    const latency = `The first call took ${first} ms, the next ${next} ms`;
    yield next > slowMs
      ? warning(
          'embeddings.latency',
          latency,
          'Every question waits for a call: is the server overloaded, or far away?',
        )
      : fine('embeddings.latency', latency);
    const { maxInputs, maxTokens } = provider.limits;
    yield fine(
      'embeddings.limits',
      `At most ${maxInputs} texts and ${maxTokens} tokens a call, ${provider.model.maxTokens} tokens a text${leftOf(calls.at(-1))}`,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (inTime.aborted) {
      const late = `${describe(settings)} did not answer within ${longestMs / 1_000} s`;
      yield problem('embeddings.provider', late, advice.PROVIDER_UNAVAILABLE ?? null);
      return;
    }
    if (!(error instanceof EmbeddingError)) throw error;
    const usual = 'Look at the settings of the section Embedding.';
    yield problem('embeddings.provider', `${error.code}: ${error.message}`, advice[error.code] ?? usual);
  }
}

/** Kind, model and what decides about the address; never a key. */
function describe({ Model, Provider }: EmbeddingSettings, runtime?: string): string {
  const style = Provider.Kind === 'azure-openai' ? ` (style ${Provider.ApiStyle ?? 'v1'})` : '';
  const how = runtime === undefined ? style : ` (${runtime})`;
  return `${Provider.Kind}${how} with ${Model}`;
}

function wrongVector(vectors: readonly Float32Array[], dimension: number): string | null {
  const [vector] = vectors;
  if (vector === undefined || vectors.length !== 1)
    return `The provider answered ${vectors.length} vectors for one text`;
  if (vector.length !== dimension) {
    return `The provider answers vectors of ${vector.length} numbers, and the settings say ${dimension}`;
  }
  return vector.every(Number.isFinite) ? null : 'The provider answered a vector with values that are not numbers';
}

/** What the headers of an answer say of the rate limits. */
function leftOf(call: ProviderAnswer | undefined): string {
  const { remainingRequests, remainingTokens } = call?.rate ?? {};
  const left = [
    ...(remainingRequests === undefined ? [] : [`${remainingRequests} calls`]),
    ...(remainingTokens === undefined ? [] : [`${remainingTokens} tokens`]),
  ];
  return left.length === 0 ? '; it says nothing of its rate limits' : `; ${left.join(' and ')} are left for now`;
}
