import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import { longStatementMs } from '../servers/sql-server.ts';
import type { DatabaseModel } from './models.ts';

/** What a provider was asked for. */
export interface UsageSums {
  readonly requests: number;
  readonly tokens: number;
  /** By the price in the generator's settings; 0 without one. */
  readonly cost: number;
}

/** How far a model has come. */
export interface EmbeddingStatus {
  /** Atoms of the model's types that have text. */
  readonly eligible: number;
  /** Of these, atoms that have a vector. */
  readonly embedded: number;
  /** Of the others, those that can't have one for now: their job was skipped, refused or is dead. */
  readonly excused: number;
  readonly pending: number;
  readonly running: number;
  readonly dead: number;
  /** Jobs whose text may not go to the provider. */
  readonly refused: number;
  /** Seconds since the oldest job that is pending or running was made; `null` where none is. */
  readonly oldestAgeSeconds: number | null;
  /** Tokens that its vectors have cost, without those of vectors that were replaced since. */
  readonly tokens: number;
  /** What its provider was asked for since 00:00 UTC, and ever. */
  readonly today: UsageSums;
  readonly total: UsageSums;
  /** Whether its generator has stopped for the day because of its cap. */
  readonly isCapReached: boolean;
  /** Of the last job that failed; `null` where none did. */
  readonly lastError: { readonly code: string; readonly text: string | null } | null;
}

const statusRow = z.object({
  eligible: z.coerce.number(),
  embedded: z.coerce.number(),
  excused: z.coerce.number(),
  pending: z.coerce.number(),
  running: z.coerce.number(),
  dead: z.coerce.number(),
  refused: z.coerce.number(),
  age: z.coerce.number().nullable(),
  tokens: z.coerce.number(),
  dayRequests: z.coerce.number(),
  dayTokens: z.coerce.number(),
  dayCost: z.coerce.number(),
  isCapReached: z.boolean(),
  requests: z.coerce.number(),
  allTokens: z.coerce.number(),
  cost: z.coerce.number(),
  code: z.string().nullable(),
  text: z.string().nullable(),
});

/** Whether every atom that can have a vector has one, and there is one. */
export function isFull({
  eligible,
  embedded,
  excused,
}: Pick<EmbeddingStatus, 'eligible' | 'embedded' | 'excused'>): boolean {
  return embedded > 0 && embedded + excused >= eligible;
}

/** Counts atoms, vectors and jobs of a model: a scan of the atoms, so not for every second. */
export async function embeddingStatus(
  client: BrokerClient,
  { id, key }: DatabaseModel,
  signal: AbortSignal,
): Promise<EmbeddingStatus> {
  const [row] = await client.query(
    `SELECT
       a.[eligible], a.[embedded], a.[excused], j.[pending], j.[running], j.[dead], j.[refused], j.[age], t.[tokens], u.[dayRequests],
       u.[dayTokens], u.[dayCost], u.[isCapReached], u.[requests], u.[allTokens], u.[cost], f.[ErrorCode] AS [code],
       f.[ErrorText] AS [text]
     FROM (
       SELECT COUNT_BIG(*) AS [eligible], COUNT_BIG(e.[AtomId]) AS [embedded],
         COUNT_BIG(CASE WHEN e.[AtomId] IS NULL THEN x.[IsExcused] END) AS [excused]
       FROM [dbo].[Atom] AS a
       INNER JOIN [dbo].[EmbeddingModelAtomType] AS y ON y.[EmbeddingModelId] = @Id AND y.[AtomType] = a.[AtomType]
       LEFT JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @Id
       OUTER APPLY (
         SELECT TOP (1) 1 AS [IsExcused]
         FROM [dbo].[BackgroundJob] AS b
         WHERE b.[AtomId] = a.[AtomId] AND b.[EmbeddingModelId] = @Id AND b.[Status] IN (N'SKIPPED', N'REFUSED', N'DEAD')
       ) AS x
       WHERE a.[CanonicalText] <> N''
     ) AS a
     CROSS JOIN (
       SELECT
         COUNT_BIG(CASE WHEN b.[Status] = N'PENDING' THEN 1 END) AS [pending],
         COUNT_BIG(CASE WHEN b.[Status] = N'RUNNING' THEN 1 END) AS [running],
         COUNT_BIG(CASE WHEN b.[Status] = N'DEAD' THEN 1 END) AS [dead],
         COUNT_BIG(CASE WHEN b.[Status] = N'REFUSED' THEN 1 END) AS [refused],
         DATEDIFF_BIG(SECOND, MIN(CASE WHEN b.[Status] IN (N'PENDING', N'RUNNING') THEN b.[CreatedAt] END), SYSUTCDATETIME()) AS [age]
       FROM [dbo].[BackgroundJob] AS b
       WHERE b.[EmbeddingModelId] = @Id AND b.[Status] IN (N'PENDING', N'RUNNING', N'DEAD', N'REFUSED')
     ) AS j
     CROSS JOIN (
       SELECT ISNULL(SUM(CONVERT(BIGINT, e.[Tokens])), 0) AS [tokens]
       FROM [dbo].[AtomEmbedding] AS e WHERE e.[EmbeddingModelId] = @Id
     ) AS t
     CROSS JOIN (
       SELECT
         ISNULL(SUM(CASE WHEN g.[Day] = CONVERT(DATE, SYSUTCDATETIME()) THEN g.[Requests] END), 0) AS [dayRequests],
         ISNULL(SUM(CASE WHEN g.[Day] = CONVERT(DATE, SYSUTCDATETIME()) THEN g.[Tokens] END), 0) AS [dayTokens],
         ISNULL(SUM(CASE WHEN g.[Day] = CONVERT(DATE, SYSUTCDATETIME()) THEN g.[Cost] END), 0) AS [dayCost],
         CONVERT(BIT, COUNT(CASE WHEN g.[Day] = CONVERT(DATE, SYSUTCDATETIME()) THEN g.[CapReachedAt] END)) AS [isCapReached],
         ISNULL(SUM(g.[Requests]), 0) AS [requests], ISNULL(SUM(g.[Tokens]), 0) AS [allTokens], ISNULL(SUM(g.[Cost]), 0) AS [cost]
       FROM [dbo].[EmbeddingUsage] AS g WHERE g.[EmbeddingModelId] = @Id
     ) AS u
     OUTER APPLY (
       SELECT TOP (1) b.[ErrorCode], b.[ErrorText]
       FROM [dbo].[BackgroundJob] AS b
       WHERE b.[EmbeddingModelId] = @Id AND b.[ErrorCode] IS NOT NULL AND b.[ErrorCode] NOT IN (N'DRAINED', N'CAP_REACHED')
       ORDER BY b.[BackgroundJobId] DESC
     ) AS f;`,
    { Id: id },
    statusRow,
    { signal, timeoutMs: longStatementMs, context: { operation: `counting embeddings of the model ${key}` } },
  );
  if (row === undefined) throw new TypeError('The counts have no row.');
  const { age, code, text, dayRequests, dayTokens, dayCost, requests, allTokens, cost, ...counts } = row;
  return {
    ...counts,
    today: { requests: dayRequests, tokens: dayTokens, cost: dayCost },
    total: { requests, tokens: allTokens, cost },
    oldestAgeSeconds: age,
    lastError: code === null ? null : { code, text },
  };
}
