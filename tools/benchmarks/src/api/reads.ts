import { connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { type ApiRole, createApiKey } from '@hartonomous/operations';
import { percentile } from '@hartonomous/test-support';
import type { Driver } from 'neo4j-driver';
import { z } from 'zod';
import type { Benchmark, Measurement, RunScale } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { BenchServers } from '../worker/bench-servers.ts';
import { ApiProcess } from './api-process.ts';
import { HttpClient } from './http-client.ts';

/** Of the API's atoms; beyond those of the workers' benchmarks. */
const tenant = 9_000;
const firstId = 900_000_000_000;
const documents = 20;
/** Sections of a document, which are made from it and from which sentences are made. */
const sections = 20;
const sentences = 25;
/** Questions that are open at a time. */
const atOnce = 8;
const pageSize = 100;

const questions = ['entity', 'lineage'] as const;
const targets = { entity: 0.5, lineage: 0.7 } as const;

const about = {
  entity: 'an atom with its properties, and its neighbours counted and by kind',
  lineage: `what was made of a document, the first ${pageSize} of ${sections * (1 + sentences)} atoms with their number`,
} as const;

/** How much of the plain driver's reads is left when they go over HTTP. */
export const apiReadsBenchmark: Benchmark = {
  results: questions.flatMap((name) => [
    {
      name: `api-${name}-plain`,
      unit: 'reads/s',
      about: `${about[name]}, by neo4j-driver alone in one query, ${atOnce} at a time`,
    },
    {
      name: `api-${name}`,
      unit: 'reads/s',
      ratioTo: `api-${name}-plain`,
      about: `the same over HTTP, with a key; to be at least ${targets[name]}`,
    },
    { name: `api-${name}-p99`, unit: 'ms', about: 'percentile 99 of these, from the request to the whole answer' },
  ]),
  async run(scale) {
    const servers = await scale.servers();
    const { signal } = scale;
    await seed(servers.graph);
    await using api = await ApiProcess.start(servers.workerEnv, { profileTo: scale.profileTo, signal });
    using client = new HttpClient(api.port, await keyOf(servers, 'viewer', signal), atOnce);
    const measured: Measurement[] = [];
    for (const name of questions) {
      const question = questionsOf(servers.graph, client)[name];
      await question.check();
      measured.push(...(await compare(name, question, { scale, usage: () => usageOf(servers, api) })));
    }
    await servers.graph.executeQuery('MATCH (a:Atom {tenantId: $tenant}) DETACH DELETE a', { tenant: BigInt(tenant) });
    return measured;
  },
};

/** A question in both ways. */
interface Question {
  readonly plain: (turn: number) => Promise<unknown>;
  readonly overHttp: (turn: number) => Promise<unknown>;
  /** @throws {WorkMissingError} when both don't answer alike */
  readonly check: () => Promise<void>;
}

/** CPU seconds of all processes involved, so far. */
interface Usage {
  readonly client: number;
  readonly api: number;
  readonly neo4j: number;
}

function usageOf(servers: BenchServers, api: ApiProcess): Usage {
  const { user, system } = process.cpuUsage();
  return {
    client: (user + system) / 1e6,
    api: api.usage?.cpuSeconds ?? Number.NaN,
    neo4j: cpuSeconds(servers.neo4jPid),
  };
}

/** Takes turns, so that what else the machine does meets both. */
async function compare(
  name: string,
  { plain, overHttp }: Question,
  { scale, usage }: { readonly scale: RunScale; readonly usage: () => Usage },
): Promise<Measurement[]> {
  const forMs = scale.quick ? 1_000 : 3_000;
  const rounds = scale.quick ? 3 : 7;
  scale.onProgress(`  ${name}`);
  await reads(plain, forMs, scale.signal);
  await reads(overHttp, forMs, scale.signal);
  const samples = { plain: [] as number[], overHttp: [] as number[] };
  const used = { plain: [] as Usage[], overHttp: [] as Usage[] };
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = usage();
    const plainly = await reads(plain, forMs, scale.signal);
    const between = usage();
    const { perSecond, durations } = await reads(overHttp, forMs, scale.signal);
    used.plain.push(usedEach(before, between, plainly.durations.length));
    used.overHttp.push(usedEach(between, usage(), durations.length));
    samples.plain.push(plainly.perSecond);
    samples.overHttp.push(perSecond);
    times.push(...durations);
  }
  return [
    { name: `api-${name}-plain`, samples: samples.plain, note: usageText(used.plain, ['client', 'neo4j']) },
    { name: `api-${name}`, samples: samples.overHttp, note: usageText(used.overHttp, ['client', 'api', 'neo4j']) },
    {
      name: `api-${name}-p99`,
      samples: [percentile(times, 99)],
      note: `p50 ${percentile(times, 50).toFixed(1)} ms, of ${times.length}`,
    },
  ];
}

