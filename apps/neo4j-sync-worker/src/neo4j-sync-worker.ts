import { QueueDisabledError } from '@hartonomous/broker-client';
import { createGraphWriter } from '@hartonomous/graph-sync';
import {
  ActivityReadiness,
  type RunningWorker,
  type WorkerContext,
  type WorkerDefinition,
} from '@hartonomous/worker-host';
import { probeGraph } from './apply-changes.ts';
import { BatchLog } from './batch-log.ts';
import { connectGraph, connectSqlServer } from './connect-servers.ts';
import { runMaintenance } from './maintenance.ts';
import type { Settings } from './options.ts';
import { OutageCircuit } from './outage-circuit.ts';
import { runReader, syncQueue } from './reader.ts';

/** What people call this worker: in logs, in service managers. */
export const workerName = 'neo4j-sync-worker';
export const workerDisplayName = 'Neo4j Sync Worker';

/** The worker as worker-host runs it. */
export function neo4jSyncWorker(settings: Settings): WorkerDefinition {
  return { name: workerName, displayName: workerDisplayName, start: (context) => start(settings, context) };
}

async function start(settings: Settings, context: WorkerContext): Promise<RunningWorker> {
  const { logger, drain, force } = context;
  const { Worker } = settings;
  const sqlReadiness = context.addDependency('sql-server');
  const graphReadiness = context.addDependency('neo4j');
  await using connections = new AsyncDisposableStack();
  // Both at a time, so that health tells of each; when one gives up, the other must not go on trying.
  const failed = new AbortController();
  const signal = AbortSignal.any([drain, failed.signal]);
  const giveUp = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const [sqlResult, graphResult] = await Promise.allSettled([
    connectSqlServer({ settings, logger, readiness: sqlReadiness, signal }).catch(giveUp),
    connectGraph({ settings, logger, readiness: graphReadiness, signal }).catch(giveUp),
  ]);
  if (sqlResult.status === 'fulfilled') connections.use(sqlResult.value);
  if (graphResult.status === 'fulfilled') connections.use(graphResult.value);
  signal.throwIfAborted();
  if (sqlResult.status === 'rejected') throw sqlResult.reason;
  if (graphResult.status === 'rejected') throw graphResult.reason;
  const client = sqlResult.value;
  const writer = createGraphWriter(graphResult.value);

  const circuit = new OutageCircuit({
    dependencies: {
      'sql-server': {
        readiness: sqlReadiness,
        probe: async (probing) => {
          const { isReceiveEnabled } = await client.queueStatus(syncQueue, { signal: probing });
          if (!isReceiveEnabled) throw new QueueDisabledError(`Queue ${syncQueue} has STATUS = OFF.`, syncQueue, {});
        },
      },
      neo4j: { readiness: graphReadiness, probe: (probing) => probeGraph(writer, probing) },
    },
    signal: drain,
  });
  const activities = Array.from({ length: Worker.Readers }, (_, index) => {
    const activity = new ActivityReadiness(`receive-${index + 1}`, { maxAgeMs: Worker.MaxReceiveAgeMs });
    context.addReadiness(activity);
    return activity;
  });

  const run = async (): Promise<void> => {
    logger.info({ readers: Worker.Readers, batchSize: Worker.BatchSize }, 'Polling Neo4jSyncQueue for messages...');
    const stopMaintenance = new AbortController();
    const maintenance = runMaintenance({
      client,
      writer,
      logger,
      intervalMs: Worker.PurgeIntervalMinutes * 60_000,
      tombstoneAgeMs: Math.round(Worker.TombstoneAgeMinutes * 60_000),
      logRetentionDays: Worker.LogRetentionDays,
      signal: AbortSignal.any([drain, stopMaintenance.signal]),
    });
    const stopReaders = new AbortController();
    const readersDrain = AbortSignal.any([drain, stopReaders.signal]);
    const batch = { writer, log: new BatchLog(logger), lockTimeoutMs: Worker.LockTimeoutMs, signal: force };
    try {
      await Promise.all(
        activities.map((activity) =>
          runReader({
            client,
            circuit,
            activity,
            logger,
            batchSize: Worker.BatchSize,
            waitMs: Worker.WaitMs,
            drain: readersDrain,
            batch,
          }).finally(() => stopReaders.abort()),
        ),
      );
    } finally {
      stopMaintenance.abort();
      await maintenance;
    }
  };
  const owned = connections.move();
  return { run, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
