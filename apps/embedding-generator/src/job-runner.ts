import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs, outageBackOff } from '@hartonomous/back-off';
import { classifyBrokerFailure, type ShownWarning } from '@hartonomous/broker-client';
import { EmbeddingError, RateLimitedError, type TextEmbedder } from '@hartonomous/embedding-providers';
import type { SendingRule } from '@hartonomous/embedding-settings';
import { type Logger, reasonOf } from '@hartonomous/worker-host';
import type { ClaimedJob } from './claimed-job.ts';
import type { DayUsage } from './day-usage.ts';
import type { GeneratorMetrics } from './generator-metrics.ts';
import { doJobs } from './job-batch.ts';
import type { JobStore, ModelRow } from './job-store.ts';
import type { Projector } from './projection.ts';
import type { Usage } from './usage.ts';

/** What {@link JobRunner} needs. */
export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly embedder: TextEmbedder;
  readonly projector: Projector;
  readonly rule: SendingRule;
  readonly modelKey: string;
  readonly claimJobs: number;
  readonly leaseSeconds: number;
  readonly pollMs: number;
  readonly maxAttempts: number;
  readonly usage: Usage;
  readonly metrics: GeneratorMetrics;
  readonly logger: Logger;
  readonly addWarning: (name: string) => ShownWarning;
}

/** How the runner is ended. */
export interface RunnerSignals {
  readonly drain: AbortSignal;
  readonly force: AbortSignal;
}

/** Between two counts of what is embedded. More often, and the scans are felt in a large database. */
const coverageIntervalMs = 300_000;

/** Pause after an error that waiting alone doesn't heal, such as a refused key. */
const refusedPauseMs = 60_000;

