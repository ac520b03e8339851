import { programFolder } from '@hartonomous/config-loader';
import { embeddingQueue, messageRetries, workerFrame } from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import { EmbeddingWork } from './embedding-work.ts';
import { JobStore } from './job-store.ts';
import { settingsSchema } from './options.ts';
import { wakeUpHandler } from './wake-up.ts';

/** The worker. */
export const embeddingGenerator = defineQueueWorker({
  ...workerFrame(embeddingQueue),
  displayName: 'Embedding Generator',
  folder: programFolder(import.meta.url),
  help: {
    summary: `Computes embeddings of atoms: claims jobs of dbo.BackgroundJob, asks a provider for vectors, writes dbo.AtomEmbedding.
Jobs are made while a model is enabled in dbo.EmbeddingModel.`,
    debugShows: 'each batch as it is claimed',
    examples: [
      'DOTNET_ENVIRONMENT=Development embedding-generator',
      'embedding-generator --config /etc/hartonomous --environment Production --check',
      'embedding-generator --Embedding:Model=bge-small-en-v1.5 --Embedding:Provider:Kind=onnx --Embedding:Provider:ModelFolder=/srv/models/bge-small',
      'embedding-generator --Embedding:Model=bge-m3 --Embedding:Provider:Kind=ollama --Embedding:Provider:Endpoint=http://127.0.0.1:11434',
    ],
  },
  settings: settingsSchema,
  // The runner's, and that of its renewals.
  connectionsPerReader: 3,
  // That of the checks of refused jobs.
  connectionsBesides: () => 1,

  start({ settings: { Embedding, Worker }, client, workerId, meter, logger, addWarning }) {
    const store = new JobStore(client, workerId, Embedding.LeaseSeconds);
    const work = new EmbeddingWork({ settings: Embedding, store, meter, logger, addWarning });
    return {
      handler: wakeUpHandler(() => work.wake()),
      retries: messageRetries,
      batchSize: 100,
      purges: [
        procedurePurge(client, {
          what: 'jobs of dbo.BackgroundJob',
          procedure: 'dbo.sp_PurgeBackgroundJobs',
          parameters: { RetentionDays: Worker.JobRetentionDays },
        }),
      ],
      beside: (signals) => work.run(signals),
      logFields: { model: Embedding.Model, modelKey: work.modelKey, provider: Embedding.Provider.Kind },
    };
  },
});
