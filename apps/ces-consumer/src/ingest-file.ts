import { createHash } from 'node:crypto';
import {
  type AtomizedFile,
  type AtomizerLimitOptions,
  type AtomizerRegistry,
  atomizersVersion,
  type FileReading,
} from '@hartonomous/atomizers';
import type { BrokerClient } from '@hartonomous/broker-client';
import type { IngestionRequest, JobStatus } from '@hartonomous/provenance-schema';
import type { AtomizerNoteRow, BegunDocument, DocumentProgress } from './document-progress.ts';
import { DocumentWriter } from './document-writer.ts';
import { atomicValueBytes, DraftSlices, type Slice } from './draft-slices.ts';
import { AtomizationChangedError, RefusedFileError } from './errors.ts';
import type { JobLease } from './job-lease.ts';
import type { Settings } from './options.ts';
import type { FileContent } from './sources/file-content.ts';
import { openSource } from './sources/open-source.ts';
import type { DocumentRow } from './write-slices.ts';

/** What {@link ingestFile} needs. */
export interface IngestionContext {
  /** For the bytes of uploads. */
  readonly client: Pick<BrokerClient, 'query'>;
  readonly registry: AtomizerRegistry;
  /** What differs from the default limits of atomizers. */
  readonly limits?: AtomizerLimitOptions;
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Told how well the file was read as far as it was, also of one that is refused then. */
  readonly onRead?: (reading: FileReading) => void;
}

/** The outcome of a file. */
export interface IngestedFile {
  /** UNCHANGED: the tenant had this very file; nothing was written. */
  readonly status: Extract<JobStatus, 'COMPLETED' | 'UNCHANGED'>;
  readonly documentAtomId: bigint;
  readonly bytes: number;
  readonly contentHash: Buffer;
  /** null when it wasn't taken apart. */
  readonly atomizer: string | null;
  readonly pieces: number;
  /** New ones. */
  readonly atoms: number;
  readonly edges: number;
  /** How well it was read; null when it wasn't taken apart. */
  readonly reading: FileReading | null;
  /** What was noted, also of one that wasn't taken apart. */
  readonly notes: readonly AtomizerNoteRow[];
}

const nothingNew = { atomizer: null, pieces: 0, atoms: 0, edges: 0, reading: null } as const;

/**
 * Makes atoms of a file, slice by slice, under the lease of its tenant. The file's hash is taken first: a file that the tenant has
 * completely isn't taken apart again, and one that another worker has begun with is gone on with where that one has come to.
 *
 * @throws RefusedFileError, AtomizerError when the file can't be ingested; what was written of it is still to be undone
 * @throws LeaseLostError, TemporaryFolderError; BrokerError when SQL Server is away, or refuses
 * @throws the signal's reason
 */
export async function ingestFile(
  lease: JobLease,
  request: IngestionRequest,
  context: IngestionContext,
): Promise<IngestedFile> {
  const { client, settings, signal } = context;
  await using content = await openSource(request, { client, settings: settings.Ingestion, signal });
  const contentHash = await hashOf(content, signal);
  const bytes = content.size;
  const atomized = await chooseAtomizer(request, content, context);
  const { again, strict, classification } = request;
  const reader = { atomizer: atomized.readAs, atomizerVersion: atomizersVersion };
  const begin = () =>
    lease.begin({ contentHash, bytes, ...whereaboutsOf(request), ...reader, again, strict, classification });
  let begun = await begin();
  if (begun.state === 'other') {
    await lease.undo(null);
    begun = await begin();
  }
  if (begun.state === 'noted') throw noted(begun.notes);
  if (begun.state === 'complete') {
    const { documentAtomId, notes } = begun;
    return { status: 'UNCHANGED', documentAtomId, bytes, contentHash, ...nothingNew, notes };
  }
  const file = { lease, request, content, contentHash };
  let progress = await usableProgress(file, begun, atomized);
  for (let reading = atomized; ; reading = await chooseAtomizer(request, content, context)) {
    try {
      return await takeApart(file, progress, reading, context);
    } catch (error) {
      // Another version of this program, with the same number: it must not go on where that one was.
      if (!(error instanceof AtomizationChangedError) || progress === null) throw error;
    }
    await lease.undo(null);
    progress = null;
  }
}

