import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifactFolder, artifactNames } from './artifact-list.ts';
import { checksumFile, filesOf, readChecksums, sha256 } from './checksums.ts';
import { ChecksumError } from './errors.ts';

/** What was found to be as it was built. */
export interface VerifiedFolder {
  /** Of an artifact, or `archives`. */
  readonly name: string;
  readonly files: number;
}

/**
 * Holds all artifacts in a folder, those for Windows too, and the archives beside them against their SHA256SUMS.
 *
 * @returns one for each as it's done; nothing where there is no artifact
 * @throws ChecksumError
 */
export async function* verifyArtifacts(parent: string): AsyncGenerator<VerifiedFolder> {
  const names = artifactNames.flatMap((name) => [name, artifactFolder(name, true)]);
  for (const name of names.filter((each) => existsSync(join(parent, each)))) {
    yield { name, files: await verifyFolder(join(parent, name), await filesOf(join(parent, name))) };
  }
  const archives = names.flatMap((name) => [`${name}.tar.gz`, `${name}.zip`]);
  const there = archives.filter((name) => existsSync(join(parent, name)));
  if (there.length > 0 || existsSync(join(parent, checksumFile))) {
    yield { name: 'archives', files: await verifyFolder(parent, there) };
  }
}

/**
 * Holds files of a folder against its SHA256SUMS: those that are listed, and that all of these are.
 *
 * @param files that have to be listed
 * @returns how many are
 * @throws ChecksumError
 */
async function verifyFolder(folder: string, files: readonly string[]): Promise<number> {
  const listed = await readChecksums(folder);
  if (listed === undefined) throw new ChecksumError(folder, [`${checksumFile}: missing`]);
  const wrong: string[] = [];
  for (const [file, hash] of listed) {
    if (!existsSync(join(folder, file))) wrong.push(`${file}: missing`);
    else if ((await sha256(join(folder, file))) !== hash) wrong.push(`${file}: changed`);
  }
  const unlisted = files.filter((file) => file !== checksumFile && !listed.has(file));
  wrong.push(...unlisted.map((file) => `${file}: not in ${checksumFile}`));
  if (wrong.length > 0) throw new ChecksumError(folder, wrong);
  return listed.size;
}
