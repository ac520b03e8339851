import type { Driver } from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import { onDriver } from './on-driver.ts';
import { translateError } from './translate-error.ts';
import { writerLockConstraint } from './write-transaction.ts';

// In a statement of its own, not in a write transaction: nobody is to wait for it, and it waits for nobody.
const readGreatestStatement = `MATCH (lock:${writerLockConstraint.label} {name: 'graph-sync'}) RETURN lock.greatestSequence AS greatest`;

const lockRows = z.tuple([z.object({ greatest: z.bigint().nullable() })]).or(z.tuple([]));

/**
 * The greatest fencing number that any batch has written with. Where the sequence that hands the numbers out is behind it (a
 * restored database), changes are taken for old ones. Compare with the sequence as it is after this call, never before: it
 * goes on meanwhile.
 *
 * @param timeoutMs longest wait for the answer, in milliseconds @default 10000
 * @returns 0 for a graph that nothing was ever written to; `null` when the graph doesn't know, because an older version wrote
 * it and its migration hasn't been applied yet
 * @throws GraphSyncError
 */
export async function readGreatestSequence(connection: GraphConnection, timeoutMs = 10_000): Promise<bigint | null> {
  const { database } = connection;
  try {
    const ask = (driver: Driver) => driver.executeQuery(readGreatestStatement, {}, { database });
    const { records } = await onDriver(connection, timeoutMs, ask);
    const [lock] = lockRows.parse(records.map((record) => record.toObject()));
    return lock === undefined ? 0n : lock.greatest;
  } catch (error) {
    throw translateError(error, connection);
  }
}
