import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import { RefusedFileError, tooLarge } from '../errors.ts';
import type { FileContent } from './file-content.ts';
import { spool } from './spool.ts';

const fileRow = z.object({ ByteCount: z.union([z.string(), z.number()]).transform(Number) });
const sliceRow = z.object({ Content: z.instanceof(Uint8Array) });

/** What {@link openUpload} needs. */
export interface UploadContext {
  readonly client: Pick<BrokerClient, 'query'>;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a row of dbo.IngestionFile, read slice by slice.
 *
 * @throws RefusedFileError UPLOAD_MISSING, FILE_TOO_LARGE
 * @throws BrokerError
 */
export async function openUpload(
  ingestionFileId: bigint,
  tenantId: number,
  { client, maxBytes, signal }: UploadContext,
): Promise<FileContent> {
  const [file] = await client.query(
    `SELECT f.[ByteCount]
     FROM [dbo].[IngestionFile] AS f
     WHERE f.[IngestionFileId] = @Id AND f.[TenantId] = @TenantId AND f.[State] = N'COMPLETE';`,
    { Id: sqlParameter.bigint(ingestionFileId), TenantId: tenantId },
    fileRow,
    { signal, context: { operation: 'looking for an uploaded file' } },
  );
  if (file === undefined) {
    throw new RefusedFileError(
      'UPLOAD_MISSING',
      `Tenant ${tenantId} has no complete file ${ingestionFileId} in dbo.IngestionFile. Upload it again.`,
    );
  }
  if (file.ByteCount > maxBytes) throw tooLarge(maxBytes, file.ByteCount);
  const content = await spool(slices(ingestionFileId, client, signal), maxBytes);
  if (content.size === file.ByteCount) return content;
  await content[Symbol.asyncDispose]();
  throw new RefusedFileError(
    'UPLOAD_MISSING',
    `File ${ingestionFileId} has ${content.size} bytes instead of ${file.ByteCount}. Upload it again.`,
  );
}

async function* slices(
  id: bigint,
  client: Pick<BrokerClient, 'query'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let slice = 0; ; slice += 1) {
    const [row] = await client.query(
      `SELECT s.[Content]
       FROM [dbo].[IngestionFileSlice] AS s
       WHERE s.[IngestionFileId] = @Id AND s.[SliceNumber] = @Slice;`,
      { Id: sqlParameter.bigint(id), Slice: slice },
      sliceRow,
      { signal, context: { operation: 'reading an uploaded file' } },
    );
    if (row === undefined) return;
    yield row.Content;
  }
}
