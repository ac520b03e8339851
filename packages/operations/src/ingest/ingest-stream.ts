import { createHash } from 'node:crypto';
import { type BrokerClient, type SqlValue, sqlParameter } from '@hartonomous/broker-client';
import type { dataClassifications } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ApiActor } from '../api/audit.ts';
import { IngestionKeyTakenError } from '../api/errors.ts';
import { checkFileName } from './send-file.ts';
import { storedFileName, upload } from './upload.ts';

/** How much is sent at a time, in bytes. Each upload holds as much: less means more calls, more means memory times the uploads. */
const sliceBytes = 512 * 1024;

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

/** The outcome. */
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
  checkFileName(name);
  const hash = createHash('sha256');
  let bytes = 0;
  const slices = slicesOf(chunks, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  // Whatever fails, the rest of the body isn't waited for.
  const source = await contentOf(name, slices, { client, tenantId: actor.tenantId, signal }).finally(() =>
    slices.return(),
  );
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
  slices: AsyncGenerator<Slice, void>,
  context: { readonly client: BrokerClient; readonly tenantId: number; readonly signal: AbortSignal },
): Promise<Readonly<Record<'FileData' | 'IngestionFileId', SqlValue>>> {
  const { value: first } = await slices.next();
  if (first === undefined || first.isLast) {
    const FileData = sqlParameter.varbinary(first?.bytes ?? Buffer.alloc(0));
    return { FileData, IngestionFileId: sqlParameter.bigint(null) };
  }
  const all = async function* () {
    yield first.bytes;
    for await (const { bytes } of slices) yield bytes;
  };
  const { IngestionFileId } = await upload(name, all(), context);
  return { FileData: sqlParameter.varbinary(null), IngestionFileId };
}

/** A part of a file, until the next one is asked for. */
interface Slice {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/**
 * Slices of {@link sliceBytes} of chunks of any size; the last one may be shorter. All are in the same memory: who asks for the next one has sent
 * the one before. Others would be garbage by the gigabyte, which fifty uploads at a time make faster than it is collected.
 */
async function* slicesOf(
  chunks: AsyncIterable<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Slice, void> {
  const slice = Buffer.allocUnsafe(sliceBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    onChunk(chunk);
    for (let from = 0; from < chunk.length; ) {
      // Only when there is more is it known not to be the last one.
      if (filled === sliceBytes) {
        yield { bytes: slice, isLast: false };
        filled = 0;
      }
      const part = chunk.subarray(from, from + sliceBytes - filled);
      slice.set(part, filled);
      filled += part.length;
      from += part.length;
    }
  }
  if (filled > 0) yield { bytes: slice.subarray(0, filled), isLast: true };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
