import { setTimeout as pause } from 'node:timers/promises';
import type { FileReading } from '@hartonomous/atomizers';
import { backOffMs } from '@hartonomous/back-off';
import {
  type BrokerClient,
  BrokerError,
  type SqlParameters,
  sqlParameter,
  TransientSqlError,
} from '@hartonomous/broker-client';
import type { IngestionRequest } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ClaimedJob } from './claimed-job.ts';
import { type BegunDocument, begunRow, type WrittenSlice, writtenRow } from './document-progress.ts';
import { LeaseLostError } from './errors.ts';
import type { Refusal } from './refusal.ts';

/** What the writes of a job are done with. */
export interface JobLeaseOptions {
  readonly client: Pick<BrokerClient, 'query'>;
  readonly job: ClaimedJob;
  /** Milliseconds that each write makes the lease longer by. */
  readonly leaseMs: number;
  /** Milliseconds to wait for a lock; shorter than a statement may take. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Why a job was refused; null where it wasn't. */
export interface JobRefusal {
  readonly reasonCode: string | null;
  readonly reasonText: string | null;
}

/** Thrown by SQL Server when somebody else has the lease. */
const leaseLostNumber = 51_070;

/** Tries of one write that meets a deadlock or a lock, before the file is given back. Too few: it is read again; too many: its slot waits. */
const maxTries = 4;

const undoneRow = z.object({ IsDone: z.boolean(), ErrorCode: z.string().nullable(), ErrorText: z.string().nullable() });

/**
 * The lease of a job's tenant, as its holder uses it: every call is one procedure and one transaction, in which SQL Server checks whether
 * the lease is still held. A transient failure is retried: a repeated call has no further effect.
 */
export class JobLease {
  readonly job: ClaimedJob;
  readonly #client: Pick<BrokerClient, 'query'>;
  readonly #leaseMs: number;
  readonly #lockTimeoutMs: number;
  readonly #signal: AbortSignal;

  constructor({ client, job, leaseMs, lockTimeoutMs, signal }: JobLeaseOptions) {
    this.job = job;
    this.#client = client;
    this.#leaseMs = leaseMs;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#signal = signal;
  }

  /**
   * Asks how far the tenant has a file, by its hash and atomizer. A complete one ends the job as UNCHANGED.
   *
   * @throws LeaseLostError, BrokerError
   */
  async begin(file: {
    readonly contentHash: Buffer;
    readonly bytes: number;
    readonly ingestionFileId: bigint | null;
    readonly traceParent: string | null;
    /** What would read the file. */
    readonly atomizer: string;
    readonly atomizerVersion: number;
    readonly again: boolean;
    readonly strict: boolean;
    readonly classification: IngestionRequest['classification'];
  }): Promise<BegunDocument> {
    return await this.#call('sp_BeginIngestion', 'beginning with a file', begunRow, {
      ContentHash: sqlParameter.varbinary(file.contentHash, file.contentHash.length),
      ByteCount: sqlParameter.bigint(file.bytes),
      IngestionFileId: sqlParameter.bigint(file.ingestionFileId),
      TraceParent: file.traceParent,
      Atomizer: file.atomizer,
      AtomizerVersion: sqlParameter.int(file.atomizerVersion),
      Again: sqlParameter.bit(file.again),
      Strict: sqlParameter.bit(file.strict),
      Classification: file.classification,
    });
  }

  /** Writes a slice. @throws LeaseLostError, BrokerError */
  async writeSlice(parameters: SqlParameters): Promise<WrittenSlice> {
    return await this.#call('sp_WriteIngestedSlice', 'writing atoms', writtenRow, parameters);
  }

  /**
   * Removes what was written of the job's file, in as many transactions as it takes.
   *
   * @param refusal why the file goes to the dead letters afterwards; null: it is begun anew, unless the job is refused already
   * @param reading what was noted about the file until then; null: nothing was read
   * @returns why the job was refused
   * @throws LeaseLostError, BrokerError; what was removed stays removed
   */
  async undo(
    refusal: Pick<Refusal, 'reasonCode' | 'reasonText'> | null,
    reading: FileReading | null = null,
  ): Promise<JobRefusal> {
    for (;;) {
      const { IsDone, ErrorCode, ErrorText } = await this.#call('sp_UndoIngestion', 'undoing a file', undoneRow, {
        ErrorCode: refusal?.reasonCode ?? null,
        ErrorText: sqlParameter.nvarchar(refusal?.reasonText.slice(0, 4_000) ?? null),
        Notes: sqlParameter.nvarchar(reading === null ? null : JSON.stringify(reading.notes)),
        Letters: sqlParameter.bigint(reading === null ? null : BigInt(reading.letters)),
        ShareNotUnderstood: reading?.shareNotUnderstood ?? null,
      });
      if (IsDone) return { reasonCode: ErrorCode, reasonText: ErrorText };
    }
  }

  async #call<Row extends z.ZodType>(
    procedure: string,
    operation: string,
    row: Row,
    parameters: SqlParameters,
  ): Promise<z.output<Row>> {
    const { jobId, tenantId, leaseToken } = this.job;
    const all: SqlParameters = {
      IngestionJobId: jobId,
      TenantId: tenantId,
      LeaseToken: sqlParameter.uniqueidentifier(leaseToken),
      LeaseMs: sqlParameter.int(this.#leaseMs),
      ...parameters,
    };
    const list = Object.keys(all).map((name) => `@${name} = @${name}`);
    // In the same batch, because SET ends with the batch that a parameterized query is.
    const sql = `SET LOCK_TIMEOUT ${Math.trunc(this.#lockTimeoutMs)};\nEXEC [dbo].[${procedure}] ${list.join(', ')};`;
    for (let tries = 1; ; tries += 1) {
      try {
        const [answer] = await this.#client.query(sql, all, row, { signal: this.#signal, context: { operation } });
        if (answer === undefined) throw new TypeError(`dbo.${procedure} returned no row.`);
        return answer;
      } catch (error) {
        if (error instanceof BrokerError && error.number === leaseLostNumber) throw new LeaseLostError(tenantId, error);
        if (!(error instanceof TransientSqlError) || tries === maxTries) throw error;
      }
      await pause(backOffMs(tries, { baseMs: 50, maxMs: 1_000 }), undefined, { signal: this.#signal });
    }
  }
}
