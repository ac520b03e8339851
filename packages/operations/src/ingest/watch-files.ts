import { basename } from 'node:path';
import { watch } from 'chokidar';
import { type FoundFile, nameOf } from './find-files.ts';
import { quietMs } from './quiet-files.ts';

/** Options of {@link watchFiles}. */
export interface WatchOptions {
  readonly recursive: boolean;
  /** Told when watching has begun: what changes from then on is given. */
  readonly onReady: () => void;
  /** Ends watching. */
  readonly signal: AbortSignal;
}

/**
 * Files that come or change in the given files and folders, once their writers are done, until `signal` is aborted. Links
 * are not followed, and names that begin with a dot left out, as by `findFiles`.
 *
 * @throws Error of the file system when watching fails
 */
export async function* watchFiles(paths: readonly string[], options: WatchOptions): AsyncGenerator<FoundFile> {
  const { recursive, onReady, signal } = options;
  const changed = new Set<string>();
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();
  let failure: unknown;
  const watcher = watch([...paths], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => !paths.includes(path) && basename(path).startsWith('.'),
    awaitWriteFinish: { stabilityThreshold: quietMs, pollInterval: 100 },
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
      await woken.promise;
      woken = Promise.withResolvers<void>();
      if (failure !== undefined) throw failure;
      for (const path of changed) {
        changed.delete(path);
        if (signal.aborted) return;
        yield { path, name: nameOf(path) };
      }
    }
  } finally {
    signal.removeEventListener('abort', wake);
    await watcher.close();
  }
}
