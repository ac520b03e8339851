import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumFile, filesOf, sha256 } from './checksums.ts';
import { ChecksumError } from './errors.ts';

/**
 * Holds a folder against its SHA256SUMS: every file that is listed, and, in an artifact's folder, that no other is there.
 *
 * @param whole whether the folder must have nothing else in it
 * @returns how many files there are
 * @throws ChecksumError
 */
export async function verifyFolder(folder: string, whole: boolean): Promise<number> {
  const listed = new Map(
    (await readFile(join(folder, checksumFile), 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
  );
  const files = new Set((await filesOf(folder)).filter((file) => file !== checksumFile));
  const wrong: string[] = [];
  for (const [file, hash] of listed) {
    if (!files.has(file)) wrong.push(`${file}: missing`);
    else if ((await sha256(join(folder, file))) !== hash) wrong.push(`${file}: changed`);
  }
  if (whole)
    wrong.push(...[...files].filter((file) => !listed.has(file)).map((file) => `${file}: not in ${checksumFile}`));
  if (wrong.length > 0) throw new ChecksumError(folder, wrong);
  return listed.size;
}
