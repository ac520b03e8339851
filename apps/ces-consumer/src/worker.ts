import { createDefaultRegistry } from '@hartonomous/atomizers';
import { programFolder } from '@hartonomous/config-loader';
import { ingestionQueue, messageRetries, workerFrame } from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import { IngestionMetrics } from './ingestion-metrics.ts';
import { JobQueue } from './job-queue.ts';
import { JobScheduler } from './job-scheduler.ts';
import { JobWatch } from './job-watch.ts';
import { workOnJob } from './job-work.ts';
import { settingsSchema } from './options.ts';
import { PictureReading } from './picture-reading.ts';
import { runJobs } from './run-jobs.ts';
import { takeInMessages } from './take-in-messages.ts';

/** The worker. */
export const cesConsumer = defineQueueWorker({
  ...workerFrame(ingestionQueue),
  displayName: 'CES Consumer',
  folder: programFolder(import.meta.url),
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
  // A slot's writes, and its reads of an upload beside them; leases, claims and the watch of jobs.
  connectionsBesides: ({ Ingestion }) => 2 * Ingestion.Slots + 3,

  start({ settings, client, workerId, meter, logger, addDependency, addWarning }) {
    const pictures = new PictureReading(settings.Ingestion, logger, addWarning('ocr'));
    const registry = createDefaultRegistry(pictures.options);
    const queue = new JobQueue(client, workerId, settings.Ingestion.LeaseMs);
    const metrics = new IngestionMetrics(meter);
    const temporaryFolder = addDependency('temporary-folder');
    // Nobody knows better until a file needs it.
    temporaryFolder.up();
    const onEnded = metrics.ended.bind(metrics);
    const shared = { client, registry, settings, queue, logger, temporaryFolder, onEnded };
    const scheduler = new JobScheduler({
      queue,
      settings: settings.Ingestion,
      logger,
      work: (job, signals) => workOnJob(job, { ...shared, ...signals }),
    });
    const watch = new JobWatch(client, settings.Worker.WatchIntervalMs);
    metrics.observeJobs(scheduler, watch);
    return {
      handler: (batch, { signal }) =>
        takeInMessages(batch, {
          logger,
          signal,
          onTakenIn: () => scheduler.wake(),
          onDeadLettered: (reasonCode) =>
            onEnded({ status: 'DEAD_LETTERED', file: null, noteCodes: [], reasonCode, ms: 0 }),
        }),
      retries: messageRetries,
      // A body has up to a quarter of a megabyte.
      batchSize: 64,
      beside: (signals) => runJobs(scheduler, [watch, pictures], signals),
      purges: [
        procedurePurge(client, {
          what: 'rows of dbo.IngestionJob and abandoned uploads',
          procedure: 'dbo.sp_PurgeIngestion',
          parameters: { RetentionDays: settings.Worker.JobRetentionDays },
        }),
      ],
      logFields: { atomizers: registry.atomizers.length, slots: settings.Ingestion.Slots },
    };
  },
});
