import type { GraphSearchIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { GraphStatementError, LineageTimeoutError } from '../errors.ts';
import { readRows } from '../lineage/read-transaction.ts';
import { translateError } from '../translate-error.ts';
import { SearchIndexMissingError, SearchTimeoutError } from './search-errors.ts';

const shownState = z.object({ state: z.string() });

/** What {@link runSearch} takes besides the statement. */
export interface RunSearchOptions {
  readonly index: GraphSearchIndex;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a read that uses a search index, and checks its rows.
 *
 * @throws SearchIndexMissingError instead of the refusal that a missing index causes; SearchTimeoutError; other
 * GraphSyncErrors; the reason of `signal` when aborted
 */
export async function runSearch<Row>(
  connection: GraphConnection,
  row: z.ZodType<Row>,
  text: string,
  parameters: Readonly<Record<string, unknown>>,
  { index, timeoutMs, signal }: RunSearchOptions,
): Promise<Row[]> {
  try {
    return await readRows({ connection, timeoutMs }, signal, row, text, parameters);
  } catch (error) {
    if (error instanceof LineageTimeoutError) throw new SearchTimeoutError(timeoutMs, error);
    if (error instanceof GraphStatementError) await assertIndexIsThere(connection, index.name);
    throw error;
  }
}

async function assertIndexIsThere(connection: GraphConnection, name: string): Promise<void> {
  const { driver, database } = connection;
  const show = 'SHOW INDEXES YIELD name, state WHERE name = $name RETURN state';
  const { records } = await driver.executeQuery(show, { name }, { database }).catch((error: unknown) => {
    throw translateError(error, connection);
  });
  const [record] = records;
  const state = record === undefined ? undefined : shownState.parse(record.toObject()).state;
  if (state !== 'ONLINE') throw new SearchIndexMissingError(name, state);
}
