import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs, outageBackOff } from '@hartonomous/back-off';
import type { ShownWarning } from '@hartonomous/broker-client';
import {
  createProvider,
  EmbeddingError,
  InvalidEmbeddingOptionsError,
  modelKey,
  ProviderAccessError,
  type ProviderOptions,
  TextEmbedder,
  type TextEmbedderHooks,
} from '@hartonomous/embedding-providers';
import type { Settings } from './options.ts';

/**
 * The embedder that the settings describe.
 *
 * @throws InvalidEmbeddingOptionsError, and EmbeddingError when a server that says its limits itself doesn't answer
 */
async function createEmbedder(
  { Model, Dimension, Provider }: Settings['Embedding'],
  hooks: TextEmbedderHooks,
  signal: AbortSignal,
): Promise<TextEmbedder> {
  const apiKey = apiKeyOf(Provider);
  const given = {
    kind: Provider.Kind,
    model: Model,
    dimension: Dimension,
    endpoint: Provider.Endpoint,
    deployment: Provider.Deployment,
    apiKey,
    apiStyle: Provider.ApiStyle,
    apiVersion: Provider.ApiVersion,
    encodingFormat: Provider.EncodingFormat,
    maxInputs: Provider.MaxInputs,
    maxTokens: Provider.MaxTokens,
    timeoutMs: Provider.Kind === 'lexical-hash' ? undefined : Provider.TimeoutMs,
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // createProvider checks them, and names what doesn't fit the kind.
  return await TextEmbedder.create(await createProvider(options as ProviderOptions, signal), hooks);
}

/** Where the key comes from, before every call. */
function apiKeyOf({
  ApiKey,
  ApiKeyFile,
}: Settings['Embedding']['Provider']): (() => string | Promise<string>) | undefined {
  if (ApiKey !== undefined && ApiKeyFile !== undefined) {
    throw new InvalidEmbeddingOptionsError('Embedding:Provider:ApiKey and ApiKeyFile are both set. Set one of them.');
  }
  if (ApiKey !== undefined) return () => ApiKey.reveal();
  if (ApiKeyFile === undefined) return undefined;
  return async () => {
    try {
      return (await readFile(ApiKeyFile, 'utf8')).trim();
    } catch (cause) {
      throw new ProviderAccessError(`The key can't be read from ${ApiKeyFile} (Embedding:Provider:ApiKeyFile).`, {
        cause,
      });
    }
  };
}

/**
 * As {@link createEmbedder}, waiting while the server doesn't answer; `undefined` when it is told to stop first.
 *
 * @throws what waiting doesn't heal
 */
export async function createEmbedderPatiently(
  settings: Settings['Embedding'],
  hooks: TextEmbedderHooks,
  warning: ShownWarning,
  drain: AbortSignal,
): Promise<TextEmbedder | undefined> {
  for (let attempt = 1; !drain.aborted; attempt += 1) {
    try {
      const embedder = await createEmbedder(settings, hooks, drain);
      warning.clear();
      return embedder;
    } catch (error) {
      if (drain.aborted) break;
      if (!(error instanceof EmbeddingError) || !error.retryable) throw error;
      warning.raise(`The provider of embeddings doesn't answer yet: ${error.message}`);
      await pause(backOffMs(attempt, outageBackOff), undefined, { signal: drain }).catch(() => undefined);
    }
  }
  return undefined;
}

/** ModelKey of the row in dbo.EmbeddingModel: the one that is set, or the model's name and, if it is a smaller one, its dimension. */
export function modelKeyOf({ Model, Dimension, ModelKey }: Settings['Embedding']): string {
  return ModelKey ?? modelKey(Model, Dimension);
}
