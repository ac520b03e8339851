import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerClient } from '@hartonomous/broker-client';
import type { GraphDrift } from '@hartonomous/graph-sync';
import {
  type ApiActor,
  logApiAudit,
  muchDeleted,
  type ReconcileRunOptions,
  type Reconciliation,
  reconcile,
} from '@hartonomous/operations';
import { type EntityType, entities, entityOf, SequenceBehindError } from '@hartonomous/provenance-schema';
import type { Logger } from '@hartonomous/worker-host';
import { ReconciliationNotFoundError, ReconciliationRunningError } from '../errors.ts';
import { meaningOf } from '../http/problem.ts';

/** What a comparison is asked for. */
export interface ReconcileChoice {
  /** Empty: all of them. */
  readonly entities: readonly EntityType[];
  readonly deep: boolean;
  readonly repair: boolean;
  /** Repair also where that deletes much from the graph. */
  readonly confirmDeletes: boolean;
}

/** How far an entity's comparison is. */
interface ReconcileProgress {
  readonly entity: string;
  readonly sqlRows: number;
  readonly differ: number;
}

/** An entity that differs, with what it is. */
type NamedDrift = GraphDrift & { readonly entity: string };

/**
 * A comparison of the tables with the graph. RUNNING, then COMPLETED; NEEDS_CONFIRMATION: a repair would have deleted much, so nothing
 * was enqueued; FAILED, for the reason in `error`; CANCELLED, by somebody or because the API stopped.
 */
export interface ReconcileRun extends ReconcileChoice {
  readonly id: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'NEEDS_CONFIRMATION' | 'FAILED' | 'CANCELLED';
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly progress: readonly ReconcileProgress[];
  /** Null until it has ended well. */
  readonly result: Reconciliation | null;
  /** The first {@link shownPerEntity} of each entity. */
  readonly drift: readonly NamedDrift[];
  readonly error: { readonly code: string; readonly detail: string } | null;
}

/** What runs need. */
export interface ReconcileRunsOptions {
  readonly client: BrokerClient;
  readonly target: Pick<ReconcileRunOptions, 'database' | 'graph'>;
  readonly logger: Logger;
}

/** Entities that are named one by one; more would bury the counts, and no program should hold a million of them. */
export const shownPerEntity = 100;
/** Runs that are remembered. */
const kept = 20;
/** Milliseconds between two looks of who follows a run. */
const lookEveryMs = 500;

interface Started {
  run: ReconcileRun;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Comparisons of the tables with the graph, one at a time, on connections of their own. They are in the memory of this process: one that
 * ends takes its run with it, which the audit still has.
 */
export class ReconcileRuns implements AsyncDisposable {
  readonly #options: ReconcileRunsOptions;
  /** The oldest first. */
  readonly #runs = new Map<string, Started>();

  constructor(options: ReconcileRunsOptions) {
    this.#options = options;
  }

