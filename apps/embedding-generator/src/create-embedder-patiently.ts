import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs, outageBackOff } from '@hartonomous/back-off';
import type { ShownWarning } from '@hartonomous/broker-client';
import { EmbeddingError, type TextEmbedder, type TextEmbedderHooks } from '@hartonomous/embedding-providers';
import { createEmbedder } from '@hartonomous/embedding-settings';
import type { Settings } from './options.ts';

/**
 * The embedder that the settings describe, waiting while the server doesn't answer; `undefined` when it is told to stop first.
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
