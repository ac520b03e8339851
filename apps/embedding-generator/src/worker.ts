import { programFolder } from '@hartonomous/config-loader';
import type { EmbeddingProvider, TextEmbedderHooks } from '@hartonomous/embedding-providers';
import { modelKeyOf, sendingRule } from '@hartonomous/embedding-settings';
import {
  brokerProcedures,
  embeddingQueue,
  messageRetries,
  programName,
  workerPresence,
} from '@hartonomous/provenance-schema';
import { defineQueueWorker, procedurePurge } from '@hartonomous/queue-worker';
import type { Logger } from '@hartonomous/worker-host';
import { createEmbedderPatiently } from './create-embedder-patiently.ts';
import { GeneratorMetrics } from './generator-metrics.ts';
import { JobRunner } from './job-runner.ts';
import { JobStore } from './job-store.ts';
import { settingsSchema } from './options.ts';
import { Projector } from './projection.ts';
import { RefusedJobs } from './refused-jobs.ts';
import { runTogether } from './run-together.ts';
import { Usage } from './usage.ts';
import { wakeUpHandler } from './wake-up.ts';

/** The worker. */
export const embeddingGenerator = defineQueueWorker({
  queue: embeddingQueue,
  displayName: 'Embedding Generator',
  namespace: 'hartonomous',
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
  database: ({ ConnectionStrings }) => ({
    applicationName: programName(embeddingQueue.reader.program),
    ...ConnectionStrings.HartonomousDb,
  }),
  procedures: brokerProcedures,
  presence: workerPresence,
  // The runner's, and that of its renewals.
  connectionsPerReader: 3,
  // That of the checks of refused jobs.
  connectionsBesides: () => 1,

  start({ settings, client, workerId, meter, logger, addWarning }) {
    const { Embedding, Worker } = settings;
    const modelKey = modelKeyOf(Embedding);
    const store = new JobStore(client, workerId, Embedding.LeaseSeconds);
    const { PricePerMillionTokens: price, MaxTokensPerDay: maxTokens, MaxCostPerDay: maxCost } = Embedding;
    const usage = new Usage(store, { price, maxTokens, maxCost });
    const metrics = new GeneratorMetrics(meter, (tokens) => usage.costOf(tokens));
    const hooks: TextEmbedderHooks = {
      onRateLimited: metrics.onRateLimited,
      onCall: (call) => {
        metrics.onCall(call);
        usage.onCall(call);
      },
    };
    let wake = () => {};
    return {
      handler: wakeUpHandler(() => wake()),
      retries: messageRetries,
      batchSize: 100,
      purges: [
        procedurePurge(client, {
          what: 'jobs of dbo.BackgroundJob',
          procedure: 'dbo.sp_PurgeBackgroundJobs',
          parameters: { RetentionDays: Worker.JobRetentionDays },
        }),
      ],
      async beside(signals) {
        await using embedder = await createEmbedderPatiently(
          Embedding,
          hooks,
          addWarning('embedding-start'),
          signals.drain,
        );
        if (embedder === undefined) return;
        logRuntime(embedder.provider, logger);
        const rule = sendingRule(Embedding);
        const runner = new JobRunner({
          ...{ store, embedder, modelKey, usage, metrics, logger, addWarning, rule },
          projector: new Projector(embedder.provider.dimension),
          claimJobs: Embedding.ClaimJobs,
          leaseSeconds: Embedding.LeaseSeconds,
          pollMs: Embedding.PollMs,
          maxAttempts: Embedding.MaxAttempts,
        });
        wake = () => runner.wake();
        const refused = new RefusedJobs({
          ...{ store, rule, modelKey, logger, onReopened: wake },
          intervalMs: Embedding.RecheckRefusedMs,
        });
        await runTogether([(own) => runner.run(own), (own) => refused.run(own)], signals);
      },
      logFields: { model: Embedding.Model, modelKey, provider: Embedding.Provider.Kind },
    };
  },
});

/** Which runtime a model in this process has: WebAssembly is several times slower, and nobody may have chosen it. */
function logRuntime({ runtime, nativeProblem }: EmbeddingProvider, logger: Logger): void {
  if (runtime === undefined) return;
  if (nativeProblem === undefined) logger.info({ runtime }, `The model runs in this process (${runtime}).`);
  else
    logger.warn({ runtime, nativeProblem }, `The model runs in WebAssembly, since the native runtime can't be loaded.`);
}
