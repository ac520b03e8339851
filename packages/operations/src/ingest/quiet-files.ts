import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundFile } from './find-files.ts';

/**
 * How long a file must not have changed before it counts as written, in milliseconds. Too short: a writer that pauses between two writes
 * gets half a file ingested, and the whole one later. Too long: each file that is dropped waits that long.
 */
const quietMs = 2_000;

/** Milliseconds between two checks of files that are being written. */
export const lookEveryMs = 200;

interface SeenFile {
  readonly file: FoundFile;
  /** Size and times, as one text; undefined: it has gone. */
  readonly state: string | undefined;
  /** When it was first seen to be so, by the clock that only goes forward. */
  readonly since: number;
}

/**
 * Files that are being written. Size alone doesn't show that: downloads and copies may allocate their full size at the start and fill it
 * later.
 */
export class GrowingFiles {
  readonly #open = new Map<string, SeenFile>();

  /** Number of files waited for. */
  get size(): number {
    return this.#open.size;
  }

  /** Starts to wait for a file, or starts over if it is waited for already. */
  async add(file: FoundFile): Promise<void> {
    this.#open.set(file.path, { file, state: await stateOf(file), since: performance.now() });
  }

  /** Those that have been quiet for {@link quietMs} by now, and those that have gone; they aren't waited for any longer. */
  async quiet(): Promise<readonly { readonly file: FoundFile; readonly hasGone: boolean }[]> {
    const done: { readonly file: FoundFile; readonly hasGone: boolean }[] = [];
    for (const { file, state, since } of [...this.#open.values()]) {
      const now = await stateOf(file);
      if (now !== undefined && now !== state) {
        this.#open.set(file.path, { file, state: now, since: performance.now() });
      } else if (now === undefined || performance.now() - since >= quietMs) {
        this.#open.delete(file.path);
        done.push({ file, hasGone: now === undefined });
      }
    }
    return done;
  }
}

/**
 * Whether nobody has written to a file for {@link quietMs}, as far as its times tell; one that has gone is quiet. Copying may set
 * the time of the last write back, but not that of the last change.
 */
export async function isQuiet(path: string): Promise<boolean> {
  const stats = await statsOf(path);
  return stats === null || Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) >= quietMs;
}

/** Files as they come to have been quiet for {@link quietMs}, each once. @throws the signal's reason */
export async function* asTheyQuieten(files: readonly FoundFile[], signal: AbortSignal): AsyncGenerator<FoundFile> {
  const growing = new GrowingFiles();
  for (const file of files) await growing.add(file);
  while (growing.size > 0) {
    await pause(lookEveryMs, undefined, { signal });
    for (const { file } of await growing.quiet()) yield file;
  }
}

async function stateOf({ path }: FoundFile): Promise<string | undefined> {
  const stats = await statsOf(path);
  return stats === null ? undefined : `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

async function statsOf(path: string): Promise<Stats | null> {
  // A file that can't be examined is reported when it is opened.
  return await stat(path).catch(() => null);
}
