import { setTimeout as pause } from 'node:timers/promises';
import { classifyBrokerFailure } from '@hartonomous/broker-client';
import type { SendingRule } from '@hartonomous/embedding-settings';
import { type Logger, reasonOf } from '@hartonomous/worker-host';
import type { RunnerSignals } from './job-runner.ts';
import type { JobStore, RefusedJob, RefusedPlace } from './job-store.ts';
import { mayNotLeave } from './may-not-leave.ts';

/** What {@link RefusedJobs} needs. */
export interface RefusedJobsOptions {
  readonly store: JobStore;
  readonly rule: SendingRule;
  readonly modelKey: string;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  readonly logger: Logger;
  /** Called when jobs wait that were refused. */
  readonly onReopened: () => void;
}

/** Refused jobs that are judged at a time. More hold locks for longer, fewer ask more often. */
const pageSize = 500;

/** Jobs of one look that are tried again, at most. They are kept in memory until all refused texts are known. */
const maxReopened = 50_000;

/** A check may take this part of the time: with very many refused jobs, the checks are further apart than the interval. */
const shareOfTime = 0.05;

/**
 * Has refused jobs tried again whose texts may leave by now: a level of the atom, or of one that it comes from, has become milder, an
 * edge has gone, or the settings have changed. Looks at all of them, when it starts and then at intervals, so nobody has to say what has
 * changed. A text stays refused while any refused atom has it that may not leave.
 */
export class RefusedJobs {
  readonly #options: RefusedJobsOptions;

  constructor(options: RefusedJobsOptions) {
    this.#options = options;
  }

  /** Looks until it is told to stop. @throws what SQL Server refuses this login */
  async run({ drain, force }: RunnerSignals): Promise<void> {
    const { intervalMs, logger, modelKey, onReopened } = this.#options;
    while (!drain.aborted) {
      const startedAt = performance.now();
      try {
        const jobs = await this.#look(drain, force);
        if (jobs > 0) {
          logger.info(
            { jobs, model: modelKey },
            `${jobs} refused embedding job${jobs === 1 ? '' : 's'} may be done now`,
          );
          onReopened();
        }
      } catch (error) {
        if (drain.aborted) return;
        if (classifyBrokerFailure(error, 'sql-server').kind === 'fatal') throw error;
        logger.warn({ reason: reasonOf(error) }, `Refused embedding jobs could not be checked: ${reasonOf(error)}`);
      }
      const restMs = Math.max(intervalMs, (performance.now() - startedAt) / shareOfTime);
      await pause(restMs, undefined, { signal: drain }).catch(() => undefined);
    }
  }

  /** Gives how many are tried again. */
  async #look(drain: AbortSignal, force: AbortSignal): Promise<number> {
    const { store, modelKey, rule } = this.#options;
    const model = await store.model(modelKey, force);
    if (model?.state !== 'ENABLED') return 0;
    const keptTexts = new Set<number>();
    const free: RefusedJob[] = [];
    for (let after: RefusedPlace | undefined; ; ) {
      const page = await store.refused(model.id, after, pageSize, force);
      if (drain.aborted) return 0;
      const kept = await mayNotLeave(page, rule, store, force);
      for (const job of page) {
        if (kept.has(job)) {
          if (job.text !== null) keptTexts.add(job.text);
        } else if (free.length < maxReopened) free.push(job);
      }
      after = page.at(-1)?.place;
      if (page.length < pageSize) break;
    }
    const due = free.filter(({ text }) => text === null || !keptTexts.has(text));
    let jobs = 0;
    for (let from = 0; from < due.length; from += pageSize) {
      jobs += await store.reopen(model.id, due.slice(from, from + pageSize), force);
    }
    return jobs;
  }
}
