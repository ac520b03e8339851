import type { EmbeddingProvider, TextEmbedderHooks } from '@hartonomous/embedding-providers';
import { modelKeyOf, type SendingRule, sendingRule } from '@hartonomous/embedding-settings';
import type { QueueWorkerContext } from '@hartonomous/queue-worker';
import { createEmbedderPatiently } from './create-embedder-patiently.ts';
import { GeneratorMetrics } from './generator-metrics.ts';
import { JobRunner, type RunnerSignals } from './job-runner.ts';
import type { JobStore } from './job-store.ts';
import type { Settings } from './options.ts';
import { Projector } from './projection.ts';
import { RefusedJobs } from './refused-jobs.ts';
import { runTogether } from './run-together.ts';
import { Usage } from './usage.ts';

/** What {@link EmbeddingWork} needs. */
export interface EmbeddingWorkOptions extends Pick<QueueWorkerContext<Settings>, 'meter' | 'logger' | 'addWarning'> {
  readonly settings: Settings['Embedding'];
  readonly store: JobStore;
}

/** Does jobs of embedding from the start of the worker to its end, and those again that were refused. */
export class EmbeddingWork {
  readonly modelKey: string;
  readonly #options: EmbeddingWorkOptions;
  readonly #rule: SendingRule;
  readonly #usage: Usage;
  readonly #metrics: GeneratorMetrics;
  #runner: JobRunner | undefined;

  constructor(options: EmbeddingWorkOptions) {
    const { settings, store, meter } = options;
    const { PricePerMillionTokens: price, MaxTokensPerDay: maxTokens, MaxCostPerDay: maxCost } = settings;
    this.#options = options;
    this.modelKey = modelKeyOf(settings);
    this.#rule = sendingRule(settings);
    this.#usage = new Usage(store, { price, maxTokens, maxCost });
    this.#metrics = new GeneratorMetrics(meter, (tokens) => this.#usage.costOf(tokens));
  }

  /** There may be jobs. */
  wake(): void {
    this.#runner?.wake();
  }

  /** @throws what waiting doesn't heal: a defect, and what SQL Server or the provider refuses for good */
  async run(signals: RunnerSignals): Promise<void> {
    const { settings, store, logger, addWarning } = this.#options;
    const warning = addWarning('embedding-start');
    await using embedder = await createEmbedderPatiently(settings, this.#hooks(), warning, signals.drain);
    if (embedder === undefined) return;
    this.#logRuntime(embedder.provider);
    const shared = { store, modelKey: this.modelKey, rule: this.#rule, logger };
    const runner = new JobRunner({
      ...{ ...shared, embedder, addWarning, usage: this.#usage, metrics: this.#metrics },
      projector: new Projector(embedder.provider.dimension),
      claimJobs: settings.ClaimJobs,
      leaseSeconds: settings.LeaseSeconds,
      pollMs: settings.PollMs,
      maxAttempts: settings.MaxAttempts,
    });
    this.#runner = runner;
    const refused = new RefusedJobs({
      ...{ ...shared, onReopened: () => runner.wake() },
      intervalMs: settings.RecheckRefusedMs,
    });
    await runTogether([(own) => runner.run(own), (own) => refused.run(own)], signals);
  }

  #hooks(): TextEmbedderHooks {
    return {
      onRateLimited: this.#metrics.onRateLimited,
      onCall: (call) => {
        this.#metrics.onCall(call);
        this.#usage.onCall(call);
      },
    };
  }

  /** Which runtime a model in this process has: WebAssembly is several times slower, and nobody may have chosen it. */
  #logRuntime({ runtime, nativeProblem }: EmbeddingProvider): void {
    if (runtime === undefined) return;
    const { logger } = this.#options;
    if (nativeProblem === undefined) logger.info({ runtime }, `The model runs in this process (${runtime}).`);
    else {
      const text = `The model runs in WebAssembly, since the native runtime can't be loaded.`;
      logger.warn({ runtime, nativeProblem }, text);
    }
  }
}
