import { startLocalNeo4j } from '@hartonomous/local-neo4j';
import { atom, type GraphRecord, graphSchema } from '@hartonomous/provenance-schema';
import { toDriverMap } from '../src/graph-value.ts';
import { connectNeo4j, createGraphWriter, deployGraphSchema, type GraphConnection } from '../src/index.ts';
import { atomRecord } from './samples.ts';

/*
 * What Neo4j takes from neo4j-driver alone (the ceiling), and what the writer makes of it with its fencing; on one
 * server, in turns, because a shared machine changes its mind from minute to minute:
 *
 *   node --conditions=@hartonomous/source packages/graph-sync/test/write-throughput.ts [rows] [rounds]
 */

/** What to write and how. */
interface Load {
  readonly records: readonly GraphRecord[];
  /** Rows per transaction. */
  readonly batchRows: number;
  /** Transactions under way at a time, each in its own session. */
  readonly sessions: number;
}

type WriteBatch = (records: readonly GraphRecord[]) => Promise<void>;

// As plain as these nodes and edges can be written: no fencing, no placeholders, no look at what was there.
const rawWrites = [
  'UNWIND $rows AS row',
  'MERGE (a:Atom {id: row.key.id, tenantId: row.key.tenantId}) SET a += row.properties',
  'MERGE (t:Tenant {tenantId: row.key.tenantId})',
  'MERGE (a)-[:BELONGS_TO_TENANT]->(t)',
].join('\n');

function rawRow(record: GraphRecord) {
  if (record.kind !== 'node') throw new TypeError('Only nodes are measured.');
  return { key: toDriverMap(record.key), properties: toDriverMap(record.properties) };
}

function rawBatches(graph: GraphConnection): WriteBatch {
  return async (records) => {
    await using session = graph.driver.session({ database: graph.database });
    await session.executeWrite((transaction) => transaction.run(rawWrites, { rows: records.map(rawRow) }));
  };
}

function writerBatches(graph: GraphConnection): WriteBatch {
  const writer = createGraphWriter(graph);
  let sequence = 0n;
  return async (upserts) => {
    sequence += 1n;
    const { written } = await writer.apply([{ entity: atom, upserts, deletes: [] }], sequence);
    if (written !== upserts.length) throw new Error(`Wrote ${written} of ${upserts.length} rows.`);
  };
}

/** Rows per second into a graph without atoms. */
async function measure(graph: GraphConnection, write: WriteBatch, load: Load): Promise<number> {
  await using session = graph.driver.session({ database: graph.database });
  for (const label of ['Atom', 'Tenant'])
    await session.run(`MATCH (n:${label}) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`);
  const { records, batchRows, sessions } = load;
  const started = performance.now();
  let next = 0;
  const work = async () => {
    while (next < records.length) {
      const part = records.slice(next, next + batchRows);
      next += batchRows;
      await write(part);
    }
  };
  await Promise.all(Array.from({ length: sessions }, work));
  return (records.length / (performance.now() - started)) * 1000;
}

const [rows = 20_000, rounds = 4] = process.argv.slice(2).map(Number);
const server = await startLocalNeo4j({ optimizeFor: 'throughput', heap: '1g', pageCache: '256m' });
try {
  const { uri, username, password } = server;
  await using graph = await connectNeo4j({ uri, username, password });
  await deployGraphSchema(graph, { schema: graphSchema, backupFile: null });
  const records = Array.from({ length: rows }, (_, n) => atomRecord(n + 1, `The text of atom ${n}, a short sentence.`));
  const load = { records, batchRows: 2000, sessions: 2 };
  const raw = rawBatches(graph);
  const fenced = writerBatches(graph);
  // The first round pays for Java's compiler and the planner; it is shown as what it is.
  for (let round = 0; round <= rounds; round += 1) {
    const ceiling = await measure(graph, raw, load);
    const reached = await measure(graph, fenced, load);
    const figures = `ceiling ${ceiling.toFixed(0)} rows/s, writer ${reached.toFixed(0)} rows/s, ratio ${(reached / ceiling).toFixed(2)}`;
    console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${figures}`);
  }
} finally {
  await server.stop();
}
