import { createHash } from 'node:crypto';
import type { AtomizerLimitOptions, AtomizerRegistry } from '@hartonomous/atomizers';
import { type BrokerClient, type BrokerTransaction, sqlParameter } from '@hartonomous/broker-client';
import type { IngestionRequest, JobStatus } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { DocumentWriter } from './document-writer.ts';
import { atomicValueBytes, DraftSlices } from './draft-slices.ts';
import type { Settings } from './options.ts';
import type { FileContent } from './sources/file-content.ts';
import { openSource } from './sources/open-source.ts';
import type { WriteOptions } from './write-slices.ts';

/** What {@link ingestFile} needs. */
export interface IngestionContext {
  /** For reads that don't belong to the transaction. */
  readonly client: Pick<BrokerClient, 'query'>;
  readonly registry: AtomizerRegistry;
  /** What differs from the default limits of atomizers. */
  readonly limits?: AtomizerLimitOptions;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** What became of a file. */
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
}

const knownRow = z.object({ AtomId: z.union([z.string(), z.number(), z.bigint()]).transform(BigInt).nullable() });

/**
 * Makes atoms of a file, in the transaction that received its message. The file's hash is taken first: a file that the
 * tenant has already isn't taken apart again.
 *
 * @throws RefusedFileError, AtomizerError when the file can't be ingested
 * @throws BrokerError when SQL Server is away, or refuses
 */
export async function ingestFile(
  transaction: BrokerTransaction,
  request: IngestionRequest,
  context: IngestionContext,
): Promise<IngestedFile> {
  const { client, settings, signal } = context;
  await using content = await openSource(request, { client, settings: settings.Ingestion, signal });
  const contentHash = await hashOf(content, signal);
  const whole = { bytes: content.size, contentHash };
  const known = await findDocument(transaction, request.tenantId, contentHash, signal);
  if (known !== null) return { ...whole, status: 'UNCHANGED', documentAtomId: known, ...nothingNew };
  return { ...whole, ...(await takeApart(transaction, request, content, contentHash, context)) };
}

const nothingNew = { atomizer: null, pieces: 0, atoms: 0, edges: 0 } as const;

async function hashOf(content: FileContent, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of content.open(signal)) hash.update(piece);
  return hash.digest();
}

async function findDocument(
  transaction: BrokerTransaction,
  tenantId: number,
  contentHash: Buffer,
  signal: AbortSignal,
): Promise<bigint | null> {
  const [row] = await transaction.query(
    `SELECT MIN(a.[AtomId]) AS [AtomId]
     FROM [dbo].[Atom] AS a
     WHERE a.[TenantId] = @TenantId AND a.[ContentHash] = @ContentHash AND a.[AtomType] = N'document';`,
    { TenantId: tenantId, ContentHash: sqlParameter.varbinary(contentHash, contentHash.length) },
    knownRow,
    { signal, context: { operation: 'looking for the file among the atoms' } },
  );
  return row?.AtomId ?? null;
}

async function takeApart(
  transaction: BrokerTransaction,
  { fileName, tenantId, traceParent }: IngestionRequest,
  content: FileContent,
  contentHash: Buffer,
  { registry, limits, settings, signal }: IngestionContext,
): Promise<Omit<IngestedFile, 'bytes' | 'contentHash'>> {
  const { size } = content;
  const { atomizer, drafts } = await registry.atomize(
    { name: fileName, size, open: (reading = signal) => content.open(reading) },
    { signal, ...(limits === undefined ? {} : { limits }) },
  );
  const slices = new DraftSlices({
    atoms: settings.Ingestion.SliceAtoms,
    bytes: settings.Ingestion.SliceBytes,
  });
  const document = {
    tenantId,
    contentType: atomizer.mediaType,
    contentHash,
    atomicValue: size <= atomicValueBytes ? await allOf(content) : null,
    metadata: JSON.stringify({ fileName, bytes: size, atomizer: atomizer.name }),
  };
  const { LockTimeoutMs: lockTimeoutMs, StatementTimeoutMs: statementTimeoutMs } = settings.Worker;
  const options: WriteOptions = { lockTimeoutMs, statementTimeoutMs, traceParent, signal };
  await using writer = new DocumentWriter(transaction, document, slices, options);
  for await (const draft of drafts) {
    slices.add(draft);
    if (!slices.isFull) continue;
    await writer.write(slices.take());
    if (writer.state === 'known') break;
  }
  if (!slices.isEmpty) await writer.write(slices.take());
  await content.verify();
  const documentAtomId = await writer.end();
  if (writer.state === 'known') return { status: 'UNCHANGED', documentAtomId, ...nothingNew };
  return { status: 'COMPLETED', documentAtomId, atomizer: atomizer.name, ...writer.counts };
}

async function allOf(content: FileContent): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}
