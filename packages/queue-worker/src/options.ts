import { Secret } from '@hartonomous/config-loader';
import { z } from 'zod';

/** In what the settings of one worker differ from those of another. */
export interface WorkerDefaults {
  readonly readers: { readonly default: number; readonly max: number };
  /** Milliseconds. */
  readonly statementTimeoutMs: number;
  /** Milliseconds; longer than the slowest batch. */
  readonly maxReceiveAgeMs: { readonly default: number; readonly max: number };
  /** As the queue declares it. */
  readonly retention: { readonly replayedDays: number; readonly pendingDays: number | null };
}

/**
 * The keys of the section `Worker` that every worker has, for a schema that may have more:
 *
 * ```ts
 * z.strictObject({ ...workerShape(defaults), BatchSize: z.int() }).refine(...receiveAgeRule).prefault({})
 * ```
 */
export function workerShape({ readers, statementTimeoutMs, maxReceiveAgeMs, retention }: WorkerDefaults) {
  const { replayedDays, pendingDays } = retention;
  const days = z.int().min(0).max(36_500);
  return {
    /** Receive loops side by side, each with a connection to SQL Server. Too few: one waits for the other's servers. Too many: connections and memory. */
    Readers: z.int().min(1).max(readers.max).default(readers.default),
    /**
     * Milliseconds that an idle reader waits on the server for a message. Messages are delivered at once whatever this is; it
     * sets how often an idle reader shows that it is alive.
     */
    WaitMs: z.int().min(100).max(600_000).default(5_000),
    /** Milliseconds for a statement. Too short: a busy server is mistaken for a dead one. Too long: a dead server goes unnoticed. */
    StatementTimeoutMs: z.int().min(100).max(600_000).default(statementTimeoutMs),
    /**
     * Milliseconds without a completed RECEIVE after which a reader counts as stuck, and the worker isn't ready. Longer than
     * WaitMs and the slowest batch, or a busy worker looks ill.
     */
    MaxReceiveAgeMs: z.int().min(1_000).max(maxReceiveAgeMs.max).default(maxReceiveAgeMs.default),
    /** Milliseconds from SIGTERM to the end of the process. The service manager's own time-out must be longer. */
    StopDeadlineMs: z.int().min(3_000).max(600_000).default(20_000),
    /**
     * Milliseconds between two checks of the queue, for metrics and warnings, and between two probes of the other servers while
     * the queue is empty. Too short: each look counts the messages, a scan of what waits. Too long: an outage is noticed late.
     */
    WatchIntervalMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Minutes between two purges. */
    PurgeIntervalMinutes: z.number().positive().max(10_080).default(60),
    /** Days that dead letters are kept after their replay. */
    DeadLetterRetentionDays: days.default(replayedDays),
    /** Days that dead letters are kept that nobody has replayed. Not set: forever. */
    PendingDeadLetterRetentionDays: pendingDays === null ? days.optional() : days.default(pendingDays),
  };
}

/** Arguments of `refine` for a section with {@link workerShape}. */
export const receiveAgeRule: [
  (worker: { readonly MaxReceiveAgeMs: number; readonly WaitMs: number }) => boolean,
  { readonly message: string; readonly path: string[] },
] = [
  ({ MaxReceiveAgeMs, WaitMs }) => MaxReceiveAgeMs > WaitMs,
  { message: 'longer than Worker:WaitMs, or every idle reader counts as stuck', path: ['MaxReceiveAgeMs'] },
];

/**
 * The section `Health`.
 *
 * @param port the worker's own default: each worker on a machine needs another one
 */
export function healthSection(port: number) {
  return z
    .strictObject({
      /** Address to listen on. Anything but a loopback address shows the worker's state to the network. */
      Host: z.string().min(1).default('127.0.0.1'),
      /** TCP port; 0 takes a free one, which the log names. */
      Port: z.int().min(0).max(65_535).default(port),
    })
    .prefault({});
}

/** The section `ApplicationInsights`. */
export function applicationInsightsSection() {
  return z
    .object({
      /** As the portal shows it. Empty: `APPLICATIONINSIGHTS_CONNECTION_STRING`, and without that nothing is sent there. */
      ConnectionString: z
        .string()
        .transform((text) => new Secret(text))
        .meta({ secret: true })
        .prefault(''),
    })
    .prefault({});
}

/** What the settings of every worker have. */
export interface QueueWorkerSettings {
  readonly Worker: z.output<z.ZodObject<ReturnType<typeof workerShape>>>;
  readonly Health: z.output<ReturnType<typeof healthSection>>;
  readonly ApplicationInsights: z.output<ReturnType<typeof applicationInsightsSection>>;
}
