import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs } from '@hartonomous/back-off';
import type { BatchSize } from './batch-size.ts';
import type { BrokerClient } from './broker-client.ts';
import { BatchLeftOpenError } from './errors.ts';
import type { LoopRetries } from './loop-retries.ts';
import type { MessageRoom } from './message-room.ts';
import type { OutageCircuit, Passage } from './outage-circuit.ts';
import type { ReceiveFailure } from './receive-failure.ts';
import type { GatePass, ReceiveGate } from './receive-gate.ts';
import type { BatchHandler, FailureEvent, ReceiveLoopHooks } from './receive-loop-options.ts';
import type { ReceiveTurns } from './receive-turns.ts';
import type { ReceivedBatch } from './received-batch.ts';

/** What a reader needs. */
export interface QueueReaderOptions<Dependency extends string> {
  readonly client: Pick<BrokerClient, 'receiveBatch' | 'takeRetries'>;
  readonly circuit: OutageCircuit<Dependency>;
  readonly gate: ReceiveGate;
  readonly queue: string;
  /** Which of the loop's readers it is, from 0. */
  readonly reader: number;
  /** Shared by the readers of a loop. */
  readonly batchSize: BatchSize;
  /** Shared as well. */
  readonly room: MessageRoom;
  /** Shared as well. */
  readonly turns: ReceiveTurns;
  /** Shared as well. Undefined: a batch that fails is rolled back. */
  readonly retries: LoopRetries | undefined;
  readonly waitMs: number;
  readonly handler: BatchHandler;
  readonly classify: (error: unknown) => ReceiveFailure<Dependency>;
  readonly hooks: ReceiveLoopHooks<Dependency>;
  /** Ends the wait for messages; the batch in hand is finished. */
  readonly drain: AbortSignal;
  /** Cuts the batch in hand short. */
  readonly force: AbortSignal;
}

/**
 * Consecutive failures of one reader that still count as transient (a deadlock, a lock that another session holds). Too few: a
 * single long transaction in SQL stops all readers. Too many: a server in trouble gets that much more load.
 */
const maxTransientFailures = 3;

/** Pauses after a transient failure, in milliseconds: long enough for the other transaction to end, short beside a long poll. */
const transientBackOff = { baseMs: 100, maxMs: 1_000 };

/**
 * One of the readers of a receive loop: receives and processes batch after batch. Outages are waited out in the circuit,
 * with all readers.
 */
export class QueueReader<Dependency extends string> {
  readonly #options: QueueReaderOptions<Dependency>;
  #hasReceived = false;
  /** In a row. */
  #transientFailures = 0;

  constructor(options: QueueReaderOptions<Dependency>) {
    this.#options = options;
  }

  /** Reads until `drain` is aborted; rejects only for defects and with the reason of a forced stop. */
  async run(): Promise<void> {
    const { circuit, gate, drain } = this.#options;
    while (!drain.aborted) {
      let closed: AbortSignal | undefined;
      try {
        using pass = await gate.enter(drain);
        closed = pass.closed;
        await this.#receiveAndProcess(await circuit.enter(AbortSignal.any([drain, closed])), pass);
      } catch (error) {
        // The wait for a message, or for the end of an outage, was ended: there is nothing in hand.
        if (drain.aborted && error === drain.reason) return;
        if (closed?.aborted === true && error === closed.reason) continue;
        throw error;
      }
      if (this.#transientFailures > 0) {
        const ms = backOffMs(this.#transientFailures, transientBackOff);
        await pause(ms, undefined, { signal: drain }).catch(() => undefined);
      }
    }
  }

  async #receiveAndProcess(passage: Passage, { closed }: GatePass): Promise<void> {
    const { circuit, reader, turns, room, retries, drain, hooks, waitMs } = this.#options;
    const signal = AbortSignal.any([drain, passage.interrupted, closed]);
    const wanted = this.#options.batchSize.messages;
    const { isTrial } = passage;
    // The trial must not wait for batches that hang: whether they end is what it is to find out. Nor does the first receive, because
    // health says `ready` when each reader's has come back.
    using turn =
      isTrial || !this.#hasReceived
        ? turns.takeAtOnce()
        : await this.#unlessStopped(turns.take(signal), passage, signal);
    if (turn === undefined) return;
    using part = isTrial
      ? room.takeAtOnce(wanted)
      : await this.#unlessStopped(room.take(wanted, signal), passage, signal);
    if (part === undefined) return;
    turn.receiving(waitMs);
    const startedAt = performance.now();
    let lent: ReceivedBatch;
    try {
      lent = (await this.#takeRetries(part.messages, signal)) ?? (await this.#receive(passage, part.messages, signal));
    } catch (error) {
      if (drain.aborted) throw drain.reason;
      if (signal.aborted) {
        circuit.leave(passage);
        return;
      }
      const failure = this.#classify(error);
      if (failure.kind === 'fatal') throw error;
      this.#report(passage, 'receive', failure);
      return;
    }
    await using batch = lent;
    void this.#tellRollback(batch);
    const receivedAt = performance.now();
    const received = batch.messages.length + batch.systemMessages.length;
    const isRetry = batch.source === 'retries';
    const batchSize = isRetry ? Math.min(part.messages, retries?.batchSize.messages ?? part.messages) : part.messages;
    part.shrinkTo(received);
    // What is tried again says nothing of what waits in the queue.
    if (isRetry) turn[Symbol.dispose]();
    else turn.received(received >= batchSize);
    const learn = (hasFailed: boolean) =>
      (isRetry ? retries?.batchSize : this.#options.batchSize)?.learn({
        asked: batchSize,
        received,
        ms: performance.now() - receivedAt,
        hasFailed,
      });
    // More may be due; the next look that finds nothing ends it.
    if (isRetry) retries?.schedule.expect(0);
    hooks.onReceived?.({ reader, batch, batchSize, ms: receivedAt - startedAt });
    try {
      await this.#process(batch);
    } catch (error) {
      learn(true);
      const failure = this.#classify(error);
      // Before the messages are let go: they are not to go to another reader, which would fail as well.
      if (failure.kind !== 'fatal') this.#report(passage, 'handler', failure);
      await this.#letGo(batch, failure);
      if (failure.kind === 'fatal') throw error;
      return;
    }
    learn(false);
    hooks.onCompleted?.({ reader, batch, batchSize, ms: performance.now() - receivedAt });
    circuit.succeeded(passage);
    this.#transientFailures = 0;
  }

