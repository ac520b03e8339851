import { randomBytes } from 'node:crypto';
import neo4j from 'neo4j-driver';
import { changeOneAtom, changeSnippet } from './change-one-atom.ts';
import { startDevelopmentEnvironment } from './development-environment.ts';
import { readRepositoryDocuments } from './documents.ts';
import { waitUntilEqual } from './graph-comparison.ts';
import { ingestDocument } from './ingest-documents.ts';
import type { EnvironmentOptions } from './options.ts';
import { Report } from './report.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { connectSql } from './sql-database.ts';
import { readableLogLine } from './worker-log.ts';

/** Longest time for the graph to become equal to SQL. */
const syncTimeoutMs = 60_000;

/** Parts of the runbook's log lines (R4), which the demo shows for the first atom. */
const runbookLines = [
  'Received message from Neo4jSyncQueue',
  'EntityType: Atom',
  'Executing Cypher: MERGE (a:Atom',
  'Atom synced to Neo4j successfully',
];

function shown(properties: Readonly<Record<string, unknown>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}

/** Longest time for the worker to have logged what it did: it commits in SQL after the node is there. */
const logTimeoutMs = 5_000;

/** The runbook's lines from the worker's log, once they are all there. */
async function loggedLines(log: readonly string[], signal: AbortSignal): Promise<string[]> {
  const deadline = performance.now() + logTimeoutMs;
  for (;;) {
    const found = runbookLines.flatMap((part) => log.find((line) => line.includes(part)) ?? []);
    if (found.length === runbookLines.length || performance.now() > deadline) return found;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function demo(report: Report, signal: AbortSignal): Promise<void> {
  // A password of this run only: nothing listens beyond it.
  const options: EnvironmentOptions = {
    sqlPort: 0,
    neo4jPort: 0,
    healthPort: 0,
    saPassword: `Demo!${randomBytes(8).toString('hex')}`,
    neo4jPassword: 'neo4jneo4j',
    workerLogLevel: 'debug',
  };
  const log: string[] = [];
  await using environment = await startDevelopmentEnvironment(
    options,
    report,
    (line) => log.push(readableLogLine(line)),
    signal,
  );
  await using pool = await connectSql(environment.sqlPort, options);
  await using driver = neo4j.driver(environment.neo4jUri, neo4j.auth.basic('neo4j', options.neo4jPassword));

  report.heading('A change in SQL reaches the graph');
  for (const line of changeSnippet.split('\n')) report.detail(line);
  const change = await changeOneAtom(pool, driver, signal);
  report.success(`atom ${change.atomId} is in Neo4j ${change.latencyMs.toFixed(0)} ms after SQL answered`);
  report.line(`  (:Atom {${shown(change.properties)}})`);
  report.detail("the worker's log:");
  for (const line of await loggedLines(log, signal)) report.detail(`  ${line}`);

  report.heading("Ingesting the repository's own documents");
  const documents = await readRepositoryDocuments();
  const ingestStart = performance.now();
  let atoms = 0;
  let edges = 0;
  let lastDocument = 0;
  for (const [index, document] of documents.entries()) {
    signal.throwIfAborted();
    const ingested = await ingestDocument(pool, document);
    atoms += ingested.atoms;
    edges += ingested.edges;
    lastDocument = ingested.documentAtomId;
    report.progress(`${index + 1}/${documents.length} documents, ${atoms} atoms, ${edges} edges in SQL`);
  }
  const ingestMs = performance.now() - ingestStart;
  report.success(
    `${documents.length} documents: ${atoms} atoms and ${edges} DERIVED_FROM edges in SQL, all enqueued, in ${(ingestMs / 1000).toFixed(1)} s`,
  );

  const graph = await waitUntilEqual(
    pool,
    driver,
    syncTimeoutMs,
    (now, sql) =>
      report.progress(`graph: ${now.atoms.size}/${sql.atoms.size} atoms, ${now.edges.size}/${sql.edges.size} edges`),
    signal,
  );
  const totalMs = performance.now() - ingestStart;
  report.success(
    `the graph equals SQL: ${graph.atoms.size} atoms, ${graph.edges.size} edges, ${(totalMs / 1000).toFixed(1)} s after the first document was read`,
  );

  report.heading('Lineage');
  const { records } = await driver.executeQuery(
    `MATCH path = (child:Atom)-[:DERIVED_FROM*]->(ancestor:Atom {id: $id})
     RETURN child.id AS child, ancestor.id AS ancestor, length(path) AS depth ORDER BY child LIMIT 1`,
    { id: BigInt(lastDocument) },
  );
  for (const record of records) {
    report.line(
      `  (:Atom {id: ${record.get('child')}})-[:DERIVED_FROM]->(:Atom {id: ${record.get('ancestor')}})  depth ${record.get('depth')}: a chunk of ${documents.at(-1)?.path}`,
    );
  }
  const second = await changeOneAtom(pool, driver, signal);
  report.success(
    `one more change, now that both servers are warm: in Neo4j ${second.latencyMs.toFixed(0)} ms after SQL answered`,
  );
  const deadLetters = await pool.request().query('SELECT COUNT(*) AS n FROM dbo.Neo4jSyncDeadLetterQueue;');
  report.success(`dead letters: ${deadLetters.recordset[0]?.n}`);
  report.heading('Stopping');
}

const report = new Report(process.stdout);
process.exitCode = await runUntilStopped(report, async (signal) => {
  await demo(report, signal);
  report.success(`demo done in ${report.elapsed}`);
});
