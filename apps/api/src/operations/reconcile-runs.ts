import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerClient, BrokerError } from '@hartonomous/broker-client';
import {
  type ApiActor,
  type EndedReconcileRun,
  findReconcileRun,
  finishReconcileRun,
  listReconcileRuns,
  muchDeleted,
  type ReconcileChoice,
  type ReconcileReport,
  type ReconcileRun,
  type ReconcileRunOptions,
  reconcile,
  reportReconcileRun,
  requestReconcileCancel,
  requestReconcileRun,
} from '@hartonomous/operations';
import { entities, entityOf, SequenceBehindError } from '@hartonomous/provenance-schema';
import type { Logger } from '@hartonomous/worker-host';
import { ReconciliationNotFoundError } from '../errors.ts';
import { toJson } from '../http/json.ts';
import { meaningOf } from '../http/problem.ts';
import { SeenDrift } from './seen-drift.ts';

/** What runs need. */
export interface ReconcileRunsOptions {
  readonly client: BrokerClient;
  readonly target: Pick<ReconcileRunOptions, 'database' | 'graph'>;
  readonly logger: Logger;
}

/**
 * Seconds without a report after which the process of a run counts as vanished. Too short: a run is given up because SQL Server was away for
 * a moment; too long: a process that was killed holds up the next run.
 */
const leaseSeconds = 15;
/** Milliseconds between two reports of a run, and two checks of its followers. */
const everyMs = 1_000;
/** Tries to write down how a run ended, a second apart; one that fails in all of them ends as ABANDONED by its lease. */
const finishAttempts = 10;

/** Why a run was cancelled, which isn't a failure. */
class Cancelled extends Error {
  readonly code = 'CANCELLED';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Comparisons of the tables with the graph, one at a time for all processes, on connections of their own. What is known of them is in
 * dbo.ReconcileRun, where every process sees it; here is only the work of those that this process has begun.
 */
export class ReconcileRuns implements AsyncDisposable {
  readonly #options: ReconcileRunsOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: ReconcileRunsOptions) {
    this.#options = options;
  }

