import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { NotASmallFileError, readBoundedText } from '../read-bounded-text.ts';
import { runProgram } from '../service/run-program.ts';
import type { WorkerService } from '../service/worker-services.ts';
import { ReleaseArtifactError } from './errors.ts';
import { codeOf, type ReleaseFolders } from './release-folders.ts';

const sumsFile = 'SHA256SUMS';
/** Most bytes of the list of checksums, and of the manifest: a hundred thousand files fit. */
const mostTextBytes = 16_777_216;
/** Characters of a commit in the name of a release. */
const shortCommit = 12;

const manifestSchema = z.object({
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+[\w.+-]*$/),
  commit: z.string().regex(/^[0-9a-f]{40}[\w.-]*$/),
  /** Number of the last migration of the database that it needs. */
  databaseSchema: z.int().optional(),
});

/** A release as described by its folder. */
export interface Release {
  /** `VERSION-COMMIT`. */
  readonly name: string;
  readonly folder: string;
  /** As the running program reports it: `0.1.0 (1a2b3c4d5e6f)`. */
  readonly programVersion: string;
  readonly version: string;
  readonly commit: string;
  /** SHA-256 of its SHA256SUMS, in hex digits. */
  readonly checksum: string;
  /** Number of the migration that the database must have had; null: it doesn't say. */
  readonly databaseSchema: number | null;
}

/**
 * Reads a release's folder and holds every file against its checksums.
 *
 * @throws ReleaseArtifactError where a file is missing, changed or not listed, or it is another program
 */
export async function readRelease(folder: string, { name }: Pick<WorkerService, 'name'>): Promise<Release> {
  const sums = await readText(join(folder, sumsFile));
  const listed = new Map(
    sums
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
  );
  const files = new Set((await filesOf(folder)).filter((file) => file !== sumsFile));
  const wrong: string[] = [...files].filter((file) => !listed.has(file)).map((file) => `${file}: not in ${sumsFile}`);
  for (const [file, hash] of listed) {
    if (!files.has(file)) wrong.push(`${file}: missing`);
    else if ((await sha256(join(folder, file))) !== hash) wrong.push(`${file}: changed`);
  }
  if (wrong.length > 0 || !listed.has('main.js')) {
    const shown = wrong.length > 0 ? wrong.slice(0, 5).join('; ') : 'it has no main.js';
    throw new ReleaseArtifactError(
      `${folder} is not what was built: ${shown}.`,
      'Take the artifact again from where it was built. Nothing was changed.',
    );
  }
  return { ...(await readManifest(folder, name)), folder, checksum: createHash('sha256').update(sums).digest('hex') };
}

async function readManifest(folder: string, worker: string): Promise<Omit<Release, 'folder' | 'checksum'>> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readText(join(folder, 'package.json')));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { data } = manifestSchema.safeParse(manifest);
  if (data === undefined) {
    throw new ReleaseArtifactError(
      `${join(folder, 'package.json')} lacks a name, version or commit.`,
      'Give a folder that pnpm artifacts has made, or its .tar.gz.',
    );
  }
  const { name, version, commit, databaseSchema = null } = data;
  if (name !== worker && name !== `${worker}-win32-x64`) {
    throw new ReleaseArtifactError(
      `The artifact is ${name}, and no release of ${worker}.`,
      'Give the artifact of this worker, or name the other worker.',
    );
  }
  const short = commit.slice(0, shortCommit);
  return { name: `${version}-${short}`, programVersion: `${version} (${short})`, version, commit, databaseSchema };
}

/**
 * Puts an artifact among a worker's releases, after everything about it was checked. One that is there already stays as it is.
 *
 * @param source a folder, or its .tar.gz
 * @throws ReleaseArtifactError
 */
export async function stageArtifact(
  source: string,
  service: WorkerService,
  { releases }: ReleaseFolders,
  signal: AbortSignal,
): Promise<Release> {
  await mkdir(releases, { recursive: true });
  // On the same disk, so that it gets its name at one stroke.
  const incoming = await mkdtemp(join(releases, '.incoming-'));
  try {
    const copy = await copyOf(source, incoming, signal);
    // The copy, and not what was given: nobody changes that any more.
    const release = await readRelease(copy, service);
    const folder = join(releases, release.name);
    const known = await readKnown(folder, service);
    if (known !== undefined && known.checksum !== release.checksum) {
      throw new ReleaseArtifactError(
        `There is another release ${release.name} already, with other files.`,
        `Two builds of one commit should be equal. Remove ${folder}, if it is the wrong one, and run this again.`,
      );
    }
    if (known !== undefined) return known;
    await openToReaders(copy);
    await rename(copy, folder);
    return { ...release, folder };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

async function readKnown(folder: string, service: WorkerService): Promise<Release | undefined> {
  try {
    await stat(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return await readRelease(folder, service);
}

async function copyOf(source: string, incoming: string, signal: AbortSignal): Promise<string> {
  const facts = await stat(source).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new ReleaseArtifactError(
      `There is no ${source}.`,
      'Give a folder that pnpm artifacts has made, or its .tar.gz.',
    );
  });
  if (facts.isDirectory()) {
    // A copy of a link would be a link, to a folder whose files may change after they were checked.
    const folder = await realpath(source);
    // Before they are copied: there is no copy of a pipe.
    await filesOf(folder);
    const copy = join(incoming, 'release');
    await cp(folder, copy, { recursive: true, errorOnExist: true });
    return copy;
  }
  if (!/\.(?:tar\.gz|tgz)$/.test(source)) {
    throw new ReleaseArtifactError(`${source} is neither a folder nor a .tar.gz.`, 'Unpack it, and give the folder.');
  }
  // Root would give the files to whom the archive says, who could change them once they serve.
  await runProgram('tar', ['--no-same-owner', '--no-same-permissions', '-xzf', source, '-C', incoming], signal);
  const [only, ...others] = await readdir(incoming);
  if (only === undefined || others.length > 0) {
    throw new ReleaseArtifactError(
      `${source} has ${others.length + (only === undefined ? 0 : 1)} entries at its top, and not the one folder of an artifact.`,
      'Give an archive that pnpm artifacts has made.',
    );
  }
  const copy = join(incoming, only);
  if (!(await lstat(copy)).isDirectory()) {
    throw new ReleaseArtifactError(
      `What is in ${source} isn't a folder.`,
      'Give an archive that pnpm artifacts has made.',
    );
  }
  return copy;
}

/** The service's account has to read it, whatever the umask of the one who deploys. */
async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}

/** All files, as paths with `/`. Links are refused: nobody knows what they lead to when they are followed. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const path = (entry: (typeof entries)[number]) =>
    relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
  const strange = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (strange !== undefined) {
    throw new ReleaseArtifactError(
      `${path(strange)} in ${folder} is neither a file nor a folder.`,
      'Take the artifact again from where it was built.',
    );
  }
  return entries.filter((entry) => entry.isFile()).map(path);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function readText(file: string): Promise<string> {
  try {
    return await readBoundedText(file, mostTextBytes);
  } catch (cause) {
    if (cause instanceof NotASmallFileError) {
      throw new ReleaseArtifactError(cause.message, 'Take the artifact again from where it was built.', cause);
    }
    if (codeOf(cause) !== 'ENOENT') throw cause;
    throw new ReleaseArtifactError(
      `There is no ${file}.`,
      'Give a folder that pnpm artifacts has made, or its .tar.gz.',
      cause,
    );
  }
}
