import { createHash } from 'node:crypto';
import { type BrokerClient, type SqlValue, sqlParameter } from '@hartonomous/broker-client';
import type { dataClassifications } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ApiActor } from '../api/audit.ts';
import { IngestionKeyTakenError } from '../api/errors.ts';
import { checkName } from './send-file.ts';
import { sliceBytes, storedFileName, upload } from './upload.ts';

/** A file that comes as a stream. */
export interface StreamedFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The caller's own name for this request: the same again gives the same job and enqueues nothing. */
  readonly idempotencyKey?: string | undefined;
  /** How sensitive the file is; undefined: not said. */
  readonly classification?: (typeof dataClassifications)[number] | undefined;
  /** W3C trace context; the worker goes on with the trace. */
  readonly traceParent?: string | undefined;
  /**
   * Called with the SHA-256 of all bytes before anything is enqueued; what it throws leaves nothing behind but slices that are
   * purged after a day.
   */
  readonly check?: (digest: Buffer) => void;
}

/** What became of it. */
export interface StreamedIngestion {
  readonly jobId: bigint;
  readonly bytes: number;
  /** By an earlier request with the same key; nothing was enqueued now. */
  readonly isRepeated: boolean;
}

const outcomeRow = z.object({
  Job: z.union([z.string(), z.number()]).transform(BigInt).nullable(),
  Outcome: z.enum(['ENQUEUED', 'REPEATED', 'CONFLICT']),
});

/**
 * Takes a file in and enqueues it, with a row of the audit, in the memory of a slice. When it resolves, file, job, message and audit are
 * committed.
 *
 * @throws IngestFileError for a name that can't be used; IngestionKeyTakenError, BrokerError, and what `chunks` and `check` throw; nothing is enqueued then
 */
export async function ingestStream(
  client: BrokerClient,
  actor: ApiActor,
  { name, chunks, idempotencyKey, classification, traceParent, check }: StreamedFile,
  signal: AbortSignal,
): Promise<StreamedIngestion> {
  checkName(name);
  const hash = createHash('sha256');
  let bytes = 0;
  const slices = slicesOf(chunks, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const source = await contentOf(name, slices, { client, tenantId: actor.tenantId, signal });
  const digest = hash.digest();
  check?.(digest);
  const fileName = storedFileName(name);
  // Only where it is given: a database of the version before doesn't know the parameter.
  const level = classification === undefined ? undefined : { Classification: classification };
  const sha256OfAll = digest.toString('hex');
  const [row] = await client.query(
    `DECLARE @Job BIGINT, @Outcome NVARCHAR(16);
     EXEC [dbo].[sp_EnqueueApiIngestion] @TenantId = @TenantId, @Subject = @Subject, @TraceId = @TraceId, @FileName = @FileName,
       @FileData = @FileData, @IngestionFileId = @IngestionFileId, @ByteCount = @ByteCount, @TraceParent = @TraceParent,
       @KeyHash = @KeyHash, @RequestHash = @RequestHash, @Detail = @Detail, @IngestionJobId = @Job OUTPUT, @Outcome = @Outcome OUTPUT${
         level === undefined ? '' : ', @Classification = @Classification'
       };
     SELECT @Job AS [Job], @Outcome AS [Outcome];`,
    {
      ...{ TenantId: actor.tenantId, Subject: actor.subject, TraceId: actor.traceId, FileName: fileName },
      ...source,
      ByteCount: sqlParameter.bigint(bytes),
      TraceParent: traceParent ?? null,
      KeyHash: sqlParameter.varbinary(
        idempotencyKey === undefined ? null : sha256(JSON.stringify([actor.subject, idempotencyKey])),
        32,
      ),
      // Without a level as before there were levels: a request that is repeated across an upgrade is the same.
      RequestHash: sqlParameter.varbinary(
        sha256(JSON.stringify([fileName, sha256OfAll, ...(classification === undefined ? [] : [classification])])),
        32,
      ),
      Detail: sqlParameter.nvarchar(JSON.stringify({ fileName, bytes, sha256: sha256OfAll, classification })),
      ...level,
    },
    outcomeRow,
    { signal, context: { operation: 'enqueueing a file' } },
  );
  if (row?.Outcome === 'CONFLICT') throw new IngestionKeyTakenError();
  if (row === undefined || row.Job === null) throw new TypeError('dbo.sp_EnqueueApiIngestion gave no job.');
  return { jobId: row.Job, bytes, isRepeated: row.Outcome === 'REPEATED' };
}

async function contentOf(
  name: string,
  slices: AsyncGenerator<Buffer, void>,
  context: { readonly client: BrokerClient; readonly tenantId: number; readonly signal: AbortSignal },
): Promise<Readonly<Record<'FileData' | 'IngestionFileId', SqlValue>>> {
  const begun = await firstTwo(slices);
  if (begun.length < 2) {
    const FileData = sqlParameter.varbinary(begun[0] ?? Buffer.alloc(0));
    return { FileData, IngestionFileId: sqlParameter.bigint(null) };
  }
  const all = async function* () {
    // Taken out: what is sent isn't kept until the file's end.
    for (let slice = begun.shift(); slice !== undefined; slice = begun.shift()) yield slice;
    yield* slices;
  };
  const { IngestionFileId } = await upload(name, all(), context);
  return { FileData: sqlParameter.varbinary(null), IngestionFileId };
}

async function firstTwo(slices: AsyncGenerator<Buffer, void>): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  while (taken.length < 2) {
    const { done, value } = await slices.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/**
 * Slices of {@link sliceBytes} of chunks of any size; the last one may be shorter. From the third on each is in the memory of the one before:
 * who asks for it has sent that. Others would be garbage by the gigabyte, which fifty uploads at a time make faster than it is collected.
 */
async function* slicesOf(
  chunks: AsyncIterable<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Buffer, void> {
  let slice = Buffer.allocUnsafe(sliceBytes);
  let filled = 0;
  let isFirst = true;
  for await (const chunk of chunks) {
    onChunk(chunk);
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + sliceBytes - filled);
      slice.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < sliceBytes) continue;
      yield slice;
      // The first two are held together, to know whether there is a second.
      if (isFirst) slice = Buffer.allocUnsafe(sliceBytes);
      isFirst = false;
      filled = 0;
    }
  }
  if (filled > 0) yield slice.subarray(0, filled);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
