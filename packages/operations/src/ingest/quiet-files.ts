import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundFile } from './find-files.ts';

/**
 * How long a file must not have changed before it counts as written, in milliseconds. Too short: a writer that pauses between two writes
 * gets half a file ingested, and the whole one later. Too long: each file that is dropped waits that long.
 */
export const quietMs = 2_000;

/** Milliseconds between two looks at files that are being written. */
const lookEveryMs = 200;

interface SeenFile {
  readonly file: FoundFile;
  /** Size and times, as one text; undefined: it has gone. */
  state: string | undefined;
  /** When it was first seen to be so, by the clock that only goes forward. */
  since: number;
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
  let open: SeenFile[] = [];
  for (const file of files) open.push({ file, state: await stateOf(file), since: performance.now() });
  while (open.length > 0) {
    await pause(lookEveryMs, undefined, { signal });
    const growing: SeenFile[] = [];
    for (const seen of open) {
      const state = await stateOf(seen.file);
      if (state === undefined || (state === seen.state && performance.now() - seen.since >= quietMs)) yield seen.file;
      else growing.push(state === seen.state ? seen : { file: seen.file, state, since: performance.now() });
    }
    open = growing;
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
