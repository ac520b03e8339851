import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { type JobStatus, jobStatuses } from '@hartonomous/provenance-schema';
import { z } from 'zod';

const idText = z.union([z.string(), z.number()]).transform(String);
const optionalTime = z
  .date()
  .nullable()
  .transform((time) => time?.toISOString() ?? null);

/** What was noted about how a file was read; null where nobody knows. */
const notesText = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : noteList.parse(JSON.parse(text))));
const noteList = z.array(z.object({ code: z.string(), count: z.number(), detail: z.string() }));

const jobRow = z
  .object({
    IngestionJobId: idText,
    TenantId: z.number(),
    FileName: z.string(),
    SourceUri: z.string().nullable(),
    Status: z.enum(jobStatuses),
    Attempts: z.number(),
    ByteCount: z.union([z.string(), z.number()]).transform(Number).nullable(),
    ContentHash: z.instanceof(Uint8Array).nullable(),
    Atomizer: z.string().nullable(),
    DocumentAtomId: idText.nullable(),
    PieceCount: z.number().nullable(),
    AtomCount: z.number().nullable(),
    EdgeCount: z.number().nullable(),
    Notes: notesText,
    Letters: z.union([z.string(), z.number()]).transform(Number).nullable(),
    ShareNotUnderstood: z.number().nullable(),
    ErrorCode: z.string().nullable(),
    ErrorText: z.string().nullable(),
    EnqueuedAt: optionalTime,
    StartedAt: optionalTime,
    FinishedAt: optionalTime,
  })
  .transform((row) => ({
    jobId: row.IngestionJobId,
    tenantId: row.TenantId,
    fileName: row.FileName,
    sourceUri: row.SourceUri,
    status: row.Status,
    attempts: row.Attempts,
    bytes: row.ByteCount,
    contentHash: row.ContentHash === null ? null : Buffer.from(row.ContentHash).toString('hex'),
    atomizer: row.Atomizer,
    documentAtomId: row.DocumentAtomId,
    pieces: row.PieceCount,
    newAtoms: row.AtomCount,
    newEdges: row.EdgeCount,
    notes: row.Notes ?? [],
    letters: row.Letters,
    shareNotUnderstood: row.ShareNotUnderstood,
    errorCode: row.ErrorCode,
    errorText: row.ErrorText,
    enqueuedAt: row.EnqueuedAt,
    startedAt: row.StartedAt,
    finishedAt: row.FinishedAt,
  }));

/** A row of dbo.IngestionJob as it is shown. */
export type Job = z.output<typeof jobRow>;

const columns = `j.[IngestionJobId], j.[TenantId], j.[FileName], j.[SourceUri], j.[Status], j.[Attempts], j.[ByteCount],
  j.[ContentHash], j.[Atomizer], j.[DocumentAtomId], j.[PieceCount], j.[AtomCount], j.[EdgeCount], j.[ErrorCode],
  j.[ErrorText], j.[EnqueuedAt], j.[StartedAt], j.[FinishedAt], j.[Notes], j.[Letters], j.[ShareNotUnderstood]`;

/** Which jobs. */
export interface JobFilter {
  readonly tenantId?: number;
  readonly status?: JobStatus;
  /** Older ones only: those with a smaller id. */
  readonly beforeId?: bigint;
  /** Those that became this document. */
  readonly documentAtomId?: bigint;
}

/** One job, or undefined. */
export async function findJob(client: BrokerClient, id: bigint, signal: AbortSignal): Promise<Job | undefined> {
  const [job] = await jobsOf(client, [id], signal);
  return job;
}

/** The jobs with these ids, as far as they are there. */
export function jobsOf(client: BrokerClient, ids: readonly bigint[], signal: AbortSignal): Promise<Job[]> {
  return client.query(
    `SELECT ${columns}
     FROM OPENJSON(@Ids) WITH ([Id] BIGINT '$') AS i
     INNER JOIN [dbo].[IngestionJob] AS j ON j.[IngestionJobId] = i.[Id]
     ORDER BY j.[IngestionJobId];`,
    { Ids: sqlParameter.nvarchar(`[${ids.map((id) => `"${id}"`).join(',')}]`) },
    jobRow,
    { signal, context: { operation: 'reading ingestion jobs' } },
  );
}

/** The latest jobs, the newest first. */
export function listJobs(client: BrokerClient, filter: JobFilter, limit: number, signal: AbortSignal): Promise<Job[]> {
  return client.query(
    `SELECT TOP (@Limit) ${columns} FROM [dbo].[IngestionJob] AS j ${where(filter)} ORDER BY j.[IngestionJobId] DESC;`,
    { Limit: limit, ...parameters(filter) },
    jobRow,
    { signal, context: { operation: 'listing ingestion jobs' } },
  );
}

/** A tenant's jobs in the order in which they came, after the one with an id. @throws BrokerError */
export function jobsAfter(
  client: BrokerClient,
  { tenantId, afterId, limit }: { readonly tenantId: number; readonly afterId: bigint; readonly limit: number },
  signal: AbortSignal,
): Promise<Job[]> {
  return client.query(
    `SELECT TOP (@Limit) ${columns} FROM [dbo].[IngestionJob] AS j
     WHERE j.[TenantId] = @TenantId AND j.[IngestionJobId] > @AfterId ORDER BY j.[IngestionJobId];`,
    { Limit: limit, TenantId: tenantId, AfterId: sqlParameter.bigint(afterId) },
    jobRow,
    { signal, context: { operation: 'reading ingestion jobs in their order' } },
  );
}

/** How many jobs there are of each status. */
export async function countJobs(
  client: BrokerClient,
  filter: JobFilter,
  signal: AbortSignal,
): Promise<Partial<Record<JobStatus, number>>> {
  const rows = await client.query(
    `SELECT j.[Status], COUNT(*) AS [Jobs] FROM [dbo].[IngestionJob] AS j ${where(filter)} GROUP BY j.[Status];`,
    parameters(filter),
    z.object({ Status: z.enum(jobStatuses), Jobs: z.number() }),
    { signal, context: { operation: 'counting ingestion jobs' } },
  );
  return Object.fromEntries(rows.map(({ Status, Jobs }) => [Status, Jobs]));
}

function where({ tenantId, status, beforeId, documentAtomId }: JobFilter): string {
  const conditions = [
    ...(tenantId === undefined ? [] : ['j.[TenantId] = @TenantId']),
    ...(status === undefined ? [] : ['j.[Status] = @Status']),
    ...(beforeId === undefined ? [] : ['j.[IngestionJobId] < @BeforeId']),
    ...(documentAtomId === undefined ? [] : ['j.[DocumentAtomId] = @DocumentAtomId']),
  ];
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

function parameters({ tenantId, status, beforeId, documentAtomId }: JobFilter) {
  return {
    ...(tenantId === undefined ? {} : { TenantId: tenantId }),
    ...(status === undefined ? {} : { Status: status }),
    ...(beforeId === undefined ? {} : { BeforeId: sqlParameter.bigint(beforeId) }),
    ...(documentAtomId === undefined ? {} : { DocumentAtomId: sqlParameter.bigint(documentAtomId) }),
  };
}
