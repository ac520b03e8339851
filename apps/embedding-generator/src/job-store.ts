import { type BrokerClient, type CallOptions, sqlParameter } from '@hartonomous/broker-client';
import mssql from 'mssql';
import { z } from 'zod';
import type { ClaimedJob } from './claimed-job.ts';
import type { Budget, DayUsage, UsageCounts } from './day-usage.ts';
import { type JobResult, resultList } from './result-list.ts';

const id = z.union([z.string(), z.number(), z.bigint()]).transform(BigInt);
const bytes = z.instanceof(Buffer);

/** What an atom has that its embedding is made from. */
export interface AtomText {
  /** `null`: none, or the atom is of a type that gets no embedding any more. */
  readonly text: string | null;
  /** Hash of the text that its embedding was made from; `null`: it has none, or nobody knows. */
  readonly embeddedHash: Buffer | null;
}

/** A row of dbo.EmbeddingModel. */
export interface ModelRow {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly dimension: number;
  readonly state: 'DISABLED' | 'ENABLED' | 'PAUSED';
}

/** A vector that is there already. */
export interface KnownVector {
  readonly vector: Buffer;
  readonly windows: number;
}

/** How a job is given back. */
export interface Release {
  readonly job: ClaimedJob;
  readonly status: 'PENDING' | 'DEAD';
  readonly delayMs: number;
  /** Whether the claim counts: not for outages and rate limits. */
  readonly isAttempt: boolean;
  readonly code: string;
  readonly text: string;
}

/** Where a refused job stands in the order that they are read in. */
export interface RefusedPlace {
  /** As SQL Server writes it: JavaScript's dates have no 100 nanoseconds. */
  readonly finishedAt: string;
  readonly id: bigint;
}

/** A job that was refused for a classification. */
export interface RefusedJob {
  readonly place: RefusedPlace;
  readonly atomId: bigint;
  readonly tenantId: number;
  /** First 48 bits of a hash of the atom's text: two texts share one by so little chance that it costs no vector. `null`: no text. */
  readonly text: number | null;
}

/** What waits. */
export interface Backlog {
  readonly jobs: number;
  /** Seconds; 0 where nothing waits. */
  readonly oldestAgeSeconds: number;
}

/** How far a model has come. */
export interface Coverage {
  readonly eligible: number;
  readonly embedded: number;
}

const modelRow = z.object({
  id: z.int(),
  name: z.string(),
  version: z.string(),
  dimension: z.int(),
  state: z.enum(['DISABLED', 'ENABLED', 'PAUSED']),
});
const claimedRow = z
  .object({ BackgroundJobId: id, LeaseToken: id, Attempts: z.int(), AtomId: id, TenantId: z.int() })
  .transform(({ BackgroundJobId, LeaseToken, Attempts, AtomId, TenantId }): ClaimedJob => {
    return { id: BackgroundJobId, leaseToken: LeaseToken, attempts: Attempts, atomId: AtomId, tenantId: TenantId };
  });
const atomRow = z.object({ AtomId: id, text: z.string().nullable(), hash: bytes.nullable() });
const vectorRow = z.object({ hash: bytes, vector: bytes, windows: z.int() });
const sensitivityRow = z.object({ AtomId: id, Sensitivity: z.int().nullable() });
const refusedRow = z
  .object({ BackgroundJobId: id, AtomId: id, TenantId: z.int(), FinishedAt: z.string(), TextHash: bytes.nullable() })
  .transform(({ BackgroundJobId, AtomId, TenantId, FinishedAt, TextHash }): RefusedJob => {
    const place = { finishedAt: FinishedAt, id: BackgroundJobId };
    return { place, atomId: AtomId, tenantId: TenantId, text: TextHash?.readUIntBE(0, 6) ?? null };
  });
const jobIdRow = z.object({ BackgroundJobId: id });
const usageRow = z
  .object({ Tokens: z.coerce.number(), Cost: z.coerce.number(), IsCapReached: z.boolean(), SecondsLeft: z.int() })
  .transform(({ Tokens, Cost, IsCapReached, SecondsLeft }): DayUsage => {
    return { tokens: Tokens, cost: Cost, isCapReached: IsCapReached, secondsLeft: SecondsLeft };
  });
const coverageRow = z.object({ eligible: z.coerce.number(), embedded: z.coerce.number() });
const switchedRow = z.object({ IsSwitched: z.boolean() });
const backlogRow = z.object({ jobs: z.coerce.number(), age: z.coerce.number().nullable() });

