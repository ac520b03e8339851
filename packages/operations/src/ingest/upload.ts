import { type BrokerClient, type SqlParameter, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';

/** How much is sent at a time, in bytes; the procedures take up to 8 MB. */
export const sliceBytes = 1024 * 1024;

/** What an upload needs. */
export interface UploadContext {
  readonly client: BrokerClient;
  readonly tenantId: number;
  readonly signal: AbortSignal;
  /** Called with the number of bytes as they are sent. */
  readonly onSent?: (bytes: number) => void;
}

/** An upload that isn't completed yet. */
export interface Upload {
  readonly IngestionFileId: SqlParameter;
  readonly bytes: number;
}

const id = z.union([z.string(), z.number()]).transform(BigInt);

/** A file's name as the database takes it: its last 400 characters, where its extension is; not with half a character in front. */
export function storedFileName(name: string): string {
  const end = name.slice(-400);
  return end.length < name.length && /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end;
}

/**
 * Uploads a file that is too large for one call, slice by slice. What was uploaded of one that fails is purged by the worker after a day.
 *
 * @param slices up to 8 MB each, better {@link sliceBytes}
 * @throws BrokerError, and what `slices` throws
 */
export async function upload(
  name: string,
  slices: AsyncIterable<Uint8Array>,
  { client, tenantId, signal, onSent }: UploadContext,
): Promise<Upload> {
  const [begun] = await client.query(
    `DECLARE @Id BIGINT;
     EXEC [dbo].[sp_BeginIngestionFile] @FileName = @FileName, @TenantId = @TenantId, @IngestionFileId = @Id OUTPUT;
     SELECT @Id AS [Id];`,
    { FileName: storedFileName(name), TenantId: tenantId },
    z.object({ Id: id }),
    { signal, context: { operation: 'beginning an upload' } },
  );
  const IngestionFileId = sqlParameter.bigint(begun?.Id ?? null);
  let SliceNumber = 0;
  let bytes = 0;
  for await (const slice of slices) {
    const parameters = { IngestionFileId, SliceNumber, Content: sqlParameter.varbinary(slice) };
    await client.execute('dbo.sp_AppendIngestionFile', parameters, { signal });
    onSent?.(slice.length);
    SliceNumber += 1;
    bytes += slice.length;
  }
  return { IngestionFileId, bytes };
}
