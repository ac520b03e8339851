import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeTarball, writeZip } from './archives.ts';
import { artifactFolder, databaseArtifact, programArtifacts } from './artifact-list.ts';
import type { BuildContext, Contents } from './build-context.ts';
import { checksumFile, checksumText, filesOf, readChecksums, sha256 } from './checksums.ts';
import { writeDatabase } from './database-contents.ts';
import { writeProgram } from './program-contents.ts';

/** What was built. */
export interface BuiltArtifact extends Contents {
  readonly folder: string;
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
  /** Names beside the folder; none where archives weren't wished for. */
  readonly archives: readonly string[];
}

/** What {@link buildArtifacts} builds. */
export interface BuildOptions extends BuildContext {
  readonly names: readonly string[];
  readonly archives: boolean;
  readonly dacpac?: string | undefined;
  /** Called with each when it is whole. */
  readonly onBuilt?: (artifact: BuiltArtifact) => void;
}

/**
 * Makes the artifacts' folders from what `pnpm build` made, and packs them.
 *
 * @throws BuildMissingError, PartUnknownError
 */
export async function buildArtifacts(options: BuildOptions): Promise<readonly BuiltArtifact[]> {
  const { names, out, onBuilt } = options;
  await mkdir(out, { recursive: true });
  const built: BuiltArtifact[] = [];
  for (const name of names) {
    const program = programArtifacts.find((one) => one.name === name);
    const target = program === undefined ? name : artifactFolder(name, options.windowsNode !== undefined);
    for (const old of [target, `${target}.tar.gz`, `${target}.zip`])
      await rm(join(out, old), { recursive: true, force: true });
    const contents =
      program === undefined && name === databaseArtifact
        ? await writeDatabase(options, options.dacpac)
        : await writeProgram(known(program, name), options);
    const artifact = await seal(contents, options);
    built.push(artifact);
    onBuilt?.(artifact);
  }
  const made = built.flatMap((one) => one.archives);
  await listArchives(out, made);
  return built;
}

/** Writes the checksums of archives that were made, and keeps those of other ones that are still there. */
async function listArchives(out: string, made: readonly string[]): Promise<void> {
  const before = [...((await readChecksums(out)) ?? [])];
  const sums = new Map(before.filter(([file]) => existsSync(join(out, file))));
  for (const file of made) sums.set(file, await sha256(join(out, file)));
  const lines = [...sums]
    .map(([file, hash]) => `${hash}  ${file}\n`)
    .sort((left, right) => (left.slice(66) < right.slice(66) ? -1 : 1));
  if (lines.length > 0) await writeFile(join(out, checksumFile), lines.join(''));
  else if (before.length > 0) await rm(join(out, checksumFile));
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new TypeError(`There is no artifact ${name}.`);
  return found;
}

/** Writes the checksums of a folder that is complete, and packs it. */
async function seal(contents: Contents, { out, archives, commit }: BuildOptions): Promise<BuiltArtifact> {
  const { name } = contents;
  const folder = join(out, name);
  await writeFile(join(folder, checksumFile), await checksumText(folder, await filesOf(folder)));
  const files = await filesOf(folder);
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(folder, file))).size;
  const input = { parent: out, name, files, seconds: commit.seconds };
  const packed = archives ? [await writeTarball(input), await writeZip(input)].map((file) => basename(file)) : [];
  return { ...contents, folder, files: files.length, bytes, archives: packed };
}
