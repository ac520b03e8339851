import type { z } from 'zod';
import { BatchSize } from './batch-size.ts';
import { boundedProbes } from './bounded-probe.ts';
import { observeReceiveLoop, receiveLoopMetrics } from './broker-metrics.ts';
import { ReceiveLoopStateError } from './errors.ts';
import { IdleProbes } from './idle-probes.ts';
import { LoopRetries } from './loop-retries.ts';
import { MessageRoom } from './message-room.ts';
import { parseOptions } from './options.ts';
import { type CircuitState, OutageCircuit } from './outage-circuit.ts';
import { QueueReader } from './queue-reader.ts';
import { ReceiveGate } from './receive-gate.ts';
import { type ReceiveLoopHooks, type ReceiveLoopOptions, receiveLoopOptionsSchema } from './receive-loop-options.ts';
import { type ReceiveLoopState, receiveLoopExits } from './receive-loop-state.ts';
import { ReceiveTurns } from './receive-turns.ts';

const stateOfCircuit: Readonly<Record<CircuitState, ReceiveLoopState>> = {
  flowing: 'receiving',
  interrupted: 'interrupted',
  trial: 'trial',
};

/** How a loop is ended; see {@link ReceiveLoop.run}. */
export interface ReceiveLoopSignals {
  /** Aborted: take nothing new, finish what is in hand. */
  readonly drain: AbortSignal;
  /** Aborted: roll back what is in hand. */
  readonly force: AbortSignal;
}

/**
 * Receives from a queue with several readers and hands each batch to a handler, through outages, until it is told to stop.
 *
 * | state       | entered when                                        | left for                                              |
 * |-------------|-----------------------------------------------------|-------------------------------------------------------|
 * | created     | constructed                                         | receiving, by `run()`                                 |
 * | receiving   | `run()`; a trial batch was committed                | interrupted, by a server that is away, or by a fourth transient failure in a row of one reader; draining |
 * | interrupted | a server is away; no reader receives, long polls are ended | trial, when after a pause all probes of what is away succeed; draining |
 * | trial       | the probes succeeded; one reader does one batch     | receiving or interrupted, by that batch's result; draining |
 * | draining    | `drain` was aborted, or a reader met a defect; waits for messages are ended, batches in hand are finished | stopped; failed by a defect or by `force` |
 * | stopped     | every reader has ended in good order                | final; `run()` resolves                               |
 * | failed      | every reader has ended, one of them by an error     | final; `run()` rejects with the first error           |
 *
 * Any other step throws {@link ReceiveLoopStateError}, for example a second `run()`. While draining, an outage ends the
 * batches that meet it and isn't waited out. A closed {@link ReceiveGate} holds the readers in every state and changes none. Messages
 * are safe in every state: those of a batch that failed wait in the table of
 * retries, and what isn't committed is back in the queue.
 */
export class ReceiveLoop<Dependency extends string> {
  readonly #options: ReceiveLoopOptions<Dependency>;
  readonly #checked: z.output<typeof receiveLoopOptionsSchema>;
  readonly #batchSize: BatchSize;
  readonly #hooks: ReceiveLoopHooks<Dependency>;
  #state: ReceiveLoopState = 'created';
  #away: ReadonlySet<Dependency> = new Set();

