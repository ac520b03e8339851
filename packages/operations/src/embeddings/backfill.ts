import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { DatabaseModel } from './models.ts';

/** What a backfill has made, or would make, so far. */
export interface BackfillState {
  readonly jobs: number;
  /** Characters of the texts. */
  readonly characters: number;
  /** Atoms up to this one have been looked at. */
  readonly lastAtomId: bigint;
}

const sliceRow = z.object({
  last: z.union([z.string(), z.number()]).transform(BigInt).nullable(),
  jobs: z.int(),
  characters: z.coerce.number(),
});

/** Atoms examined in one call. Too many: locks escalate to whole tables. */
const sliceAtoms = 2_000;

/**
 * Makes jobs for all atoms that have no embedding of a model and no job for one. Yields after each slice, which is a transaction of
 * its own: what is done stays whenever it is ended.
 *
 * @param isDryRun only counts
 */
export async function* backfillEmbeddings(
  client: BrokerClient,
  { id, key }: Pick<DatabaseModel, 'id' | 'key'>,
  isDryRun: boolean,
  signal: AbortSignal,
): AsyncGenerator<BackfillState> {
  let state: BackfillState = { jobs: 0, characters: 0, lastAtomId: 0n };
  for (;;) {
    const [slice] = await client.query(
      `DECLARE @Last BIGINT, @Jobs INT, @Characters BIGINT;
       EXEC [dbo].[sp_BackfillEmbeddings] @EmbeddingModelId = @Id, @AfterAtomId = @After, @Count = ${sliceAtoms},
         @IsDryRun = @IsDryRun, @LastAtomId = @Last OUTPUT, @Jobs = @Jobs OUTPUT, @Characters = @Characters OUTPUT;
       SELECT @Last AS [last], @Jobs AS [jobs], @Characters AS [characters];`,
      { Id: id, After: state.lastAtomId, IsDryRun: isDryRun },
      sliceRow,
      { signal, context: { operation: `making embedding jobs for the model ${key}` } },
    );
    if (slice === undefined || slice.last === null) return;
    state = {
      jobs: state.jobs + slice.jobs,
      characters: state.characters + slice.characters,
      lastAtomId: slice.last,
    };
    yield state;
  }
}
