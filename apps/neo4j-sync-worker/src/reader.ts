import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import type { ActivityReadiness, Logger } from '@hartonomous/worker-host';
import { backOffMs } from './back-off.ts';
import { classifyFailure, reasonOf } from './failure.ts';
import type { OutageCircuit, Passage } from './outage-circuit.ts';
import { type SyncBatchContext, syncBatch } from './sync-batch.ts';

/** The queue that the worker takes its messages from. */
export const syncQueue = 'dbo.Neo4jSyncQueue';

/** What a reader needs. */
export interface ReaderContext {
  readonly client: Pick<BrokerClient, 'receiveBatch'>;
  readonly circuit: OutageCircuit;
  /** Told of every completed RECEIVE, also an empty one. */
  readonly activity: ActivityReadiness;
  readonly logger: Logger;
  readonly batchSize: number;
  readonly waitMs: number;
  /** Ends the wait for messages; the batch in hand is finished. */
  readonly drain: AbortSignal;
  /** For the work on a batch; its `signal` cuts that short. */
  readonly batch: SyncBatchContext;
}

/**
 * Failures in a row of one reader that still pass for bad luck (a deadlock, a lock that somebody holds). Fewer, and a
 * single long transaction in SQL stops all readers; more, and a server in trouble is bothered that much longer.
 */
const maxTransientFailures = 3;

/** Pauses after bad luck, in milliseconds: long enough for the other transaction to end, short beside a long poll. */
const transientBackOff = { baseMs: 100, maxMs: 1_000 };

/**
 * Receives and syncs batch after batch until `drain` is aborted. Outages are waited out in the circuit, with all
 * readers; rejects only for defects and for a forced stop.
 */
export async function runReader(context: ReaderContext): Promise<void> {
  const { circuit, drain, batch, logger } = context;
  let transientFailures = 0;
  while (!drain.aborted) {
    let passage: Passage | undefined;
    try {
      passage = await circuit.enter(drain);
      await receiveAndSync(context, passage);
      circuit.succeeded(passage);
      transientFailures = 0;
    } catch (error) {
      // The long poll, or the wait for the end of an outage, was ended: there is nothing in hand.
      if (drain.aborted && error === drain.reason) return;
      batch.signal.throwIfAborted();
      const failure = classifyFailure(error);
      if (failure.kind === 'fatal' || passage === undefined) throw error;
      transientFailures += 1;
      if (failure.kind === 'transient' && !passage.isTrial && transientFailures <= maxTransientFailures) {
        logger.warn(
          { dependency: failure.dependency, attempt: transientFailures, reason: reasonOf(failure.error) },
          'A batch was rolled back and will be received again',
        );
        const ms = backOffMs(transientFailures, transientBackOff);
        await pause(ms, undefined, { signal: drain }).catch(() => undefined);
      } else {
        transientFailures = 0;
        circuit.failed(passage, failure.dependency, failure.error);
      }
    }
  }
}

async function receiveAndSync(context: ReaderContext, { isTrial }: Passage): Promise<void> {
  const { client, activity, batchSize, waitMs, drain } = context;
  // The trial must not wait for a message: until it has ended, no other reader receives.
  await using batch = await client.receiveBatch({
    queue: syncQueue,
    batchSize,
    waitMs: isTrial ? 0 : waitMs,
    signal: drain,
  });
  activity.completed();
  await syncBatch(batch, context.batch);
}
