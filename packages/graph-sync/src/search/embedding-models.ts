import { atomVectors } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';

/** A model whose vectors the graph has. */
export interface GraphEmbeddingModel {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly dimension: number;
  /** Whether searches take it where nobody names another one. */
  readonly isRead: boolean;
}

const { label, key } = atomVectors.model;
const readModelsStatement =
  `MATCH (m:${label}) WHERE m.syncSequence IS NOT NULL RETURN m.${key} AS key, m.name AS name, m.version AS version, ` +
  'm.dimension AS dimension, coalesce(m.isRead, false) AS isRead ORDER BY key';

const modelRow = z.object({
  key: z.string(),
  name: z.string(),
  version: z.string(),
  dimension: z.bigint().transform(Number),
  isRead: z.boolean(),
});

/**
 * The models that the graph has vectors of, or had, by their keys. Which one is read is what the last batch with vectors found in
 * SQL.
 *
 * @throws GraphSyncError
 */
export async function readEmbeddingModels(connection: GraphConnection): Promise<readonly GraphEmbeddingModel[]> {
  const { driver, database } = connection;
  try {
    const { records } = await driver.executeQuery(readModelsStatement, {}, { database });
    return records.map((record) => modelRow.parse(record.toObject()));
  } catch (error) {
    throw translateError(error, connection);
  }
}
