import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Name of the file with the checksums of a folder. */
export const checksumFile = 'SHA256SUMS';

/** All files of a folder, as paths below it with `/`, sorted. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((left, right) => (left < right ? -1 : 1));
}

/** SHA-256 of a file, in hex digits. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Checksums of files in the form of `sha256sum`, which checks them with `--check`. */
export async function checksumText(folder: string, files: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const file of files) lines.push(`${await sha256(join(folder, file))}  ${file}\n`);
  return lines.join('');
}

/** The checksums that a folder has for its files, by their names; undefined where it has none. */
export async function readChecksums(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const lines = (await readFile(join(folder, checksumFile), 'utf8')).split('\n').filter((line) => line !== '');
    return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
