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
 * @param mostRows of a result set that the server sends where only reading was asked for; a table may have more than fit into memory
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
  const options = { signal, context: { operation: 'running the given statements' } };
  if (isWrite) return { sets: await client.queryTables(text, {}, options) };
  requireReadOnlySql(text);
  await using transaction = await client.beginTransaction();
  // In the first line, so that lines of errors are those of the text. It ends with the batch.
  const limit = mostRows === undefined ? '' : `SET ROWCOUNT ${Math.trunc(mostRows)}; `;
  const sets = await transaction.queryTables(`${limit}${text}`, {}, options);
  await transaction.rollback();
  return { sets };
}
