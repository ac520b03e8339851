import type { BrokerClient } from '@hartonomous/broker-client';
import { type GraphConnection, readGreatestSequence } from '@hartonomous/graph-sync';
import { currentFencingNumber, fencingState, SequenceBehindError } from '@hartonomous/provenance-schema';
import type { Warning } from '@hartonomous/worker-host';
import { z } from 'zod';

/** What {@link sequenceCheck} looks at, and where it says what it can't see. */
export interface SequenceCheckContext {
  readonly client: Pick<BrokerClient, 'query'>;
  readonly graph: GraphConnection;
  readonly warning: Pick<Warning, 'raise' | 'clear'>;
}

/**
 * Checks whether the sequence is behind the graph.
 *
 * @throws SequenceBehindError when it is; then nothing may be received
 * @throws BrokerError, GraphSyncError when a server is away; the reason of the signal
 */
export type SequenceCheck = (signal: AbortSignal) => Promise<void>;

const currentRow = z.object({ current: z.string().transform((text) => BigInt(text)) });

/**
 * The check of the sequence against the graph. It is to be made before anything is received, after each outage of SQL Server,
 * and where a batch has met newer rows in the graph.
 */
export function sequenceCheck({ client, graph, warning }: SequenceCheckContext): SequenceCheck {
  return async (signal) => {
    // In this order: other workers go on meanwhile, and what they write with has been handed out before.
    const greatest = await readGreatestSequence(graph);
    const [row] = await client.query(currentFencingNumber, {}, currentRow, {
      signal,
      context: { operation: 'looking at dbo.GraphSyncSequence' },
    });
    const state = fencingState(greatest, row?.current ?? null);
    if (state.state === 'behind') throw new SequenceBehindError(state);
    if (state.state === 'unseen') warning.raise(`${state.reason} ${state.action}`);
    else warning.clear();
  };
}
