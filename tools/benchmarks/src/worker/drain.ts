import type { Benchmark, Measurement, RunScale } from '../benchmark.ts';
import { cpuSeconds } from '../process-usage.ts';
import { checkGraph, clearWork, ensureAtoms, readAtoms } from './atoms.ts';
import type { BenchServers } from './bench-servers.ts';
import { type CeilingShape, ceilingRows, writeCeiling } from './ceiling.ts';
import { type Drained, drainBacklog } from './drain-work.ts';

const small = 20_000;
const large = 200_000;

/** Shapes that are tried for the plain work; a look tries those that are usually the best. */
const shapes: readonly (CeilingShape & { readonly quick: boolean })[] = [
  { batchRows: 1_000, sessions: 1, quick: false },
  { batchRows: 1_000, sessions: 2, quick: false },
  { batchRows: 1_000, sessions: 3, quick: false },
  { batchRows: 2_000, sessions: 1, quick: true },
  { batchRows: 2_000, sessions: 2, quick: true },
  { batchRows: 2_000, sessions: 3, quick: false },
  { batchRows: 5_000, sessions: 1, quick: false },
  { batchRows: 5_000, sessions: 2, quick: false },
];

/** Draining a backlog, against what Neo4j takes of the same rows from its driver alone. In turns, on the same servers. */
export const drainBenchmark: Benchmark = {
  results: [
    {
      name: 'ceiling',
      unit: 'rows/s',
      about: `neo4j-driver alone: UNWIND and MERGE of the same atoms, each with its properties and its one edge to its tenant, ${large} of them (--quick: ${small}), at the best batch size and number of sessions`,
    },
    {
      name: 'drain-20k',
      unit: 'messages/s',
      ratioTo: 'ceiling',
      about: `the worker, a process with its default settings, drains ${small} messages about atoms, each with its properties and its one edge (BELONGS_TO_TENANT)`,
    },
    { name: 'drain-200k', unit: 'messages/s', ratioTo: 'ceiling', about: `the same with ${large} messages` },
    {
      name: 'drain-20k-to-replaced',
      unit: 'messages/s',
      ratioTo: 'replaced-algorithm',
      about: 'drain-20k, as a ratio to the replaced algorithm',
    },
    {
      name: 'drain-200k-to-replaced',
      unit: 'messages/s',
      ratioTo: 'replaced-algorithm',
      about: 'drain-200k, as a ratio to the replaced algorithm',
    },
  ],
  async run(scale) {
    const servers = await scale.servers();
    const { shape, ceiling } = await bestShape(servers, scale);
    // Compiles the statements of the worker in Neo4j and its procedures in the emulator.
    scale.onProgress('  the worker, not counted yet');
    await drain(servers, scale, small);
    const drained20k: Drained[] = [];
    const drained200k: Drained[] = [];
    const rounds = scale.quick ? 2 : 3;
    const ceilings: Ceiling[] = scale.quick ? [ceiling] : [];
    for (let round = 1; round <= rounds; round += 1) {
      ceilings.push(await ceilingOf(servers, scale, scale.quick ? small : large, shape));
      drained20k.push(await drain(servers, scale, small));
      if (!scale.quick) drained200k.push(await drain(servers, scale, large));
    }
    const least = (pick: (run: Ceiling) => number): string => Math.min(...ceilings.map(pick)).toFixed(0);
    const note =
      `${shape.batchRows} rows in ${shape.sessions} session${shape.sessions === 1 ? '' : 's'}; ` +
      `CPU each: client ${least((run) => run.clientMicros)} µs, Neo4j ${least((run) => run.neo4jMicros)} µs`;
    return [
      { name: 'ceiling', samples: ceilings.map(({ perSecond }) => perSecond), note },
      ...drainResults('20k', drained20k),
      ...(scale.quick ? [] : drainResults('200k', drained200k)),
    ];
  },
};

function drainResults(size: string, drained: readonly Drained[]): Measurement[] {
  const samples = drained.map(({ perSecond }) => perSecond);
  const least = (pick: (run: Drained) => number): string => Math.min(...drained.map(pick)).toFixed(0);
  const note = `CPU each: worker ${least((run) => run.workerMicros)} µs, emulator ${least((run) => run.emulatorMicros)} µs, Neo4j ${least((run) => run.neo4jMicros)} µs`;
  return [
    { name: `drain-${size}`, samples, note },
    { name: `drain-${size}-to-replaced`, samples },
  ];
}

async function drain(servers: BenchServers, scale: RunScale, messages: number): Promise<Drained> {
  const { profileTo, signal, onProgress } = scale;
  onProgress(`  the worker drains ${messages} messages`);
  const drained = await drainBacklog(servers, { messages, profileTo, signal });
  onProgress(`  the worker: ${drained.perSecond.toFixed(0)} messages/s`);
  return drained;
}

/** One writing of the plain work, with the processor time per row of both sides in microseconds. */
interface Ceiling {
  readonly perSecond: number;
  readonly clientMicros: number;
  readonly neo4jMicros: number;
}

async function ceilingOf(
  servers: BenchServers,
  { signal, onProgress }: RunScale,
  count: number,
  shape: CeilingShape,
): Promise<Ceiling> {
  await ensureAtoms(servers, count, signal);
  const rows = ceilingRows(await readAtoms(servers, count));
  await clearWork(servers);
  const neo4jBefore = cpuSeconds(servers.neo4jPid);
  const clientBefore = process.cpuUsage();
  const perSecond = await writeCeiling(servers.graph, rows, shape);
  const { user, system } = process.cpuUsage(clientBefore);
  const neo4jMicros = ((cpuSeconds(servers.neo4jPid) - neo4jBefore) / count) * 1e6;
  await checkGraph(servers, count);
  onProgress(
    `  neo4j-driver alone, ${shape.batchRows} rows in ${shape.sessions} sessions: ${perSecond.toFixed(0)} rows/s`,
  );
  return { perSecond, clientMicros: (user + system) / count, neo4jMicros };
}

/** The fastest shape of the plain work, with what it reached. */
async function bestShape(
  servers: BenchServers,
  scale: RunScale,
): Promise<{ readonly shape: CeilingShape; readonly ceiling: Ceiling }> {
  const tried: { readonly shape: CeilingShape; readonly ceiling: Ceiling }[] = [];
  const candidates = shapes.filter(({ quick }) => quick || !scale.quick);
  // The first rounds pay for Java's compiler, so all are tried twice and the second time counts.
  for (const candidate of candidates) await ceilingOf(servers, scale, small, candidate);
  for (const shape of candidates) {
    scale.signal.throwIfAborted();
    tried.push({ shape, ceiling: await ceilingOf(servers, scale, small, shape) });
  }
  return tried.reduce((best, candidate) => (candidate.ceiling.perSecond > best.ceiling.perSecond ? candidate : best));
}
