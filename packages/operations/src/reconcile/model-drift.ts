import type { SqlSession } from '@hartonomous/broker-client';
import { type GraphConnection, type GraphDrift, readEmbeddingModels } from '@hartonomous/graph-sync';
import { z } from 'zod';

const modelRow = z.object({
  key: z.string(),
  name: z.string(),
  version: z.string(),
  dimension: z.int(),
  isRead: z.boolean(),
});
const carrierRow = z.object({ atomId: z.string().transform(BigInt), tenantId: z.int() });

/**
 * Models that the graph knows otherwise than SQL: which one searches read, above all. The graph learns of models with the vectors of an
 * atom, so what differs is reported for one that has some; where no atom has, searches find nothing whatever is read.
 *
 * @throws BrokerError, GraphSyncError
 */
export async function modelDrift(
  sql: SqlSession,
  graph: GraphConnection,
  signal: AbortSignal,
): Promise<readonly GraphDrift[]> {
  const known = new Map((await readEmbeddingModels(graph)).map((model) => [model.key, model]));
  if (known.size === 0) return [];
  const context = { operation: 'comparing embedding models with the graph' };
  const [carrier] = await sql.query(
    `SELECT TOP (1) e.[AtomId] AS [atomId], e.[TenantId] AS [tenantId]
     FROM [dbo].[EmbeddingModel] AS m
     INNER JOIN [dbo].[AtomEmbedding] AS e ON e.[EmbeddingModelId] = m.[EmbeddingModelId]
     WHERE m.[State] <> N'DISABLED' OR m.[IsRead] = 1;`,
    {},
    carrierRow,
    { signal, context },
  );
  if (carrier === undefined) return [];
  const models = await sql.query(
    `SELECT m.[ModelKey] AS [key], m.[ModelName] AS [name], m.[ModelVersion] AS [version], m.[Dimension] AS [dimension],
       m.[IsRead] AS [isRead]
     FROM [dbo].[EmbeddingModel] AS m ORDER BY m.[ModelKey];`,
    {},
    modelRow,
    { signal, context },
  );
  const details = models.flatMap((model) => {
    const found = known.get(model.key);
    if (found === undefined) return [];
    return (['name', 'version', 'dimension', 'isRead'] as const)
      .filter((property) => found[property] !== model[property])
      .map((property) => `${property} of the model ${model.key}`);
  });
  if (details.length === 0) return [];
  return [{ kind: 'different', entityId: carrier.atomId, tenantId: carrier.tenantId, details, syncSequence: null }];
}
