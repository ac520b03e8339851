import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import { longStatementMs } from '../servers/sql-server.ts';
import type { DatabaseModel } from './models.ts';

/** How far a model has come. */
export interface EmbeddingStatus {
  /** Atoms of the model's types that have text. */
  readonly eligible: number;
  /** Of these, atoms that have a vector. */
  readonly embedded: number;
  readonly pending: number;
  readonly running: number;
  readonly dead: number;
  /** Jobs whose text may not go to the provider. */
  readonly refused: number;
  /** Seconds since the oldest job that is pending or running was made; `null` where none is. */
  readonly oldestAgeSeconds: number | null;
  /** Tokens that its vectors have cost, without those of vectors that were replaced since. */
  readonly tokens: number;
  /** Of the last job that failed; `null` where none did. */
  readonly lastError: { readonly code: string; readonly text: string | null } | null;
}

const statusRow = z.object({
  eligible: z.coerce.number(),
  embedded: z.coerce.number(),
  pending: z.coerce.number(),
  running: z.coerce.number(),
  dead: z.coerce.number(),
  refused: z.coerce.number(),
  age: z.coerce.number().nullable(),
  tokens: z.coerce.number(),
  code: z.string().nullable(),
  text: z.string().nullable(),
});

/** Counts atoms, vectors and jobs of a model: a scan of the atoms, so not for every second. */
export async function embeddingStatus(
  client: BrokerClient,
  { id, key }: DatabaseModel,
  signal: AbortSignal,
): Promise<EmbeddingStatus> {
  const [row] = await client.query(
    `SELECT
       a.[eligible], a.[embedded], j.[pending], j.[running], j.[dead], j.[refused], j.[age], t.[tokens], f.[ErrorCode] AS [code],
       f.[ErrorText] AS [text]
     FROM (
       SELECT COUNT_BIG(*) AS [eligible], COUNT_BIG(e.[AtomId]) AS [embedded]
       FROM [dbo].[Atom] AS a
       INNER JOIN [dbo].[EmbeddingModelAtomType] AS y ON y.[EmbeddingModelId] = @Id AND y.[AtomType] = a.[AtomType]
       LEFT JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @Id
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
     OUTER APPLY (
       SELECT TOP (1) b.[ErrorCode], b.[ErrorText]
       FROM [dbo].[BackgroundJob] AS b
       WHERE b.[EmbeddingModelId] = @Id AND b.[ErrorCode] IS NOT NULL AND b.[ErrorCode] <> N'DRAINED'
       ORDER BY b.[BackgroundJobId] DESC
     ) AS f;`,
    { Id: id },
    statusRow,
    { signal, timeoutMs: longStatementMs, context: { operation: `counting embeddings of the model ${key}` } },
  );
  if (row === undefined) throw new TypeError('The counts have no row.');
  const { age, code, text, ...counts } = row;
  return { ...counts, oldestAgeSeconds: age, lastError: code === null ? null : { code, text } };
}
