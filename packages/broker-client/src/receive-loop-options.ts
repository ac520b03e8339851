import type { BackOffOptions } from '@hartonomous/back-off';
import type { Meter } from '@opentelemetry/api';
import { z } from 'zod';
import { type BatchSizeBounds, batchSizeBoundsSchema } from './batch-size.ts';
import type { BrokerClient } from './broker-client.ts';
import { type LoopRetryOptions, loopRetryOptionsSchema } from './loop-retries.ts';
import type { Probe } from './outage-circuit.ts';
import type { ReceiveFailure } from './receive-failure.ts';
import type { ReceiveGate } from './receive-gate.ts';
import { maxReceiveMessages } from './receive-limit.ts';
import type { ReceiveLoopState } from './receive-loop-state.ts';
import type { ReceivedBatch } from './received-batch.ts';

/** What a {@link BatchHandler} gets besides the batch. */
export interface BatchContext {
  /** Aborted by a forced stop: let go at once; the transaction is then rolled back. */
  readonly signal: AbortSignal;
  /** Which of the loop's readers received it, from 0. */
  readonly reader: number;
}

/**
 * Does the work of one batch and commits it. It is called with at least one message or system message. When it rejects, the
 * messages are kept for another try (with `retries`) or rolled back; the classifier says whether to go on, to wait out an
 * outage, or that it is a defect, which ends the loop. A message that can't be processed for its own sake isn't a reason to reject: put it away with `batch.deadLetter`.
 */
export type BatchHandler = (batch: ReceivedBatch, context: BatchContext) => Promise<void>;

/** A batch at one of its steps, for hooks. */
export interface BatchEvent {
  readonly reader: number;
  /** For its counts and times; its transaction is the handler's. */
  readonly batch: ReceivedBatch;
  /** Most messages that were asked for. */
  readonly batchSize: number;
  /** Milliseconds of this step: of the receive with its wait, or of handler and commit. */
  readonly ms: number;
}

/** A batch, or a receive, that has failed. */
export interface FailureEvent<Dependency extends string> {
  /** What failed: nothing was received, or the handler didn't get through. */
  readonly step: 'receive' | 'handler';
  readonly reader: number;
  readonly dependency: Dependency;
  /** Failures in a row of this reader. */
  readonly attempt: number;
  readonly error: Error;
  /** True: transient, this reader tries again after a short pause. False: all readers stop until the server is back. */
  readonly isRetriedAtOnce: boolean;
}

/**
 * Told about everything that happens, for health, metrics and logs. Called synchronously between two steps, so they must be
 * quick and must not throw: an error of a hook is a defect and ends the loop.
 */
export interface ReceiveLoopHooks<Dependency extends string> {
  /** A RECEIVE has completed, perhaps an empty one: proof that the loop is alive. */
  readonly onReceived?: (event: BatchEvent) => void;
  /** A batch is done, perhaps an empty one: committed, or put back by its handler. */
  readonly onCompleted?: (event: BatchEvent) => void;
  readonly onFailed?: (event: FailureEvent<Dependency>) => void;
  /** A batch that failed could not be kept for another try and is rolled back, and why. */
  readonly onNotKept?: (event: Pick<BatchEvent, 'reader' | 'batch'> & { readonly error: unknown }) => void;
  /** A transaction that had received messages was rolled back; SQL Server counts these. Called when it has ended. */
  readonly onRolledBack?: (event: Pick<BatchEvent, 'reader' | 'batch'>) => void;
  /** A server is away. Called again with each newer reason. */
  readonly onAway?: (dependency: Dependency, error: unknown) => void;
  /** A server that is away has answered its probe; it counts as away until a batch has succeeded, for which all must answer. */
  readonly onAnswered?: (dependency: Dependency) => void;
  /** A server is back. Called once per outage, after a batch has succeeded. */
  readonly onBack?: (dependency: Dependency) => void;
  readonly onStateChange?: (state: ReceiveLoopState, previous: ReceiveLoopState) => void;
}