/** Milliseconds to wait for an application that holds an atom. It is left to a later claim then. */
export const lockTimeoutMs = 2_000;

/** The jobs and vectors of the database, for one process. */
export class JobStore {
  readonly #client: Pick<BrokerClient, 'query'>;
  readonly #workerId: string;
  readonly #leaseSeconds: number;

  /** @param workerId a GUID of this process, and of no other */
  constructor(client: Pick<BrokerClient, 'query'>, workerId: string, leaseSeconds: number) {
    this.#client = client;
    this.#workerId = workerId;
    this.#leaseSeconds = leaseSeconds;
  }

  /** The row of a model, or `undefined`. */
  async model(key: string, signal: AbortSignal): Promise<ModelRow | undefined> {
    const [row] = await this.#client.query(
      `SELECT m.[EmbeddingModelId] AS [id], m.[ModelName] AS [name], m.[ModelVersion] AS [version], m.[Dimension] AS [dimension],
         m.[State] AS [state]
       FROM [dbo].[EmbeddingModel] AS m WHERE m.[ModelKey] = @Key;`,
      { Key: key },
      modelRow,
      options('looking for the embedding model', signal),
    );
    return row;
  }

  async claim(modelId: number, count: number, signal: AbortSignal): Promise<readonly ClaimedJob[]> {
    return await this.#client.query(
      `EXEC [dbo].[sp_ClaimEmbeddingJobs] @EmbeddingModelId = @ModelId, @WorkerId = @WorkerId, @Count = @Count,
         @LeaseSeconds = @LeaseSeconds;`,
      { ModelId: modelId, WorkerId: this.#worker, Count: count, LeaseSeconds: this.#leaseSeconds },
      claimedRow,
      options('claiming embedding jobs', signal),
    );
  }

  /**
   * Texts of atoms, by id; atoms that are gone are missing.
   *
   * @param waitMs whole milliseconds to wait for an application that holds one of them
   * @throws TransientSqlError when it holds it for longer
   */
  async texts(
    modelId: number,
    atomIds: readonly bigint[],
    waitMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<bigint, AtomText>> {
    const rows = await this.#client.query(
      `SET LOCK_TIMEOUT ${waitMs};
       SELECT a.[AtomId], CASE WHEN t.[AtomType] IS NOT NULL THEN a.[CanonicalText] END AS [text], e.[TextHash] AS [hash]
       FROM OPENJSON(@Ids) WITH ([Id] BIGINT '$') AS k
       INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = k.[Id]
       LEFT JOIN [dbo].[EmbeddingModelAtomType] AS t ON t.[EmbeddingModelId] = @ModelId AND t.[AtomType] = a.[AtomType]
       LEFT JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @ModelId
       OPTION (LOOP JOIN);`,
      { ModelId: modelId, Ids: sqlParameter.nvarchar(JSON.stringify(atomIds.map(String))) },
      atomRow,
      options('reading the texts of atoms', signal),
    );
    return new Map(rows.map(({ AtomId, text, hash }) => [AtomId, { text, embeddedHash: hash }]));
  }

  /** Vectors that are there for texts, by the hexadecimal form of their hash. */
  async vectors(
    modelId: number,
    hashes: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, KnownVector>> {
    const rows = await this.#client.query(
      `SELECT e.[TextHash] AS [hash], e.[Vector] AS [vector], e.[Windows] AS [windows]
       FROM OPENJSON(@Hashes) WITH ([Hash] NVARCHAR(64) '$') AS k
       CROSS APPLY (
         SELECT TOP (1) x.[TextHash], x.[Vector], x.[Windows]
         FROM [dbo].[AtomEmbedding] AS x
         WHERE x.[EmbeddingModelId] = @ModelId AND x.[TextHash] = CONVERT(VARBINARY(32), k.[Hash], 2)
       ) AS e;`,
      { ModelId: modelId, Hashes: sqlParameter.nvarchar(JSON.stringify(hashes)) },
      vectorRow,
      options('looking for vectors of the same texts', signal),
    );
    return new Map(rows.map(({ hash, vector, windows }) => [hash.toString('hex'), { vector, windows }]));
  }

  /**
   * Sensitivity of atoms by id, the greatest of their own and of all that they come from: 0 public, 1 internal, 2 confidential, 3
   * restricted; `null` where none has a level.
   */
  async sensitivities(atomIds: readonly bigint[], signal: AbortSignal): Promise<ReadonlyMap<bigint, number | null>> {
    const rows = await this.#client.query(
      'EXEC [dbo].[sp_ClassifyAtoms] @Atoms = @Atoms;',
      {
        Atoms: sqlParameter.table(
          'dbo.EmbeddingAtomList',
          [{ name: 'AtomId', type: mssql.BigInt(), nullable: false }],
          [...new Set(atomIds)].map((atomId) => [atomId]),
        ),
      },
      sensitivityRow,
      options('looking for the classification of atoms', signal),
    );
    return new Map(rows.map(({ AtomId, Sensitivity }) => [AtomId, Sensitivity]));
  }

  /**
   * Jobs that were refused for a classification, a page of them, the first refused first.
   *
   * @param after the last one of the page before; undefined: the first page
   * @throws TransientSqlError when an application holds one of their atoms for longer than two seconds
   */
  async refused(
    modelId: number,
    after: RefusedPlace | undefined,
    count: number,
    signal: AbortSignal,
  ): Promise<readonly RefusedJob[]> {
    const { finishedAt, id: afterId } = after ?? { finishedAt: '0001-01-01T00:00:00.0000000', id: 0n };
    return await this.#client.query(
      `SET LOCK_TIMEOUT ${lockTimeoutMs};
       DECLARE @FinishedAt DATETIME2(7) = CONVERT(DATETIME2(7), @AfterFinishedAt, 126);
       SELECT TOP (@Count) j.[BackgroundJobId], j.[AtomId], j.[TenantId], CONVERT(NVARCHAR(27), j.[FinishedAt], 126) AS [FinishedAt],
         HASHBYTES('SHA2_256', a.[CanonicalText]) AS [TextHash]
       FROM [dbo].[BackgroundJob] AS j
       LEFT JOIN [dbo].[Atom] AS a ON a.[AtomId] = j.[AtomId]
       WHERE j.[Status] = N'REFUSED' AND j.[EmbeddingModelId] = @ModelId AND j.[ErrorCode] = N'CLASSIFIED'
         AND j.[FinishedAt] >= @FinishedAt AND (j.[FinishedAt] > @FinishedAt OR j.[BackgroundJobId] > @AfterId)
       ORDER BY j.[FinishedAt], j.[BackgroundJobId]
       OPTION (LOOP JOIN);`,
      { ModelId: modelId, Count: count, AfterFinishedAt: finishedAt, AfterId: sqlParameter.bigint(afterId) },
      refusedRow,
      options('reading refused embedding jobs', signal),
    );
  }

  /** Has refused jobs tried again; gives how many were still refused. */
  async reopen(modelId: number, jobs: readonly RefusedJob[], signal: AbortSignal): Promise<number> {
    const ids = JSON.stringify(jobs.map(({ place }) => String(place.id)));
    const rows = await this.#client.query(
      'EXEC [dbo].[sp_ReopenEmbeddingJobs] @EmbeddingModelId = @ModelId, @Jobs = @Jobs;',
      { ModelId: modelId, Jobs: sqlParameter.nvarchar(ids) },
      jobIdRow,
      options('trying refused embedding jobs again', signal),
    );
    return rows.length;
  }

  /** Writes results; gives how many were still this process's to write. */
  async finish(modelId: number, results: readonly JobResult[], signal: AbortSignal): Promise<number> {
    if (results.length === 0) return 0;
    const rows = await this.#client.query(
      'EXEC [dbo].[sp_FinishEmbeddingJobs] @EmbeddingModelId = @ModelId, @WorkerId = @WorkerId, @Results = @Results;',
      { ModelId: modelId, WorkerId: this.#worker, Results: resultList(results) },
      jobIdRow,
      options('writing embeddings', signal),
    );
    return rows.length;
  }

  /** Gives jobs back; gives how many were still this process's. */
  async release(releases: readonly Release[], signal: AbortSignal): Promise<number> {
    if (releases.length === 0) return 0;
    const entries = releases.map(({ job, status, delayMs, isAttempt, code, text }) => ({
      ...keyOf(job),
      ...{ status, delayMs: Math.ceil(delayMs), isAttempt, errorCode: code, errorText: text },
    }));
    const rows = await this.#client.query(
      'EXEC [dbo].[sp_ReleaseEmbeddingJobs] @WorkerId = @WorkerId, @Entries = @Entries;',
      { WorkerId: this.#worker, Entries: sqlParameter.nvarchar(JSON.stringify(entries)) },
      jobIdRow,
      options('giving embedding jobs back', signal),
    );
    return rows.length;
  }

  async renew(jobs: readonly ClaimedJob[], signal: AbortSignal): Promise<void> {
    await this.#client.query(
      'EXEC [dbo].[sp_RenewEmbeddingLeases] @WorkerId = @WorkerId, @Jobs = @Jobs, @LeaseSeconds = @LeaseSeconds;',
      {
        WorkerId: this.#worker,
        Jobs: sqlParameter.nvarchar(JSON.stringify(jobs.map(keyOf))),
        LeaseSeconds: this.#leaseSeconds,
      },
      jobIdRow,
      options('renewing leases of embedding jobs', signal),
    );
  }

  /** Has searches read the model where every atom that can have a vector has one, for the first time; gives whether it did. */
  async switchReads(modelId: number, signal: AbortSignal): Promise<boolean> {
    const [row] = await this.#client.query(
      'EXEC [dbo].[sp_SwitchEmbeddingReads] @EmbeddingModelId = @ModelId;',
      { ModelId: modelId },
      switchedRow,
      options('checking whether all atoms have embeddings', signal),
    );
    return row?.IsSwitched === true;
  }

  async backlog(modelId: number, signal: AbortSignal): Promise<Backlog> {
    const [row] = await this.#client.query(
      `SELECT COUNT_BIG(*) AS [jobs], DATEDIFF_BIG(SECOND, MIN(j.[CreatedAt]), SYSUTCDATETIME()) AS [age]
       FROM [dbo].[BackgroundJob] AS j
       WHERE j.[EmbeddingModelId] = @ModelId AND j.[Status] IN (N'PENDING', N'RUNNING');`,
      { ModelId: modelId },
      backlogRow,
      options('counting embedding jobs', signal),
    );
    return { jobs: row?.jobs ?? 0, oldestAgeSeconds: row?.age ?? 0 };
  }

  /** Adds to the sums of the day, and gives them. */
  async recordUsage(
    modelId: number,
    { requests, inputs, tokens, cost }: UsageCounts,
    { maxTokens, maxCost }: Budget,
    signal: AbortSignal,
  ): Promise<DayUsage> {
    const [row] = await this.#client.query(
      `EXEC [dbo].[sp_RecordEmbeddingUsage] @EmbeddingModelId = @ModelId, @Requests = @Requests, @Inputs = @Inputs, @Tokens = @Tokens,
         @Cost = @Cost, @MaxTokens = @MaxTokens, @MaxCost = @MaxCost;`,
      {
        ...{ ModelId: modelId, Requests: requests, Inputs: inputs, Tokens: tokens },
        // As text: a number would be sent as one with a binary fraction.
        ...{ Cost: cost.toFixed(6), MaxTokens: maxTokens ?? null, MaxCost: maxCost?.toFixed(6) ?? null },
      },
      usageRow,
      options('counting tokens and their cost', signal),
    );
    if (row === undefined) throw new TypeError('The sums of the day have no row.');
    return row;
  }

  /** Atoms that get an embedding of a model, and those of them that have it. A scan of the atoms. */
  async coverage(modelId: number, signal: AbortSignal): Promise<Coverage> {
    const [row] = await this.#client.query(
      `SELECT COUNT_BIG(*) AS [eligible], COUNT_BIG(e.[AtomId]) AS [embedded]
       FROM [dbo].[Atom] AS a
       INNER JOIN [dbo].[EmbeddingModelAtomType] AS y ON y.[EmbeddingModelId] = @ModelId AND y.[AtomType] = a.[AtomType]
       LEFT JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @ModelId
       WHERE a.[CanonicalText] <> N'';`,
      { ModelId: modelId },
      coverageRow,
      options('counting embedded atoms', signal),
    );
    return row ?? { eligible: 0, embedded: 0 };
  }

  get #worker() {
    return sqlParameter.uniqueidentifier(this.#workerId);
  }
}

/** In JSON, where numbers above 2^53 would lose digits: as text. */
function keyOf({ id: jobId, leaseToken }: ClaimedJob) {
  return { backgroundJobId: String(jobId), leaseToken: String(leaseToken) };
}

function options(operation: string, signal: AbortSignal): CallOptions {
  return { signal, context: { operation } };
}
