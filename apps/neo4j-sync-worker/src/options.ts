import { secret, sqlConnectionString } from '@hartonomous/config-loader';
import { z } from 'zod';

const workerSection = z
  .strictObject({
    /**
     * Most messages in a batch, which is one transaction in SQL and one in Neo4j. Too small and round trips and commits
     * dominate; too large and a failure repeats much work, and other readers wait long for the writer's turn. The size moves
     * between MinBatchSize and this: up while batches are full and fast, down when they fail or take longer than
     * TargetBatchMs.
     */
    BatchSize: z.int().min(1).max(4_000).default(3_000),
    /** The least that a batch size shrinks to. At most BatchSize; the same as BatchSize, and the size never moves. */
    MinBatchSize: z.int().min(1).max(4_000).optional(),
    /**
     * Milliseconds that a batch should take at most. Too short and the commits dominate; too long and stopping waits long
     * for the batch in hand (StopDeadlineMs cuts it off).
     */
    TargetBatchMs: z.int().min(10).max(600_000).default(2_000),
    /**
     * Receive loops side by side. One reads SQL while another writes the graph; more than a few only wait for the one
     * writer's turn in Neo4j, and each holds a SQL connection.
     */
    Readers: z.int().min(1).max(64).default(3),
    /**
     * Most messages that all readers together have in hand; a reader that would pass it waits before it receives. Less than two
     * batches, and nothing is made ready while Neo4j writes; more than three take memory and no less time.
     * Two and a half batches where it isn't set: two full ones, and room for small ones beside them.
     */
    MessagesInHand: z.int().min(1).max(100_000).optional(),
    /**
     * Milliseconds that an idle reader waits on the server for a message. A message is delivered at once whatever this
     * is; it sets how often an idle reader shows that it is alive.
     */
    WaitMs: z.int().min(100).max(600_000).default(5_000),
    /**
     * Milliseconds to wait for locks of other transactions on the rows that are read. Shorter, and a writer that takes
     * its time makes batches fail and repeat; longer, and conversations stay locked behind one stuck transaction.
     */
    LockTimeoutMs: z.int().min(0).max(600_000).default(5_000),
    /**
     * Milliseconds for any other statement in SQL and for a transaction in Neo4j. Shorter, a busy server looks away;
     * longer, a dead one is noticed late.
     */
    StatementTimeoutMs: z.int().min(100).max(600_000).default(30_000),
    /**
     * Milliseconds without a completed RECEIVE after which a reader counts as stuck (health says so). Must be longer
     * than WaitMs and the slowest batch, or a busy worker looks ill.
     */
    MaxReceiveAgeMs: z.int().min(1_000).max(3_600_000).default(120_000),
    /** Milliseconds from SIGTERM to the end of the process. The service manager's own patience must be longer. */
    StopDeadlineMs: z.int().min(3_000).max(600_000).default(20_000),
    /**
     * Milliseconds between two looks at the queue for metrics and warnings. Each counts the messages, which costs SQL Server
     * a scan of what waits; longer, and metrics and warnings come later.
     */
    WatchIntervalMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Minutes between two purges of tombstones and of the log. */
    PurgeIntervalMinutes: z.number().positive().max(10_080).default(60),
    /**
     * Minutes that the graph remembers a deleted entity. Must be longer than any batch can be under way, or a late
     * writer brings a deleted entity back; longer than that costs space only.
     */
    TombstoneAgeMinutes: z.number().positive().max(10_080).default(60),
    /** Days that dbo.Neo4jSyncLog keeps its rows. */
    LogRetentionDays: z.int().min(0).max(3_650).default(30),
  })
  .refine((worker) => worker.MaxReceiveAgeMs > worker.WaitMs, {
    message: 'longer than Worker:WaitMs, or every idle reader counts as stuck',
    path: ['MaxReceiveAgeMs'],
  })
  .refine((worker) => (worker.MinBatchSize ?? 1) <= worker.BatchSize, {
    message: 'at most Worker:BatchSize, which is the upper bound',
    path: ['MinBatchSize'],
  })
  .prefault({});

const healthSection = z
  .strictObject({
    /** Address to listen on. Anything but a loopback address shows the worker's state to the network. */
    Host: z.string().min(1).default('127.0.0.1'),
    /** TCP port; 0 takes a free one, which the log names. Each worker on a machine needs its own. */
    Port: z.int().min(0).max(65_535).default(8081),
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({
    Uri: z.string().regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s]+\/?$/, 'an address like bolt://localhost:7687'),
    Username: z.string().min(1, 'a user name'),
    Password: secret(),
    Database: z.string().min(1).default('neo4j'),
    Enabled: z.boolean().default(true),
  }),
  Worker: workerSection,
  Health: healthSection,
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;

/** Whether there is a graph to sync to; read first, because without one the other settings may be absent. */
export const graphSwitchSchema = z.object({
  Neo4j: z.object({ Enabled: z.boolean().default(true) }).prefault({}),
});
