import { access, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProgressCallback } from './options.ts';

/** Longest time that making an archive takes on a busy machine; a lock that is older belongs to a process that died. */
const lockExpiresMs = 180_000;

/** Who hears of the making of an archive, and who ends it. */
export interface ClassArchiveProgress {
  readonly onProgress?: ProgressCallback | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Options of Java that make a start load its classes from an archive, already parsed and verified (class data sharing): it takes
 * half the processor time then. The archive is made once for a version of Neo4j and a build of Java, by a server that ends
 * before the one that was asked for starts.
 *
 * While another process makes it, and where making it has failed once, there are none: a start works without it.
 *
 * @param file where the archive is kept; Java ignores one that another build made
 * @param make runs a server that writes an archive to the path that it is given
 * @throws the reason of `signal` when aborted
 */
export async function classArchiveOptions(
  file: string,
  make: (partial: string) => Promise<void>,
  { onProgress, signal }: ClassArchiveProgress = {},
): Promise<readonly string[]> {
  const options = [`-XX:SharedArchiveFile=${file}`];
  if (await exists(file)) return options;
  const failed = `${file}.failed`;
  if ((await exists(failed)) || !(await takeLock(`${file}.lock`))) return [];
  const work = await mkdtemp(`${file}.partial-`);
  try {
    onProgress?.('Preparing Neo4j for quick starts, about 15 seconds, once...');
    const partial = join(work, 'classes.jsa');
    await make(partial);
    await rename(partial, file);
    return options;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    onProgress?.(`Starts will take some seconds longer, because Java wrote no archive of its classes: ${reason}`);
    // Each later start would try it again in vain; deleting the file makes the next one try.
    await writeFile(failed, `${reason}\n`);
    return [];
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(`${file}.lock`, { force: true });
  }
}

/** Name of an archive: Java takes only one that the same build has made. */
export function classArchiveFile(jars: string, javaBuild: string): string {
  return join(dirname(jars), `classes-${javaBuild.replaceAll(/[^\w.+-]/g, '_')}.jsa`);
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const since = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  // The one after the next start gets it then; two that find it expired at once don't both take it.
  if (since > lockExpiresMs) await rm(lock, { force: true });
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
