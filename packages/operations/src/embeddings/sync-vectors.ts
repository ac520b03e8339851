import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { DatabaseModel } from './models.ts';

const sliceRow = z.object({
  last: z.union([z.string(), z.number()]).transform(BigInt).nullable(),
  atoms: z.int(),
});

/** Atoms per transaction. Too many: its locks escalate to whole tables. */
const sliceAtoms = 1_000;

/**
 * Has the sync worker bring the vectors of a model to the graph, or take them out of it: enqueues the atoms that have one. For a model
 * that came into use, or went out of it, with vectors that are there.
 *
 * @param atMost atoms; of one, the graph learns which model is read
 * @returns how many atoms were enqueued
 */
export async function syncVectors(
  client: BrokerClient,
  { id, key }: Pick<DatabaseModel, 'id' | 'key'>,
  atMost: number,
  signal: AbortSignal,
): Promise<number> {
  let [after, enqueued] = [0n, 0];
  while (enqueued < atMost) {
    const count = Math.min(sliceAtoms, atMost - enqueued);
    const [slice] = await client.query(
      `SET XACT_ABORT ON;
       DECLARE @Atoms [dbo].[EmbeddingAtomList];
       BEGIN TRANSACTION;
       INSERT INTO @Atoms ([AtomId])
       SELECT TOP (${count}) e.[AtomId]
       FROM [dbo].[AtomEmbedding] AS e
       WHERE e.[EmbeddingModelId] = @Id AND e.[AtomId] > @After
       ORDER BY e.[AtomId];
       EXEC [dbo].[sp_SyncEmbeddedAtoms] @Atoms = @Atoms;
       COMMIT TRANSACTION;
       SELECT MAX(n.[AtomId]) AS [last], COUNT(*) AS [atoms] FROM @Atoms AS n;`,
      { Id: id, After: after },
      sliceRow,
      { signal, context: { operation: `enqueuing atoms with vectors of the model ${key}` } },
    );
    if (slice === undefined || slice.last === null) return enqueued;
    enqueued += slice.atoms;
    after = slice.last;
  }
  return enqueued;
}
