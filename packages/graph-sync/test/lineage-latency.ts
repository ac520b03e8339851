import { loadavg } from 'node:os';
import { startLocalNeo4j } from '@hartonomous/local-neo4j';
import { atom, atomProvenance, graphSchema, operation, toGraphRecord } from '@hartonomous/provenance-schema';
import {
  connectNeo4j,
  createGraphNavigator,
  createGraphWriter,
  createLineageReader,
  deployGraphSchema,
  type GraphConnection,
} from '../src/index.ts';
import { documentSet } from './document-set.ts';
import { type Profile, profiledConnection } from './profiled-connection.ts';

/*
 * How long the lineage queries take on a set of documents, 10,000 atoms on 12 levels unless said otherwise, and by which
 * operators the server answers them, as PROFILE has it of one more run. Times are those of the caller: they include the
 * way over Bolt and the checks of what came back, and on a busy machine all that the others do; the first line of the
 * table, a query that reads nothing, shows how much that is.
 *
 *   node --conditions=@hartonomous/source packages/graph-sync/test/lineage-latency.ts [rounds] [atoms]
 */

/** A query to be measured. */
interface Measured {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

const [rounds = 50, atoms = 10_000] = process.argv.slice(2).map(Number);
const tenantId = 1;
const set = documentSet({ atoms, levels: 12, tenantId });
const first = set.levels[0]?.[100] ?? 1n;
const middle = set.levels[6]?.[400] ?? 1n;
const last = set.levels[11]?.[800] ?? 1n;

async function load(graph: GraphConnection): Promise<void> {
  await deployGraphSchema(graph, { schema: graphSchema, backupFile: null });
  const operations = set.levels.flat().map((id) =>
    toGraphRecord(operation, {
      ...{ OperationId: String(id), TenantId: tenantId, OperationType: 'split', UserId: null, InputAtomId: null },
      ...{ OutputAtomId: String(id), Metadata: null, CreatedAt: new Date(0), CompletedAt: null },
    }),
  );
  await createGraphWriter(graph, { transactionTimeoutMs: 300_000 }).apply(
    [
      { entity: atom, upserts: set.atoms, deletes: [] },
      { entity: atomProvenance, upserts: set.edges, deletes: [] },
      { entity: operation, upserts: operations, deletes: [] },
    ],
    1n,
  );
  await graph.driver.executeQuery('CALL db.prepareForReplanning()', {}, { database: graph.database });
}

function measuredQueries(graph: GraphConnection): Measured[] {
  const reader = createLineageReader(graph, { timeoutMs: 60_000 });
  const navigator = createGraphNavigator(graph, { timeoutMs: 60_000 });
  const of = (atomId: bigint) => ({ tenantId, atomId });
  return [
    { name: 'ancestors', run: () => reader.ancestors(of(last)) },
    { name: 'descendants', run: () => reader.descendants(of(first)) },
    { name: 'roots', run: () => reader.roots(of(last)) },
    { name: 'leaves', run: () => reader.leaves(of(first)) },
    { name: 'tree, from the middle', run: () => reader.tree(of(middle)) },
    { name: 'tree, 1,000 atoms down', run: () => reader.tree({ ...of(first), direction: 'down' }) },
    { name: 'path', run: () => reader.path({ ...of(last), toAtomId: first }) },
    { name: 'merge sources', run: () => reader.mergeSources(of(last)) },
    { name: 'duplicates of an atom', run: () => reader.duplicatesOf(of(first)) },
    { name: 'deletion impact', run: () => reader.deletionImpact(of(first)) },
    { name: 'operations', run: () => reader.operations(of(last)) },
    { name: 'node with neighbours', run: () => navigator.node({ tenantId, label: 'Atom', id: middle }) },
    { name: 'duplicates (tenant)', run: () => reader.duplicates({ tenantId }) },
    { name: 'cycles (tenant)', run: () => reader.cycles({ tenantId }) },
    { name: 'unlinked (tenant)', run: () => reader.orphans({ tenantId, kind: 'unlinked' }) },
    { name: 'statistics (tenant)', run: () => reader.statistics({ tenantId }) },
  ];
}

/** Runs each query once under PROFILE and prints what the server did: all its statements together. */
async function printProfiles(graph: GraphConnection): Promise<void> {
  let profiles: Profile[] = [];
  const queries = measuredQueries(profiledConnection(graph, (profile) => profiles.push(profile)));
  console.log(`\n${'PROFILE'.padEnd(24)}  db hits  scans  finds and walks by`);
  for (const { name, run } of queries) {
    profiles = [];
    await run();
    const operators = profiles.flatMap((profile) => profile.operators);
    const found = operators.map((line) => /^(\S*(?:Seek|Scan|Expand\S*|ShortestPath)\S*)/.exec(line)?.[1]);
    const names = [...new Set(found.filter((operator) => operator !== undefined))];
    const dbHits = profiles.reduce((sum, profile) => sum + profile.dbHits, 0);
    const scans = names.filter((operator) => operator.includes('Scan')).length;
    console.log(
      `${name.padEnd(24)} ${String(dbHits).padStart(8)} ${(scans || 'none').toString().padStart(6)}  ${names.join(', ')}`,
    );
  }
}

function part(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1).padStart(8);
}

const server = await startLocalNeo4j({ optimizeFor: 'throughput', heap: '1g', pageCache: '256m' });
try {
  const { uri, username, password } = server;
  await using graph = await connectNeo4j({ uri, username, password });
  await load(graph);
  const nothing = { name: 'nothing (RETURN 1)', run: () => graph.driver.executeQuery('RETURN 1') };
  const queries = [nothing, ...measuredQueries(graph)];
  console.log(`${atoms} atoms, ${set.edges.length} edges, 12 levels; ${rounds} rounds; Neo4j ${graph.version}`);
  // All of them in turns, so that a moment of other people's work hits each alike; and Java's compiler gets a warm-up.
  const times = new Map<string, number[]>(queries.map(({ name }) => [name, []]));
  for (let round = -20; round < rounds; round += 1) {
    for (const { name, run } of queries) {
      const started = performance.now();
      await run();
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
  console.log(`${'milliseconds'.padEnd(24)} fastest      p50      p95`);
  for (const [name, list] of times) {
    const sorted = list.toSorted((a, b) => a - b);
    console.log(`${name.padEnd(24)}${part(sorted, 0)} ${part(sorted, 0.5)} ${part(sorted, 0.95)}`);
  }
  await printProfiles(graph);
} finally {
  await server.stop();
}
