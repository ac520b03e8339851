import { sqlConnectionString } from '@hartonomous/config-loader';
import { embeddingShape } from '@hartonomous/embedding-settings';
import { embeddingQueue } from '@hartonomous/provenance-schema';
import { applicationInsightsSection, healthSection, receiveAgeRule, workerShape } from '@hartonomous/queue-worker';
import { z } from 'zod';

const workerSection = z
  .strictObject({
    ...workerShape({
      // A message only says that there are jobs.
      readers: { default: 1, max: 4 },
      statementTimeoutMs: 60_000,
      maxReceiveAgeMs: { default: 120_000, max: 3_600_000 },
      retention: embeddingQueue.deadLetters.retention,
    }),
    /** Days that dbo.BackgroundJob keeps jobs that are completed or skipped. */
    JobRetentionDays: z.int().min(0).max(3_650).default(7),
  })
  .refine(...receiveAgeRule)
  .prefault({});

const embeddingSection = z
  .strictObject({
    ...embeddingShape,
    /** Tokens of a day (UTC) after which no more calls are made until the next one. Not set: no cap. */
    MaxTokensPerDay: z.int().min(1).optional(),
    /** The same for the cost by PricePerMillionTokens. */
    MaxCostPerDay: z.number().positive().optional(),
    /** Jobs that are claimed at a time. More hold more texts in memory, and more that wait for a lease to run out after a crash. */
    ClaimJobs: z.int().min(1).max(1_000).default(256),
    /**
     * Seconds of a lease, renewed every third of it. Too short: a pause of the process loses jobs, and others pay again; too long:
     * jobs of a crashed worker wait.
     */
    LeaseSeconds: z.int().min(3).max(86_400).default(120),
    /** Milliseconds after which it looks for jobs without having been woken. Messages wake it at once whatever this is. */
    PollMs: z.int().min(100).max(3_600_000).default(15_000),
    /**
     * Milliseconds between two checks of refused jobs: whether their texts may go to the provider by now. Too short: the checks are felt
     * where many are refused; too long: what may leave again waits.
     */
    RecheckRefusedMs: z.int().min(1_000).max(86_400_000).default(60_000),
    /** Claims of a job that may end without a result, for its own sake or with the worker, before it is dead. */
    MaxAttempts: z.int().min(1).max(100).default(10),
  })
  .refine(({ PricePerMillionTokens, MaxCostPerDay }) => MaxCostPerDay === undefined || PricePerMillionTokens > 0, {
    path: ['MaxCostPerDay'],
    message: 'PricePerMillionTokens too: without a price nothing costs anything',
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Worker: workerSection,
  Embedding: embeddingSection,
  Health: healthSection(8083),
  ApplicationInsights: applicationInsightsSection(),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
