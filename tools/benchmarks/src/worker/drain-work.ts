import { cpuSeconds } from '../process-usage.ts';
import { checkGraph, checkSql, clearWork, enqueueAtoms, ensureAtoms } from './atoms.ts';
import type { BenchServers } from './bench-servers.ts';
import { untilSynced, WorkerProcess } from './worker-process.ts';

/** A backlog and who drains it. */
export interface DrainOptions {
  /** Messages about as many atoms. */
  readonly messages: number;
  /** Worker processes. @default 1 */
  readonly processes?: number;
  /** Settings other than the worker's own defaults, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly profileTo?: string | undefined;
  readonly signal: AbortSignal;
}

/** What a drain came to. */
export interface Drained {
  readonly perSecond: number;
  /** Processor time per message in microseconds, by process; NaN where there is no /proc. */
  readonly workerMicros: number;
  readonly emulatorMicros: number;
  readonly neo4jMicros: number;
  /** Peak of the (first) worker's resident memory in bytes. */
  readonly peakRssBytes: number;
}

/**
 * Lets workers drain a backlog: from the first that polls to the commit of the last message. Starting Node, reading the
 * settings and connecting is not counted, compiling the worker's code is.
 *
 * @throws {WorkMissingError} when graph, log or queue aren't as they should be afterwards
 */
export async function drainBacklog(servers: BenchServers, options: DrainOptions): Promise<Drained> {
  const { messages, processes = 1, env = {}, profileTo, signal } = options;
  await ensureAtoms(servers, messages, signal);
  await clearWork(servers);
  await enqueueAtoms(servers, 1, messages, signal);
  const emulatorBefore = cpuSeconds(servers.emulatorPid);
  await using stack = new AsyncDisposableStack();
  const starting = Array.from({ length: processes }, () =>
    WorkerProcess.start({ env: { ...servers.workerEnv, ...env }, profileTo, signal }),
  );
  const settled = await Promise.allSettled(starting);
  const workers = settled.flatMap((result) => (result.status === 'fulfilled' ? [stack.use(result.value)] : []));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  const pollingAt = Math.min(...workers.map(({ pollingAt: at }) => at));
  const neo4jBefore = cpuSeconds(servers.neo4jPid);
  const cpuBefore = workers.map(({ cpuAtPolling }) => cpuAtPolling);
  await untilSynced(workers, messages, signal);
  const seconds = (performance.now() - pollingAt) / 1000;
  const usages = workers.map(({ usage }) => usage);
  const emulatorAfter = cpuSeconds(servers.emulatorPid);
  const neo4jAfter = cpuSeconds(servers.neo4jPid);
  await stack.disposeAsync();
  await checkGraph(servers, messages);
  await checkSql(servers, messages);
  const workerCpu = usages.reduce((sum, usage, n) => sum + (usage?.cpuSeconds ?? Number.NaN) - (cpuBefore[n] ?? 0), 0);
  return {
    perSecond: messages / seconds,
    workerMicros: (workerCpu / messages) * 1e6,
    emulatorMicros: ((emulatorAfter - emulatorBefore) / messages) * 1e6,
    neo4jMicros: ((neo4jAfter - neo4jBefore) / messages) * 1e6,
    peakRssBytes: usages[0]?.peakRssBytes ?? Number.NaN,
  };
}
