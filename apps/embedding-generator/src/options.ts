import { secret, sqlConnectionString } from '@hartonomous/config-loader';
import { LEXICAL_MODEL } from '@hartonomous/embedding-providers';
import { embeddingQueue } from '@hartonomous/provenance-schema';
import { healthSection, receiveAgeRule, workerShape } from '@hartonomous/queue-worker';
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

const providerSection = z
  .strictObject({
    /** Who computes the vectors. What a kind needs besides is in the README. */
    Kind: z
      .enum(['lexical-hash', 'openai', 'azure-openai', 'ollama', 'text-embeddings-inference'])
      .default('lexical-hash'),
    /** Address of the server. For OpenAI up to /v1; for Azure without a path. */
    Endpoint: z.url({ protocol: /^https?$/ }).optional(),
    /** What the server calls the model; for Azure the name of the deployment. */
    Deployment: z.string().min(1).optional(),
    ApiKey: secret().optional(),
    /** File with the key, read before every call: the key may change while the worker runs. Instead of ApiKey. */
    ApiKeyFile: z.string().min(1).optional(),
    /** Whether texts leave the house with it. Not set: yes for openai and azure-openai, no for the others. */
    IsOutside: z.boolean().optional(),
    /** Azure only: v1 for /openai/v1/embeddings, deployment for /openai/deployments/... */
    ApiStyle: z.enum(['v1', 'deployment']).optional(),
    /** Azure in the style deployment only. */
    ApiVersion: z.string().min(1).optional(),
    /** OpenAI and compatible servers only. base64 is a quarter of the bytes; several compatible servers refuse it. */
    EncodingFormat: z.enum(['float', 'base64']).optional(),
    /** Most texts in a call. More than the server takes, and calls are refused and halved. */
    MaxInputs: z.int().min(1).max(2_048).optional(),
    /** Most tokens of all texts in a call. */
    MaxTokens: z.int().min(1).optional(),
    /** Milliseconds for a call. Too short: a model that is being loaded looks dead. Too long: a dead server goes unnoticed. */
    TimeoutMs: z.int().min(100).max(3_600_000).default(120_000),
  })
  .prefault({});

const embeddingSection = z
  .strictObject({
    /** A model of the table of models (embedding-providers). */
    Model: z.string().min(1).default(LEXICAL_MODEL),
    /** Fewer numbers than the model has, where it is made for that. */
    Dimension: z.int().min(1).max(4_096).optional(),
    /** ModelKey of the row in dbo.EmbeddingModel. Not set: the model's name, and its dimension if it is a smaller one. */
    ModelKey: z
      .string()
      .regex(/^[a-z0-9_]{1,40}$/, 'up to 40 lower-case letters, digits and underscores')
      .optional(),
    Provider: providerSection,
    /** What an atom counts as that has no classification, and comes from none that has one. */
    Unclassified: z.enum(['public', 'internal', 'confidential', 'restricted']).default('internal'),
    /** Tenants whose confidential and restricted texts may go to a provider outside of the house. */
    SendClassifiedOfTenants: z.array(z.int()).default([]),
    /** Jobs that are claimed at a time. More hold more texts in memory, and more that wait for a lease to run out after a crash. */
    ClaimJobs: z.int().min(1).max(1_000).default(256),
    /**
     * Seconds of a lease, renewed every third of it. Too short: a pause of the process loses jobs, and others pay again; too long:
     * jobs of a crashed worker wait.
     */
    LeaseSeconds: z.int().min(3).max(86_400).default(120),
    /** Milliseconds after which it looks for jobs without having been woken. Messages wake it at once whatever this is. */
    PollMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Claims of a job that may end without a result, for its own sake or with the worker, before it is dead. */
    MaxAttempts: z.int().min(1).max(100).default(10),
  })
  .prefault({});

/** Settings of the worker; keys as in the appsettings files of runbook R2. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Worker: workerSection,
  Embedding: embeddingSection,
  Health: healthSection(8083),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
