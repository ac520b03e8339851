import { percentile } from '@hartonomous/test-support';
import type { Benchmark, Measurement } from '../benchmark.ts';
import { checkSql, clearWork, enqueueAtoms, ensureAtoms, restoreTexts } from './atoms.ts';
import { changedAtoms as atoms, Changes } from './changes.ts';
import { untilSynced, WorkerProcess } from './worker-process.ts';

const percents = [50, 95, 99] as const;
const perSecond = 200;

function results(name: string, about: string, ratioTo?: string) {
  return percents.map((percent) => ({
    name: `${name}-p${percent}`,
    unit: 'ms',
    about: `${about} (percentile ${percent})`,
    ...(ratioTo === undefined ? {} : { ratioTo: `${ratioTo}-p${percent}` }),
  }));
}

/** How long a single change takes to the graph, with the worker's default settings. */
export const latencyBenchmark: Benchmark = {
  results: [
    ...results('direct-merge', 'one MERGE of an atom and its edge by neo4j-driver, from the call to its answer'),
    ...results(
      'latency-idle',
      'one change at a time, an idle worker: from the call that updates a row and enqueues its message to the moment at which a reader sees it in the graph',
      'direct-merge',
    ),
    ...results(
      `latency-${perSecond}`,
      `the same with ${perSecond} changes a second on a fixed timetable, from the moment at which each was due`,
      'direct-merge',
    ),
  ],
  async run(scale) {
    const servers = await scale.servers();
    const { signal, onProgress } = scale;
    await ensureAtoms(servers, atoms, signal);
    await clearWork(servers);
    await enqueueAtoms(servers, 1, atoms, signal);
    await using worker = await WorkerProcess.start({ env: servers.workerEnv, profileTo: scale.profileTo, signal });
    await untilSynced([worker], atoms, signal);

    const changes = new Changes(servers);
    onProgress('  single changes, beside direct MERGEs');
    // The first ones compile.
    await changes.oneByOne(100, signal);
    const idle = await changes.oneByOne(scale.quick ? 200 : 1_000, signal);
    onProgress(`  ${perSecond} changes a second`);
    await changes.steady(perSecond, perSecond, signal);
    const steady = await changes.steady(perSecond, scale.quick ? 3 * perSecond : 15 * perSecond, signal);
    await untilSynced([worker], atoms + changes.sent, signal);
    await worker[Symbol.asyncDispose]();
    await checkSql(servers, atoms + changes.sent);
    await restoreTexts(servers, atoms);
    return [
      ...measurements('direct-merge', idle.direct),
      ...measurements('latency-idle', idle.latencies),
      ...measurements(`latency-${perSecond}`, steady),
    ];
  },
};

function measurements(name: string, latencies: readonly number[]): Measurement[] {
  return percents.map((percent) => ({
    name: `${name}-p${percent}`,
    samples: [percentile(latencies, percent)],
    note: `of ${latencies.length}`,
  }));
}
