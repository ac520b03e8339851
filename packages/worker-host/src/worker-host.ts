import { createNoopMeter, type Meter, ProxyTracerProvider, type Tracer } from '@opentelemetry/api';
import { StopForcedError } from './errors.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleState } from './lifecycle-state.ts';
import type { Logger } from './logging.ts';
import { parseOptions, type StopOptions, stopOptionsSchema } from './options.ts';
import { DependencyReadiness, type ReadinessSource, Warning } from './readiness.ts';

/** What a worker gets from its host. */
export interface WorkerContext {
  readonly logger: Logger;
  /** Aborted at the first signal: take nothing new, finish what is in hand. */
  readonly drain: AbortSignal;
  /** Aborted at a second signal or shortly before the deadline: roll back and let go. */
  readonly force: AbortSignal;
  /** For the worker's own metrics. */
  readonly meter: Meter;
  /** For the worker's spans. */
  readonly tracer: Tracer;
  /** Adds something that must be well for the worker to be ready. */
  addReadiness(source: ReadinessSource): void;
  /** Adds a dependency and logs each change of its state once. */
  addDependency(name: string): DependencyReadiness;
  /** A condition that a person should know of, shown by health and logged once per change; readiness stays. One for each name. */
  addWarning(name: string): Warning;
}

/** A started worker. */
export interface RunningWorker extends AsyncDisposable {
  /**
   * Works until `drain` is aborted, finishes what is in hand and resolves. Resolving earlier means that there is
   * nothing left to do; rejecting ends the process with exit code 1. Disposed by the host afterwards in every case.
   */
  run(): Promise<void>;
}

/** A worker as an app defines it. */
export interface WorkerDefinition {
  /** Stable name for logs and health, for example `neo4j-sync-worker`. */
  readonly name: string;
  /** Name for people, for example `Neo4j Sync Worker`. */
  readonly displayName: string;
  /** What the worker belongs to, for telemetry (`service.namespace`). */
  readonly namespace?: string;
  /** Connects what the worker needs. Should give up when `context.drain` is aborted. */
  start(context: WorkerContext): Promise<RunningWorker>;
}

/** What a worker measures and traces with. */
export interface Instruments {
  readonly meter: Meter;
  readonly tracer: Tracer;
}

/** Instruments that measure nothing. */
function noInstruments(): Instruments {
  return { meter: createNoopMeter(), tracer: new ProxyTracerProvider().getTracer('none') };
}

/** How a worker's life ended. */
export type WorkerOutcome =
  | { readonly kind: 'clean' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'forced'; readonly error: StopForcedError };

/**
 * Runs one worker through the states of {@link Lifecycle}. It knows no signals, no HTTP and no exit codes: `runWorker`
 * adds those.
 */
export class WorkerHost {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly #definition: WorkerDefinition;
  readonly #logger: Logger;
  readonly #stop: StopOptions;
  readonly #instruments: Instruments;
  readonly #readiness: ReadinessSource[] = [];
  readonly #warnings: Warning[] = [];
  readonly #drain = new AbortController();
  readonly #force = new AbortController();
  /** The outcome of a worker that isn't waited for any more. */
  readonly #givenUp = Promise.withResolvers<WorkerOutcome>();
  readonly #timers: NodeJS.Timeout[] = [];

  /** @throws InvalidHostOptionsError for stop times that the schema refuses */
  constructor(
    definition: WorkerDefinition,
    logger: Logger,
    stop: Partial<StopOptions> = {},
    instruments: Instruments = noInstruments(),
  ) {
    this.name = definition.name;
    this.#definition = definition;
    this.#logger = logger;
    this.#instruments = instruments;
    this.#stop = parseOptions(stopOptionsSchema, 'stop', stop);
    this.lifecycle = new Lifecycle((state, previous) => logger.debug({ state, previous }, `Worker is ${state}`));
  }

  get state(): LifecycleState {
    return this.lifecycle.state;
  }

  get readiness(): Iterable<ReadinessSource> {
    return this.#readiness;
  }

  get warnings(): Iterable<Warning> {
    return this.#warnings;
  }

