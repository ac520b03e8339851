import { observeQueueWatch, ReceiveLoop, watchUpstream } from '@hartonomous/broker-client';
import { createGraphWriter } from '@hartonomous/graph-sync';
import { syncQueue as declaredQueue, MESSAGE_RETRIES } from '@hartonomous/provenance-schema';
import {
  ActivityReadiness,
  type DependencyReadiness,
  type RunningWorker,
  reasonOf,
  type WorkerContext,
  type WorkerDefinition,
} from '@hartonomous/worker-host';
import { probeGraph } from './apply-changes.ts';
import { BatchLog } from './batch-log.ts';
import { sequenceCheck, unlessGraphIsAway, waitForSequence } from './check-sequence.ts';
import { connectGraph, connectSqlServer } from './connect-servers.ts';
import { classifyFailure, type DependencyName } from './failure.ts';
import { runMaintenance } from './maintenance.ts';
import type { Settings } from './options.ts';
import { syncBatch } from './sync-batch.ts';
import { SyncMetrics } from './sync-metrics.ts';

/** What people call this worker: in logs, in service managers. */
export const workerName = 'neo4j-sync-worker';
export const workerDisplayName = 'Neo4j Sync Worker';

/** The queue that the worker takes its messages from. */
export const syncQueue = 'dbo.Neo4jSyncQueue';

/** The worker as worker-host runs it. */
export function neo4jSyncWorker(settings: Settings): WorkerDefinition {
  return {
    name: workerName,
    displayName: workerDisplayName,
    namespace: 'hartonomous',
    start: (context) => start(settings, context),
  };
}

/** Batches that fail are halved down to this where the settings name no other minimum. */
const leastBatchSize = 100;

/** Full batches under way where the settings say nothing else; see `Worker:MessagesInHand`. */
const batchesInHand = 2.5;

function batchSizeBounds({ BatchSize, MinBatchSize, TargetBatchMs }: Settings['Worker']) {
  return { min: MinBatchSize ?? Math.min(BatchSize, leastBatchSize), max: BatchSize, targetMs: TargetBatchMs };
}

async function start(settings: Settings, context: WorkerContext): Promise<RunningWorker> {
  const { logger, drain, force } = context;
  const { Worker } = settings;
  const readiness: Record<DependencyName, DependencyReadiness> = {
    'sql-server': context.addDependency('sql-server'),
    neo4j: context.addDependency('neo4j'),
  };
  await using connections = new AsyncDisposableStack();
  // Both at a time, so that health tells of each; when one gives up, the other must not go on trying.
  const failed = new AbortController();
  const signal = AbortSignal.any([drain, failed.signal]);
  const giveUp = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const connecting = { settings, logger, signal };
  const [sqlResult, graphResult] = await Promise.allSettled([
    connectSqlServer(syncQueue, { ...connecting, readiness: readiness['sql-server'] }).catch(giveUp),
    connectGraph({ ...connecting, readiness: readiness.neo4j }).catch(giveUp),
  ]);
  if (sqlResult.status === 'fulfilled') connections.use(sqlResult.value);
  if (graphResult.status === 'fulfilled') connections.use(graphResult.value);
  signal.throwIfAborted();
  if (sqlResult.status === 'rejected') throw sqlResult.reason;
  if (graphResult.status === 'rejected') throw graphResult.reason;
  const client = sqlResult.value;
  const metrics = new SyncMetrics(context.meter);
  const writer = createGraphWriter(graphResult.value, {
    transactionTimeoutMs: Worker.StatementTimeoutMs,
    onRetry: () => metrics.retried(),
  });

  const checkSequence = sequenceCheck({ client, graph: graphResult.value, warning: context.addWarning('sequence') });
  await waitForSequence(checkSequence, {
    signal: drain,
    onFailed: (error) => {
      const failure = classifyFailure(error);
      if (failure.kind === 'fatal') throw error;
      readiness[failure.dependency].down(reasonOf(error));
    },
  });
  for (const dependency of Object.values(readiness)) dependency.up();

  const activities = Array.from({ length: Worker.Readers }, (_, reader) => {
    const activity = new ActivityReadiness(`receive-${reader + 1}`, { maxAgeMs: Worker.MaxReceiveAgeMs });
    context.addReadiness(activity);
    return activity;
  });
  const batchContext = {
    writer,
    checkSequence,
    metrics,
    log: new BatchLog(logger),
    tracer: context.tracer,
    queue: syncQueue,
    lockTimeoutMs: Worker.LockTimeoutMs,
  };
  const loop = new ReceiveLoop<DependencyName>({
    client,
    queue: syncQueue,
    readers: Worker.Readers,
    batchSize: batchSizeBounds(Worker),
    messagesInHand: Worker.MessagesInHand ?? Math.ceil(batchesInHand * Worker.BatchSize),
    waitMs: Worker.WaitMs,
    handler: (batch, { signal }) => syncBatch(batch, { ...batchContext, signal }),
    retries: { ...MESSAGE_RETRIES, deadLetters: declaredQueue.deadLetters },
    classify: classifyFailure,
    probes: {
      // The database that comes back may be a restored one.
      'sql-server': async (probing) => {
        await client.probeQueue(syncQueue, { signal: probing });
        await checkSequence(probing).catch(unlessGraphIsAway);
      },
      neo4j: (probing) => probeGraph(writer, probing),
    },
    hooks: {
      onReceived: ({ reader }) => activities[reader]?.completed(),
      onFailed: ({ dependency, attempt, error, isRetriedAtOnce }) => {
        if (!isRetriedAtOnce) return;
        logger.warn({ dependency, attempt, reason: reasonOf(error) }, 'A batch failed and will be tried again');
      },
      onNotKept: ({ error }) =>
        logger.warn(
          { reason: reasonOf(error) },
          'A batch that failed could not be kept for another try and is rolled back',
        ),
      onRolledBack: ({ batch }) =>
        logger.warn({ messages: batch.messages.length }, 'A transaction that had received messages was rolled back'),
      onAway: (dependency, error) => readiness[dependency].down(reasonOf(error)),
      onBack: (dependency) => readiness[dependency].up(),
    },
    meter: context.meter,
  });

  const watch = watchUpstream({
    client,
    queue: syncQueue,
    retries: MESSAGE_RETRIES,
    intervalMs: Worker.WatchIntervalMs,
    addWarning: context.addWarning,
  });
  observeQueueWatch(context.meter, syncQueue, watch);

  const run = async (): Promise<void> => {
    logger.info({ readers: Worker.Readers, batchSize: Worker.BatchSize }, 'Polling Neo4jSyncQueue for messages...');
    const stopBesides = new AbortController();
    const signal = AbortSignal.any([drain, stopBesides.signal]);
    const watching = watch.run(signal);
    const maintenance = runMaintenance({
      client,
      writer,
      logger,
      intervalMs: Worker.PurgeIntervalMinutes * 60_000,
      tombstoneAgeMs: Math.round(Worker.TombstoneAgeMinutes * 60_000),
      logRetentionDays: Worker.LogRetentionDays,
      signal,
    });
    try {
      await loop.run({ drain, force });
    } finally {
      stopBesides.abort();
      await Promise.all([maintenance, watching]);
    }
  };
  const owned = connections.move();
  return { run, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
