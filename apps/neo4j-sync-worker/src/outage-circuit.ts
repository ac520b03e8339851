import { setTimeout as pause } from 'node:timers/promises';
import type { DependencyReadiness } from '@hartonomous/worker-host';
import { type BackOffOptions, backOffMs, outageBackOff } from './back-off.ts';
import { type DependencyName, reasonOf } from './failure.ts';

/** A server that the circuit watches. */
export interface CircuitDependency {
  readonly readiness: DependencyReadiness;
  /** Resolves when the server does what batches need; must not receive anything. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

/** The right to do one batch. */
export interface Passage {
  /** The first batch after an outage: alone, and on its result depends whether the others follow. */
  readonly isTrial: boolean;
  /** Aborted when a server goes away: ends the wait for messages, so that nothing is received that can't be synced. */
  readonly interrupted: AbortSignal;
}

/** Options of {@link OutageCircuit}. */
export interface OutageCircuitOptions {
  readonly dependencies: Readonly<Record<DependencyName, CircuitDependency>>;
  /** Ends recovering; readers bring their own. */
  readonly signal: AbortSignal;
  /** @default {@link outageBackOff} */
  readonly backOff?: BackOffOptions;
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
 * reason only; so an outage is logged once, whatever the number of readers.
 */
export class OutageCircuit {
  readonly #dependencies: Readonly<Record<DependencyName, CircuitDependency>>;
  readonly #signal: AbortSignal;
  readonly #backOff: BackOffOptions;
  #state: 'flowing' | 'interrupted' | 'trial' = 'flowing';
  #trial: Passage | undefined;
  #attempts = 0;
  #changed = Promise.withResolvers<void>();
  #interruption = new AbortController();

  constructor({ dependencies, signal, backOff = outageBackOff }: OutageCircuitOptions) {
    this.#dependencies = dependencies;
    this.#signal = signal;
    this.#backOff = backOff;
  }

  get state(): 'flowing' | 'interrupted' | 'trial' {
    return this.#state;
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
    for (const { readiness } of Object.values(this.#dependencies)) readiness.up();
    this.#enter('flowing');
  }

  /** Reports that a server was away. */
  failed(passage: Passage, dependency: DependencyName, error: Error): void {
    this.#dependencies[dependency].readiness.down(reasonOf(error));
    const isLate = this.#state === 'interrupted' || (this.#state === 'trial' && passage !== this.#trial);
    if (isLate) return;
    this.#enter('interrupted');
    void this.#recover();
  }

  /** Never rejects: what a probe throws is the reason why the server is still away. */
  async #recover(): Promise<void> {
    while (!this.#signal.aborted) {
      this.#attempts += 1;
      const ms = backOffMs(this.#attempts, this.#backOff);
      await pause(ms, undefined, { signal: this.#signal }).catch(() => undefined);
      if (!this.#signal.aborted && (await this.#allAnswer())) {
        this.#enter('trial');
        return;
      }
    }
  }

  async #allAnswer(): Promise<boolean> {
    const away = Object.values(this.#dependencies).filter(({ readiness }) => readiness.status().state !== 'up');
    const answers = await Promise.all(
      away.map(async ({ readiness, probe }) => {
        try {
          await probe(this.#signal);
          return true;
        } catch (error) {
          if (!this.#signal.aborted) readiness.down(reasonOf(error));
          return false;
        }
      }),
    );
    return answers.every((answer) => answer);
  }

  #enter(state: 'flowing' | 'interrupted' | 'trial'): void {
    this.#state = state;
    this.#trial = undefined;
    if (state === 'interrupted') {
      this.#interruption.abort(new DOMException('A server is away.', 'AbortError'));
      this.#interruption = new AbortController();
    }
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
