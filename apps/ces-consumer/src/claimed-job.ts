import { z } from 'zod';

const id = z.union([z.string(), z.number(), z.bigint()]).transform(BigInt);
const bytes = z.union([z.string(), z.number(), z.bigint()]).transform(Number);

/** A row of dbo.sp_ClaimIngestionJobs. */
export const claimedRow = z
  .object({
    IngestionJobId: id,
    TenantId: z.int(),
    LeaseToken: z.string(),
    Status: z.enum(['RUNNING', 'REFUSED']),
    Attempts: z.int(),
    Retries: z.int(),
    ByteCount: bytes.nullable(),
    MessageBody: z.instanceof(Buffer).nullable(),
    TenantExists: z.int(),
  })
  .transform(
    (row): ClaimedJob => ({
      jobId: row.IngestionJobId,
      tenantId: row.TenantId,
      leaseToken: row.LeaseToken,
      isRefused: row.Status === 'REFUSED',
      attempts: row.Attempts,
      retries: row.Retries,
      bytes: row.ByteCount,
      body: row.MessageBody,
      tenantExists: row.TenantExists === 1,
    }),
  );

/** A file that this process has the lease of its tenant for. */
export interface ClaimedJob {
  readonly jobId: bigint;
  readonly tenantId: number;
  readonly leaseToken: string;
  /** It was refused before; what was written of it is only left to be removed. */
  readonly isRefused: boolean;
  /** Workers in a row that began with it and vanished, this one included. */
  readonly attempts: number;
  /** Tries that failed by something that passes, and that it may be blamed for. */
  readonly retries: number;
  /** Null where nobody knows before it is read. */
  readonly bytes: number | null;
  /** The message. */
  readonly body: Buffer | null;
  readonly tenantExists: boolean;
}