/**
 * Claims jobs and does them, one batch after the other, until it is told to stop. Looks for jobs when it is woken, and by itself
 * at intervals. Errors of the provider and of SQL Server are waited out; a defect ends it.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #providerWarning: ShownWarning;
  readonly #modelWarning: ShownWarning;
  readonly #sqlWarning: ShownWarning;
  readonly #budgetWarning: ShownWarning;
  #coveredAt = Number.NEGATIVE_INFINITY;
  #woken = Promise.withResolvers<void>();
  #failures = 0;
  /** Whether anything was done since coverage was looked at. */
  #mayBeFull = true;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#providerWarning = options.addWarning('embedding-provider');
    this.#modelWarning = options.addWarning('embedding-model');
    this.#sqlWarning = options.addWarning('embedding-jobs');
    this.#budgetWarning = options.addWarning('embedding-budget');
  }

  /** There may be jobs. */
  wake(): void {
    this.#woken.resolve();
  }

  /** @throws a defect, and what SQL Server refuses this login */
  async run({ drain, force }: RunnerSignals): Promise<void> {
    while (!drain.aborted) {
      // Before looking: a wake-up that comes meanwhile isn't lost.
      this.#woken = Promise.withResolvers();
      const waitMs = await this.#once({ drain, force });
      if (waitMs > 0) await this.#wait(waitMs, drain);
    }
  }

  /** Does one batch; gives the milliseconds to wait before the next. */
  async #once(signals: RunnerSignals): Promise<number> {
    try {
      const waitMs = await this.#batch(signals);
      this.#sqlWarning.clear();
      this.#failures = 0;
      return waitMs;
    } catch (error) {
      signals.force.throwIfAborted();
      this.#failures += 1;
      return this.#pauseAfter(error);
    }
  }

  async #batch(signals: RunnerSignals): Promise<number> {
    const { store, claimJobs, pollMs, metrics, usage } = this.#options;
    const model = await this.#model(signals.force);
    if (model === undefined) return pollMs;
    // Before the claim, so that it's known while the provider is away, too.
    const backlog = await store.backlog(model.id, signals.force);
    metrics.waiting(backlog);
    await this.#measureCoverage(model.id, signals.force);
    if (model.state !== 'ENABLED') return pollMs;
    if (this.#isOverBudget(await usage.record(model.id, signals.force))) return pollMs;
    const claimed = await store.claim(model.id, claimJobs, signals.force);
    this.#sqlWarning.clear();
    if (claimed.length > 0) {
      this.#mayBeFull = true;
      await this.#do(claimed, model, signals);
      return 0;
    }
    if (backlog.jobs === 0) {
      this.#providerWarning.clear();
      await this.#switchReads(model, signals.force);
    }
    return pollMs;
  }

  /** Whether the day's cap is reached; health says so then. */
  #isOverBudget({ tokens, cost, isCapReached, secondsLeft }: DayUsage): boolean {
    if (!isCapReached) {
      this.#budgetWarning.clear();
      return false;
    }
    const { maxTokens, maxCost } = this.#options.usage.budget;
    const caps = [
      ...(maxTokens === undefined ? [] : [`${tokens} of ${maxTokens} tokens`]),
      ...(maxCost === undefined ? [] : [`${cost.toFixed(2)} of a cost of ${maxCost}`]),
    ];
    this.#budgetWarning.raise(
      `The cap of a day is reached (${caps.join(', ')}). Jobs wait until the next day begins at 00:00 UTC, in ` +
        `${Math.ceil(secondsLeft / 60)} minutes, or until Embedding:MaxTokensPerDay or MaxCostPerDay is raised.`,
    );
    return true;
  }

  /** Now and then: it takes a scan of the atoms. */
  async #measureCoverage(modelId: number, signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#coveredAt < coverageIntervalMs) return;
    this.#coveredAt = performance.now();
    this.#options.metrics.covered(await this.#options.store.coverage(modelId, signal));
  }

  /** Nothing is left to do: every atom may have its vector now. Looked at once after work, because it counts all atoms. */
  async #switchReads({ id }: ModelRow, signal: AbortSignal): Promise<void> {
    const { store, logger, modelKey } = this.#options;
    if (!this.#mayBeFull) return;
    const isSwitched = await store.switchReads(id, signal);
    this.#mayBeFull = false;
    if (isSwitched)
      logger.info(
        { model: modelKey },
        `Every atom that can have a vector of ${modelKey} has one: searches read it now`,
      );
  }

  /** The row of the model, if there is one that the settings fit. */
  async #model(signal: AbortSignal): Promise<ModelRow | undefined> {
    const { store, modelKey, embedder, metrics } = this.#options;
    const { model, dimension } = embedder.provider;
    const row = await store.model(modelKey, signal);
    if (row !== undefined && (row.name !== model.name || row.dimension !== dimension)) {
      this.#modelWarning.raise(
        `dbo.EmbeddingModel has ${row.name} with ${row.dimension} numbers under the key ${modelKey}; the settings say ` +
          `${model.name} with ${dimension}. Nothing is embedded. Set Embedding:Model and Embedding:ModelKey.`,
      );
      metrics.waiting(undefined);
      return undefined;
    }
    this.#modelWarning.clear();
    if (row === undefined) metrics.waiting(undefined);
    return row;
  }

  async #do(claimed: readonly ClaimedJob[], model: ModelRow, signals: RunnerSignals): Promise<void> {
    const { logger, store, leaseSeconds, ...rest } = this.#options;
    const over = new AbortController();
    const renewing = this.#renew(claimed, AbortSignal.any([over.signal, signals.force]));
    const startedAt = performance.now();
    try {
      const onAnswered = () => this.#providerWarning.clear();
      const ended = await doJobs(claimed, { ...rest, store, model, onAnswered, ...signals });
      const ms = Math.round(performance.now() - startedAt);
      const facts = { jobs: claimed.length, ms, model: rest.modelKey, ...Object.fromEntries(ended) };
      const counts = [...ended].map(([outcome, jobs]) => `${jobs} ${outcome.replace('_', ' ')}`).join(', ');
      const line = `${claimed.length} embedding job${claimed.length === 1 ? '' : 's'}: ${counts}`;
      if (ended.has('dead')) logger.warn(facts, line);
      else logger.info(facts, `✓ ${line}`);
    } finally {
      over.abort();
      await renewing;
    }
  }

  /** Prolongs leases until `signal` is aborted; a renewal that fails is tried again, and a lease that is lost shows when writing. */
  async #renew(claimed: readonly ClaimedJob[], signal: AbortSignal): Promise<void> {
    const { store, leaseSeconds, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await pause((leaseSeconds * 1_000) / 3, undefined, { signal });
        await store.renew(claimed, signal);
      } catch (error) {
        if (!signal.aborted) logger.warn({ reason: reasonOf(error) }, `Renewing leases failed: ${reasonOf(error)}`);
      }
    }
  }

  #pauseAfter(error: unknown): number {
    if (error instanceof EmbeddingError) {
      this.#providerWarning.raise(`The provider of embeddings: ${error.message} Jobs wait, and none is lost.`);
      if (error instanceof RateLimitedError && error.retryAfterMs !== undefined) return error.retryAfterMs;
      return error.retryable ? backOffMs(this.#failures, outageBackOff) : refusedPauseMs;
    }
    if (classifyBrokerFailure(error, 'sql-server').kind === 'fatal') throw error;
    this.#options.metrics.waiting(undefined);
    this.#sqlWarning.raise(`Embedding jobs can't be read or written: ${reasonOf(error)}`);
    return backOffMs(this.#failures, outageBackOff);
  }

  async #wait(ms: number, drain: AbortSignal): Promise<void> {
    const over = new AbortController();
    // Woken only where it waits for jobs: a message doesn't bring a provider back.
    const woken = this.#failures === 0 ? [this.#woken.promise] : [];
    const rested = pause(ms, undefined, { signal: AbortSignal.any([drain, over.signal]) }).catch(() => undefined);
    await Promise.race([...woken, rested]);
    over.abort();
  }
}
