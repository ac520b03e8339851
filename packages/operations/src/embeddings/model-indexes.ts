import type { BrokerClient } from '@hartonomous/broker-client';
import {
  compareVectorIndexes,
  createVectorIndexes,
  type GraphConnection,
  type ItemReport,
} from '@hartonomous/graph-sync';
import { modelEmbeddingIndex } from '@hartonomous/provenance-schema';
import { listModels } from './models.ts';

/** Indexes of the graph for the models that it has vectors of. */
export interface ModelIndexes {
  readonly items: readonly ItemReport[];
  /** Names of indexes of models that aren't in use any more. */
  readonly others: readonly string[];
  /** Names of those that were missing. */
  readonly created: readonly string[];
}

/**
 * Creates the vector indexes of all models whose vectors the graph has: those in use, and the one that is read.
 *
 * @param isDryRun only compares
 * @throws BrokerError, GraphSyncError
 */
export async function createModelIndexes(
  client: BrokerClient,
  graph: GraphConnection,
  isDryRun: boolean,
  signal: AbortSignal,
): Promise<ModelIndexes> {
  const models = await listModels(client, signal);
  const indexes = models
    .filter(({ state, isRead }) => state !== 'DISABLED' || isRead)
    .map(({ key, dimension }) => modelEmbeddingIndex(key, dimension));
  if (isDryRun) return { ...(await compareVectorIndexes(graph, indexes)), created: [] };
  return await createVectorIndexes(graph, indexes, signal);
}