/** Microseconds for each read. */
function usedEach(before: Usage, after: Usage, count: number): Usage {
  const each = (who: keyof Usage) => ((after[who] - before[who]) * 1e6) / count;
  return { client: each('client'), api: each('api'), neo4j: each('neo4j') };
}

const shownNames = { client: 'client', api: 'API', neo4j: 'Neo4j' } as const;

/** The lowest of the rounds, the one that other work on the machine disturbed least. */
function usageText(rounds: readonly Usage[], who: readonly (keyof Usage)[]): string {
  const least = (one: keyof Usage) => Math.round(Math.min(...rounds.map((usage) => usage[one])));
  return `CPU each: ${who.map((one) => `${shownNames[one]} ${least(one)} µs`).join(', ')}`;
}

async function reads(ask: (turn: number) => Promise<unknown>, forMs: number, signal: AbortSignal) {
  const begunAt = performance.now();
  const durations: number[] = [];
  let turn = 0;
  const asker = async () => {
    while (performance.now() - begunAt < forMs) {
      signal.throwIfAborted();
      const askedAt = performance.now();
      turn += 1;
      await ask(turn);
      durations.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, asker));
  return { perSecond: (durations.length / (performance.now() - begunAt)) * 1_000, durations };
}

const sectionId = (turn: number) => firstId + documents + (turn % (documents * sections));
const documentId = (turn: number) => firstId + (turn % documents);

const entityAnswer = z.object({ groups: z.array(z.object({ count: z.number() })) });
const pageAnswer = z.object({ total: z.number(), items: z.array(z.object({ id: z.string() })) });

function questionsOf(graph: Driver, client: HttpClient): Readonly<Record<(typeof questions)[number], Question>> {
  const tenantId = BigInt(tenant);
  const entity = {
    plain: (turn: number) =>
      graph.executeQuery(plainEntity, { id: BigInt(sectionId(turn)), tenantId }, { routing: 'READ' }),
    overHttp: (turn: number) => client.read(`/v1/entities/Atom/${sectionId(turn)}`),
  };
  const lineage = {
    plain: (turn: number) =>
      graph.executeQuery(plainLineage, { id: BigInt(documentId(turn)), tenantId }, { routing: 'READ' }),
    overHttp: (turn: number) => client.read(`/v1/atoms/${documentId(turn)}/descendants?limit=${pageSize}`),
  };
  return {
    entity: {
      ...entity,
      async check() {
        const { records } = await entity.plain(0);
        const plainly = z.array(z.object({ count: z.bigint() })).parse(records[0]?.get('groups'));
        const { groups } = entityAnswer.parse(await entity.overHttp(0));
        expectSame('neighbours', sum(plainly), sum(groups));
        expectSame('neighbours', sentences + 1, sum(groups));
      },
    },
    lineage: {
      ...lineage,
      async check() {
        const { records } = await lineage.plain(0);
        const { total, items } = pageAnswer.parse(await lineage.overHttp(0));
        expectSame('atoms', sections * (1 + sentences), total);
        expectSame('atoms', Number(records[0]?.get('total')), total);
        expectSame('atoms of a page', z.array(z.unknown()).parse(records[0]?.get('page')).length, items.length);
      },
    },
  };
}

