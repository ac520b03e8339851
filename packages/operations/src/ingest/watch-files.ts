import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { watch } from 'chokidar';
import { isProvisional } from './file-names.ts';
import { type FoundFile, nameOf } from './find-files.ts';
import { GrowingFiles, lookEveryMs } from './quiet-files.ts';

/** Options of {@link watchFiles}. */
export interface WatchOptions {
  readonly recursive: boolean;
  /** Told when watching has begun: what changes from then on is given. */
  readonly onReady: () => void;
  /** Ends watching. */
  readonly signal: AbortSignal;
}

/**
 * Files that appear or change in the given files and folders, once they are no longer being written to, until `signal` is aborted. Links
 * are not followed, and names that begin with a dot or are provisional left out, as by `findFiles`.
 *
 * @throws Error of the file system when watching fails
 */
export async function* watchFiles(paths: readonly string[], options: WatchOptions): AsyncGenerator<FoundFile> {
  const { recursive, onReady, signal } = options;
  const changed = new Set<string>();
  const growing = new GrowingFiles();
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();
  let failure: unknown;
  const watcher = watch([...paths], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => !paths.includes(path) && (basename(path).startsWith('.') || isProvisional(basename(path))),
    ...(recursive ? {} : { depth: 0 }),
  });
  const note = (path: string) => {
    changed.add(path);
    wake();
  };
  watcher
    .on('add', note)
    .on('change', note)
    .on('ready', onReady)
    .on('error', (error) => {
      failure = error;
      wake();
    });
  signal.addEventListener('abort', wake, { once: true });
  try {
    while (!signal.aborted) {
      if (growing.size === 0) await woken.promise;
      else await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
      woken = Promise.withResolvers<void>();
      if (failure !== undefined) throw failure;
      for (const path of changed) {
        changed.delete(path);
        await growing.add({ path, name: nameOf(path) });
      }
      for (const { file, hasGone } of await growing.quiet()) {
        if (signal.aborted) return;
        if (!hasGone) yield file;
      }
    }
  } finally {
    signal.removeEventListener('abort', wake);
    await watcher.close();
  }
}
