import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type SqlValue, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import { IngestFileError } from '../errors.ts';
import { nameProblem, printable } from './file-names.ts';
import type { FoundFile } from './find-files.ts';
import { sliceBytes, storedFileName, type UploadContext, upload } from './upload.ts';

/** A file that is in the queue. */
export interface SentFile {
  readonly jobId: bigint;
  readonly bytes: number;
}

/** How files are to be read. */
export interface ReadingOptions {
  /** Label of the encoding that texts are in; undefined: the worker finds out. */
  readonly encoding?: string | undefined;
  /** Refuse what anything is noted about. */
  readonly strict: boolean;
  /** Read anew what the tenant has. */
  readonly again: boolean;
  /** How sensitive the files are; undefined: not said. */
  readonly classification?: 'public' | 'internal' | 'confidential' | 'restricted' | undefined;
}

/** What {@link sendFile} needs. */
export interface SendContext extends UploadContext {
  readonly maxBytes: number;
  readonly reading: ReadingOptions;
}

const id = z.union([z.string(), z.number()]).transform(BigInt);

/**
 * Enqueues a file for ingestion: small ones in one call, large ones uploaded slice by slice before, so that a file takes
 * the memory of a slice. What was uploaded of a file that fails is purged by the worker after a day.
 *
 * @throws IngestFileError when the file can't be read, is too large, or changes while it is read
 * @throws BrokerError
 */
export async function sendFile({ path, name }: FoundFile, context: SendContext): Promise<SentFile> {
  const { tenantId, maxBytes } = context;
  checkFileName(name);
  await using handle = await openFile(path);
  const stats = await handle.stat();
  if (!stats.isFile()) throw new IngestFileError(path, 'NOT_A_FILE', 'it is not a file');
  if (stats.size > maxBytes) {
    throw new IngestFileError(
      path,
      'FILE_TOO_LARGE',
      `it has ${stats.size} bytes, more than ${maxBytes} (--max-bytes)`,
    );
  }
  const { encoding = null, strict, again, classification } = context.reading;
  const reading = {
    ...{ Encoding: encoding, Strict: sqlParameter.bit(strict), Again: sqlParameter.bit(again) },
    // Only where it is given: a database of the version before doesn't know the parameter.
    ...(classification === undefined ? {} : { Classification: classification }),
  };
  const common = { FileName: storedFileName(name), TenantId: tenantId, SourceUri: sourceUriOf(path) };
  const source = await bytesOf(handle, stats.size, { path, name }, context);
  const after = await handle.stat();
  if (after.mtimeMs !== stats.mtimeMs || after.size !== stats.size) {
    throw new IngestFileError(path, 'FILE_CHANGED', 'it was written to while it was read; try again when that is done');
  }
  return { jobId: await enqueue(context, { ...common, ...source, ...reading }), bytes: stats.size };
}

/** Refuses a file's name that can't be enqueued. @throws IngestFileError */
export function checkFileName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== null) throw new IngestFileError(printable(name), 'NAME_NOT_USABLE', `${problem}; rename it`);
}

async function bytesOf(
  handle: FileHandle,
  size: number,
  { path, name }: FoundFile,
  context: SendContext,
): Promise<Record<string, SqlValue>> {
  const { client, signal, onSent } = context;
  const slices = slicesOf(handle, size, path);
  if (size <= sliceBytes) {
    const first = await slices.next();
    const data = first.value ?? Buffer.alloc(0);
    onSent?.(data.length);
    return { FileData: sqlParameter.varbinary(data) };
  }
  const { IngestionFileId } = await upload(name, slices, context);
  const completed = { IngestionFileId, ByteCount: sqlParameter.bigint(size) };
  await client.execute('dbo.sp_CompleteIngestionFile', completed, { signal });
  return { IngestionFileId };
}

async function enqueue({ client, signal }: SendContext, parameters: Record<string, SqlValue>): Promise<bigint> {
  const given = Object.keys(parameters).map((name) => `@${name} = @${name}`);
  const [row] = await client.query(
    `DECLARE @Job BIGINT;
     EXEC [dbo].[sp_EnqueueIngestion] ${given.join(', ')}, @IngestionJobId = @Job OUTPUT;
     SELECT @Job AS [Job];`,
    parameters,
    z.object({ Job: id }),
    { signal, context: { operation: 'enqueueing a file' } },
  );
  if (row === undefined) throw new TypeError('dbo.sp_EnqueueIngestion gave no job.');
  return row.Job;
}

/** Where the file comes from, for its job; an address that a column can't hold is left out. */
function sourceUriOf(path: string): string | null {
  const uri = pathToFileURL(path).href;
  return uri.length > 2_048 ? null : uri;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // O_NONBLOCK: to open a pipe would wait for its writer, forever.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new IngestFileError(path, 'FILE_UNREADABLE', `it can't be opened: ${why}`, cause);
  }
}

async function* slicesOf(handle: FileHandle, size: number, path: string): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; ) {
    const wanted = Math.min(sliceBytes, size - position);
    const buffer = Buffer.allocUnsafe(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await handle.read(buffer, filled, wanted - filled, position + filled);
      if (bytesRead === 0) {
        throw new IngestFileError(path, 'FILE_CHANGED', 'it became shorter while it was read; try again');
      }
      filled += bytesRead;
    }
    position += wanted;
    yield buffer;
  }
}
