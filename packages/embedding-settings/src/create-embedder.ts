import { readFile } from 'node:fs/promises';
import { managedIdentityTokens } from '@hartonomous/config-loader';
import {
  createProvider,
  InvalidEmbeddingOptionsError,
  ProviderAccessError,
  type ProviderOptions,
  TextEmbedder,
  type TextEmbedderHooks,
} from '@hartonomous/embedding-providers';
import type { EmbeddingSettings } from './options.ts';

/**
 * The embedder that the settings describe. To be disposed of: a model in this process has a thread.
 *
 * @throws InvalidEmbeddingOptionsError, and EmbeddingError when a model can't be loaded or a server that says its limits itself
 * doesn't answer
 */
export async function createEmbedder(
  { Model, Dimension, Provider }: EmbeddingSettings,
  hooks: TextEmbedderHooks,
  signal: AbortSignal,
): Promise<TextEmbedder> {
  const given = {
    kind: Provider.Kind,
    model: Model,
    dimension: Dimension,
    endpoint: Provider.Endpoint,
    deployment: Provider.Deployment,
    apiKey: apiKeyOf(Provider),
    token: tokenOf(Provider),
    tokenScope: Provider.UseManagedIdentity ? Provider.TokenScope : undefined,
    apiStyle: Provider.ApiStyle,
    apiVersion: Provider.ApiVersion,
    encodingFormat: Provider.EncodingFormat,
    folder: Provider.ModelFolder,
    modelFile: Provider.ModelFile,
    runtime: Provider.Runtime,
    threads: Provider.Threads,
    maxInputs: Provider.MaxInputs,
    maxTokens: Provider.MaxTokens,
    timeoutMs: Provider.Kind === 'lexical-hash' ? undefined : Provider.TimeoutMs,
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // createProvider checks them, and names what doesn't fit the kind.
  return await TextEmbedder.create(await createProvider(options as ProviderOptions, signal), hooks);
}

/** Where the key comes from, before every call. */
function apiKeyOf({ ApiKey, ApiKeyFile }: EmbeddingSettings['Provider']): (() => string | Promise<string>) | undefined {
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

/** Where the token comes from, before every call. */
function tokenOf(provider: EmbeddingSettings['Provider']): (() => Promise<string>) | undefined {
  const { UseManagedIdentity, ManagedIdentityClientId: clientId, TokenScope, ApiKey, ApiKeyFile } = provider;
  if (!UseManagedIdentity) return undefined;
  if (ApiKey !== undefined || ApiKeyFile !== undefined) {
    throw new InvalidEmbeddingOptionsError(
      'Embedding:Provider has both a key and UseManagedIdentity. Set one of them.',
    );
  }
  const tokens = managedIdentityTokens(process.env, { clientId });
  return async () => {
    try {
      return await tokens(TokenScope);
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new ProviderAccessError(`The managed identity got no token for ${TokenScope}: ${reason}`, { cause });
    }
  };
}
