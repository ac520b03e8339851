import { type BrokerTransaction, sqlParameter, type UncheckedRow } from '@hartonomous/broker-client';
import { type AnyEntity, LOAD_QUERY_PARAMETER, loadQuery, loadQueryIds } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** Limits of a read inside a batch. */
export interface ReadOptions {
  /** Milliseconds to wait for locks of other transactions; what waits longer fails with a transient error. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

const sequenceRow = z.object({
  sequence: z.union([z.string().regex(/^\d+$/), z.number(), z.bigint()]).transform((value) => BigInt(value)),
});

const anyRow: z.ZodType<UncheckedRow> = z.record(z.string(), z.unknown());

/**
 * Takes the batch's fencing number. To be called after the RECEIVE and before the reads: a batch that reads an older
 * state then has a smaller number than the one that will receive the message of the newer state (design, section 4).
 */
export async function nextSyncSequence(transaction: BrokerTransaction, signal: AbortSignal): Promise<bigint> {
  const rows = await transaction.query(
    'SELECT NEXT VALUE FOR [dbo].[GraphSyncSequence] AS [sequence];',
    {},
    sequenceRow.transform(({ sequence }) => sequence),
    { signal, context: { operation: 'taking a number from dbo.GraphSyncSequence' } },
  );
  const [sequence] = rows;
  if (sequence === undefined) throw new TypeError('NEXT VALUE FOR returned no row.');
  return sequence;
}

/**
 * Reads the present rows of entities of one type, in one statement, at the transaction's READ COMMITTED.
 *
 * @returns rows as the driver gives them; ids without a row are absent
 * @throws TransientSqlError when a row stays locked for longer than `lockTimeoutMs`
 */
export function loadRows(
  transaction: BrokerTransaction,
  entity: AnyEntity,
  ids: Iterable<bigint>,
  { lockTimeoutMs, signal }: ReadOptions,
): Promise<readonly UncheckedRow[]> {
  const { schema, name } = entity.table;
  return transaction.query(
    // In the same batch, because SET ends with the batch that a parameterized query is.
    `SET LOCK_TIMEOUT ${Math.trunc(lockTimeoutMs)};\n${loadQuery(entity)}`,
    { [LOAD_QUERY_PARAMETER]: sqlParameter.nvarchar(loadQueryIds(ids)) },
    anyRow,
    { signal, context: { operation: `reading ${schema}.${name}` } },
  );
}
