import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from './logging.ts';
import { reasonOf } from './reason-of.ts';

/** What a running worker writes down of itself, for programs of the same machine. */
export interface RuntimeFacts {
  /** Stable name of the worker. */
  readonly name: string;
  /** Version and commit; null where the program doesn't know them. */
  readonly version: string | null;
  /** As its telemetry and its database have it. */
  readonly instance: string;
  readonly pid: number;
  /** Where `/health/ready` is, with the port that it got. */
  readonly healthUrl: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Name of the file in the runtime folder. */
export const runtimeFileName = 'runtime.json';

/**
 * Writes `runtime.json` into the folder that the service manager gives for it (`RUNTIME_DIRECTORY`, systemd.exec(5)); nothing anywhere
 * else. It has the port of a worker that took a free one. Dispose it to remove the file; after a kill it stays, so `pid` has to be
 * compared. A file that can't be written is a warning: the worker works without it.
 */
export async function writeRuntimeFile(
  facts: RuntimeFacts,
  env: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<AsyncDisposable> {
  // systemd gives several folders with colons between them.
  const folder = process.platform === 'win32' ? env.RUNTIME_DIRECTORY : env.RUNTIME_DIRECTORY?.split(':')[0];
  if (folder === undefined || folder === '') return { async [Symbol.asyncDispose]() {} };
  const path = join(folder, runtimeFileName);
  try {
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(facts)}\n`);
    await rename(draft, path);
  } catch (error) {
    logger.warn({ path, reason: reasonOf(error) }, 'The runtime file could not be written');
  }
  // One that stays does no harm: its process is gone.
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }).catch(() => undefined) };
}
