import { bindConfiguration, programFolder } from '@hartonomous/config-loader';
import { createGraphWriter } from '@hartonomous/graph-sync';
import { messageRetries, SequenceBehindError, syncQueue, workerFrame } from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import { batchBounds } from './batch-bounds.ts';
import { BatchLog } from './batch-log.ts';
import { checkGraphSchema } from './check-graph-schema.ts';
import { sequenceCheck } from './check-sequence.ts';
import { graphDependency } from './graph-dependency.ts';
import { graphSwitchSchema, settingsSchema } from './options.ts';
import { syncBatch } from './sync-batch.ts';
import { SyncMetrics } from './sync-metrics.ts';

/** The worker. */
export const neo4jSync = defineQueueWorker({
  ...workerFrame(syncQueue),
  displayName: 'Neo4j Sync Worker',
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
      ...batchBounds(Worker),
      gatherMs: Worker.GatherMs,
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
