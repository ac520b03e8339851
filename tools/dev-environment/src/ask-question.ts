import type mssql from 'mssql';
import type { Driver } from 'neo4j-driver';
import { z } from 'zod';
import { EmbeddingsBehindError } from './errors.ts';
import { runHartonomous } from './hartonomous-command.ts';
import type { Report } from './report.ts';

/** What is asked, and how the section begins that answers it: docs/architecture.md. They have hardly a word in common. */
const question = 'What happens to messages when processing them goes wrong?';
const answer = '## When a batch fails';
const answerFile = 'docs/architecture.md';

/** How many results the right one has to be among. */
const top = 3;

/** Time between two checks, in milliseconds. */
const lookIntervalMs = 200;

const counts = z.object({ jobs: z.coerce.number(), vectors: z.coerce.number() });

/**
 * Waits until every atom that gets a vector has it, in SQL and in the graph.
 *
 * @returns how many have one
 * @throws {EmbeddingsBehindError} when it takes longer
 */
async function waitUntilEmbedded(
  pool: mssql.ConnectionPool,
  driver: Driver,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const { recordset } = await pool.request().query(
      `SELECT (SELECT COUNT(*) FROM dbo.BackgroundJob WHERE Status IN (N'PENDING', N'RUNNING')) AS jobs,
         (SELECT COUNT(*) FROM dbo.AtomEmbedding) AS vectors;`,
    );
    const { jobs, vectors } = counts.parse(recordset[0]);
    const { records } = await driver.executeQuery('MATCH (:Atom)-[r:EMBEDDED_BY]->() RETURN count(r) AS n');
    const inGraph = Number(records[0]?.get('n') ?? 0);
    if (jobs === 0 && vectors > 0 && inGraph === vectors) return vectors;
    if (performance.now() > deadline) throw new EmbeddingsBehindError(timeoutMs / 1000, jobs, vectors, inGraph);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, lookIntervalMs);
    await promise;
  }
}

/**
 * Asks a question in words as a user would, and shows whether the section that answers it was found.
 *
 * @throws {EmbeddingsBehindError} when the vectors don't come in time
 */
export async function askQuestion(
  env: Readonly<Record<string, string>>,
  pool: mssql.ConnectionPool,
  driver: Driver,
  timeoutMs: number,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const vectors = await waitUntilEmbedded(pool, driver, timeoutMs, signal);
  report.success(
    `${vectors} sections and paragraphs have vectors, in SQL and in the graph, after ${((performance.now() - startedAt) / 1000).toFixed(1)} s more`,
  );
  report.detail(`hartonomous similar '${question}' --top ${top} --lineage`);
  const lines: string[] = [];
  await runHartonomous(
    ['similar', question, '--top', String(top), '--lineage'],
    env,
    (line) => {
      lines.push(line);
      report.line(`  ${line}`);
    },
    signal,
  );
  const places = lines.flatMap((line, index) => (/^\d\.\d+ /.test(line) ? [index] : []));
  const place = places.findIndex((index) => lines[index]?.includes(answer) === true);
  const document = lines
    .slice(places[place], places[place + 1])
    .flatMap((line) => /from (\d+) document/.exec(line)?.[1] ?? [])
    .at(-1);
  if (place >= 0 && document !== undefined && (await nameOfDocument(pool, document)) === answerFile) {
    report.success(`number ${place + 1} is the section that answers it, '${answer}', and comes from ${answerFile}`);
  } else
    report.failure(`the section '${answer}' of ${answerFile} is not among the first ${top}, or its lineage is another`);
}

const fileRow = z.object({ FileName: z.string() });

/** Name of the file that a document was read from. */
async function nameOfDocument(pool: mssql.ConnectionPool, documentAtomId: string): Promise<string | undefined> {
  const { recordset } = await pool
    .request()
    .input('id', documentAtomId)
    .query('SELECT TOP (1) FileName FROM dbo.IngestionJob WHERE DocumentAtomId = CONVERT(BIGINT, @id);');
  return fileRow.safeParse(recordset[0]).data?.FileName;
}
