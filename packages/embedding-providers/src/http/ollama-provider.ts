import { z } from 'zod';
import type { EmbeddingModelFacts } from '../embedding-models.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import { InvalidAnswerError } from '../errors.ts';
import type { CheckedProviderOptions } from '../options.ts';
import { numbers, vectorSchema } from './openai-answer.ts';
import { postJson } from './post-json.ts';

const answerSchema = z.object({
  embeddings: z.array(vectorSchema),
  prompt_eval_count: z.int().optional(),
});

/** Vectors by Ollama. */
export function ollamaProvider(
  options: CheckedProviderOptions<'ollama'>,
  model: EmbeddingModelFacts,
): EmbeddingProvider {
  const { endpoint, deployment, dimension = model.dimension, timeoutMs } = options;
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/api/embed`);
  return {
    kind: options.kind,
    model,
    dimension,
    limits: options,
    async embed(inputs, signal) {
      const body = {
        model: deployment ?? model.name,
        input: inputs,
        // Otherwise it truncates long inputs silently.
        truncate: false,
        ...(dimension === model.dimension ? {} : { dimensions: dimension }),
      };
      const { json } = await postJson({ url, headers: async () => ({}), body, timeoutMs, signal });
      const answer = answerSchema.safeParse(json);
      if (!answer.success) throw new InvalidAnswerError("Ollama's answer has no vectors.", { cause: answer.error });
      const { embeddings, prompt_eval_count: tokens } = answer.data;
      return { vectors: embeddings.map(numbers), tokens, rate: {} };
    },
  };
}
