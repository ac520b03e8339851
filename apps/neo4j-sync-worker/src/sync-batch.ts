import { type ReceivedBatch, sqlParameter, type UncheckedRow } from '@hartonomous/broker-client';
import {
  type AnyEntity,
  DEAD_LETTER_PROCEDURE,
  SYNC_LOG_PROCEDURE,
  syncLogParameter,
} from '@hartonomous/provenance-schema';
import { applyChanges, type ChangeWriter } from './apply-changes.ts';
import type { BatchLog } from './batch-log.ts';
import { type BatchResult, batchRecords } from './batch-records.ts';
import { type CoalescedRequest, coalesce } from './coalesce.ts';
import { decodeMessages } from './decode-messages.ts';
import { loadRows, nextSyncSequence, type ReadOptions } from './load-rows.ts';
import { planChanges } from './plan-changes.ts';

/** What {@link syncBatch} needs. */
export interface SyncBatchContext {
  readonly writer: ChangeWriter;
  readonly log: BatchLog;
  readonly lockTimeoutMs: number;
  /** Cuts the batch short: everything in SQL is rolled back. */
  readonly signal: AbortSignal;
}

/**
 * Does one batch: reads the messages, takes the fencing number, reads the rows, writes the graph, and then in the
 * transaction that received the messages writes log and dead letters, ends finished conversations, and commits.
 *
 * Neo4j commits before SQL. A crash between the two repeats the batch, and repeating it changes nothing.
 *
 * @throws BrokerError, GraphSyncError when a server is away; nothing is committed in SQL then
 */
export async function syncBatch(batch: ReceivedBatch, context: SyncBatchContext): Promise<void> {
  const { log, signal } = context;
  const startedAt = performance.now();
  const messages = decodeMessages(batch.messages);
  log.received(messages);
  const synced = await syncRequests(batch, coalesce(messages.decoded), context);
  const result: BatchResult = { ...synced, refusedMessages: messages.refused };

  const records = batchRecords(result);
  if (records.log.length > 0) {
    const entries = sqlParameter.nvarchar(syncLogParameter(records.log));
    await batch.transaction.execute(SYNC_LOG_PROCEDURE, { Entries: entries }, { signal });
  }
  await batch.deadLetter({ procedure: DEAD_LETTER_PROCEDURE }, records.deadLetters, { signal });
  log.finishedConversations(batch.systemMessages);
  if (batch.systemMessages.length > 0) await batch.endFinishedConversations({ signal });
  await batch.commit();
  if (batch.messages.length > 0) log.committed(result, batch.messages.length, performance.now() - startedAt);
}

async function syncRequests(
  { transaction }: ReceivedBatch,
  requests: readonly CoalescedRequest[],
  { writer, log, lockTimeoutMs, signal }: SyncBatchContext,
): Promise<Omit<BatchResult, 'refusedMessages'>> {
  if (requests.length === 0) return { sequence: null, applied: [], refusedRequests: [] };
  const sequence = await nextSyncSequence(transaction, signal);
  const rows = new Map<AnyEntity, readonly UncheckedRow[]>();
  const options: ReadOptions = { lockTimeoutMs, signal };
  for (const [entity, group] of Map.groupBy(requests, (request) => request.entity)) {
    rows.set(
      entity,
      await loadRows(
        transaction,
        entity,
        group.map(({ entityId }) => entityId),
        options,
      ),
    );
  }
  const { planned, refused } = planChanges(requests, rows);
  log.executing(planned);
  const { applied, refused: refusedByGraph } = await applyChanges(writer, planned, sequence, signal);
  return { sequence, applied, refusedRequests: [...refused, ...refusedByGraph] };
}