  /** The newest first, without what differs. @throws BrokerError */
  list(limit: number, signal: AbortSignal): Promise<readonly Omit<ReconcileRun, 'drift'>[]> {
    return listReconcileRuns(this.#options.client, limit, signal);
  }

  /** @throws ReconciliationNotFoundError, BrokerError */
  async get(id: string, signal: AbortSignal): Promise<ReconcileRun> {
    const run = await findReconcileRun(this.#options.client, id, signal);
    if (run === undefined) throw new ReconciliationNotFoundError(id);
    return run;
  }

  /**
   * Each state of a run, until it has ended or `signal` is aborted. While SQL Server is away nothing comes.
   *
   * @throws ReconciliationNotFoundError; BrokerError that waiting doesn't heal
   */
  async *follow(id: string, signal: AbortSignal): AsyncGenerator<ReconcileRun, void> {
    while (!signal.aborted) {
      const run = await this.#look(id, signal);
      if (run !== undefined) yield run;
      if (run !== undefined && run.state !== 'RUNNING') return;
      // Whom the wait is cut off for sees the end of the loop.
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Starts one, with a row of the audit before and one after it.
   *
   * @throws ReconcileRunningError, BrokerError
   */
  async start(choice: ReconcileChoice, actor: ApiActor, signal: AbortSignal): Promise<ReconcileRun> {
    const id = randomUUID();
    await requestReconcileRun(this.#options.client, actor, { id, choice, leaseSeconds });
    const stop = new AbortController();
    this.#running.set(id, { stop, ended: this.#run(id, choice, actor, stop) });
    return await this.get(id, signal);
  }

  /**
   * Asks a run to end, whichever process it is of, and waits until it has; one that has ended stays as it is.
   *
   * @throws ReconciliationNotFoundError, BrokerError; the reason of `signal`
   */
  async cancel(id: string, actor: ApiActor, signal: AbortSignal): Promise<ReconcileRun> {
    await this.get(id, signal);
    await requestReconcileCancel(this.#options.client, actor, id, signal);
    this.#running.get(id)?.stop.abort(new Cancelled('by somebody'));
    for await (const run of this.follow(id, signal)) if (run.state !== 'RUNNING') return run;
    throw signal.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      Array.from(this.#running.values(), async ({ stop, ended }) => {
        stop.abort(new Cancelled('the API stops'));
        await ended;
      }),
    );
  }

  /** Undefined where it couldn't be seen for now. */
  async #look(id: string, signal: AbortSignal): Promise<ReconcileRun | undefined> {
    try {
      return await this.get(id, signal);
    } catch (error) {
      if (signal.aborted || (error instanceof BrokerError && error.retryable)) return undefined;
      throw error;
    }
  }

  /** Never rejects. */
  async #run(id: string, choice: ReconcileChoice, actor: ApiActor, stop: AbortController): Promise<void> {
    const seen = new SeenDrift();
    const over = new AbortController();
    const reporting = this.#report(id, seen, stop, over.signal);
    let ended: EndedReconcileRun;
    try {
      const { state, result } = await this.#compare(choice, seen, stop.signal);
      ended = { state, report: { ...seen.report, result: toJson(result) }, drift: seen.drift };
    } catch (error) {
      const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
      ended =
        reason instanceof Cancelled
          ? { state: 'CANCELLED', report: seen.report, drift: seen.drift }
          : { state: 'FAILED', report: { ...seen.report, error: this.#failure(reason, actor) }, drift: seen.drift };
    }
    over.abort();
    await reporting;
    try {
      await this.#finish(id, ended);
    } catch (err) {
      this.#options.logger.error({ err, traceId: actor.traceId, id }, 'How a reconciliation ended is not in SQL');
    }
    this.#running.delete(id);
  }

  async #compare(
    { entities: names, deep, repair, confirmDeletes }: ReconcileChoice,
    seen: SeenDrift,
    signal: AbortSignal,
  ) {
    const chosen = names.length === 0 ? entities : names.map(entityOf);
    const pass = (isRepair: boolean) => {
      seen.begin();
      return reconcile({
        ...this.#options.target,
        ...{ entities: chosen, deep, repair: isRepair, signal },
        onDrift: (entity, drift) => seen.add(entity, drift),
        onRange: (entity, { sqlRows, drift }) => seen.count(entity, Number(sqlRows), drift.length),
      });
    };
    if (repair && !confirmDeletes) {
      const result = await pass(false);
      // The repair itself refuses a sequence that is behind, and says why.
      if (result.sequence.state !== 'behind' && muchDeleted(result.entities).length > 0) {
        return { state: 'NEEDS_CONFIRMATION' as const, result };
      }
    }
    return { state: 'COMPLETED' as const, result: await pass(repair) };
  }

  /** Keeps the lease, until `signal` is aborted; aborts `stop` when somebody asked for the end, or took the run for abandoned. Never rejects. */
  async #report(id: string, seen: SeenDrift, stop: AbortController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const { isCancelled } = await reportReconcileRun(this.#options.client, id, leaseSeconds, seen.takeChanges());
        if (isCancelled) stop.abort(new Cancelled('by somebody'));
      } catch (err) {
        if (err instanceof BrokerError && err.retryable) continue;
        // What can't be told to anybody isn't done either.
        stop.abort(err);
        return;
      }
    }
  }

  async #finish(id: string, ended: EndedReconcileRun): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await finishReconcileRun(this.#options.client, id, ended);
        return;
      } catch (error) {
        if (attempt === finishAttempts || !(error instanceof BrokerError && error.retryable)) throw error;
        await pause(everyMs);
      }
    }
  }

  #failure(error: unknown, { traceId }: ApiActor): ReconcileReport['error'] {
    this.#options.logger.error({ err: error, traceId }, 'A reconciliation failed');
    if (error instanceof SequenceBehindError) return { code: error.code, detail: error.message };
    const { code, detail } = meaningOf(error);
    return { code, detail };
  }
}
