import { setTimeout as pause } from 'node:timers/promises';
import { type BackOffOptions, backOffMs, outageBackOff } from '@hartonomous/back-off';

/** Resolves when a server does what batches need; must not receive anything. */
export type Probe = (signal: AbortSignal) => Promise<void>;

/** The right to do one batch. */
export interface Passage {
  /** The first batch after an outage: alone, and on its result depends whether the others follow. */
  readonly isTrial: boolean;
  /** Aborted when a server goes away: ends the wait for messages, so that nothing is received that can't be processed. */
  readonly interrupted: AbortSignal;
}

/** See {@link OutageCircuit}. */
export type CircuitState = 'flowing' | 'interrupted' | 'trial';

/** Options of {@link OutageCircuit}. */
export interface OutageCircuitOptions<Dependency extends string> {
  /** The servers that batches can't do without, each with what shows that it is there. */
  readonly probes: Readonly<Record<Dependency, Probe>>;
  /** Those of them that must answer after every outage, whichever server was away. @default none */
  readonly checks?: readonly Dependency[];
  /** Ends recovering; readers bring their own. */
  readonly signal: AbortSignal;
  /** @default {@link outageBackOff} */
  readonly backOff?: BackOffOptions;
  /** Called at every report of a server that is away: the first is the change, later ones bring a newer reason. */
  readonly onAway?: (dependency: Dependency, error: unknown) => void;
  /** Called whenever a server that is away has answered its probe: the others, and then the trial, still decide. */
  readonly onAnswered?: (dependency: Dependency) => void;
  /** Called once when a batch has shown that the server is back. */
  readonly onBack?: (dependency: Dependency) => void;
  readonly onStateChange?: (state: CircuitState, previous: CircuitState) => void;
}

/**
 * Stops all readers while a server is away, and lets them go on when it is back.
 *
 * | state       | readers                       | entered by                     | left for                                    |
 * |-------------|-------------------------------|--------------------------------|---------------------------------------------|
 * | flowing     | pass                          | start; a trial that succeeded  | interrupted, by the first failure           |
 * | interrupted | wait; nothing is received     | a failure while flowing or in a trial | trial, when after a pause every server that is away answers its probe |
 * | trial       | one passes, the others wait   | probes that succeeded          | flowing or interrupted, by that one's result |
 *
 * The trial is there because a probe proves less than a batch (room on disk, a procedure's rights): without it, readiness
 * would flap. The probes are there because a batch that is received and rolled back counts against the queue. Pauses
 * grow until a batch succeeds. Failures that come in while interrupted, from batches that were under way, change the
 * reason only; so an outage is reported once, whatever the number of readers.
 */
export class OutageCircuit<Dependency extends string> {
  readonly #options: OutageCircuitOptions<Dependency>;
  readonly #away = new Set<Dependency>();
  #state: CircuitState = 'flowing';
  #trial: Passage | undefined;
  #attempts = 0;
  #changed = Promise.withResolvers<void>();
  #interruption = new AbortController();

  constructor(options: OutageCircuitOptions<Dependency>) {
    this.#options = options;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** The servers that are away, as far as batches and probes have told. */
  get away(): ReadonlySet<Dependency> {
    return this.#away;
  }

  /**
   * Waits until a batch may be done.
   * @throws the reason of `signal` when aborted
   */
  async enter(signal: AbortSignal): Promise<Passage> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#state === 'flowing') return { isTrial: false, interrupted: this.#interruption.signal };
      if (this.#state === 'trial' && this.#trial === undefined) {
        this.#trial = { isTrial: true, interrupted: this.#interruption.signal };
        return this.#trial;
      }
      await this.#nextChange(signal);
    }
  }

  /** Reports that the batch was committed, or that there was none to be had. */
  succeeded(passage: Passage): void {
    if (passage !== this.#trial || this.#state !== 'trial') return;
    this.#attempts = 0;
    const back = [...this.#away];
    this.#away.clear();
    for (const dependency of back) this.#options.onBack?.(dependency);
    this.#enter('flowing');
  }

  /** Gives a passage back unused: nothing was received. The trial is then another reader's. */
  leave(passage: Passage): void {
    if (passage !== this.#trial || this.#state !== 'trial') return;
    this.#trial = undefined;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /**
   * Reports that a server was away.
   * @param passage of the batch that met it; undefined when a probe did
   */
  failed(passage: Passage | undefined, dependency: Dependency, error: unknown): void {
    this.#tell(dependency, error);
    const isLate = this.#state === 'interrupted' || (this.#state === 'trial' && passage !== this.#trial);
    if (isLate) return;
    this.#enter('interrupted');
    void this.#recover();
  }

  /** Never rejects: what a probe throws is the reason why the server is still away. */
  async #recover(): Promise<void> {
    const { signal, backOff = outageBackOff } = this.#options;
    while (!signal.aborted) {
      this.#attempts += 1;
      await pause(backOffMs(this.#attempts, backOff), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted && (await this.#allAnswer())) {
        this.#enter('trial');
        return;
      }
    }
  }

  async #allAnswer(): Promise<boolean> {
    const { probes, checks = [], signal } = this.#options;
    const answers = await Promise.all(
      [...new Set([...this.#away, ...checks])].map(async (dependency) => {
        try {
          await probes[dependency](signal);
          if (this.#away.has(dependency)) this.#options.onAnswered?.(dependency);
          return true;
        } catch (error) {
          if (!signal.aborted) this.#tell(dependency, error);
          return false;
        }
      }),
    );
    return answers.every((answer) => answer);
  }

  #tell(dependency: Dependency, error: unknown): void {
    this.#away.add(dependency);
    this.#options.onAway?.(dependency, error);
  }

  #enter(state: CircuitState): void {
    const previous = this.#state;
    this.#state = state;
    this.#trial = undefined;
    if (state === 'interrupted') {
      this.#interruption.abort(new DOMException('A server is away.', 'AbortError'));
      this.#interruption = new AbortController();
    }
    this.#options.onStateChange?.(state, previous);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #nextChange(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([this.#changed.promise, aborted.promise]);
    signal.removeEventListener('abort', onAbort);
  }
}
