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
import { ancestryStatement } from '../src/lineage/ancestry.ts';
import { CYCLES } from '../src/lineage/cycles.ts';
import { deletionImpactStatement } from '../src/lineage/deletion-impact.ts';
import { DUPLICATES, DUPLICATES_OF } from '../src/lineage/duplicates.ts';
import { MERGE_SOURCES } from '../src/lineage/merge-sources.ts';
import { operationsStatement } from '../src/lineage/operations.ts';
import { ORPHANS } from '../src/lineage/orphans.ts';
import { pathStatement } from '../src/lineage/path.ts';
import { STATISTICS } from '../src/lineage/statistics.ts';
import { treeStatement } from '../src/lineage/tree.ts';
import { shapeOf } from '../src/navigation/graph-shape.ts';
import { nodeStatement } from '../src/navigation/node-statements.ts';
import { documentSet } from './document-set.ts';
import { planOperators } from './plan-operators.ts';

/*
 * How long the lineage queries take on a set of documents, 10,000 atoms on 12 levels unless said otherwise, and by which
 * operators the server answers them. Times are those of the caller: they include the way over Bolt and the checks of
 * what came back, and on a busy machine all that the others do; the first line of the table, a query that reads nothing,
 * tells how much that is.
 *
 *   node --conditions=@hartonomous/source packages/graph-sync/test/lineage-latency.ts [rounds] [atoms]
 */

/** A query to be measured. */
interface Measured {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly statement: string;
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
  const depth = 25;
  return [
    { name: 'nothing (RETURN 1)', run: () => graph.driver.executeQuery('RETURN 1'), statement: 'RETURN 1' },
    { name: 'ancestors', run: () => reader.ancestors(of(last)), statement: ancestryStatement('up', 'all', depth) },
    {
      name: 'descendants',
      run: () => reader.descendants(of(first)),
      statement: ancestryStatement('down', 'all', depth),
    },
    { name: 'roots', run: () => reader.roots(of(last)), statement: ancestryStatement('up', 'ends', depth) },
    { name: 'leaves', run: () => reader.leaves(of(first)), statement: ancestryStatement('down', 'ends', depth) },
    { name: 'tree, from the middle', run: () => reader.tree(of(middle)), statement: treeStatement('both', depth) },
    {
      name: 'tree, 1,000 atoms down',
      run: () => reader.tree({ ...of(first), direction: 'down' }),
      statement: treeStatement('down', depth),
    },
    { name: 'path', run: () => reader.path({ ...of(last), toAtomId: first }), statement: pathStatement('any', depth) },
    { name: 'merge sources', run: () => reader.mergeSources(of(last)), statement: MERGE_SOURCES },
    { name: 'duplicates of an atom', run: () => reader.duplicatesOf(of(first)), statement: DUPLICATES_OF },
    { name: 'deletion impact', run: () => reader.deletionImpact(of(first)), statement: deletionImpactStatement(depth) },
    { name: 'operations', run: () => reader.operations(of(last)), statement: operationsStatement(depth) },
    {
      name: 'node with neighbours',
      run: () => navigator.node({ tenantId, label: 'Atom', id: middle }),
      statement: nodeStatement(shapeOf('Atom')),
    },
    { name: 'duplicates (tenant)', run: () => reader.duplicates({ tenantId }), statement: DUPLICATES },
    { name: 'cycles (tenant)', run: () => reader.cycles({ tenantId }), statement: CYCLES },
    {
      name: 'unlinked (tenant)',
      run: () => reader.orphans({ tenantId, kind: 'unlinked' }),
      statement: ORPHANS.unlinked,
    },
    { name: 'statistics (tenant)', run: () => reader.statistics({ tenantId }), statement: STATISTICS },
  ];
}

function part(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1).padStart(8);
}

const server = await startLocalNeo4j({ optimizeFor: 'throughput', heap: '1g', pageCache: '256m' });
try {
  const { uri, username, password } = server;
  await using graph = await connectNeo4j({ uri, username, password });
  await load(graph);
  const queries = measuredQueries(graph);
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
  console.log('\nHow the server finds and walks:');
  for (const { name, statement } of queries.slice(1)) {
    const operators = await planOperators(graph, statement, { id: middle });
    const found = operators.map((line) => /^(\S*(?:Seek|Scan|Expand\S*|ShortestPath)\S*)/.exec(line)?.[1]);
    console.log(`${name.padEnd(24)} ${[...new Set(found.filter((operator) => operator !== undefined))].join(', ')}`);
  }
} finally {
  await server.stop();
}
