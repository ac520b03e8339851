import type { BrokerClient, SqlTable } from '@hartonomous/broker-client';
import { requireReadOnlySql } from './read-only-sql.ts';

/** What a batch of T-SQL answered. */
export interface SqlAnswer {
  readonly sets: readonly SqlTable[];
}

/**
 * Runs a batch of T-SQL of a person's own.
 *
 * @param isWrite false: the batch may only read, and is rolled back anyway
 * @param mostRows of each result set that are kept: a table may have more than fit into memory
 * @throws StatementRefusedError for a batch that may change something where only reading was asked for
 * @throws BrokerError
 */
export async function runSql(
  client: BrokerClient,
  text: string,
  isWrite: boolean,
  signal: AbortSignal,
  mostRows?: number,
): Promise<SqlAnswer> {
  const options = {
    signal,
    context: { operation: 'running the given statements' },
    ...(mostRows === undefined ? {} : { mostRows }),
  };
  if (isWrite) return { sets: await client.queryTables(text, {}, options) };
  requireReadOnlySql(text);
  await using transaction = await client.beginTransaction();
  const sets = await transaction.queryTables(text, {}, options);
  await transaction.rollback();
  return { sets };
}
