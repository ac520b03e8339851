import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BrokerClient } from '@hartonomous/broker-client';
import { IngestFileError } from '../errors.ts';
import { type FoundFile, findFiles, type LeftOut, type Unusable } from './find-files.ts';
import type { Job } from './jobs.ts';
import { asTheyQuieten, isQuiet } from './quiet-files.ts';
import { type ReadingOptions, sendFile } from './send-file.ts';
import { waitForJobs } from './wait-for-jobs.ts';
import { watchFiles } from './watch-files.ts';

/** Which files. */
export interface FileSelection {
  readonly paths: readonly string[];
  /** Larger files are left out, in bytes. */
  readonly maxBytes: number;
  readonly recursive: boolean;
  readonly signal: AbortSignal;
}

/** Options of {@link ingestFiles}. */
export interface IngestFilesOptions extends FileSelection {
  readonly reading: ReadingOptions;
  readonly tenantId: number;
  /** Go on with files that come or change, until the signal is aborted, which is how that is meant to end. */
  readonly watch: boolean;
  /** Wait until each file is ingested. */
  readonly wait: boolean;
  /** Called with the number of bytes as they are sent. */
  readonly onSent?: (name: string, bytes: number) => void;
  /** Told when watching has begun: what changes from then on is enqueued. */
  readonly onWatching?: () => void;
}

/** Something that was not taken, or not as asked. */
export type SelectionEvent =
  | ({ readonly type: 'left-out' } & LeftOut)
  | { readonly type: 'failed'; readonly name: string; readonly error: IngestFileError };

/** What {@link planIngestion} finds. */
export type PlanEvent =
  | SelectionEvent
  | { readonly type: 'found'; readonly file: FoundFile; readonly bytes: number; readonly isTooLarge: boolean };

/** What {@link ingestFiles} does. */
export type IngestEvent =
  | SelectionEvent
  | {
      readonly type: 'enqueued';
      readonly file: FoundFile;
      readonly bytes: number;
      readonly jobId: bigint;
      /** Whether it came or changed while it was watched for. */
      readonly isWatched: boolean;
    }
  /** All files that were there are enqueued. */
  | { readonly type: 'all-enqueued' }
  | { readonly type: 'job-ended'; readonly job: Job };

/** Files that would be enqueued; enqueues nothing. @throws the signal's reason */
export async function* planIngestion(selection: FileSelection): AsyncGenerator<PlanEvent> {
  for await (const event of found(selection)) {
    if (event.type !== 'file') {
      yield event;
      continue;
    }
    const { file } = event;
    const { size: bytes } = await lstat(file.path);
    yield { type: 'found', file, bytes, isTooLarge: bytes > selection.maxBytes };
  }
}

/**
 * Enqueues files for ingestion. A file that can't be sent is an event, and the others go on.
 *
 * @throws BrokerError; the signal's reason, except while watching
 */
export async function* ingestFiles(client: BrokerClient, options: IngestFilesOptions): AsyncGenerator<IngestEvent> {
  const { paths, recursive, watch, wait, onWatching = () => undefined, signal } = options;
  const jobs: bigint[] = [];
  const growing: FoundFile[] = [];
  for await (const event of found(options)) {
    // The others needn't wait for a file that is being written.
    if (watch && event.type === 'file' && !(await isQuiet(event.file.path))) {
      growing.push(event.file);
      continue;
    }
    const sent = event.type === 'file' ? await send(client, event.file, options, false) : event;
    if (sent.type === 'enqueued') jobs.push(sent.jobId);
    yield sent;
  }
  for await (const file of asTheyQuieten(growing, signal)) {
    const sent = await send(client, file, options, false);
    if (sent.type === 'enqueued') jobs.push(sent.jobId);
    yield sent;
  }
  yield { type: 'all-enqueued' };
  if (wait) yield* ended(client, jobs, signal);
  if (!watch) return;
  const absolute = paths.map((path) => resolve(path));
  for await (const file of watchFiles(absolute, { recursive, onReady: onWatching, signal })) {
    const sent = await send(client, file, options, true);
    // A file that is still being written to is tried again once it has been quiet.
    if (sent.type === 'failed' && sent.error.code === 'FILE_CHANGED') {
      yield { type: 'left-out', path: file.path, reason: 'it is being written to; it is taken when that is done' };
      continue;
    }
    yield sent;
    if (wait && sent.type === 'enqueued') yield* ended(client, [sent.jobId], signal);
  }
}

async function* found({
  paths,
  recursive,
  signal,
}: FileSelection): AsyncGenerator<SelectionEvent | { readonly type: 'file'; readonly file: FoundFile }> {
  const there: string[] = [];
  for (const path of paths) {
    try {
      await lstat(path);
      there.push(path);
    } catch (cause) {
      const error = new IngestFileError(path, 'FILE_NOT_FOUND', 'there is nothing of that name', cause);
      yield { type: 'failed', name: path, error };
    }
  }
  const told: SelectionEvent[] = [];
  const onLeftOut = (each: LeftOut) => told.push({ type: 'left-out', ...each });
  const onUnusable = ({ path, code, problem }: Unusable) => {
    told.push({ type: 'failed', name: path, error: new IngestFileError(path, code, problem) });
  };
  for await (const file of findFiles(there, { recursive, onLeftOut, onUnusable, signal })) {
    yield* told.splice(0);
    yield { type: 'file', file };
  }
  yield* told;
}

async function send(
  client: BrokerClient,
  file: FoundFile,
  { tenantId, maxBytes, reading, signal, onSent }: IngestFilesOptions,
  isWatched: boolean,
): Promise<Extract<IngestEvent, { readonly type: 'enqueued' | 'failed' }>> {
  try {
    const report = (bytes: number) => onSent?.(file.name, bytes);
    const { jobId, bytes } = await sendFile(file, { client, tenantId, maxBytes, reading, signal, onSent: report });
    return { type: 'enqueued', file, bytes, jobId, isWatched };
  } catch (error) {
    if (!(error instanceof IngestFileError)) throw error;
    return { type: 'failed', name: file.name, error };
  }
}

async function* ended(client: BrokerClient, jobs: readonly bigint[], signal: AbortSignal): AsyncGenerator<IngestEvent> {
  for await (const job of waitForJobs(client, jobs, signal)) yield { type: 'job-ended', job };
}
