import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { crc32, createDeflateRaw, createGzip, createZstdCompress } from 'node:zlib';
import { type RawZipEntry, rawZipOf } from './archive-support.ts';

/** A text of pieces that repeat, with something in between that can't be compressed. */
export interface Repetition {
  readonly start?: string;
  readonly piece: string;
  /** Wraps characters that differ each time, so that the file isn't refused for how far it expands. */
  readonly salt: (noise: string) => string;
  readonly end?: string;
}

const blockLength = 180_000;
const noiseBytes = 800;
/** What is written at a time: a file gets that much larger than it was asked to be. */
const chunkSize = 1024;
const mebi = 1024 * 1024;
/** Compressors keep much to themselves; the file may not expand farther than this anyway. */
const mostRatio = 190;
/** What archives may expand to, less what the rest of the file may need. */
const mostExpanded = 1000 * mebi;

interface Compressor {
  readonly stream: ReturnType<typeof createDeflateRaw> | ReturnType<typeof createZstdCompress>;
}

/** Compresses a repetition until that takes so many bytes; the text itself is never in memory as a whole. */
async function compressed(
  { start = '', piece, salt, end = '' }: Repetition,
  length: number,
  { stream }: Compressor,
): Promise<{ readonly data: Buffer; readonly size: number; readonly crc: number }> {
  const parts: Buffer[] = [];
  let taken = 0;
  stream.on('data', (part: Buffer) => {
    parts.push(part);
    taken += part.length;
  });
  const ended = once(stream, 'end');
  const block = Buffer.from(piece.repeat(Math.ceil(blockLength / piece.length)));
  let size = 0;
  let crc = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    size += bytes.length;
    crc = crc32(bytes, crc);
    if (!stream.write(bytes)) await once(stream, 'drain');
  };
  await write(Buffer.from(start));
  for (let turn = 0; taken < length && size < Math.min(mostExpanded, mostRatio * length); turn++) {
    await write(block);
    await write(Buffer.from(salt(noise(turn))));
  }
  await write(Buffer.from(end));
  stream.end();
  await ended;
  return { data: Buffer.concat(parts), size, crc };
}

function noise(seed: number): string {
  let text = '';
  for (let part = 0; 2 * text.length < 3 * noiseBytes; part++) {
    text += createHash('sha256').update(`${seed} ${part}`).digest('base64url').replaceAll('-', '_');
  }
  return text;
}

/** A gzip file of at least so many bytes. */
export async function gzipOf(text: Repetition, length: number): Promise<Buffer> {
  return (await compressed(text, length, { stream: createGzip({ level: 9, chunkSize }) })).data;
}

/** The same by Zstandard. */
export async function zstdOf(text: Repetition, length: number): Promise<Buffer> {
  return (await compressed(text, length, { stream: createZstdCompress({ chunkSize }) })).data;
}

/** A ZIP archive whose member of that name is so large, compressed; the others are small. */
export async function packageOf(
  name: string,
  text: Repetition,
  length: number,
  others: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const deflated = await compressed(text, length, { stream: createDeflateRaw({ level: 9, chunkSize }) });
  const small = Object.entries(others).map(
    ([other, content]): RawZipEntry => ({ name: other, content: Buffer.from(content), method: 8 }),
  );
  return rawZipOf([...small, { name, content: Buffer.alloc(0), method: 8, deflated }]);
}