/** Schema of the checked part of {@link ReceiveLoopOptions}. */
export const receiveLoopOptionsSchema = z.object({
  queue: z.string().min(1),
  readers: z.int().min(1).max(64).default(3),
  batchSize: z
    .union([z.int().min(1).max(maxReceiveMessages), batchSizeBoundsSchema])
    .default({ min: 100, max: 2_000, targetMs: 2_000 }),
  messagesInHand: z.int().min(1).default(Number.POSITIVE_INFINITY),
  gatherMs: z.int().min(0).max(60_000).default(0),
  waitMs: z.int().min(0).max(600_000).default(5_000),
  retries: loopRetryOptionsSchema.optional(),
  probeIntervalMs: z.int().min(100).max(3_600_000).optional(),
  probeTimeoutMs: z.int().min(100).max(3_600_000).default(120_000),
});

/** Options of a `ReceiveLoop`. */
export interface ReceiveLoopOptions<Dependency extends string> {
  /** Needs a connection per reader, plus what else uses it (`maxConnections`). */
  readonly client: Pick<BrokerClient, 'receiveBatch' | 'takeRetries'>;
  /** For example `dbo.BillingQueue`. */
  readonly queue: string;
  /**
   * Receives side by side, each on a connection of its own. One waits for SQL while another does its work; more than the
   * work can use only hold connections and locks. @default 3
   */
  readonly readers?: number;
  /**
   * Most messages in a batch; see `ReceiveOptions`. A number stays; bounds let it move with the depth of the queue, the time
   * that batches take and failures, by the rule of `nextBatchSize`. @default from 100 to 2000, target 2000 ms
   */
  readonly batchSize?: number | (Omit<BatchSizeBounds, 'targetMs'> & Partial<BatchSizeBounds>);
  /**
   * Most messages that all readers together hold or have requested. Below `readers` full batches, a reader waits before it
   * receives. Two batches suffice for serialized work: one in progress, one prefetched. A third only costs memory. Small
   * batches still run side by side. Values below the batch size also cap the batch size.
   * @default no limit
   */
  readonly messagesInHand?: number;
  /**
   * Milliseconds for which a batch that wasn't full keeps the other readers from receiving while it is handled. What comes
   * meanwhile gathers for the next batch. For serialized work, where a batch that is received earlier only waits, and is
   * smaller. Readers then receive one after the other, each for its share of `waitMs`; the first time, after a full batch and
   * beside one that is tried again they receive side by side. Too long: a batch that hangs holds up the others, and messages that
   * are due for another try. Up to 60000.
   * @default 0: readers receive side by side
   */
  readonly gatherMs?: number;
  /** Milliseconds of an idle reader's long poll; see `ReceiveOptions`. With `gatherMs` all readers share it. @default 5000 */
  readonly waitMs?: number;
  readonly handler: BatchHandler;
  /** Holds the readers up on purpose while it is closed, through outages too. @default never */
  readonly gate?: ReceiveGate;
  /**
   * Where the messages of batches that failed wait for another try. Without it they are rolled back, which SQL Server counts; see
   * `ReceivedBatch.rollback`. @default none
   */
  readonly retries?: LoopRetryOptions;
  /** Says what an error means. `classifyBrokerFailure` knows those of this package. */
  readonly classify: (error: unknown) => ReceiveFailure<Dependency>;
  /** What the handler can't do without, each with a probe; see `OutageCircuit`. `client.probeQueue` is the one for the queue. */
  readonly probes: Readonly<Record<Dependency, Probe>>;
  /**
   * Names of probes that must succeed after every outage before anything is received, whichever server was away: what a server
   * that comes back may have lost. @default none
   */
  readonly checks?: readonly Dependency[];
  /**
   * Milliseconds between two calls of each probe while no messages come. Too short: load on idle servers; too long: an outage
   * goes unnoticed that long while the queue is empty. From 100. @default no probe is called unless a batch has failed
   */
  readonly probeIntervalMs?: number;
  /**
   * Milliseconds after which a probe that has neither succeeded nor failed is given up, and counts as failed (`PROBE_TIMEOUT`). Shorter
   * than the probe's own time-outs, and a slow server is taken for a hang; too long, and a hang keeps the readers waiting that long.
   * From 100. @default 120000
   */
  readonly probeTimeoutMs?: number;
  /** Pauses of an outage. @default `outageBackOff` */
  readonly backOff?: BackOffOptions;
  readonly hooks?: ReceiveLoopHooks<Dependency>;
  /** Counts and measures what the loop does; the metrics are in the README. @default nothing is measured */
  readonly meter?: Meter;
}
