import { z } from 'zod';
import type { EmbeddingModelFacts } from '../embedding-models.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import { InvalidAnswerError } from '../errors.ts';
import type { CheckedProviderOptions } from '../options.ts';
import { numbers, vectorSchema } from './openai-answer.ts';
import { getJson, postJson } from './post-json.ts';

const answerSchema = z.array(vectorSchema);
const infoSchema = z.object({
  max_client_batch_size: z.int().min(1).optional(),
  max_batch_tokens: z.int().min(1).optional(),
});

/**
 * Vectors by text-embeddings-inference, within the limits that the server has.
 *
 * @throws EmbeddingError when the server doesn't answer
 */
export async function teiProvider(
  options: CheckedProviderOptions<'text-embeddings-inference'>,
  model: EmbeddingModelFacts,
  signal: AbortSignal,
): Promise<EmbeddingProvider> {
  const { apiKey, timeoutMs } = options;
  const base = options.endpoint.replace(/\/+$/, '');
  const headers = async (): Promise<Record<string, string>> =>
    apiKey === undefined ? {} : { authorization: `Bearer ${await apiKey()}` };
  const { json } = await getJson({ url: new URL(`${base}/info`), headers, timeoutMs, signal });
  const info = infoSchema.safeParse(json).data ?? {};
  const url = new URL(`${base}/embed`);
  return {
    kind: options.kind,
    model,
    dimension: model.dimension,
    limits: {
      maxInputs: Math.min(options.maxInputs, info.max_client_batch_size ?? options.maxInputs),
      maxTokens: Math.min(options.maxTokens, info.max_batch_tokens ?? options.maxTokens),
    },
    async embed(inputs, callSignal) {
      const body = { inputs, truncate: false, normalize: true };
      const call = { url, headers, body, timeoutMs, signal: callSignal };
      const answer = answerSchema.safeParse((await postJson(call)).json);
      if (!answer.success) throw new InvalidAnswerError("The server's answer has no vectors.", { cause: answer.error });
      return { vectors: answer.data.map(numbers), tokens: undefined, rate: {} };
    },
  };
}
