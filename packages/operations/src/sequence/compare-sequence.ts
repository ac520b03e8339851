import { BrokerError, type SqlSession } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { type GraphConnection, readGreatestSequence } from '@hartonomous/graph-sync';
import { currentFencingNumber, type FencingState, fencingSequence, fencingState } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { failureOf } from '../failure.ts';
import { openSqlServer } from '../servers/sql-server.ts';

const currentRow = z.object({ current: z.string().transform((text) => BigInt(text)) });

/**
 * Whether the sequence that hands out fencing numbers is behind the graph: a database that was restored.
 *
 * @throws GraphSyncError, BrokerError; the reason of `signal`
 */
export async function compareSequence(
  graph: GraphConnection,
  session: Pick<SqlSession, 'query'>,
  signal?: AbortSignal,
): Promise<FencingState> {
  // In this order: workers go on meanwhile, and what they write with has been handed out before.
  const greatest = await readGreatestSequence(graph);
  const context = { operation: `looking at ${fencingSequence}` };
  const options = signal === undefined ? { context } : { context, signal };
  const [row] = await session.query(currentFencingNumber, {}, currentRow, options);
  return fencingState(greatest, row?.current ?? null);
}

/**
 * As {@link compareSequence}; a SQL Server that can't be asked is part of the answer, `unseen`.
 *
 * @throws GraphSyncError; the reason of `signal`
 */
export async function compareSequenceOf(
  graph: GraphConnection,
  database: SqlConnectionSettings,
  signal?: AbortSignal,
): Promise<FencingState> {
  try {
    await using client = await openSqlServer(database, { signal });
    return await compareSequence(graph, client, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const failure = error instanceof BrokerError ? failureOf(error) : undefined;
    if (failure === undefined) throw error;
    return {
      state: 'unseen',
      reason: `Whether ${fencingSequence} is behind the graph could not be checked: ${failure.code}: ${failure.message}`,
      action: 'Put that right first.',
    };
  }
}