/** What somebody would write who needs just this answer. */
const plainEntity = `
  MATCH (n:Atom {id: $id, tenantId: $tenantId})
  OPTIONAL MATCH (n)-[r]-(m)
  WITH n, type(r) AS type, startNode(r) = n AS isOut, labels(m)[0] AS label, m, r ORDER BY m.id
  WITH n, type, isOut, label, collect({node: m{.*}, edge: r{.*}}) AS found
  RETURN n{.*} AS node, collect({type: type, isOut: isOut, label: label, count: size(found), items: found[..10]}) AS groups`;
const plainLineage = `
  MATCH p = (:Atom {id: $id, tenantId: $tenantId})<-[:DERIVED_FROM|MERGED_FROM|SUPERSEDES*1..26]-(a:Atom)
  WHERE all(x IN nodes(p) WHERE x.tenantId = $tenantId)
  WITH a, min(length(p)) AS depth ORDER BY depth, a.id
  WITH collect({atom: a, depth: depth}) AS found
  RETURN size(found) AS total,
    [f IN found[..${pageSize}] | {id: f.atom.id, atomType: f.atom.atomType, contentType: f.atom.contentType,
      contentHash: f.atom.contentHash, createdAt: f.atom.createdAt, preview: left(f.atom.canonicalText, 80), depth: f.depth}] AS page`;

async function seed(graph: Driver): Promise<void> {
  const parameters = { firstId: BigInt(firstId), tenant: BigInt(tenant) };
  const counts = { documents: BigInt(documents), sections: BigInt(documents * sections), ofEach: BigInt(sections) };
  const all = { ...parameters, ...counts, sentences: BigInt(sentences) };
  const made = (from: string, to: string, type: string) =>
    graph.executeQuery(
      `UNWIND range(${from}, ${to}) AS n
       CREATE (:Atom {id: $firstId + n, tenantId: $tenant, atomType: '${type}', contentType: 'text/plain',
         canonicalText: 'The text of atom ' + n + ', a short sentence.', createdAt: datetime('2026-01-02T03:04:05Z')})`,
      all,
    );
  await made('0', '$documents - 1', 'document');
  await made('$documents', '$documents + $sections - 1', 'section');
  await made('$documents + $sections', '$documents + $sections * (1 + $sentences) - 1', 'sentence');
  const edges = (from: string, to: string, parent: string) =>
    graph.executeQuery(
      `UNWIND range(${from}, ${to}) AS n
       MATCH (c:Atom {id: $firstId + n, tenantId: $tenant}) USING INDEX c:Atom(id, tenantId)
       MATCH (p:Atom {id: $firstId + ${parent}, tenantId: $tenant}) USING INDEX p:Atom(id, tenantId)
       CREATE (c)-[:DERIVED_FROM {id: $firstId + n}]->(p)`,
      all,
    );
  await edges('$documents', '$documents + $sections - 1', '(n - $documents) / $ofEach');
  await edges(
    '$documents + $sections',
    '$documents + $sections * (1 + $sentences) - 1',
    '$documents + (n - $documents - $sections) / $sentences',
  );
  await graph.executeQuery('CALL db.awaitIndexes(60)');
  await graph.executeQuery('CALL db.prepareForReplanning()');
}

/** Makes a key of the benchmark's tenant. */
export async function keyOf({ workerEnv }: BenchServers, role: ApiRole, signal: AbortSignal): Promise<string> {
  const { ConnectionStrings__HartonomousDb: connection = '' } = workerEnv;
  await using client = await connectBroker({ sql: { ...toMssqlOptions(parseSqlConnectionString(connection)) } });
  await client.run(
    `IF NOT EXISTS (SELECT 1 FROM dbo.Tenant AS t WHERE t.TenantId = ${tenant})
       INSERT INTO dbo.Tenant (TenantId, Name) VALUES (${tenant}, N'benchmark');`,
  );
  return (await createApiKey(client, { name: 'benchmark', role, tenantId: tenant }, signal)).key;
}

function sum(groups: readonly { readonly count: number | bigint }[]): number {
  return groups.reduce((total, { count }) => total + Number(count), 0);
}

function expectSame(what: string, expected: number, actual: number): void {
  if (expected !== actual) throw new WorkMissingError(what, expected, actual);
}
