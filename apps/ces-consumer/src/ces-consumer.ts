import { randomUUID } from 'node:crypto';
import { createDefaultRegistry } from '@hartonomous/atomizers';
import {
  type BrokerClient,
  classifyBrokerFailure,
  connectQueue,
  hasOdbcDriver,
  observeQueueWatch,
  ReceiveLoop,
  watchUpstream,
} from '@hartonomous/broker-client';
import { resolveMssqlOptions } from '@hartonomous/config-loader';
import { ingestionQueue as declaredQueue, MESSAGE_RETRIES } from '@hartonomous/provenance-schema';
import {
  ActivityReadiness,
  type DependencyReadiness,
  type RunningWorker,
  reasonOf,
  type WorkerContext,
  type WorkerDefinition,
} from '@hartonomous/worker-host';
import { ingestMessage } from './ingest-message.ts';
import { IngestionMetrics } from './ingestion-metrics.ts';
import { Jobs } from './jobs.ts';
import { runMaintenance } from './maintenance.ts';
import type { Settings } from './options.ts';

/** What people call this worker: in logs, in service managers. */
export const workerName = 'ces-consumer';
export const workerDisplayName = 'CES Consumer';

/** The queue that the worker takes its messages from. */
export const ingestionQueue = 'dbo.IngestionQueue';

/** The worker as worker-host runs it. */
export function cesConsumer(settings: Settings): WorkerDefinition {
  return {
    name: workerName,
    displayName: workerDisplayName,
    namespace: 'hartonomous',
    start: (context) => start(settings, context),
  };
}

/** A reader's reads beside its transaction, maintenance, the probe of an outage, and the watch of the queue. */
const connectionsOf = (readers: number) => 2 * readers + 3;

async function start(settings: Settings, context: WorkerContext): Promise<RunningWorker> {
  const { logger, drain, force } = context;
  const { Worker } = settings;
  const readiness = context.addDependency('sql-server');
  const client = await connect(settings, context, readiness);
  const activities = Array.from({ length: Worker.Readers }, (_, reader) => {
    const activity = new ActivityReadiness(`receive-${reader + 1}`, { maxAgeMs: Worker.MaxReceiveAgeMs });
    context.addReadiness(activity);
    return activity;
  });
  const registry = createDefaultRegistry();
  const jobs = new Jobs(client, randomUUID());
  const metrics = new IngestionMetrics(context.meter);
  const onEnded = metrics.ended.bind(metrics);
  const loop = new ReceiveLoop<'sql-server'>({
    client,
    queue: ingestionQueue,
    readers: Worker.Readers,
    // One file, one transaction: no file can make another be rolled back.
    batchSize: 1,
    waitMs: Worker.WaitMs,
    handler: (batch, { signal }) => ingestMessage(batch, { client, registry, settings, jobs, logger, onEnded, signal }),
    classify: (error) => classifyBrokerFailure(error, 'sql-server'),
    retries: { ...MESSAGE_RETRIES, deadLetters: declaredQueue.deadLetters },
    probes: { 'sql-server': (probing) => client.probeQueue(ingestionQueue, { signal: probing }) },
    hooks: {
      onReceived: ({ reader }) => activities[reader]?.completed(),
      onFailed: ({ attempt, error, isRetriedAtOnce }) => {
        if (isRetriedAtOnce)
          logger.warn({ attempt, reason: reasonOf(error) }, 'A file was rolled back and will be received again');
      },
      onRolledBack: ({ batch }) =>
        logger.warn({ messages: batch.messages.length }, 'A transaction that had received messages was rolled back'),
      onAway: (_dependency, error) => readiness.down(reasonOf(error)),
      onBack: () => readiness.up(),
    },
    meter: context.meter,
  });
  const watch = watchUpstream({
    client,
    queue: ingestionQueue,
    retries: MESSAGE_RETRIES,
    addWarning: context.addWarning,
    intervalMs: Worker.WatchIntervalMs,
  });
  observeQueueWatch(context.meter, ingestionQueue, watch);

  const run = async (): Promise<void> => {
    logger.info(
      { readers: Worker.Readers, atomizers: registry.atomizers.length },
      'Polling IngestionQueue for messages...',
    );
    const stopBesides = new AbortController();
    const signal = AbortSignal.any([drain, stopBesides.signal]);
    const watching = watch.run(signal);
    const maintenance = runMaintenance({
      client,
      logger,
      intervalMs: Worker.PurgeIntervalMinutes * 60_000,
      jobRetentionDays: Worker.JobRetentionDays,
      signal,
    });
    try {
      await loop.run({ drain, force });
    } finally {
      stopBesides.abort();
      await Promise.all([maintenance, watching]);
    }
  };
  return { run, [Symbol.asyncDispose]: () => client.close() };
}

async function connect(
  settings: Settings,
  { logger, drain }: WorkerContext,
  readiness: DependencyReadiness,
): Promise<BrokerClient> {
  const sql = await resolveMssqlOptions(settings.ConnectionStrings.HartonomousDb, { hasOdbcDriver });
  const { client } = await connectQueue(
    ingestionQueue,
    {
      sql: { ...sql },
      requestTimeoutMs: settings.Worker.StatementTimeoutMs,
      maxConnections: connectionsOf(settings.Worker.Readers),
      // The call that next uses the connection reports it; this line tells when it broke.
      onConnectionError: (error) => logger.debug({ reason: reasonOf(error) }, 'An idle connection to SQL Server broke'),
    },
    { signal: drain, onAway: (error) => readiness.down(reasonOf(error)) },
  );
  readiness.up();
  const { database } = settings.ConnectionStrings.HartonomousDb;
  logger.info({ database }, `Connected to SQL Server at ${sql.server}`);
  return client;
}
