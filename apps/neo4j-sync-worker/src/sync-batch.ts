import { type ReceivedBatch, sqlParameter } from '@hartonomous/broker-client';
import { SequencePassedError } from '@hartonomous/graph-sync';
import {
  type AnyEntity,
  isLastOfDialog,
  messageRetries,
  syncLogParameter,
  syncLogProcedure,
  syncQueue,
} from '@hartonomous/provenance-schema';
import type { Tracer } from '@opentelemetry/api';
import { type AppliedChange, applyChanges, type ChangeWriter } from './apply-changes.ts';
import type { BatchLog } from './batch-log.ts';
import { type BatchResult, batchRecords } from './batch-records.ts';
import type { SequenceCheck } from './check-sequence.ts';
import { type CoalescedRequest, coalesce } from './coalesce.ts';
import { decodeMessages } from './decode-messages.ts';
import { loadRows } from './load-rows.ts';
import { type PlannedChange, planChanges, type RefusedRequest } from './plan-changes.ts';
import type { SyncMetrics } from './sync-metrics.ts';
import { type BatchStep, type RunStep, traceBatch } from './trace-batch.ts';

/** What {@link syncBatch} needs. */
export interface SyncBatchContext {
  readonly writer: ChangeWriter;
  readonly checkSequence: SequenceCheck;
  readonly log: BatchLog;
  readonly metrics: SyncMetrics;
  readonly tracer: Tracer;
  /** Name of the queue, for spans. */
  readonly queue: string;
  readonly lockTimeoutMs: number;
  /** Who does it, in the log; null: unknown to the database. */
  readonly workerInstanceId: number | null;
  /** Cuts the batch short: everything in SQL is rolled back. */
  readonly signal: AbortSignal;
}

/**
 * Does one batch: reads the messages, takes the fencing number, reads the rows, writes the graph, and then in the
 * transaction that received the messages writes log and dead letters, ends finished conversations, and commits.
 *
 * Neo4j commits before SQL. A crash between the two repeats the batch, and repeating it changes nothing.
 *
 * @throws SequenceBehindError when rows were newer in the graph because the sequence is behind it; nothing is committed in
 * SQL then
 * @throws BrokerError, GraphSyncError when a server is away; nothing is committed in SQL then
 */
export async function syncBatch(batch: ReceivedBatch, context: SyncBatchContext): Promise<void> {
  const { log, metrics, tracer } = context;
  const startedAt = performance.now();
  const messages = await metrics.stage('decode', () => decodeMessages(batch.messages));
  log.received(messages);
  const result = await traceBatch(tracer, { queue: context.queue, messages: messages.decoded }, async (step) => {
    const { writtenAt, ...synced } = await syncRequests(batch, coalesce(messages.decoded), context, step);
    const done: BatchResult = { ...synced, refusedMessages: messages.refused };
    await metrics.stage('record', () => step(recordStep, () => record(batch, done, context)));
    await metrics.stage('commit', () => step(commitStep, () => batch.commit()));
    metrics.committed(done, writtenAt);
    return done;
  });
  if (batch.messages.length > 0) log.committed(result, batch.messages.length, performance.now() - startedAt);
}

async function record(batch: ReceivedBatch, result: BatchResult, context: SyncBatchContext): Promise<void> {
  const { log, workerInstanceId, signal } = context;
  const records = batchRecords(result);
  if (records.log.length > 0) {
    const entries = sqlParameter.nvarchar(syncLogParameter(records.log));
    const parameters = { Entries: entries, WorkerInstanceId: sqlParameter.int(workerInstanceId) };
    await batch.transaction.execute(syncLogProcedure, parameters, { signal });
  }
  await batch.deadLetter(syncQueue.deadLetters, records.deadLetters, { signal });
  log.finishedConversations(batch.systemMessages);
  const over = batch.messages
    .filter(({ body }) => isLastOfDialog(body))
    .map(({ conversationHandle }) => conversationHandle);
  if (batch.systemMessages.length + over.length > 0) {
    await batch.keepErrors(messageRetries, await batch.endFinishedConversations({ signal }, over), { signal });
  }
}

const sqlServer = 'microsoft.sql_server';
const readStep: BatchStep = {
  name: 'SELECT entities',
  attributes: { 'db.system.name': sqlServer, 'db.operation.name': 'SELECT' },
};
const writeStep: BatchStep = {
  name: 'MERGE graph',
  attributes: { 'db.system.name': 'neo4j', 'db.operation.name': 'MERGE' },
};
const recordStep: BatchStep = {
  name: `EXECUTE ${syncLogProcedure}`,
  attributes: { 'db.system.name': sqlServer, 'db.stored_procedure.name': syncLogProcedure },
};
const commitStep: BatchStep = {
  name: 'COMMIT',
  attributes: { 'db.system.name': sqlServer, 'db.operation.name': 'COMMIT' },
};

/** What writing a batch came to, and when the graph had been committed (milliseconds since 1970). */
type SyncedRequests = Omit<BatchResult, 'refusedMessages'> & { readonly writtenAt: number };

/**
 * Times that a batch reads again because tombstones of its number are gone. Once is enough for one that was suspended; the
 * others are for one that is suspended again.
 */
const readsAtMost = 3;

async function syncRequests(
  { transaction }: ReceivedBatch,
  requests: readonly CoalescedRequest[],
  context: SyncBatchContext,
  step: RunStep,
): Promise<SyncedRequests> {
  const { writer, log, metrics, checkSequence, signal } = context;
  if (requests.length === 0) return { sequence: null, applied: [], refusedRequests: [], writtenAt: Date.now() };
  for (let read = 1; ; read += 1) {
    const { sequence, planned, refused } = await metrics.stage('read', () =>
      step(readStep, () => readRows(transaction, requests, context)),
    );
    log.executing(planned);
    try {
      const written = await metrics.stage('write', () =>
        step(writeStep, () => applyChanges(writer, planned, sequence, signal)),
      );
      const writtenAt = Date.now();
      if (written.applied.some(isStale)) await checkSequence(signal);
      return { sequence, applied: written.applied, refusedRequests: [...refused, ...written.refused], writtenAt };
    } catch (error) {
      if (!(error instanceof SequencePassedError)) throw error;
      // A number that is no greater than before would be refused again.
      await checkSequence(signal);
      if (read === readsAtMost) throw error;
      log.readsAgain(error);
    }
  }
}

interface ReadChanges {
  readonly sequence: bigint;
  readonly planned: readonly PlannedChange[];
  readonly refused: readonly RefusedRequest[];
}

async function readRows(
  transaction: ReceivedBatch['transaction'],
  requests: readonly CoalescedRequest[],
  { lockTimeoutMs, signal }: SyncBatchContext,
): Promise<ReadChanges> {
  const ids = new Map<AnyEntity, bigint[]>();
  for (const { entity, entityId } of requests) {
    const known = ids.get(entity);
    if (known === undefined) ids.set(entity, [entityId]);
    else known.push(entityId);
  }
  const { sequence, rows, vectors } = await loadRows(transaction, ids, { lockTimeoutMs, signal });
  return { sequence, ...planChanges(requests, rows, vectors) };
}

function isStale({ outcome }: AppliedChange): boolean {
  return outcome === 'STALE';
}
