import { Readable } from 'node:stream';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { AtomizerError, FileBrokenError } from '../errors.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import type { ArchiveMember } from './member-drafts.ts';
import type { Spool } from './spool.ts';
import { findZip, type ZipBounds } from './zip-bounds.ts';
import { zipMemberName } from './zip-member-name.ts';

/** A member of a ZIP archive and the way to its bytes. */
export interface ZipMember extends ArchiveMember {
  /** The bytes, checked against their checksum and counted by the budget; as long as the archive is open. */
  open(): AsyncIterable<Uint8Array>;
}

const options = { autoClose: false, lazyEntries: true, decodeStrings: false } as const;
const unixHost = 3;
const deflated = 8;
/** Members up to this size, compressed and expanded, are expanded at once: streams take several times as long. */
const smallBytes = 64 * 1024;

/** What yauzl reads through; closing is the spool's own matter. */
class SpoolReader extends RandomAccessReader {
  readonly #spool: Spool;
  readonly #start: number;

  /** @param start where the archive starts */
  constructor(spool: Spool, start: number) {
    super();
    this.#spool = spool;
    this.#start = start;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#spool.range(this.#start + start, this.#start + end), { objectMode: false });
  }

  /** yauzl reads headers through this; its default reader would create three streams for each. */
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const start = this.#start + position;
    void bytesIn(this.#spool, start, start + length).then(
      (bytes) => {
        bytes.copy(buffer, offset);
        callback(bytes.length === length ? null : new Error('it ends amid a header'));
      },
      (error: Error) => callback(error),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

/** A ZIP archive whose bytes are in memory or in a temporary file, for its end is read first. */
export class ZipArchive {
  readonly #zip: ZipFile;
  readonly #spool: Spool;
  readonly #start: number;
  readonly #archiveBytes: number;
  readonly #expansion: ExpansionBudget;
  readonly #format: string;

  /** Encodings that names of members have been guessed to be in. */
  readonly namesGuessed = new Set<string>();

  /** Bytes before and behind the archive that aren't its. */
  readonly bytesAround: number;

  private constructor(
    zip: ZipFile,
    spool: Spool,
    { start, end, around }: ZipBounds,
    expansion: ExpansionBudget,
    format: string,
  ) {
    this.#zip = zip;
    this.#spool = spool;
    this.#start = start;
    this.#archiveBytes = end - start;
    this.bytesAround = around;
    this.#expansion = expansion;
    this.#format = format;
  }

  /**
   * Reads the end of the archive.
   *
   * @param expansion counts what members expand to
   * @param format what to call the file in errors
   * @throws FileBrokenError
   */
  static async open(spool: Spool, expansion: ExpansionBudget, format: string): Promise<ZipArchive> {
    const bounds = await findZip(spool, format);
    const zip = await translated(format, () =>
      fromRandomAccessReaderPromise(new SpoolReader(spool, bounds.start), bounds.end - bounds.start, options),
    );
    return new ZipArchive(zip, spool, bounds, expansion, format);
  }

  /**
   * The members in the order of the archive's directory.
   *
   * @throws FileBrokenError
   */
  async *members(): AsyncGenerator<ZipMember> {
    const entries = this.#zip.eachEntry();
    for (;;) {
      const next = await translated(this.#format, () => entries.next());
      if (next.done === true) return;
      const { name, encoding } = await zipMemberName(next.value);
      if (encoding !== undefined) this.namesGuessed.add(encoding);
      yield this.#member(next.value, name);
    }
  }

  [Symbol.dispose](): void {
    this.#zip.close();
  }

  #member(entry: Entry, name: string): ZipMember {
    const reason = refusal(entry);
    const isFolder = name.endsWith('/') || name.endsWith('\\');
    const modified = entry.getLastModDate({ timezone: 'UTC' });
    // The directory may claim any compressed size; it can't be more than the archive.
    const compressedBytes = Math.min(entry.compressedSize, this.#archiveBytes);
    return {
      name,
      kind: reason !== undefined ? 'refused' : isFolder ? 'folder' : 'file',
      ...(reason !== undefined && { reason }),
      modified: Number.isNaN(modified.getTime()) ? undefined : modified,
      open: () => this.#expansion.count(this.#checkedBytes(entry, name), () => compressedBytes),
    };
  }

  async *#checkedBytes(entry: Entry, name: string): AsyncGenerator<Uint8Array> {
    let sum = 0;
    try {
      for await (const piece of await this.#bytesOf(entry)) {
        sum = crc32(piece, sum);
        yield piece;
      }
    } catch (error) {
      throw broken(this.#format, error);
    }
    if (sum === entry.crc32) return;
    throw new FileBrokenError(this.#format, `the checksum of ${JSON.stringify(name)} is wrong`);
  }

  async #bytesOf(entry: Entry): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
    const { compressedSize, uncompressedSize } = entry;
    if (compressedSize > smallBytes || uncompressedSize > smallBytes) return this.#zip.openReadStreamPromise(entry);
    const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if (compressedSize === 0 && uncompressedSize === 0) return [];
    const start = this.#start + fileDataStart;
    const data = await bytesIn(this.#spool, start, start + compressedSize);
    if (data.length < compressedSize) throw new Error('a member goes on behind the end');
    // One byte beyond the expected size shows that there is more.
    const maxOutputLength = uncompressedSize + 1;
    const bytes = entry.compressionMethod === deflated ? inflateRawSync(data, { maxOutputLength }) : data;
    if (bytes.length !== uncompressedSize)
      throw new Error(`a member has ${bytes.length} bytes and not ${uncompressedSize}`);
    return bytes.length === 0 ? [] : [bytes];
  }
}

async function bytesIn(spool: Spool, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.range(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function refusal(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  if (!entry.canDecodeFileData()) return `compression method ${entry.compressionMethod}`;
  if (entry.versionMadeBy >> 8 !== unixHost) return undefined;
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type === 0o120000) return 'symbolic link';
  return type === 0 || type === 0o100000 || type === 0o040000 ? undefined : 'special file';
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