async function chooseAtomizer(
  { fileName, encoding }: IngestionRequest,
  content: FileContent,
  { registry, limits, signal }: IngestionContext,
): Promise<AtomizedFile> {
  const open = (reading = signal) => content.open(reading);
  const source = { name: fileName, size: content.size, open, ...(encoding === null ? {} : { encoding }) };
  return await registry.atomize(source, { signal, ...(limits === undefined ? {} : { limits }) });
}

/** The refusal of a file that is read less well than its job wants. */
function noted(notes: readonly AtomizerNoteRow[]): RefusedFileError {
  const list = notes.map(({ code, count, detail }) => `${code} (${count}): ${detail}`);
  return new RefusedFileError(
    'STRICT_NOTED',
    `Nothing may be noted about this file (--strict), but: ${list.join('; ')}.`,
  );
}

/** A file that is being ingested. */
interface CurrentFile {
  readonly lease: JobLease;
  readonly request: IngestionRequest;
  readonly content: FileContent;
  readonly contentHash: Buffer;
}

function whereaboutsOf({ source, traceParent }: IngestionRequest) {
  return { ingestionFileId: source.kind === 'upload' ? source.ingestionFileId : null, traceParent };
}

async function hashOf(content: FileContent, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of content.open(signal)) hash.update(piece);
  return hash.digest();
}

/** How far the file is written by the atomizer that was chosen now; what another one has written is undone. */
async function usableProgress(
  { lease }: CurrentFile,
  begun: BegunDocument,
  { readAs }: AtomizedFile,
): Promise<DocumentProgress | null> {
  if (begun.state === 'new') return null;
  if (begun.state === 'running' && begun.progress !== null) {
    const { atomizer, atomizerVersion } = begun.progress;
    if (readAs === atomizer && atomizerVersion === atomizersVersion) return begun.progress;
  }
  await lease.undo(null);
  return null;
}

async function takeApart(
  { lease, request, content, contentHash }: CurrentFile,
  progress: DocumentProgress | null,
  file: AtomizedFile,
  { settings, signal, onRead = () => undefined }: IngestionContext,
): Promise<IngestedFile> {
  const { size } = content;
  const { atomizer } = file;
  const sliceAtoms = progress?.sliceAtoms ?? settings.Ingestion.SliceAtoms;
  const sliceBytes = progress?.sliceBytes ?? settings.Ingestion.SliceBytes;
  const slices = new DraftSlices({ atoms: sliceAtoms, bytes: sliceBytes });
  const about = { fileName: request.fileName, bytes: size, atomizer: atomizer.name };
  const document: DocumentRow = {
    contentType: atomizer.mediaType,
    contentHash,
    atomicValue: size <= atomicValueBytes ? await allOf(content) : null,
    metadata: JSON.stringify(about),
    atomizer: file.readAs,
    atomizerVersion: atomizersVersion,
    bytes: size,
    sliceAtoms,
    sliceBytes,
    again: request.again,
    ...whereaboutsOf(request),
  };
  await using writer = new DocumentWriter({ lease, document, slices, progress });
  // Kept back until there is more: the last slice ends the file.
  let full: Slice | undefined;
  try {
    for await (const draft of file.drafts) {
      if (full !== undefined) await writer.write(full);
      full = undefined;
      slices.add(draft);
      if (slices.isFull) full = slices.take();
    }
  } finally {
    onRead(file.reading());
  }
  await content.verify();
  signal.throwIfAborted();
  // Only now is it known how well the file was read.
  const reading = file.reading();
  const { notes } = reading;
  if (request.strict && notes.length > 0) throw noted(notes);
  const { tables, ...measure } = reading;
  const metadata = JSON.stringify({ ...about, ...measure, ...(tables.length > 0 && { tables }) });
  const { documentAtomId, counts } = await writer.finish(full ?? slices.take(), metadata);
  const ended = { status: 'COMPLETED', documentAtomId, bytes: size, contentHash, atomizer: atomizer.name } as const;
  return { ...ended, ...counts, reading, notes };
}

async function allOf(content: FileContent): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}
