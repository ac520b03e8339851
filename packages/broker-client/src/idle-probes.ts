import { setTimeout as pause } from 'node:timers/promises';
import { ProbeTimeoutError } from './errors.ts';
import type { OutageCircuit, Probe } from './outage-circuit.ts';
import type { ReceiveFailure } from './receive-failure.ts';

/** What {@link IdleProbes} needs. */
export interface IdleProbesOptions<Dependency extends string> {
  readonly circuit: OutageCircuit<Dependency>;
  readonly probes: Readonly<Record<Dependency, Probe>>;
  readonly classify: (error: unknown) => ReceiveFailure<Dependency>;
  /** Milliseconds between two probes. */
  readonly intervalMs: number;
}

/** Transient failures of a probe in a row that aren't an outage yet: a lock that is held for long, a leader election. */
const maxTransientFailures = 2;

/**
 * Calls every probe at intervals while no messages come: only batches show that a server is away, and an empty queue has none.
 * A batch is as good as a probe, so a busy loop calls none.
 */
export class IdleProbes<Dependency extends string> {
  readonly #options: IdleProbesOptions<Dependency>;
  readonly #dependencies: readonly Dependency[];
  readonly #transientFailures = new Map<Dependency, number>();
  #hasWorked = false;

  constructor(options: IdleProbesOptions<Dependency>) {
    this.#options = options;
    // Object.keys is typed for objects that may have more keys than their type says; this record is the caller's own.
    this.#dependencies = Object.keys(options.probes) as Dependency[];
  }

  /** Reports that a batch was received or done. */
  worked(): void {
    this.#hasWorked = true;
    this.#transientFailures.clear();
  }

  /** Probes until `signal` is aborted. Never rejects: a probe that fails is reported to the circuit. */
  async run(signal: AbortSignal): Promise<void> {
    const { circuit, intervalMs } = this.#options;
    while (!signal.aborted) {
      await pause(intervalMs, undefined, { signal }).catch(() => undefined);
      const isIdle = !this.#hasWorked;
      this.#hasWorked = false;
      // Otherwise the circuit probes by itself.
      if (isIdle && circuit.state === 'flowing' && !signal.aborted) {
        await Promise.all(this.#dependencies.map((dependency) => this.#probe(dependency, signal)));
      }
    }
  }

  async #probe(dependency: Dependency, signal: AbortSignal): Promise<void> {
    const { circuit, probes, classify } = this.#options;
    try {
      await probes[dependency](signal);
      this.#transientFailures.delete(dependency);
    } catch (error) {
      if (signal.aborted) return;
      // It says only that this probe hangs.
      if (error instanceof ProbeTimeoutError) {
        circuit.failed(undefined, dependency, error);
        return;
      }
      const failure = classify(error);
      const failures = (this.#transientFailures.get(dependency) ?? 0) + 1;
      this.#transientFailures.set(dependency, failures);
      if (failure.kind === 'transient' && failures <= maxTransientFailures) return;
      this.#transientFailures.delete(dependency);
      // What a probe meets may be the fault of another dependency. A defect of a probe proves nothing else than this.
      if (failure.kind === 'fatal') circuit.failed(undefined, dependency, error);
      else circuit.failed(undefined, failure.dependency, failure.error);
    }
  }
}
