import {
  type BrokerClient,
  type BrokerTransaction,
  type ReceivedMessage,
  sqlParameter,
} from '@hartonomous/broker-client';
import type { IngestionRequest } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { IngestedFile } from './ingest-file.ts';

/** A row of dbo.IngestionJob that this process has begun with. */
export interface StartedJob {
  readonly jobId: bigint;
  /** Workers in a row that began with it and vanished, this one included. */
  readonly attempts: number;
  /** Why it was refused before; it is only left to be put among the dead letters. */
  readonly refusal: { readonly reasonCode: string; readonly reasonText: string } | null;
  readonly tenantExists: boolean;
}

const startedRow = z
  .object({
    IngestionJobId: z.union([z.string(), z.number(), z.bigint()]).transform(BigInt),
    Attempts: z.int(),
    ErrorCode: z.string().nullable(),
    ErrorText: z.string().nullable(),
    TenantExists: z.int(),
  })
  .transform(
    (row): StartedJob => ({
      jobId: row.IngestionJobId,
      attempts: row.Attempts,
      refusal: row.ErrorCode === null ? null : { reasonCode: row.ErrorCode, reasonText: row.ErrorText ?? '' },
      tenantExists: row.TenantExists === 1,
    }),
  );

/** The rows of dbo.IngestionJob, on behalf of one process. */
export class Jobs {
  readonly #client: Pick<BrokerClient, 'query' | 'execute'>;
  readonly #workerId: string;

  /** @param workerId a GUID of this process, and of no other */
  constructor(client: Pick<BrokerClient, 'query' | 'execute'>, workerId: string) {
    this.#client = client;
    this.#workerId = workerId;
  }

  /** Says that this process begins with a file. At once, outside of the transaction. */
  async start(request: IngestionRequest, message: ReceivedMessage, signal: AbortSignal): Promise<StartedJob> {
    const { fileName, tenantId, sourceUri, source, ingestionJobId, enqueuedAt } = request;
    const [started] = await this.#client.query(
      `EXEC [dbo].[sp_StartIngestionJob] @IngestionJobId = @IngestionJobId, @TenantId = @TenantId, @FileName = @FileName,
         @SourceUri = @SourceUri, @IngestionFileId = @IngestionFileId, @EnqueuedAt = @EnqueuedAt,
         @ConversationHandle = @ConversationHandle, @MessageSequenceNumber = @MessageSequenceNumber, @WorkerId = @WorkerId;`,
      {
        IngestionJobId: sqlParameter.bigint(ingestionJobId),
        TenantId: tenantId,
        FileName: fileName,
        SourceUri: sourceUri,
        IngestionFileId: sqlParameter.bigint(source.kind === 'upload' ? source.ingestionFileId : null),
        EnqueuedAt: sqlParameter.datetime2(enqueuedAt),
        ConversationHandle: sqlParameter.uniqueidentifier(message.conversationHandle),
        MessageSequenceNumber: sqlParameter.bigint(message.sequenceNumber),
        WorkerId: sqlParameter.uniqueidentifier(this.#workerId),
      },
      startedRow,
      { signal, context: { operation: 'beginning with an ingestion job' } },
    );
    if (started === undefined) throw new TypeError('dbo.sp_StartIngestionJob returned no row.');
    return started;
  }

  /**
   * Says that a file was rolled back: to be tried again, or, with a refusal, only to be put among the dead letters. To be
   * called after the rollback.
   */
  async release(jobId: bigint, refusal: StartedJob['refusal']): Promise<void> {
    await this.#client.execute('dbo.sp_ReleaseIngestionJob', {
      IngestionJobId: jobId,
      WorkerId: sqlParameter.uniqueidentifier(this.#workerId),
      ErrorCode: refusal?.reasonCode ?? null,
      ErrorText: sqlParameter.nvarchar(refusal?.reasonText.slice(0, 4_000) ?? null),
    });
  }

  /** Says what became of a file, in its transaction. */
  async finish(
    transaction: BrokerTransaction,
    jobId: bigint,
    { tenantId, source, traceParent }: IngestionRequest,
    file: IngestedFile,
    signal: AbortSignal,
  ): Promise<void> {
    const parameters = {
      IngestionJobId: jobId,
      TenantId: tenantId,
      Status: file.status,
      DocumentAtomId: file.documentAtomId,
      ByteCount: sqlParameter.bigint(file.bytes),
      ContentHash: sqlParameter.varbinary(file.contentHash),
      Atomizer: file.atomizer,
      PieceCount: file.pieces,
      AtomCount: file.atoms,
      EdgeCount: file.edges,
      IngestionFileId: sqlParameter.bigint(source.kind === 'upload' ? source.ingestionFileId : null),
      TraceParent: traceParent,
    };
    await transaction.execute('dbo.sp_FinishIngestion', parameters, { signal });
  }
}