  /** The newest first. */
  list(): readonly ReconcileRun[] {
    return [...this.#runs.values()].map(({ run }) => run).reverse();
  }

  /** @throws ReconciliationNotFoundError */
  get(id: string): ReconcileRun {
    return this.#started(id).run;
  }

  /** Each state of a run, until it has ended or `signal` is aborted. @throws ReconciliationNotFoundError */
  async *follow(id: string, signal: AbortSignal): AsyncGenerator<ReconcileRun, void> {
    while (!signal.aborted) {
      const run = this.get(id);
      yield run;
      if (run.state !== 'RUNNING') return;
      // Whom the wait is cut off for sees the end of the loop.
      await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Starts one, with a row of the audit before and one after it.
   *
   * @throws ReconciliationRunningError, BrokerError
   */
  async start(choice: ReconcileChoice, actor: ApiActor): Promise<ReconcileRun> {
    const running = this.list().find(({ state }) => state === 'RUNNING');
    if (running !== undefined) throw new ReconciliationRunningError(running.id);
    const id = randomUUID();
    const stop = new AbortController();
    const begin = Promise.withResolvers<void>();
    const run: ReconcileRun = {
      ...choice,
      id,
      state: 'RUNNING',
      startedBy: actor.subject,
      startedAt: new Date(),
      finishedAt: null,
      progress: [],
      result: null,
      drift: [],
      error: null,
    };
    // Before anything is waited for, so that two requests don't start two.
    const started: Started = {
      run,
      stop,
      ended: begin.promise.then(
        () => this.#run(started, actor),
        () => undefined,
      ),
    };
    this.#runs.set(id, started);
    try {
      await logApiAudit(this.#options.client, actor, { action: 'reconcile.start', target: id, detail: choice });
    } catch (error) {
      this.#runs.delete(id);
      begin.reject(error);
      throw error;
    }
    for (const oldest of [...this.#runs.keys()].slice(0, -kept)) this.#runs.delete(oldest);
    begin.resolve();
    return run;
  }

  /** Asks a run to end; one that has ended stays as it is. @throws ReconciliationNotFoundError */
  async cancel(id: string): Promise<ReconcileRun> {
    const started = this.#started(id);
    started.stop.abort(new Error('cancelled'));
    await started.ended;
    return started.run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { run, stop, ended } of this.#runs.values()) {
      if (run.state !== 'RUNNING') continue;
      stop.abort(new Error('the API stops'));
      await ended;
    }
  }

  #started(id: string): Started {
    const started = this.#runs.get(id);
    if (started === undefined) throw new ReconciliationNotFoundError(id);
    return started;
  }

  /** Never rejects. */
  async #run(started: Started, actor: ApiActor): Promise<void> {
    const change = (changes: Partial<ReconcileRun>) => {
      started.run = { ...started.run, ...changes };
    };
    const { signal } = started.stop;
    try {
      change(await this.#compare(started.run, change, signal));
    } catch (error) {
      if (signal.aborted) change({ state: 'CANCELLED' });
      else change({ state: 'FAILED', error: this.#failure(error, actor) });
    }
    change({ finishedAt: new Date() });
    const { id, state, result, error } = started.run;
    try {
      const detail = { state, entities: result?.entities ?? [], error: error?.code ?? null };
      await logApiAudit(this.#options.client, actor, { action: 'reconcile.end', target: id, detail });
    } catch (failed) {
      this.#options.logger.error(
        { err: failed, traceId: actor.traceId },
        'The end of a reconciliation is not in dbo.ApiAudit',
      );
    }
  }

  async #compare(
    { entities: names, deep, repair, confirmDeletes }: ReconcileChoice,
    change: (changes: Partial<ReconcileRun>) => void,
    signal: AbortSignal,
  ): Promise<Partial<ReconcileRun>> {
    const chosen = names.length === 0 ? entities : names.map(entityOf);
    const pass = (isRepair: boolean) => {
      const seen = new Seen();
      return reconcile({
        ...this.#options.target,
        ...{ entities: chosen, deep, repair: isRepair, signal },
        onDrift: (entity, drift) => seen.add(entity, drift),
        onRange: (entity, { sqlRows, drift }) => {
          seen.count(entity, Number(sqlRows), drift.length);
          change({ progress: seen.progress, drift: seen.drift });
        },
      });
    };
    if (repair && !confirmDeletes) {
      const result = await pass(false);
      // The repair itself refuses a sequence that is behind, and says why.
      if (result.sequence.state !== 'behind' && muchDeleted(result.entities).length > 0) {
        return { state: 'NEEDS_CONFIRMATION', result };
      }
    }
    return { result: await pass(repair), state: 'COMPLETED' };
  }

  #failure(error: unknown, { traceId }: ApiActor): ReconcileRun['error'] {
    this.#options.logger.error({ err: error, traceId }, 'A reconciliation failed');
    if (error instanceof SequenceBehindError) return { code: error.code, detail: error.message };
    const { code, detail } = meaningOf(error);
    return { code, detail };
  }
}

/** What a pass has come to so far. */
class Seen {
  readonly #counts = new Map<string, { readonly sqlRows: number; readonly differ: number }>();
  readonly #drift = new Map<string, NamedDrift[]>();

  get progress(): readonly ReconcileProgress[] {
    return Array.from(this.#counts, ([entity, counts]) => ({ entity, ...counts }));
  }

  get drift(): readonly NamedDrift[] {
    return [...this.#drift.values()].flat();
  }

  add(entity: string, drift: GraphDrift): void {
    const list = this.#drift.get(entity) ?? [];
    this.#drift.set(entity, list);
    if (list.length < shownPerEntity) list.push({ entity, ...drift });
  }

  count(entity: string, sqlRows: number, differ: number): void {
    const before = this.#counts.get(entity) ?? { sqlRows: 0, differ: 0 };
    this.#counts.set(entity, { sqlRows: before.sqlRows + sqlRows, differ: before.differ + differ });
  }
}
