import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { DatabaseModel } from './models.ts';

/** What {@link retryEmbeddings} takes besides the model. */
export interface RetryOptions {
  /** Only jobs with this error code. */
  readonly code?: string | undefined;
  /** Those that were refused for their classification, instead of dead ones. @default false */
  readonly isRefused?: boolean;
  /** Only counts. */
  readonly isDryRun: boolean;
}

const countRow = z.object({ jobs: z.coerce.number() });

/** Has dead or refused jobs tried again, with all attempts before them. Gives how many. */
export async function retryEmbeddings(
  client: BrokerClient,
  { id, key }: DatabaseModel,
  { code, isRefused = false, isDryRun }: RetryOptions,
  signal: AbortSignal,
): Promise<number> {
  const [row] = await client.query(
    `SET XACT_ABORT ON;
     DECLARE @Jobs BIGINT;
     BEGIN TRANSACTION;
     SELECT @Jobs = COUNT_BIG(*) FROM [dbo].[BackgroundJob] AS j
     WHERE j.[EmbeddingModelId] = @Id AND j.[Status] = @Status AND (@Code IS NULL OR j.[ErrorCode] = @Code);
     IF @IsDryRun = 0 AND @Jobs > 0
     BEGIN
       UPDATE [dbo].[BackgroundJob]
       SET [Status] = N'PENDING', [Attempts] = 0, [NotBefore] = SYSUTCDATETIME(), [FinishedAt] = NULL
       WHERE [EmbeddingModelId] = @Id AND [Status] = @Status AND (@Code IS NULL OR [ErrorCode] = @Code);
       SET @Jobs = @@ROWCOUNT;
       EXEC [dbo].[sp_EnqueueEmbeddingRequest];
     END;
     COMMIT TRANSACTION;
     SELECT @Jobs AS [jobs];`,
    { Id: id, Code: code ?? null, IsDryRun: isDryRun, Status: isRefused ? 'REFUSED' : 'DEAD' },
    countRow,
    { signal, context: { operation: `trying dead embedding jobs of the model ${key} again` } },
  );
  return row?.jobs ?? 0;
}
