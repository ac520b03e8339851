import type mssql from 'mssql';
import { type Driver, isInt } from 'neo4j-driver';
import { z } from 'zod';
import { GraphBehindError } from './errors.ts';

/** What SQL and the graph hold, in a form that can be compared. */
export interface State {
  /** `id:hash` of every atom. */
  readonly atoms: ReadonlySet<string>;
  /** `id:child:TYPE:parent` of every edge. */
  readonly edges: ReadonlySet<string>;
}

const count = z.coerce.string();
const sqlAtom = z.object({ AtomId: count, Hash: z.instanceof(Buffer).nullable() });
const sqlEdge = z.object({
  AtomProvenanceId: count,
  ChildAtomId: count,
  ParentAtomId: count,
  RelationType: z.string(),
});

export async function readSqlState(pool: mssql.ConnectionPool): Promise<State> {
  const atoms = await pool.request().query('SELECT AtomId, ContentHash AS Hash FROM dbo.Atom;');
  const edges = await pool
    .request()
    .query('SELECT AtomProvenanceId, ChildAtomId, ParentAtomId, RelationType FROM dbo.AtomProvenance;');
  return {
    atoms: new Set(
      z
        .array(sqlAtom)
        .parse(atoms.recordset)
        .map((row) => `${row.AtomId}:${row.Hash?.toString('hex') ?? ''}`),
    ),
    edges: new Set(
      z
        .array(sqlEdge)
        .parse(edges.recordset)
        .map((row) => `${row.AtomProvenanceId}:${row.ChildAtomId}:${row.RelationType}:${row.ParentAtomId}`),
    ),
  };
}

function text(value: unknown): string {
  return value === null || value === undefined ? '' : isInt(value) ? value.toString() : String(value);
}

export async function readGraphState(driver: Driver): Promise<State> {
  const atoms = await driver.executeQuery(
    'MATCH (a:Atom) WHERE a.placeholder IS NULL RETURN a.id AS id, a.contentHash AS hash',
  );
  const edges = await driver.executeQuery(
    'MATCH (child:Atom)-[r:DERIVED_FROM|MERGED_FROM|SUPERSEDES]->(parent:Atom) RETURN r.id AS id, child.id AS child, type(r) AS type, parent.id AS parent',
  );
  return {
    atoms: new Set(atoms.records.map((record) => `${text(record.get('id'))}:${text(record.get('hash'))}`)),
    edges: new Set(
      edges.records.map((record) => ['id', 'child', 'type', 'parent'].map((key) => text(record.get(key))).join(':')),
    ),
  };
}

/** In words how far the graph is from SQL; empty when they are equal. */
function difference(sql: State, graph: State): string {
  const parts: string[] = [];
  for (const kind of ['atoms', 'edges'] as const) {
    const missing = sql[kind].difference(graph[kind]).size;
    const surplus = graph[kind].difference(sql[kind]).size;
    if (missing > 0) parts.push(`${missing} of ${sql[kind].size} ${kind} missing or different`);
    if (surplus > 0) parts.push(`${surplus} ${kind} too many`);
  }
  return parts.join(', ');
}

/** Time between two checks of both databases, in milliseconds: a look reads everything. */
const lookIntervalMs = 200;

/**
 * Waits until the graph holds what SQL holds.
 *
 * @param onProgress told how far it is
 * @throws {GraphBehindError} when it does not in time
 */
export async function waitUntilEqual(
  pool: mssql.ConnectionPool,
  driver: Driver,
  timeoutMs: number,
  onProgress: (graph: State, sql: State) => void,
  signal: AbortSignal,
): Promise<State> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const sql = await readSqlState(pool);
    const graph = await readGraphState(driver);
    const apart = difference(sql, graph);
    onProgress(graph, sql);
    if (apart === '') return graph;
    if (performance.now() > deadline) throw new GraphBehindError(timeoutMs / 1000, apart);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, lookIntervalMs);
    await promise;
  }
}
