import { bindConfiguration, programFolder } from '@hartonomous/config-loader';
import { createGraphWriter } from '@hartonomous/graph-sync';
import {
  brokerProcedures,
  messageRetries,
  programName,
  SequenceBehindError,
  syncQueue,
  workerPresence,
} from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import { BatchLog } from './batch-log.ts';
import { checkGraphSchema } from './check-graph-schema.ts';
import { sequenceCheck } from './check-sequence.ts';
import { graphDependency } from './graph-dependency.ts';
import { graphSwitchSchema, type Settings, settingsSchema } from './options.ts';
import { syncBatch } from './sync-batch.ts';
import { SyncMetrics } from './sync-metrics.ts';

/** Batches that fail are halved down to this where the settings name no other minimum. */
const leastBatchSize = 100;

/** Full batches under way where the settings say nothing else; see `Worker:MessagesInHand`. */
const batchesInHand = 2.5;

function batchSizeBounds({ BatchSize, MinBatchSize, TargetBatchMs }: Settings['Worker']) {
  return { min: MinBatchSize ?? Math.min(BatchSize, leastBatchSize), max: BatchSize, targetMs: TargetBatchMs };
}

/** The worker. */
export const neo4jSync = defineQueueWorker({
  queue: syncQueue,
  displayName: 'Neo4j Sync Worker',
  namespace: 'hartonomous',
  folder: programFolder(import.meta.url),
  help: {
    summary: `Takes Neo4jSyncRequest messages off dbo.Neo4jSyncQueue and brings the graph in Neo4j to the state SQL Server has.`,
    examples: [
      'DOTNET_ENVIRONMENT=Development neo4j-sync-worker',
      'neo4j-sync-worker --config /etc/hartonomous --environment Production --check',
      'Neo4j__Password=... neo4j-sync-worker --Neo4j:Uri=bolt://graph:7687 --Worker:Readers=5 --log-level debug',
    ],
  },
  settings: settingsSchema,
  database: ({ ConnectionStrings }) => ({
    applicationName: programName(syncQueue.reader.program),
    ...ConnectionStrings.HartonomousDb,
  }),
  procedures: brokerProcedures,
  presence: workerPresence,
  nothingToDo: (configuration) =>
    bindConfiguration(configuration, graphSwitchSchema).Neo4j.Enabled
      ? undefined
      : 'Neo4j:Enabled is False, so there is nothing to sync to: messages stay in Neo4jSyncQueue.',
  dependencies: { neo4j: graphDependency },

  start({ settings: { Worker }, client, workerInstanceId, neo4j, meter, tracer, logger, addWarning }) {
    const metrics = new SyncMetrics(meter);
    const writer = createGraphWriter(neo4j, {
      transactionTimeoutMs: Worker.StatementTimeoutMs,
      onRetry: () => metrics.retried(),
    });
    const checkSequence = sequenceCheck({ client, graph: neo4j, warning: addWarning('sequence') });
    const schemaWarning = addWarning('graph-schema');
    const log = new BatchLog(logger);
    const { LockTimeoutMs: lockTimeoutMs } = Worker;
    const shared = { writer, checkSequence, metrics, tracer, log, workerInstanceId, lockTimeoutMs };
    const tombstoneAgeMs = Math.round(Worker.TombstoneAgeMinutes * 60_000);
    return {
      handler: (batch, { signal }) => syncBatch(batch, { ...shared, queue: syncQueue.queue, signal }),
      retries: messageRetries,
      batchSize: batchSizeBounds(Worker),
      gatherMs: Worker.GatherMs,
      messagesInHand: Worker.MessagesInHand ?? Math.ceil(batchesInHand * Worker.BatchSize),
      purges: [
        { what: 'tombstones in Neo4j', run: (signal) => writer.purgeTombstones(tombstoneAgeMs, { signal }) },
        procedurePurge(client, {
          what: 'rows of dbo.Neo4jSyncLog',
          procedure: 'dbo.sp_PurgeNeo4jSyncLog',
          parameters: { RetentionDays: Worker.LogRetentionDays },
        }),
      ],
      checks: {
        sequence: {
          run: async (signal) => {
            await checkSequence(signal);
            await checkGraphSchema(neo4j, schemaWarning);
          },
          isFailure: (error) => error instanceof SequenceBehindError,
        },
      },
      logFields: { batchSize: Worker.BatchSize },
    };
  },
});
