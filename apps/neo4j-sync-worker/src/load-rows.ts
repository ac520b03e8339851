import {
  type BrokerTransaction,
  sqlParameter,
  type UncheckedRow,
  UnexpectedRowsError,
} from '@hartonomous/broker-client';
import {
  type AnyEntity,
  atom,
  atomVectorsQuery,
  atomVectorsSets,
  loadQuery,
  loadQueryIds,
} from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** Limits of a read inside a batch. */
export interface ReadOptions {
  /** Milliseconds to wait for locks of other transactions, all reads together; what waits longer fails with a transient error. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a batch reads. */
export interface LoadedRows {
  /** The batch's fencing number. */
  readonly sequence: bigint;
  /** Rows as the driver gives them; ids without a row are absent. */
  readonly rows: ReadonlyMap<AnyEntity, readonly UncheckedRow[]>;
  /** Rows of the embedding models, and of the atoms' vectors; `null` where no atoms were read. */
  readonly vectors: VectorRows | null;
}

/** Rows as the driver gives them. */
export interface VectorRows {
  readonly models: readonly UncheckedRow[];
  readonly vectors: readonly UncheckedRow[];
}

const sequenceRows = z.tuple([
  z.object({
    sequence: z.union([z.string().regex(/^\d+$/), z.number(), z.bigint()]).transform((value) => BigInt(value)),
  }),
]);

/**
 * Takes the batch's fencing number and reads the present rows of its entities, one statement per type, and the vectors of
 * atoms, in one round trip. To
 * be called after the RECEIVE; the number comes before the reads: a batch that reads an older state then has a smaller
 * number than the one that will receive the message of the newer state (decision 004). The reads are at the
 * transaction's READ COMMITTED.
 *
 * @param ids by entity type
 * @throws TransientSqlError when a row stays locked for longer than `lockTimeoutMs`
 * @throws UnexpectedRowsError when the database isn't the one that is declared
 */
export async function loadRows(
  transaction: BrokerTransaction,
  ids: ReadonlyMap<AnyEntity, Iterable<bigint>>,
  { lockTimeoutMs, signal }: ReadOptions,
): Promise<LoadedRows> {
  // In the order of their names, so that batches of the same types have the same text, and SQL Server one plan for them.
  const entities = [...ids.keys()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parameterOf = (entity: AnyEntity) => `ids${entity.name}`;
  const isOfAtoms = ids.has(atom);
  const reads = entities.length + (isOfAtoms ? 1 : 0);
  const sql = [
    'SELECT NEXT VALUE FOR [dbo].[GraphSyncSequence] AS [sequence];',
    // In the same batch as the reads, because SET ends with the batch that a parameterized query is. It counts for each
    // statement, and together they must not outlast the time-out of the request, which looks like a server that is away.
    `SET LOCK_TIMEOUT ${Math.trunc(lockTimeoutMs / Math.max(1, reads))};`,
    // Error 1222 ends its statement only, and the other reads would wait after it; TRY ends the batch with it, and unlike
    // XACT_ABORT leaves the transaction, which has received, as it is.
    'BEGIN TRY',
    ...entities.map((entity) => loadQuery(entity, parameterOf(entity))),
    ...(isOfAtoms ? [atomVectorsQuery(parameterOf(atom))] : []),
    'END TRY',
    'BEGIN CATCH',
    '  THROW;',
    'END CATCH;',
  ];
  const parameters = entities.map(
    (entity) => [parameterOf(entity), sqlParameter.nvarchar(loadQueryIds(ids.get(entity) ?? []))] as const,
  );
  const tables = entities.map(({ table }) => `${table.schema}.${table.name}`);
  const operation = `taking a number from dbo.GraphSyncSequence and reading ${tables.join(', ')}`;
  const [numbers, ...sets] = await transaction.querySets(sql.join('\n'), Object.fromEntries(parameters), {
    signal,
    context: { operation },
  });
  const taken = sequenceRows.safeParse(numbers);
  if (!taken.success || sets.length !== entities.length + (isOfAtoms ? atomVectorsSets : 0)) {
    throw new UnexpectedRowsError(
      `SQL Server answered with unexpected rows while ${operation}. The database objects may be of another version than ` +
        'this program; deploy them again.',
      { cause: taken.error },
    );
  }
  const [{ sequence }] = taken.data;
  const [models = [], vectors = []] = sets.slice(entities.length);
  return {
    sequence,
    rows: new Map(entities.map((entity, n) => [entity, sets[n] ?? []])),
    vectors: isOfAtoms ? { models, vectors } : null,
  };
}