  /**
   * Starts the worker, runs it, and resolves when its life is over. Never rejects for an error of the worker; that is
   * an outcome.
   * @throws IllegalTransitionError when called twice
   */
  async run(): Promise<WorkerOutcome> {
    this.lifecycle.enter('starting');
    this.#logger.info(`${this.#definition.displayName} starting...`);
    const finished = this.#life().then(
      (): WorkerOutcome => ({ kind: 'clean' }),
      (error: unknown): WorkerOutcome => ({ kind: 'failed', error }),
    );
    const first = await Promise.race([finished, this.#givenUp.promise]);
    for (const timer of this.#timers) clearTimeout(timer);
    // A worker that let go only because of the force signal has abandoned work, even if it did so in good order.
    const reason: unknown = this.#force.signal.reason;
    const outcome: WorkerOutcome = reason instanceof StopForcedError ? { kind: 'forced', error: reason } : first;
    if (outcome.kind !== 'clean') {
      if (this.state !== 'failed') this.lifecycle.enter('failed');
    } else {
      if (this.state !== 'draining') this.lifecycle.enter('draining');
      this.lifecycle.enter('stopped');
    }
    return outcome;
  }

  /**
   * Asks the worker to drain, and starts the deadline.
   * @param reason for the log, for example the name of the signal
   * @throws IllegalTransitionError unless starting or running
   */
  stop(reason: string): void {
    const { deadlineMs, forceGraceMs } = this.#stop;
    this.lifecycle.enter('draining');
    this.#logger.info({ reason, deadlineMs }, `Stopping on ${reason}: finishing what is in hand`);
    this.#after(deadlineMs - forceGraceMs, () =>
      this.force(`not drained ${deadlineMs - forceGraceMs} ms after ${reason}`),
    );
    this.#drain.abort(new DOMException(`Stopping on ${reason}.`, 'AbortError'));
  }

  /**
   * Cuts the drain short: the worker's force signal is aborted now, and the outcome is `forced` when the worker lets
   * go or after the grace, whichever comes first. Does nothing unless draining, or when already forced.
   */
  force(reason: string): void {
    if (this.state !== 'draining' || this.#force.signal.aborted) return;
    const error = new StopForcedError(reason);
    this.#logger.warn({ reason }, 'Stopping by force');
    this.#after(this.#stop.forceGraceMs, () => this.#givenUp.resolve({ kind: 'forced', error }));
    this.#force.abort(error);
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms));
  }

  async #life(): Promise<void> {
    const worker = await this.#start();
    if (worker === undefined) return;
    await using _disposed = worker;
    if (this.#drain.signal.aborted) return;
    this.lifecycle.enter('running');
    const { deadlineMs, forceGraceMs } = this.#stop;
    await worker.run().catch((error: unknown) => {
      // Not ready from here on, while the worker's connections are still being closed. No signal shortens that: it has a time of its own.
      if (this.state === 'running') {
        this.lifecycle.enter('failed');
        this.#after(deadlineMs, () => this.#givenUp.resolve({ kind: 'failed', error }));
      }
      throw error;
    });
    if (this.state === 'running') {
      this.lifecycle.enter('draining');
      this.#after(deadlineMs - forceGraceMs, () => this.force('it had ended, and its connections did not close'));
    }
  }

  async #start(): Promise<RunningWorker | undefined> {
    try {
      return await this.#definition.start(this.#context());
    } catch (error) {
      if (!this.#drain.signal.aborted) throw error;
      this.#logger.info({ err: error }, 'Start was given up because the worker was asked to stop');
      return undefined;
    }
  }

  #context(): WorkerContext {
    return {
      logger: this.#logger,
      meter: this.#instruments.meter,
      tracer: this.#instruments.tracer,
      drain: this.#drain.signal,
      force: this.#force.signal,
      addReadiness: (source) => {
        this.#readiness.push(source);
      },
      addDependency: (name) => {
        const dependency = new DependencyReadiness(name, (status, previous) => {
          if (status.state === 'down') {
            this.#logger.warn({ dependency: name, reason: status.reason }, `${name} is away: ${status.reason}`);
          } else if (previous.state === 'down') {
            const outageMs = status.since.getTime() - previous.since.getTime();
            this.#logger.info({ dependency: name, outageMs }, `${name} is back`);
          }
        });
        this.#readiness.push(dependency);
        return dependency;
      },
      addWarning: (name) => {
        const known = this.#warnings.find((warning) => warning.name === name);
        if (known !== undefined) return known;
        const warning = new Warning(name, (status) => {
          if (status === undefined) this.#logger.info({ warning: name }, `${name} is over`);
          else this.#logger.warn({ warning: name }, status.text);
        });
        this.#warnings.push(warning);
        return warning;
      },
    };
  }
}
