import { randomUUID } from 'node:crypto';
import { createDefaultRegistry } from '@hartonomous/atomizers';
import { BROKER_PROCEDURES, ingestionQueue, MESSAGE_RETRIES } from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import { ingestMessage } from './ingest-message.ts';
import { IngestionMetrics } from './ingestion-metrics.ts';
import { Jobs } from './jobs.ts';
import { settingsSchema } from './options.ts';

/** The worker. */
export const cesConsumer = defineQueueWorker({
  queue: ingestionQueue,
  displayName: 'CES Consumer',
  namespace: 'hartonomous',
  folder: new URL('../', import.meta.url),
  help: {
    summary: `Takes IngestionRequest messages off dbo.IngestionQueue and makes atoms of the files, with their provenance.
Enqueue files with: hartonomous ingest PATH...`,
    debugShows: 'each file as it is received',
    examples: [
      'DOTNET_ENVIRONMENT=Development ces-consumer',
      'ces-consumer --config /etc/hartonomous --environment Production --check',
      'ces-consumer --Ingestion:FileRoots:0=/srv/in --Ingestion:HttpsHosts:0=files.example.com --Worker:Readers=4',
    ],
  },
  settings: settingsSchema,
  database: ({ ConnectionStrings }) => ConnectionStrings.HartonomousDb,
  procedures: BROKER_PROCEDURES,
  // A reader's reads beside its transaction.
  connectionsPerReader: 2,

  start({ settings, client, meter, logger }) {
    const registry = createDefaultRegistry();
    const jobs = new Jobs(client, randomUUID());
    const metrics = new IngestionMetrics(meter);
    const shared = { client, registry, settings, jobs, logger, onEnded: metrics.ended.bind(metrics) };
    return {
      handler: (batch, { signal }) => ingestMessage(batch, { ...shared, signal }),
      retries: MESSAGE_RETRIES,
      // One file, one transaction: no file can make another be rolled back.
      batchSize: 1,
      purges: [
        procedurePurge(client, {
          what: 'rows of dbo.IngestionJob and abandoned uploads',
          procedure: 'dbo.sp_PurgeIngestion',
          parameters: { RetentionDays: settings.Worker.JobRetentionDays },
        }),
      ],
      logFields: { atomizers: registry.atomizers.length },
    };
  },
});
