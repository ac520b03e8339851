import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient, ReceivedBatch } from '@hartonomous/broker-client';
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
  const { circuit, drain } = context;
  const reader: ReaderState = { hasReceived: false, transientFailures: 0 };
  while (!drain.aborted) {
    try {
      await receiveAndSync(context, await circuit.enter(drain), reader);
    } catch (error) {
      // The wait for a message, or for the end of an outage, was ended: there is nothing in hand.
      if (drain.aborted && error === drain.reason) return;
      throw error;
    }
    if (reader.transientFailures > 0) {
      const ms = backOffMs(reader.transientFailures, transientBackOff);
      await pause(ms, undefined, { signal: drain }).catch(() => undefined);
    }
  }
}

interface ReaderState {
  hasReceived: boolean;
  /** In a row. */
  transientFailures: number;
}

async function receiveAndSync(context: ReaderContext, passage: Passage, reader: ReaderState): Promise<void> {
  const { client, circuit, activity, batchSize, drain } = context;
  const signal = AbortSignal.any([drain, passage.interrupted]);
  // The first receive doesn't wait, because health says `ready` when it has come back; and the trial must not wait for a
  // message, because until it has ended no other reader receives.
  const waitMs = passage.isTrial || !reader.hasReceived ? 0 : context.waitMs;
  let received: ReceivedBatch;
  try {
    received = await client.receiveBatch({ queue: syncQueue, batchSize, waitMs, signal });
  } catch (error) {
    if (drain.aborted) throw drain.reason;
    if (!passage.interrupted.aborted) handleFailure(context, passage, reader, error);
    return;
  }
  await using batch = received;
  activity.completed();
  reader.hasReceived = true;
  try {
    await syncBatch(batch, context.batch);
  } catch (error) {
    // Before the rollback: the messages are not to go to another reader, which would fail as well.
    handleFailure(context, passage, reader, error);
    return;
  }
  circuit.succeeded(passage);
  reader.transientFailures = 0;
}

/** @throws the error itself when it is a defect, the reason of a forced stop when that caused it */
function handleFailure(context: ReaderContext, passage: Passage, reader: ReaderState, error: unknown): void {
  const { circuit, batch, logger } = context;
  batch.signal.throwIfAborted();
  const failure = classifyFailure(error);
  if (failure.kind === 'fatal') throw error;
  reader.transientFailures += 1;
  if (failure.kind === 'transient' && !passage.isTrial && reader.transientFailures <= maxTransientFailures) {
    logger.warn(
      { dependency: failure.dependency, attempt: reader.transientFailures, reason: reasonOf(failure.error) },
      'A batch was rolled back and will be received again',
    );
    return;
  }
  reader.transientFailures = 0;
  circuit.failed(passage, failure.dependency, failure.error);
}