  /** @throws InvalidBrokerOptionsError naming every problem */
  constructor(options: ReceiveLoopOptions<Dependency>) {
    this.#options = options;
    this.#checked = parseOptions(receiveLoopOptionsSchema, options);
    const { batchSize } = this.#checked;
    this.#batchSize = new BatchSize(
      typeof batchSize === 'number'
        ? { min: batchSize, max: batchSize, targetMs: Number.POSITIVE_INFINITY }
        : batchSize,
    );
    this.#hooks = this.#measured();
  }

  get state(): ReceiveLoopState {
    return this.#state;
  }

  /** Most messages of the next batch. */
  get batchSize(): number {
    return this.#batchSize.messages;
  }

  /** The servers that are away. */
  get away(): ReadonlySet<Dependency> {
    return this.#away;
  }

  /**
   * Receives until `drain` is aborted, finishes the batches in hand and resolves.
   *
   * @throws ReceiveLoopStateError when called twice
   * @throws the reason of `force` when that ended a batch, or the defect that a classifier called fatal; in both cases after
   * every other reader has let go
   */
  async run({ drain, force }: ReceiveLoopSignals): Promise<void> {
    const { client, handler, classify, checks = [], backOff, gate = new ReceiveGate() } = this.#options;
    const probes = boundedProbes(this.#options.probes, this.#checked.probeTimeoutMs);
    const hooks = this.#hooks;
    this.#enter('receiving');
    const stop = new AbortController();
    const signal = AbortSignal.any([drain, stop.signal]);
    const circuit = new OutageCircuit({
      probes,
      checks,
      signal,
      ...(backOff === undefined ? {} : { backOff }),
      ...(hooks.onAway === undefined ? {} : { onAway: hooks.onAway }),
      ...(hooks.onAnswered === undefined ? {} : { onAnswered: hooks.onAnswered }),
      ...(hooks.onBack === undefined ? {} : { onBack: hooks.onBack }),
      // While draining the circuit may still report what the last batches meet; the loop's state no longer follows it.
      onStateChange: (state) => {
        if (!signal.aborted) this.#enter(stateOfCircuit[state]);
      },
    });
    this.#away = circuit.away;
    const onDrain = () => this.#enter('draining');
    if (signal.aborted) onDrain();
    else signal.addEventListener('abort', onDrain, { once: true });
    const { readers, queue, messagesInHand, gatherMs, probeIntervalMs } = this.#checked;
    const idleProbes =
      probeIntervalMs === undefined
        ? undefined
        : new IdleProbes({ circuit, probes, classify, intervalMs: probeIntervalMs });
    const probing = idleProbes?.run(signal);
    const room = new MessageRoom(messagesInHand);
    const turns = new ReceiveTurns(gatherMs);
    // Where they wait one after the other, each is to have had its turn within waitMs, which shows that it is alive.
    const waitMs = gatherMs > 0 ? this.#checked.waitMs / readers : this.#checked.waitMs;
    const retries = this.#retries();
    const shared = {
      queue,
      waitMs,
      batchSize: this.#batchSize,
      room,
      turns,
      retries,
      client,
      circuit,
      gate,
      handler,
      classify,
      hooks: idleProbes === undefined ? hooks : watchedBy(idleProbes, hooks),
    };
    const ended = await Promise.allSettled(
      Array.from({ length: readers }, (_, reader) =>
        new QueueReader({ ...shared, reader, drain: signal, force })
          .run()
          .finally(() => stop.abort(new DOMException('A reader has ended.', 'AbortError'))),
      ),
    );
    await probing;
    const failed = ended.find((result) => result.status === 'rejected');
    this.#enter(failed === undefined ? 'stopped' : 'failed');
    if (failed !== undefined) throw failed.reason;
  }

  #retries(): LoopRetries | undefined {
    const { retries } = this.#options;
    if (retries === undefined || this.#checked.retries === undefined) return undefined;
    const { batchSize } = this.#checked;
    return new LoopRetries(retries, this.#checked.retries, typeof batchSize === 'number' ? batchSize : batchSize.max);
  }

  #enter(next: ReceiveLoopState): void {
    const previous = this.#state;
    if (!receiveLoopExits[previous].includes(next))
      throw new ReceiveLoopStateError(this.#checked.queue, previous, next);
    this.#state = next;
    this.#hooks.onStateChange?.(next, previous);
  }

  /** The caller's hooks, and before them those that measure. */
  #measured(): ReceiveLoopHooks<Dependency> {
    const { meter, probes, hooks = {} } = this.#options;
    if (meter === undefined) return hooks;
    const { queue } = this.#checked;
    const metrics = receiveLoopMetrics<Dependency>(meter, queue);
    observeReceiveLoop(meter, queue, this, dependenciesOf(probes));
    return {
      ...hooks,
      onReceived: (event) => {
        metrics.onReceived(event);
        hooks.onReceived?.(event);
      },
      onCompleted: (event) => {
        metrics.onCompleted(event);
        hooks.onCompleted?.(event);
      },
      onFailed: (event) => {
        metrics.onFailed(event);
        hooks.onFailed?.(event);
      },
      onRolledBack: (event) => {
        metrics.onRolledBack(event);
        hooks.onRolledBack?.(event);
      },
    };
  }
}

/** The hooks, and before them those that report batches with messages to the idle probes. */
function watchedBy<Dependency extends string>(
  idleProbes: IdleProbes<Dependency>,
  hooks: ReceiveLoopHooks<Dependency>,
): ReceiveLoopHooks<Dependency> {
  return {
    ...hooks,
    onReceived: (event) => {
      if (!event.batch.isEmpty) idleProbes.worked();
      hooks.onReceived?.(event);
    },
    onCompleted: (event) => {
      if (!event.batch.isEmpty) idleProbes.worked();
      hooks.onCompleted?.(event);
    },
  };
}

function dependenciesOf<Dependency extends string>(probes: Readonly<Record<Dependency, unknown>>): Dependency[] {
  // Object.keys is typed for objects that may have more keys than their type says; this record is the caller's own.
  return Object.keys(probes) as Dependency[];
}
