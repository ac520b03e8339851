import { neo4jConnectionShape, sqlConnectionString } from '@hartonomous/config-loader';
import { syncQueue } from '@hartonomous/provenance-schema';
import { applicationInsightsSection, healthSection, receiveAgeRule, workerShape } from '@hartonomous/queue-worker';
import { z } from 'zod';

const workerSection = z
  .strictObject({
    ...workerShape({
      // One reads SQL while another writes the graph; more than a few only wait for the one writer's turn in Neo4j.
      readers: { default: 3, max: 64 },
      statementTimeoutMs: 30_000,
      maxReceiveAgeMs: { default: 120_000, max: 3_600_000 },
      retention: syncQueue.deadLetters.retention,
    }),
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
     * Most messages that all readers together have in hand; a reader that would pass it waits before it receives. Less than two
     * batches, and nothing is made ready while Neo4j writes; more than three take memory and no less time.
     * Two and a half batches where it isn't set: two full ones, and room for small ones beside them.
     */
    MessagesInHand: z.int().min(1).max(100_000).optional(),
    /**
     * Milliseconds for which messages gather while a batch that wasn't full is written. Batches are written one at a time, and
     * each costs a transaction whatever is in it: with 0, readers that receive at once hold small batches that wait for each
     * other. Too long: a batch that is held up, by a locked row for example, holds up the others.
     */
    GatherMs: z.int().min(0).max(60_000).default(100),
    /**
     * Milliseconds to wait for locks of other transactions on the rows that are read. Too short: a slow writer
     * makes batches fail and repeat. Too long: conversations stay locked behind one stuck transaction.
     */
    LockTimeoutMs: z.int().min(0).max(600_000).default(5_000),
    /**
     * Minutes that the graph remembers a deleted entity. Must be longer than any batch can be under way, or a late
     * writer brings a deleted entity back; longer than that costs space only.
     */
    TombstoneAgeMinutes: z.number().positive().max(10_080).default(60),
    /** Days that dbo.Neo4jSyncLog keeps its rows. */
    LogRetentionDays: z.int().min(0).max(3_650).default(30),
  })
  .refine(...receiveAgeRule)
  .refine(({ MaxReceiveAgeMs, WaitMs, Readers, GatherMs }) => MaxReceiveAgeMs > WaitMs + Readers * GatherMs, {
    message:
      'longer than Worker:WaitMs and Worker:GatherMs for each reader, or readers that wait for their turn count as stuck',
    path: ['MaxReceiveAgeMs'],
  })
  .refine((worker) => (worker.MinBatchSize ?? 1) <= worker.BatchSize, {
    message: 'at most Worker:BatchSize, which is the upper bound',
    path: ['MinBatchSize'],
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({
    ...neo4jConnectionShape(),
    Enabled: z.boolean().default(true),
  }),
  Worker: workerSection,
  Health: healthSection(8081),
  ApplicationInsights: applicationInsightsSection(),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;

/** Whether there is a graph to sync to; read first, because without one the other settings may be absent. */
export const graphSwitchSchema = z.object({
  Neo4j: z.object({ Enabled: z.boolean().default(true) }).prefault({}),
});
