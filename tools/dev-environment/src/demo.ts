import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { percentile, repositoryRoot } from '@hartonomous/test-support';
import { Argument, Command } from 'commander';
import type mssql from 'mssql';
import neo4j, { type Driver } from 'neo4j-driver';
import { askQuestion } from './ask-question.ts';
import { changeOneAtom, changeSnippet } from './change-one-atom.ts';
import { type DevelopmentEnvironment, startDevelopmentEnvironment } from './development-environment.ts';
import { waitUntilEqual } from './graph-comparison.ts';
import { runHartonomous } from './hartonomous-command.ts';
import { type ArrivedFile, filesAsTheyArrive } from './ingest-files.ts';
import type { EnvironmentOptions } from './options.ts';
import { Report } from './report.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { showLineageOverHttp } from './show-lineage-over-http.ts';
import { connectSql } from './sql-database.ts';
import { startApi } from './start-api.ts';
import { readableLogLine } from './worker-log.ts';

/** Longest time for the graph to become equal to SQL. */
const syncTimeoutMs = 60_000;

/** Longest time for all vectors to be there; without the native runtime it takes minutes. */
const embeddingTimeoutMs = 300_000;

/** The question is about this one. */
const askedFile = 'docs/architecture.md';

/**
 * What the demo ingests by default, as shell patterns: some of the repository's own documents, as many as a small
 * machine makes vectors of in half a minute, and small files of many types.
 */
const demoFiles = [
  'README.md',
  'docs/{embeddings,getting-started,ingestion,lineage,operating,reliability}.md',
  'package.json',
  'packages/atomizers/test/corpus',
];

/** Changes that are timed at the end, when both servers are warm; enough for a 95th percentile, and a second or two. */
const timedChanges = 20;

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

/**
 * Sends the files in as a user would, and shows each when the graph has all of it.
 *
 * @returns the largest of them
 */
async function ingestFiles(
  { env }: DevelopmentEnvironment,
  files: readonly string[],
  pool: mssql.ConnectionPool,
  driver: Driver,
  report: Report,
  signal: AbortSignal,
): Promise<ArrivedFile> {
  let enqueued: number | undefined;
  const sending = runHartonomous(
    ['ingest', ...files],
    env,
    (line) => {
      enqueued = Number(/^(\d+) files?, .* enqueued/.exec(line)?.[1] ?? Number.NaN) || enqueued;
      report.detail(line);
    },
    signal,
  );
  // It is awaited below; until then its failure shows as files that don't arrive.
  sending.catch(() => undefined);
  let largest: ArrivedFile | undefined;
  for await (const file of filesAsTheyArrive(pool, driver, () => enqueued, syncTimeoutMs, signal)) {
    const { name, atomizer, bytes, documentAtomId, newAtoms, notes, latencyMs } = file;
    const noted = notes.length === 0 ? '' : `; noted: ${notes.join(', ')}`;
    const kilobytes = (bytes / 1000).toFixed(1);
    report.success(
      `${name} (${atomizer}, ${kilobytes} kB): document ${documentAtomId} and ${newAtoms - 1} more new atoms, in the graph after ${(latencyMs / 1000).toFixed(1)} s${noted}`,
    );
    if (file.pieces > (largest?.pieces ?? -1)) largest = file;
  }
  await sending;
  if (largest === undefined) throw new TypeError('No file was ingested.');
  return largest;
}

