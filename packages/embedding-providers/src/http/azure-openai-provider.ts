import type { EmbeddingModelFacts } from '../embedding-models.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import { InvalidEmbeddingOptionsError, ProviderAccessError } from '../errors.ts';
import type { CheckedProviderOptions } from '../options.ts';
import { openAiAnswer } from './openai-answer.ts';
import { postJson } from './post-json.ts';

type AzureOptions = CheckedProviderOptions<'azure-openai'>;

/**
 * Vectors by a deployment of Azure OpenAI.
 *
 * @throws InvalidEmbeddingOptionsError without key and token, or with both
 */
export function azureOpenAiProvider(options: AzureOptions, model: EmbeddingModelFacts): EmbeddingProvider {
  const { deployment, apiStyle, dimension = model.dimension, timeoutMs } = options;
  const url = urlOf(options);
  const headers = headersOf(options);
  return {
    kind: options.kind,
    model,
    dimension,
    limits: options,
    async embed(inputs, signal) {
      const body = {
        ...(apiStyle === 'v1' ? { model: deployment } : {}),
        input: inputs,
        encoding_format: 'base64',
        ...(dimension === model.dimension ? {} : { dimensions: dimension }),
      };
      const call = { url, headers, body, timeoutMs, signal };
      return openAiAnswer(await postJson(call).catch((error: unknown) => withScope(error, options)), inputs.length);
    },
  };
}

/** A token for another scope than the resource wants is refused like a wrong one. */
function withScope(error: unknown, { token, tokenScope }: AzureOptions): never {
  if (!(error instanceof ProviderAccessError) || token === undefined || tokenScope === undefined) throw error;
  throw new ProviderAccessError(
    `${error.message} The token is for the scope ${tokenScope}; the resource may want another one, and the identity needs the ` +
      'role Cognitive Services OpenAI User.',
    { cause: error },
  );
}

function urlOf({ endpoint, deployment, apiStyle, apiVersion }: AzureOptions): URL {
  const base = endpoint.replace(/\/+$/, '');
  if (apiStyle === 'v1') return new URL(`${base}/openai/v1/embeddings`);
  const url = new URL(`${base}/openai/deployments/${encodeURIComponent(deployment)}/embeddings`);
  url.searchParams.set('api-version', apiVersion);
  return url;
}

function headersOf({ apiKey, token }: AzureOptions): () => Promise<Readonly<Record<string, string>>> {
  if (apiKey !== undefined && token === undefined) return async () => ({ 'api-key': await apiKey() });
  if (token !== undefined && apiKey === undefined) return async () => ({ authorization: `Bearer ${await token()}` });
  throw new InvalidEmbeddingOptionsError('Azure OpenAI needs a key or a token, and not both.');
}
