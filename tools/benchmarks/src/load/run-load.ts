import { clearWork, ensureAtoms } from '../worker/atoms.ts';
import { startBenchServers } from '../worker/bench-servers.ts';
import { Changes, changedAtoms } from '../worker/changes.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import type { LoadOptions } from './options.ts';
import { intervalOf, judge, type LoadInterval, type LoadVerdict } from './verdict.ts';

const intervalMs = 10_000;
const megabyte = 1_000_000;

/** What a run came to. */
export interface LoadResult extends LoadVerdict {
  readonly rate: number;
  readonly minutes: number;
  readonly intervals: readonly LoadInterval[];
}

/**
 * Starts servers and a worker, and holds a rate of changes.
 *
 * @param onInterval told every ten seconds
 * @throws {WorkerStalledError} when the worker ends or stands still; the signal's reason
 */
export async function runLoad(
  { rate, minutes }: LoadOptions,
  onInterval: (interval: LoadInterval) => void,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  await using servers = await startBenchServers({ readCommittedSnapshot: 'on', signal, onProgress });
  await ensureAtoms(servers, changedAtoms, signal);
  await clearWork(servers);
  await using worker = await WorkerProcess.start({ env: servers.workerEnv, signal });
  onProgress(`  ${rate} changes a second for ${minutes} minutes`);
  const intervals: LoadInterval[] = [];
  let latencies: number[] = [];
  let arrived = 0;
  const begin = performance.now();
  const count = Math.ceil(rate * minutes * 60);
  const look = () => {
    const seconds = (performance.now() - begin) / 1_000;
    const due = Math.min(count, Math.floor(seconds * rate));
    const memory = worker.usage?.rssBytes;
    const interval = intervalOf(latencies, {
      atSeconds: Math.round(seconds),
      open: due - arrived,
      memoryMb: memory === undefined ? null : Math.round(memory / megabyte),
    });
    latencies = [];
    intervals.push(interval);
    onInterval(interval);
  };
  const timer = setInterval(look, intervalMs);
  try {
    await new Changes(servers).steady(rate, count, signal, (latencyMs) => {
      arrived += 1;
      latencies.push(latencyMs);
    });
  } finally {
    clearInterval(timer);
  }
  if (latencies.length > 0) look();
  return { ...judge(intervals, rate), rate, minutes, intervals };
}
