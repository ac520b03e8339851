import { isModelEmbeddingIndex, type VectorIndex } from '@hartonomous/provenance-schema';
import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';
import { compareItem } from './compare-items.ts';
import { awaitIndexesSeconds, createItems } from './create-items.ts';
import { readSchema } from './read-schema.ts';
import type { SchemaItem } from './schema-items.ts';
import type { ItemReport } from './schema-report.ts';

/** Indexes of embedding models, compared with the graph. */
export interface VectorIndexReport {
  /** One for each that there should be. */
  readonly items: readonly ItemReport[];
  /** Names of those that the graph has besides. */
  readonly others: readonly string[];
}

/**
 * Compares the indexes that embedding models should have with the graph; changes nothing.
 *
 * @throws GraphSyncError
 */
export async function compareVectorIndexes(
  connection: GraphConnection,
  indexes: readonly VectorIndex[],
): Promise<VectorIndexReport> {
  const present = await readSchema(connection);
  const names = new Set(indexes.map(({ name }) => name));
  return {
    items: indexes.map((index) => compareItem(itemOf(index), present, connection)),
    others: present.map(({ name }) => name).filter((name) => isModelEmbeddingIndex(name) && !names.has(name)),
  };
}

/**
 * Creates those that are missing, and waits until they are filled. One that is there in another shape stays as it is, and the report
 * says how it differs.
 *
 * @throws SchemaItemRefusedError, other GraphSyncErrors; the reason of `signal` when aborted
 */
export async function createVectorIndexes(
  connection: GraphConnection,
  indexes: readonly VectorIndex[],
  signal?: AbortSignal,
): Promise<VectorIndexReport & { readonly created: readonly string[] }> {
  const { created } = await createItems(connection, indexes.map(itemOf), signal);
  const { driver, database } = connection;
  try {
    if (created.length > 0)
      await driver.executeQuery('CALL db.awaitIndexes($seconds)', { seconds: awaitIndexesSeconds }, { database });
  } catch (error) {
    throw translateError(error, connection);
  }
  return { created, ...(await compareVectorIndexes(connection, indexes)) };
}

/**
 * Drops the index of a model.
 *
 * @returns whether there was one
 * @throws GraphSyncError
 */
export async function dropVectorIndex(connection: GraphConnection, { name }: VectorIndex): Promise<boolean> {
  const { driver, database } = connection;
  try {
    const { summary } = await driver.executeQuery(`DROP INDEX ${name} IF EXISTS`, {}, { database });
    return summary.counters.updates().indexesRemoved > 0;
  } catch (error) {
    throw translateError(error, connection);
  }
}

function itemOf(definition: VectorIndex): SchemaItem {
  return { type: 'search index', supporting: false, definition };
}
