import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import { EmbeddingModelNotFullError } from './errors.ts';
import { type DatabaseModel, requireModel } from './models.ts';
import { type EmbeddingStatus, embeddingStatus, isFull } from './status.ts';
import { syncVectors } from './sync-vectors.ts';

/** What {@link readModel} found and did. */
export interface ReadSwitch {
  readonly status: EmbeddingStatus;
  readonly isFull: boolean;
  /** Whether searches read it already. */
  readonly wasRead: boolean;
  /** Atoms that were enqueued for the sync worker, so that the graph knows. */
  readonly enqueued: number;
}

/**
 * Has searches take the vectors of a model where nobody names one. The graph knows of it with the next batch of the sync worker.
 *
 * @throws EmbeddingModelUnknownError; EmbeddingModelNotFullError unless it is forced
 */
export async function readModel(
  client: BrokerClient,
  key: string,
  { isForced, isDryRun }: { readonly isForced: boolean; readonly isDryRun: boolean },
  signal: AbortSignal,
): Promise<ReadSwitch> {
  const model = await requireModel(client, key, signal);
  const status = await embeddingStatus(client, model, signal);
  const facts = { status, isFull: isFull(status) || (await isAllThere(client, model, signal)), wasRead: model.isRead };
  if (!facts.isFull && !isForced && !model.isRead) throw new EmbeddingModelNotFullError(key, status);
  if (isDryRun || model.isRead) return { ...facts, enqueued: 0 };
  await client.run(
    `SET XACT_ABORT ON;
     BEGIN TRANSACTION;
     UPDATE [dbo].[EmbeddingModel] SET [IsRead] = 0 WHERE [IsRead] = 1 AND [EmbeddingModelId] <> @Id;
     -- Full coverage has been decided about by hand.
     UPDATE [dbo].[EmbeddingModel] SET [IsRead] = 1, [FullAt] = ISNULL([FullAt], SYSUTCDATETIME()) WHERE [EmbeddingModelId] = @Id;
     COMMIT TRANSACTION;`,
    { Id: model.id },
    { signal, context: { operation: `having searches read the model ${key}` } },
  );
  return { ...facts, enqueued: await syncVectors(client, model, atomsToTell(model), signal) };
}

/** A model without types of atoms gets no jobs, like legacy-384: the vectors that it has are all that there will be. */
async function isAllThere(client: BrokerClient, { id, key, atomTypes }: DatabaseModel, signal: AbortSignal) {
  if (atomTypes.length > 0) return false;
  const some = await client.query(
    'SELECT TOP (1) 1 AS [some] FROM [dbo].[AtomEmbedding] AS e WHERE e.[EmbeddingModelId] = @Id;',
    { Id: id },
    z.object({ some: z.number() }),
    { signal, context: { operation: `looking for vectors of the model ${key}` } },
  );
  return some.length > 0;
}

/** The graph has no vectors of a model that was out of use: all of them go there. Otherwise one atom is enough to announce which model is read. */
function atomsToTell({ state }: DatabaseModel): number {
  return state === 'DISABLED' ? Number.MAX_SAFE_INTEGER : 1;
}
