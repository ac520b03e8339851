import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { type JobStatus, jobStatuses } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type ClaimedJob, claimedRow } from './claimed-job.ts';

/** How many files are wanted. */
export interface WantedJobs {
  /** Of any size. */
  readonly any: number;
  /** More, as long as they are known to have no more than `smallBytes` bytes. */
  readonly small: number;
  readonly smallBytes: number;
}

/** Why a file is given back. */
export interface YieldReason {
  readonly delayMs: number;
  readonly isBlamed: boolean;
  readonly reasonCode: string | null;
  readonly reasonText: string | null;
}

const yieldedRow = z.object({ Status: z.enum(jobStatuses) });
const heldRow = z.object({ LeaseToken: z.string() });

/** The jobs that wait in dbo.IngestionJob, on behalf of one process. */
export class JobQueue {
  readonly #client: Pick<BrokerClient, 'query'>;
  readonly #workerId: string;
  readonly #leaseMs: number;

  /**
   * @param workerId a GUID of this process, and of no other
   * @param leaseMs milliseconds after which others may take what this process has and says nothing of
   */
  constructor(client: Pick<BrokerClient, 'query'>, workerId: string, leaseMs: number) {
    this.#client = client;
    this.#workerId = workerId;
    this.#leaseMs = leaseMs;
  }

  /** Takes files, each with the lease of its tenant. */
  claim({ any, small, smallBytes }: WantedJobs, signal: AbortSignal): Promise<ClaimedJob[]> {
    return this.#client.query(
      `EXEC [dbo].[sp_ClaimIngestionJobs] @WorkerId = @WorkerId, @AnyCount = @AnyCount, @SmallCount = @SmallCount,
         @SmallBytes = @SmallBytes, @LeaseMs = @LeaseMs;`,
      {
        WorkerId: sqlParameter.uniqueidentifier(this.#workerId),
        AnyCount: sqlParameter.int(any),
        SmallCount: sqlParameter.int(small),
        SmallBytes: sqlParameter.bigint(smallBytes),
        LeaseMs: sqlParameter.int(this.#leaseMs),
      },
      claimedRow,
      { signal, context: { operation: 'claiming files' } },
    );
  }

  /** Makes leases longer. @returns the tokens of those that are still held */
  async renew(jobs: readonly ClaimedJob[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const leases = jobs.map(({ tenantId, leaseToken }) => ({ tenantId, leaseToken }));
    const held = await this.#client.query(
      'EXEC [dbo].[sp_RenewIngestionLeases] @Leases = @Leases, @LeaseMs = @LeaseMs;',
      { Leases: sqlParameter.nvarchar(JSON.stringify(leases)), LeaseMs: sqlParameter.int(this.#leaseMs) },
      heldRow,
      { signal, context: { operation: 'renewing leases' } },
    );
    return new Set(held.map(({ LeaseToken }) => LeaseToken));
  }

  /** Gives a file back. @returns the state of its job; undefined when the row is gone */
  async yield(
    { jobId, tenantId, leaseToken }: ClaimedJob,
    { delayMs, isBlamed, reasonCode, reasonText }: YieldReason,
    signal: AbortSignal,
  ): Promise<JobStatus | undefined> {
    const [row] = await this.#client.query(
      `EXEC [dbo].[sp_YieldIngestionJob] @IngestionJobId = @IngestionJobId, @TenantId = @TenantId, @LeaseToken = @LeaseToken,
         @DelayMs = @DelayMs, @IsBlamed = @IsBlamed, @ReasonCode = @ReasonCode, @ReasonText = @ReasonText;`,
      {
        IngestionJobId: jobId,
        TenantId: tenantId,
        LeaseToken: sqlParameter.uniqueidentifier(leaseToken),
        DelayMs: sqlParameter.int(Math.round(delayMs)),
        IsBlamed: sqlParameter.bit(isBlamed),
        ReasonCode: reasonCode?.slice(0, 64) ?? null,
        ReasonText: sqlParameter.nvarchar(reasonText?.slice(0, 4_000) ?? null),
      },
      yieldedRow,
      { signal, context: { operation: 'giving a file back' } },
    );
    return row?.Status;
  }
}
