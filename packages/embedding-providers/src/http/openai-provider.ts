import type { EmbeddingModelFacts } from '../embedding-models.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import type { CheckedProviderOptions } from '../options.ts';
import { openAiAnswer } from './openai-answer.ts';
import { postJson } from './post-json.ts';

/** Vectors by OpenAI, or by a server with its interface. */
export function openAiProvider(
  options: CheckedProviderOptions<'openai'>,
  model: EmbeddingModelFacts,
): EmbeddingProvider {
  const { endpoint, deployment, apiKey, encodingFormat, dimension = model.dimension, timeoutMs } = options;
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/embeddings`);
  const headers = async (): Promise<Record<string, string>> =>
    apiKey === undefined ? {} : { authorization: `Bearer ${await apiKey()}` };
  return {
    kind: options.kind,
    model,
    dimension,
    limits: options,
    async embed(inputs, signal) {
      const body = {
        model: deployment ?? model.name,
        input: inputs,
        encoding_format: encodingFormat,
        ...(dimension === model.dimension ? {} : { dimensions: dimension }),
      };
      return openAiAnswer(await postJson({ url, headers, body, timeoutMs, signal }), inputs.length);
    },
  };
}
