import { type EmbeddingModelFacts, embeddingModels, findModel, lexicalModel, mayCutTo } from './embedding-models.ts';
import type { EmbeddingProvider } from './embedding-provider.ts';
import { InvalidEmbeddingOptionsError } from './errors.ts';
import { azureOpenAiProvider } from './http/azure-openai-provider.ts';
import { ollamaProvider } from './http/ollama-provider.ts';
import { openAiProvider } from './http/openai-provider.ts';
import { teiProvider } from './http/tei-provider.ts';
import { lexicalHashVector } from './lexical-hash.ts';
import { onnxProvider } from './onnx/onnx-provider.ts';
import { type ProviderOptions, parseOptions, providerOptionsSchema } from './options.ts';

/**
 * The provider that options describe.
 *
 * @param signal ends what it asks a server before it is ready
 * @throws InvalidEmbeddingOptionsError with every problem
 * @throws EmbeddingError when a server that says its limits itself doesn't answer, and when a model's files can't be used
 */
export async function createProvider(given: ProviderOptions, signal: AbortSignal): Promise<EmbeddingProvider> {
  const options = parseOptions(providerOptionsSchema, given);
  const model = modelFor(options.model, options.dimension);
  if ((options.kind === 'lexical-hash') !== (model.name === lexicalModel)) {
    throw new InvalidEmbeddingOptionsError(`The provider ${options.kind} doesn't have the model ${model.name}.`);
  }
  switch (options.kind) {
    case 'lexical-hash':
      return lexicalHashProvider(model);
    case 'onnx':
      return await onnxProvider(options, model, signal);
    case 'openai':
      return openAiProvider(options, model);
    case 'azure-openai':
      return azureOpenAiProvider(options, model);
    case 'ollama':
      return ollamaProvider(options, model);
    case 'text-embeddings-inference':
      if (options.dimension !== undefined && options.dimension !== model.dimension) {
        throw new InvalidEmbeddingOptionsError('text-embeddings-inference has no vectors of another dimension.');
      }
      return await teiProvider(options, model, signal);
  }
}

function modelFor(name: string, dimension: number | undefined): EmbeddingModelFacts {
  const model = findModel(name);
  if (model === undefined) {
    const known = embeddingModels.map((each) => each.name).join(', ');
    throw new InvalidEmbeddingOptionsError(`There is no model ${name} in the table of models. It has: ${known}.`);
  }
  if (dimension !== undefined && !mayCutTo(model, dimension)) {
    throw new InvalidEmbeddingOptionsError(
      `Vectors of ${name} can't be cut to ${dimension} numbers without losing what they say.`,
    );
  }
  return model;
}

function lexicalHashProvider(model: EmbeddingModelFacts): EmbeddingProvider {
  const { dimension } = model;
  return {
    kind: 'lexical-hash',
    model,
    dimension,
    limits: { maxInputs: 256, maxTokens: 1_000_000 },
    embed: async (inputs, signal) => {
      signal.throwIfAborted();
      const vectors = inputs.map((input) => lexicalHashVector(input, dimension));
      return { vectors, tokens: undefined, rate: {} };
    },
  };
}
