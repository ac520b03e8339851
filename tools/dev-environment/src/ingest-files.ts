import type mssql from 'mssql';
import type { Driver } from 'neo4j-driver';
import { z } from 'zod';
import { FileNotIngestedError, GraphBehindError } from './errors.ts';
import { readGraphState, readSqlState, type State } from './graph-comparison.ts';

/** A file that has gone the whole way. */
export interface ArrivedFile {
  readonly name: string;
  readonly atomizer: string;
  readonly bytes: number;
  readonly documentAtomId: string;
  /** What it was taken apart into, and what of it was new. */
  readonly pieces: number;
  readonly newAtoms: number;
  /** Codes of what was noted about how it was read. */
  readonly notes: readonly string[];
  /** From its enqueueing until the graph had all of it, in milliseconds, to the precision of the checks. */
  readonly latencyMs: number;
}

const jobRow = z.object({
  IngestionJobId: z.string(),
  FileName: z.string(),
  Status: z.string(),
  Atomizer: z.string().nullable(),
  ByteCount: z.coerce.number().nullable(),
  DocumentAtomId: z.string().nullable(),
  PieceCount: z.number().nullable(),
  AtomCount: z.number().nullable(),
  ErrorCode: z.string().nullable(),
  Notes: z
    .string()
    .nullable()
    .transform((text): unknown => (text === null ? [] : JSON.parse(text)))
    .pipe(z.array(z.object({ code: z.string() }))),
  EnqueuedAt: z.date(),
});

type JobRow = z.output<typeof jobRow>;

/** Time between two checks, in milliseconds: a look reads everything. */
const lookIntervalMs = 200;

/**
 * Watches the files of dbo.IngestionJob arrive in the graph, each when its atoms and their edges are all there.
 *
 * @param count how many files to wait for
 * @throws {FileNotIngestedError} when one of them was dead-lettered
 * @throws {GraphBehindError} when they don't arrive in time
 */
export async function* filesAsTheyArrive(
  pool: mssql.ConnectionPool,
  driver: Driver,
  count: () => number | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<ArrivedFile> {
  const deadline = performance.now() + timeoutMs;
  const arrived = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const jobs = await readJobs(pool);
    const sql = await readSqlState(pool);
    const graph = await readGraphState(driver);
    const children = childrenOf(sql);
    for (const job of jobs) {
      if (arrived.has(job.IngestionJobId) || !isWholeInGraph(job, sql, graph, children)) continue;
      arrived.add(job.IngestionJobId);
      yield arrivedFile(job);
    }
    if (arrived.size === count()) return;
    if (performance.now() > deadline) {
      throw new GraphBehindError(timeoutMs / 1000, `${arrived.size} of ${jobs.length} files have arrived`);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, lookIntervalMs);
    await promise;
  }
}

async function readJobs(pool: mssql.ConnectionPool): Promise<JobRow[]> {
  const { recordset } = await pool.request().query('SELECT * FROM dbo.IngestionJob ORDER BY IngestionJobId;');
  const jobs = z.array(jobRow).parse(recordset);
  const failed = jobs.find(({ Status }) => Status === 'DEAD_LETTERED');
  if (failed !== undefined) throw new FileNotIngestedError(failed.FileName, failed.ErrorCode ?? 'unknown');
  return jobs;
}

/** Edges to each parent. */
function childrenOf({
  edges,
}: State): ReadonlyMap<string, readonly { readonly child: string; readonly edge: string }[]> {
  return Map.groupBy(
    [...edges].map((edge) => {
      const [, child = '', , parent = ''] = edge.split(':');
      return { edge, child, parent };
    }),
    ({ parent }) => parent,
  );
}

function isWholeInGraph(
  { DocumentAtomId }: JobRow,
  sql: State,
  graph: State,
  children: ReturnType<typeof childrenOf>,
): boolean {
  if (DocumentAtomId === null) return false;
  const hashes = new Map([...sql.atoms].map((atom) => [atom.slice(0, atom.indexOf(':')), atom]));
  const open = [DocumentAtomId];
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const atom = hashes.get(id);
    if (atom === undefined || !graph.atoms.has(atom)) return false;
    for (const { child, edge } of children.get(id) ?? []) {
      if (!graph.edges.has(edge)) return false;
      if (!seen.has(child)) open.push(child);
      seen.add(child);
    }
  }
  return true;
}

function arrivedFile(job: JobRow): ArrivedFile {
  return {
    name: job.FileName,
    atomizer: job.Atomizer ?? 'unchanged',
    bytes: job.ByteCount ?? 0,
    documentAtomId: job.DocumentAtomId ?? '',
    pieces: job.PieceCount ?? 0,
    newAtoms: job.AtomCount ?? 0,
    notes: job.Notes.map(({ code }) => code),
    latencyMs: Date.now() - job.EnqueuedAt.getTime(),
  };
}
