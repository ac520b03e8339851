import type { Benchmark, Measurement } from '../benchmark.ts';
import { checkGraph, checkSql, clearWork, enqueueAtoms, ensureAtoms } from './atoms.ts';
import { untilSynced, WorkerProcess } from './worker-process.ts';

const few = 20_000;
const many = 1_000_000;
/** Different atoms that the messages are about, over and over. */
const atoms = 100_000;
/** Messages that wait at a time, at most: the worker is never idle, and the emulator's memory stays out of it. */
const backlog = 2 * few;

/** Whether the worker's memory grows with the number of messages that it has synced. */
export const memoryBenchmark: Benchmark = {
  results: [
    {
      name: 'memory-20k',
      unit: 'MB',
      about: `peak of the worker's resident memory after ${few} messages (Linux only)`,
    },
    {
      name: 'memory-1m',
      unit: 'MB',
      ratioTo: 'memory-20k',
      about: `the same process after ${many} messages, which keep coming while it works (not with --quick)`,
    },
  ],
  async run(scale) {
    const servers = await scale.servers();
    const { signal, onProgress } = scale;
    const total = scale.quick ? few : many;
    await ensureAtoms(servers, Math.min(total, atoms), signal);
    await clearWork(servers);
    await enqueueAtoms(servers, 1, few, signal);
    await using worker = await WorkerProcess.start({ env: servers.workerEnv, signal });
    await untilSynced([worker], few, signal);
    const measured: Measurement[] = memory('memory-20k', worker);
    for (let sent = few; sent < total; sent += few) {
      await untilSynced([worker], sent - backlog + few, signal);
      const first = (sent % atoms) + 1;
      await enqueueAtoms(servers, first, first + few - 1, signal);
      if (sent % atoms === 0) onProgress(`  ${sent} of ${total} messages`);
    }
    await untilSynced([worker], total, signal);
    if (total === many) measured.push(...memory('memory-1m', worker));
    await worker[Symbol.asyncDispose]();
    await checkGraph(servers, Math.min(total, atoms));
    await checkSql(servers, total);
    return measured;
  },
};

function memory(name: string, worker: WorkerProcess): Measurement[] {
  const { usage } = worker;
  if (usage === undefined) return [];
  return [{ name, samples: [usage.peakRssBytes / 1e6], note: `now ${(usage.rssBytes / 1e6).toFixed(0)} MB` }];
}