  /**
   * What is waited for; undefined when nothing is to be received now.
   * @throws the reason of `drain`; any error but the reason of `signal`
   */
  async #unlessStopped<T>(waiting: Promise<T>, passage: Passage, signal: AbortSignal): Promise<T | undefined> {
    const { circuit, drain } = this.#options;
    try {
      return await waiting;
    } catch (error) {
      if (drain.aborted) throw drain.reason;
      if (error !== signal.reason) throw error;
      circuit.leave(passage);
      return undefined;
    }
  }

  async #process(batch: ReceivedBatch): Promise<void> {
    const { handler, queue, reader, force } = this.#options;
    if (batch.isEmpty) {
      await batch.commit();
      return;
    }
    await handler(batch, { signal: force, reader });
    if (batch.transaction.state === 'open') throw new BatchLeftOpenError(queue);
  }

  /** @throws the reason of a forced stop when that caused the error */
  #classify(error: unknown): ReceiveFailure<Dependency> {
    const { classify, force } = this.#options;
    force.throwIfAborted();
    return error instanceof BatchLeftOpenError ? { kind: 'fatal', error } : classify(error);
  }

  #report(
    passage: Passage,
    step: FailureEvent<Dependency>['step'],
    failure: Exclude<ReceiveFailure<Dependency>, { kind: 'fatal' }>,
  ): void {
    const { circuit, hooks, reader } = this.#options;
    const { dependency } = failure;
    this.#transientFailures += 1;
    const attempt = this.#transientFailures;
    const isRetriedAtOnce = failure.kind === 'transient' && !passage.isTrial && attempt <= maxTransientFailures;
    hooks.onFailed?.({ step, reader, dependency, attempt, error: failure.error, isRetriedAtOnce });
    if (isRetriedAtOnce) return;
    this.#transientFailures = 0;
    circuit.failed(passage, dependency, failure.error);
  }

  /** Keeps the messages of a failed batch for another try; what can't be kept is rolled back. */
  async #letGo(batch: ReceivedBatch, failure: ReceiveFailure<Dependency>): Promise<void> {
    const { retries, hooks, reader } = this.#options;
    if (batch.transaction.state !== 'open') return;
    if (retries === undefined) {
      await batch.rollback();
      return;
    }
    try {
      await retries.keep(batch, failure);
    } catch (error) {
      hooks.onNotKept?.({ reader, batch, error });
      // A transaction that a failed statement has doomed, or whose connection is lost, is rolled back by the server anyway.
      await batch[Symbol.asyncDispose]();
    }
  }

  async #takeRetries(messages: number, signal: AbortSignal): Promise<ReceivedBatch | undefined> {
    const { client, queue, retries } = this.#options;
    if (retries?.schedule.claim() !== true) return undefined;
    const count = Math.min(messages, retries.batchSize.messages);
    const batch = await client.takeRetries(queue, retries.target, count, { signal });
    if (!batch.isEmpty) return batch;
    await batch.commit();
    return undefined;
  }

  async #receive(passage: Passage, batchSize: number, signal: AbortSignal): Promise<ReceivedBatch> {
    const { client, queue, retries } = this.#options;
    // The first receive doesn't wait, because health says `ready` when it has come back; and the trial must not wait for a
    // message, because until it has ended no other reader receives.
    const mayWait = this.#hasReceived && !passage.isTrial;
    const waitMs = mayWait
      ? Math.min(this.#options.waitMs, retries?.schedule.msToNextLook ?? Number.POSITIVE_INFINITY)
      : 0;
    const batch = await client.receiveBatch({ queue, batchSize, waitMs: Math.ceil(waitMs), signal });
    this.#hasReceived = true;
    return batch;
  }

  /** However it is rolled back: by the handler, this reader, a forced stop, or the server. */
  async #tellRollback(batch: ReceivedBatch): Promise<void> {
    if (batch.source !== 'queue' || batch.isEmpty) return;
    const { hooks, reader } = this.#options;
    if ((await batch.transaction.ended) === 'rolled-back') hooks.onRolledBack?.({ reader, batch });
  }
}
