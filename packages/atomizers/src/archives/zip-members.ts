import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { AtomizerError, FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import type { ArchiveMember } from './member-drafts.ts';
import type { Spool } from './spool.ts';

/** A member of a ZIP archive and the way to its bytes. */
export interface ZipMember extends ArchiveMember {
  /** The bytes, checked against their checksum and counted by the budget. */
  open(): AsyncIterable<Uint8Array>;
}

const options = { autoClose: false, lazyEntries: true, decodeStrings: false } as const;

/**
 * The members of a ZIP archive, in the order of its directory.
 *
 * @param spool the archive's bytes; its end is read first
 * @param format what to call it in errors
 * @throws FileBrokenError
 */
export async function* zipMembers(spool: Spool, expansion: ExpansionBudget, format: string): AsyncGenerator<ZipMember> {
  const { location } = spool;
  const zip = await translated(format, () =>
    typeof location === 'number' ? fromFdPromise(location, options) : fromBufferPromise(location, options),
  );
  try {
    const entries = zip.eachEntry();
    for (;;) {
      const next = await translated(format, () => entries.next());
      if (next.done === true) return;
      yield zipMember(zip, next.value, Math.min(next.value.compressedSize, spool.size), expansion, format);
    }
  } finally {
    zip.close();
  }
}

function zipMember(
  zip: ZipFile,
  entry: Entry,
  compressedBytes: number,
  expansion: ExpansionBudget,
  format: string,
): ZipMember {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
  const reason = refusal(entry);
  const isFolder = name.endsWith('/') || name.endsWith('\\');
  const kind = reason !== undefined ? 'refused' : isFolder ? 'folder' : 'file';
  const modified = entry.getLastModDate({ timezone: 'UTC' });
  return {
    name,
    kind,
    ...(reason !== undefined && { reason }),
    modified: Number.isNaN(modified.getTime()) ? undefined : modified,
    async *open() {
      yield* expansion.count(checkedBytes(zip, entry, name, format), () => compressedBytes);
    },
  };
}

const unixHost = 3;

function refusal(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  if (!entry.canDecodeFileData()) return `compression method ${entry.compressionMethod}`;
  if (entry.versionMadeBy >> 8 !== unixHost) return undefined;
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type === 0o120000) return 'symbolic link';
  return type === 0 || type === 0o100000 || type === 0o040000 ? undefined : 'special file';
}

async function* checkedBytes(zip: ZipFile, entry: Entry, name: string, format: string): AsyncGenerator<Uint8Array> {
  let sum = 0;
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw broken(format, error);
  }
  if (sum !== entry.crc32) throw new FileBrokenError(format, `the checksum of ${JSON.stringify(name)} is wrong`);
}

async function translated<Result>(format: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw broken(format, error);
  }
}

/** Whatever yauzl and zlib complain of here is the archive: its bytes are in memory or in a file of our own. */
function broken(format: string, error: unknown): unknown {
  if (error instanceof AtomizerError || !(error instanceof Error)) return error;
  return new FileBrokenError(format, error.message, error);
}
