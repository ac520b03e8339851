import { FileBrokenError } from '../errors.ts';
import type { Spool } from './spool.ts';

/** Where a ZIP archive is within a file. */
export interface ZipBounds {
  /** What the archive's own offsets count from. */
  readonly start: number;
  readonly end: number;
  /** Bytes before and behind it that aren't its. */
  readonly around: number;
}

const endLength = 22;
const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const entrySignature = 0x02014b50;
const localSignature = Buffer.from('PK\x03\x04', 'latin1');
/** A comment, and what an upload or a proxy may have put behind it. */
const searchedBytes = 256 * 1024;
const zip64 = 0xffffffff;

/**
 * Finds an archive whose end isn't the end of the file, or that isn't at its start: uploads append line ends, self-extracting
 * archives and captured responses have something before it. By PKWARE's APPNOTE, sections 4.3.6 and 4.3.16.
 *
 * @throws FileBrokenError where there is no end of a directory
 */
export async function findZip(spool: Spool, format: string): Promise<ZipBounds> {
  const from = Math.max(0, spool.size - searchedBytes);
  const tail = await bytesOf(spool, from, spool.size);
  for (
    let at = tail.lastIndexOf(endSignature);
    at !== -1;
    at = at === 0 ? -1 : tail.lastIndexOf(endSignature, at - 1)
  ) {
    if (at + endLength > tail.length) continue;
    const directoryBytes = tail.readUInt32LE(at + 12);
    const directoryOffset = tail.readUInt32LE(at + 16);
    const end = from + at + endLength + tail.readUInt16LE(at + 20);
    if (end > spool.size) continue;
    const behind = spool.size - end;
    if (directoryOffset === zip64 || directoryBytes === zip64) return { start: 0, end, around: behind };
    const directory = from + at - directoryBytes;
    if (directory < 0 || directory < directoryOffset) continue;
    const start = directory - directoryOffset;
    if (directoryBytes > 0 && !(await isEntry(spool, directory))) continue;
    // A self-extracting archive may count from the start of the file.
    const before = start > 0 ? start : await bytesBefore(spool);
    return { start, end, around: before + behind };
  }
  throw new FileBrokenError(format, 'the end of its directory is missing; it may be cut off');
}

async function isEntry(spool: Spool, at: number): Promise<boolean> {
  const bytes = await bytesOf(spool, at, at + 4);
  return bytes.length === 4 && bytes.readUInt32LE(0) === entrySignature;
}

async function bytesBefore(spool: Spool): Promise<number> {
  const head = await bytesOf(spool, 0, Math.min(spool.size, searchedBytes));
  return Math.max(0, head.indexOf(localSignature));
}

async function bytesOf(spool: Spool, from: number, to: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of spool.range(from, to)) parts.push(part);
  return Buffer.concat(parts);
}