async function demo(patterns: readonly string[], report: Report, signal: AbortSignal): Promise<void> {
  // A password of this run only: nothing listens beyond it.
  const options: EnvironmentOptions = {
    sqlPort: 0,
    neo4jPort: 0,
    healthPort: 0,
    consumerHealthPort: 0,
    generatorHealthPort: 0,
    saPassword: `Demo!${randomBytes(8).toString('hex')}`,
    neo4jPassword: 'neo4jneo4j',
    workerLogLevel: 'debug',
  };
  const log: string[] = [];
  await using environment = await startDevelopmentEnvironment(
    options,
    report,
    (worker, line) => log.push(`${worker} ${readableLogLine(line)}`),
    signal,
  );
  // It isn't waited for: files come in meanwhile.
  await using stack = new AsyncDisposableStack();
  const starting = startApi({
    ...{ port: 0, env: environment.env, logLevel: 'info', signal },
    onLine: (line) => log.push(`hartonomous-api ${readableLogLine(line)}`),
  }).then((api) => stack.use(api));
  // It is awaited below; if something else fails before, that is what is reported.
  starting.catch(() => undefined);
  await using pool = await connectSql(environment.sqlPort, options);
  await using driver = neo4j.driver(environment.neo4jUri, neo4j.auth.basic('neo4j', options.neo4jPassword));

  report.heading('A change in SQL reaches the graph');
  for (const line of changeSnippet.split('\n')) report.detail(line);
  const change = await changeOneAtom(pool, driver, signal);
  report.success(`atom ${change.atomId} is in Neo4j`);
  report.line(`  (:Atom {${shown(change.properties)}})`);
  report.detail("the worker's log:");
  for (const line of await loggedLines(log, signal)) report.detail(`  ${line}`);

  report.heading('Files become atoms, and nodes in the graph');
  const dropped = [askedFile, ...patterns];
  report.detail(`hartonomous ingest ${dropped.join(' ')}`);
  const files = dropped.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: repositoryRoot });
    // A name that isn't a pattern, or is of no file: the command says what is wrong with it.
    return found.length === 0 ? [pattern] : found.sort();
  });
  const ingestStart = performance.now();
  const lastDocument = await ingestFiles(environment, files, pool, driver, report, signal);
  const graph = await waitUntilEqual(pool, driver, syncTimeoutMs, () => undefined, signal);
  const ingestMs = performance.now() - ingestStart;
  report.success(
    `the graph equals SQL: ${graph.atoms.size} atoms, ${graph.edges.size} edges, ${(ingestMs / 1000).toFixed(1)} s after the command began`,
  );
  await runHartonomous(['ingest', 'README.md', '--wait'], environment.env, (line) => report.detail(line), signal);

  report.heading('Lineage');
  const { records } = await driver.executeQuery(
    `MATCH path = (child:Atom)-[:DERIVED_FROM*]->(ancestor:Atom {id: $id})
     RETURN child.id AS child, child.atomType AS type, ancestor.id AS ancestor, length(path) AS depth
     ORDER BY depth DESC, child LIMIT 1`,
    { id: BigInt(lastDocument.documentAtomId) },
  );
  for (const record of records) {
    report.line(
      `  (:Atom {id: ${record.get('child')}})-[:DERIVED_FROM*${record.get('depth')}]->(:Atom {id: ${record.get('ancestor')}})  a ${record.get('type')} of ${lastDocument.name}`,
    );
  }

  report.heading('The same over HTTP');
  await showLineageOverHttp(await starting, lastDocument.documentAtomId, report, signal);

  report.heading('A question in words');
  await askQuestion(environment.env, pool, driver, embeddingTimeoutMs, report, signal);

  report.heading('How long a change takes');
  const latencies: number[] = [];
  while (latencies.length < timedChanges) latencies.push((await changeOneAtom(pool, driver, signal)).latencyMs);
  const [median, p95] = [50, 95].map((percent) => percentile(latencies, percent).toFixed(0));
  report.success(
    `${timedChanges} single changes, one after the other: in Neo4j ${median} ms after SQL answered (median), ${p95} ms at the 95th percentile`,
  );
  const deadLetters = await pool.request().query(
    `SELECT (SELECT COUNT(*) FROM dbo.Neo4jSyncDeadLetterQueue) + (SELECT COUNT(*) FROM dbo.IngestionDeadLetterQueue)
         + (SELECT COUNT(*) FROM dbo.EmbeddingDeadLetterQueue) AS n;`,
  );
  report.success(`dead letters: ${deadLetters.recordset[0]?.n}`);
  report.heading('Stopping');
}

const examples = `
Examples:
  $ pnpm demo                      some of the repository's own documents, and small files of many types
  $ pnpm demo /home/me/documents   your own files and folders instead, beside ${askedFile}

Nothing is kept. Exit codes: 0 everything arrived, 1 something did not (the message says what), 130 Ctrl-C.`;

await new Command('pnpm demo')
  .description(
    'Starts the whole system, changes a row, drops files in, asks a question in words, and stops everything.',
  )
  .addArgument(
    new Argument('[file...]', 'files, folders and patterns, from the root of the repository').default(
      demoFiles,
      "some of the repository's own",
    ),
  )
  .addHelpText('after', examples)
  .action(async (patterns: readonly string[]) => {
    const report = new Report(process.stdout);
    process.exitCode = await runUntilStopped(report, async (signal) => {
      await demo(patterns, report, signal);
      report.success(`demo done in ${report.elapsed}`);
    });
  })
  .parseAsync();
