import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs, outageBackOff } from '@hartonomous/back-off';
import { classifyBrokerFailure } from '@hartonomous/broker-client';
import { type Logger, reasonOf } from '@hartonomous/worker-host';
import type { ClaimedJob } from './claimed-job.ts';
import { LeaseLostError, WorkStoppedError } from './errors.ts';
import type { JobQueue } from './job-queue.ts';
import type { Settings } from './options.ts';

/** Ends a job's work when it is aborted, and cuts off what even that would wait for. */
interface JobSignals {
  readonly signal: AbortSignal;
  readonly force: AbortSignal;
}

/** What a {@link JobScheduler} needs. */
export interface JobSchedulerOptions {
  readonly queue: JobQueue;
  readonly settings: Settings['Ingestion'];
  readonly logger: Logger;
  /** Does the work of a file; rejects for defects and missing rights only. */
  readonly work: (job: ClaimedJob, signals: JobSignals) => Promise<void>;
}

/** A file that is worked on. */
interface Running {
  readonly job: ClaimedJob;
  readonly isSmall: boolean;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Claims files and works on them, up to `Slots` at a time. It looks for files when this process has taken some in, when a slot is free
 * again, and at intervals; an outage is waited out. With `drain` it claims no more, gives the files in hand `StopGraceMs`, and then
 * ends their work, which gives them back.
 */
export class JobScheduler {
  readonly #options: JobSchedulerOptions;
  readonly #running = new Set<Running>();
  #wake = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: JobSchedulerOptions) {
    this.#options = options;
  }

  /** Files that are worked on now. */
  get running(): number {
    return this.#running.size;
  }

  /** Says that there may be something to claim. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Works until `drain` is aborted. @throws the defect of a job's work, after the others have let go */
  async run({ drain, force }: { readonly drain: AbortSignal; readonly force: AbortSignal }): Promise<void> {
    const { settings } = this.#options;
    const renewing = new AbortController();
    const renewals = this.#renewLeases(renewing.signal);
    const onStop = () => this.wake();
    drain.addEventListener('abort', onStop, { once: true });
    force.addEventListener('abort', () => this.#stopAll(force.reason), { once: true });
    try {
      await this.#claimUntil(drain, force);
      if (this.#failure === undefined) await this.#settled(settings.StopGraceMs);
      this.#stopAll(new WorkStoppedError());
      await this.#settled(undefined);
    } finally {
      drain.removeEventListener('abort', onStop);
      renewing.abort();
      await renewals;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    force.throwIfAborted();
  }

  async #claimUntil(drain: AbortSignal, force: AbortSignal): Promise<void> {
    const { queue, logger, settings } = this.#options;
    for (let failures = 0; !drain.aborted && this.#failure === undefined; ) {
      this.#wake = Promise.withResolvers<void>();
      let waitMs = settings.PollMs;
      const wanted = this.#wanted();
      if (wanted.any + wanted.small > 0) {
        try {
          const jobs = await queue.claim(wanted, drain);
          for (const job of jobs) this.#begin(job, force);
          if (failures > 0) logger.info('Files are claimed again');
          failures = 0;
          // A slot may be left: a claim takes one file of a tenant, and small ones leave room for large ones.
          if (jobs.length > 0 && this.#running.size < settings.Slots) continue;
        } catch (error) {
          if (drain.aborted) return;
          if (classifyBrokerFailure(error, 'sql-server').kind === 'fatal') throw error;
          failures += 1;
          if (failures === 1) logger.warn({ reason: reasonOf(error) }, 'No file can be claimed; trying again');
          waitMs = backOffMs(failures, outageBackOff);
        }
      }
      await orAfter(this.#wake.promise, waitMs);
    }
  }

  /** Slots are for any file but the last, which is for small ones. */
  #wanted() {
    const { Slots, SmallFileBytes } = this.#options.settings;
    const free = Slots - this.#running.size;
    const large = [...this.#running].filter(({ isSmall }) => !isSmall).length;
    const any = Math.max(0, Math.min(free, Math.max(1, Slots - 1) - large));
    return { any, small: free - any, smallBytes: SmallFileBytes };
  }

  #begin(job: ClaimedJob, force: AbortSignal): void {
    const stop = new AbortController();
    const ended = this.#options.work(job, { signal: stop.signal, force }).catch((error: unknown) => {
      if (!force.aborted) this.#failure ??= { error };
    });
    const isSmall = job.bytes !== null && job.bytes <= this.#options.settings.SmallFileBytes;
    const running: Running = { job, isSmall, stop, ended };
    this.#running.add(running);
    void ended.then(() => {
      this.#running.delete(running);
      this.wake();
    });
  }

  #stopAll(reason: unknown): void {
    for (const { stop } of this.#running) stop.abort(reason);
  }

  /** Waits for all that is in hand. @param ms at most so long; undefined: for as long as it takes */
  async #settled(ms: number | undefined): Promise<void> {
    const all = Promise.all([...this.#running].map(({ ended }) => ended));
    await (ms === undefined ? all : orAfter(all, ms));
  }

  /** Makes the leases longer of files that take long before, or between, two writes. */
  async #renewLeases(signal: AbortSignal): Promise<void> {
    const { queue, logger, settings } = this.#options;
    for (;;) {
      await pause(settings.LeaseMs / 3, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const running = [...this.#running];
      if (running.length === 0) continue;
      try {
        const held = await queue.renew(
          running.map(({ job }) => job),
          signal,
        );
        for (const { job, stop } of running) {
          if (!held.has(job.leaseToken)) stop.abort(new LeaseLostError(job.tenantId));
        }
      } catch (error) {
        // The next write finds out whether the lease is still held.
        if (!signal.aborted) logger.debug({ reason: reasonOf(error) }, 'Leases could not be renewed');
      }
    }
  }
}

/** Waits for a promise, but no longer than so many milliseconds; leaves no timer behind. */
async function orAfter(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
