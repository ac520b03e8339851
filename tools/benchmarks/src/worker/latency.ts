import { setTimeout as pause } from 'node:timers/promises';
import mssql from 'mssql';
import type { Driver } from 'neo4j-driver';
import type { Benchmark, Measurement } from '../benchmark.ts';
import { atomsTenant, checkSql, clearWork, enqueueAtoms, ensureAtoms, restoreTexts } from './atoms.ts';
import type { BenchServers } from './bench-servers.ts';
import { type ExpectedText, GraphWatch } from './graph-watch.ts';
import { pace } from './pace.ts';
import { percentile } from './percentile.ts';
import { untilSynced, WorkerProcess } from './worker-process.ts';

const percents = [50, 95, 99] as const;
const perSecond = 200;
/** Atoms that are changed, one after the other; more than are ever under way at a time. */
const atoms = 2_000;

// Row and message in one transaction, in one round trip: what an application does.
const CHANGE_ONE = `
  SET XACT_ABORT ON;
  BEGIN TRANSACTION;
  UPDATE dbo.Atom SET CanonicalText = @text WHERE AtomId = @id;
  EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';
  COMMIT TRANSACTION;`;

const DIRECT = `
  MERGE (a:Atom {id: $id, tenantId: $tenantId}) SET a.canonicalText = $text
  MERGE (t:Tenant {tenantId: $tenantId})
  MERGE (a)-[:BELONGS_TO_TENANT]->(t)`;

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
    await changes.steady(perSecond, signal);
    const steady = await changes.steady(scale.quick ? 3 * perSecond : 15 * perSecond, signal);
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

class Changes {
  readonly #servers: BenchServers;
  readonly #watch: GraphWatch;
  #sent = 0;

  constructor(servers: BenchServers) {
    this.#servers = servers;
    this.#watch = new GraphWatch(servers.graph);
  }

  /** Changes made so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Milliseconds of single changes, each beside a direct MERGE, with pauses in which the worker comes to rest. */
  async oneByOne(count: number, signal: AbortSignal) {
    const latencies: number[] = [];
    const direct: number[] = [];
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      const start = performance.now();
      latencies.push((await this.#change()) - start);
      await pause(10, undefined, { signal });
      direct.push(await directMerge(this.#servers.graph, index));
      await pause(10, undefined, { signal });
    }
    return { latencies, direct };
  }

  steady(count: number, signal: AbortSignal): Promise<readonly number[]> {
    return pace({ perSecond, count, signal }, async (_, dueAt) => (await this.#change()) - dueAt);
  }

  /** Makes the next change and gives the moment of its arrival. */
  async #change(): Promise<number> {
    const index = this.#sent;
    this.#sent += 1;
    const id = (index % atoms) + 1;
    const text = `change ${index}`;
    await this.#servers.sql
      .request()
      .input('id', mssql.BigInt, id)
      .input('text', mssql.NVarChar(mssql.MAX), text)
      .query(CHANGE_ONE);
    return await this.#watch.arrival({ id: BigInt(id), tenantId: BigInt(atomsTenant(id)), text });
  }
}

async function directMerge(graph: Driver, index: number): Promise<number> {
  // Atoms of its own, so that it meets the worker in no lock but the tenant's.
  const row: ExpectedText = {
    id: BigInt(1_000_000 + (index % atoms)),
    tenantId: BigInt(atomsTenant(1)),
    text: `direct ${index}`,
  };
  const start = performance.now();
  await using session = graph.session();
  await session.executeWrite((transaction) => transaction.run(DIRECT, row));
  return performance.now() - start;
}
