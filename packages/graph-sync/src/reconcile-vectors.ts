import { type AtomVector, atom, decodeVector, type NodeProjection } from '@hartonomous/provenance-schema';
import neo4j from 'neo4j-driver';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import type { GraphDrift, IdRange, ReconcileOptions } from './reconcile.ts';
import { checksumModulus, checksumNull, checksumWeights } from './reconcile-fields.ts';
import { translateError } from './translate-error.ts';
import { vectorReconcileStatements } from './vector-reconcile-statements.ts';

/** What a side says of the vectors of a model in a range of atoms. */
export interface VectorSummary {
  readonly rows: bigint;
  /** Sum over the atoms: the weight of the id times the job that wrote the vector, as {@link vectorChecksum} has it. */
  readonly jobs: bigint;
  /** The same of the time that it was written at, in milliseconds. */
  readonly times: bigint;
  /** The same of how many numbers it has. */
  readonly sizes: bigint;
}

/** A vector as a comparison reads it. */
export type ComparedVector = Omit<AtomVector, 'vector'> & {
  readonly tenantId: number;
  readonly size: number;
  /** Only where it was asked for. */
  readonly vector?: Uint8Array | undefined;
};

/** The SQL side of a comparison of vectors. */
export interface VectorSource {
  /** The id of the last of the next `size` vectors' atoms after `after`; `null` when fewer follow. */
  upperBound(after: bigint, size: number): Promise<bigint | null>;
  /** By the model's key; models without vectors in the range may be left out. */
  summaries(range: IdRange): Promise<ReadonlyMap<string, VectorSummary>>;
  /** All vectors of the range that the graph is to have. */
  vectors(range: IdRange, withNumbers: boolean): Promise<readonly ComparedVector[]>;
}

/** A vector that is not in the graph as it is in SQL; `entityId` is its atom's. */
export interface VectorDrift extends GraphDrift {
  readonly modelKey: string;
}

/** The comparison of one range. */
export interface VectorRangeReport extends IdRange {
  readonly sqlRows: bigint;
  readonly graphRows: bigint;
  readonly drift: readonly VectorDrift[];
}

/** Atoms of a range on either side when their vectors' numbers are compared: some 10 MB of long vectors. */
const rowsWithNumbers = 500;
const defaultRangeRows = 5000;
const lowestId = -(2n ** 63n);
const highestId = 2n ** 63n - 1n;

const projection = nodeOf(atom.graph);
const statements = vectorReconcileStatements(atom, projection);

const boundRow = z.object({ id: z.bigint().nullable(), rows: z.bigint() });
const summaryRow = z.object({
  key: z.string(),
  rows: z.bigint(),
  jobs: z.bigint(),
  times: z.bigint(),
  sizes: z.bigint(),
});
const propertiesRow = z.object({ properties: z.bigint() });
const vectorRow = z.object({
  id: z.bigint(),
  tenantId: z.bigint(),
  key: z.string(),
  hasEdge: z.boolean(),
  jobId: z.bigint().nullable(),
  createdAt: z.bigint().nullable(),
  size: z.bigint().nullable(),
  numbers: z.array(z.number()).nullable(),
  syncSequence: z.bigint().nullable(),
});
type VectorRow = z.output<typeof vectorRow>;

/** A value as the sums of {@link VectorSummary} have it, in both languages. */
export const vectorChecksum = { modulus: checksumModulus, weights: checksumWeights, null: checksumNull } as const;

/**
 * Compares the vectors of atoms in SQL with those in the graph, range by range, and yields a report for each. A vector in the graph
 * is a property and an edge; one without the other is a difference.
 *
 * Numbers of vectors and checksums of what the edges say come first. A vector that somebody changed in the graph to another of
 * as many numbers is found with `deep` only.
 *
 * @throws GraphSyncError, or what `source` throws; the reason of `signal` when aborted
 */
export async function* reconcileVectors(
  connection: GraphConnection,
  source: VectorSource,
  { rangeRows = defaultRangeRows, deep = false, signal }: ReconcileOptions = {},
): AsyncGenerator<VectorRangeReport, void, undefined> {
  const size = deep ? Math.min(rangeRows, rowsWithNumbers) : rangeRows;
  const read = reader(connection);
  for (let after = lowestId; after < highestId; ) {
    signal?.throwIfAborted();
    const [sqlBound, [graphBound]] = await Promise.all([
      source.upperBound(after, size),
      read(boundRow, statements.upperBound, { after, size: BigInt(size) }),
    ]);
    const graphTo = graphBound === undefined || graphBound.rows < size ? null : graphBound.id;
    const to = lowest(sqlBound ?? highestId, graphTo ?? highestId);
    const range = { after, to };
    const [sql, found, [sum]] = await Promise.all([
      source.summaries(range),
      read(summaryRow, statements.summaries, range),
      read(propertiesRow, statements.properties, range),
    ]);
    const sqlRows = [...sql.values()].reduce((rows, summary) => rows + summary.rows, 0n);
    const graphRows = found.reduce((rows, summary) => rows + summary.rows, 0n);
    const isEqual = graphRows === sum?.properties && areEqual(sql, found);
    if (isEqual && !deep) yield { ...range, sqlRows, graphRows, drift: [] };
    else {
      const [vectors, rows] = await Promise.all([
        source.vectors(range, deep),
        read(vectorRow, deep ? statements.vectorsWithNumbers : statements.vectors, range),
      ]);
      yield { ...range, sqlRows, graphRows, drift: compare(vectors, rows) };
    }
    after = to;
  }
}

function areEqual(sql: ReadonlyMap<string, VectorSummary>, found: readonly z.output<typeof summaryRow>[]): boolean {
  const wanted = [...sql].filter(([, { rows }]) => rows > 0n);
  if (wanted.length !== found.length) return false;
  return found.every(({ key, rows, jobs, times, sizes }) => {
    const own = sql.get(key);
    return own?.rows === rows && own.jobs === jobs && own.times === times && own.sizes === sizes;
  });
}

function compare(vectors: readonly ComparedVector[], rows: readonly VectorRow[]): VectorDrift[] {
  const place = (id: bigint, key: string) => `${id}/${key}`;
  const left = new Map(rows.map((row) => [place(row.id, row.key), row]));
  const drift: VectorDrift[] = [];
  for (const vector of vectors) {
    const { atomId: entityId, modelKey, tenantId } = vector;
    const row = left.get(place(entityId, modelKey));
    left.delete(place(entityId, modelKey));
    const common = { entityId, modelKey, tenantId, syncSequence: row?.syncSequence ?? null };
    if (row === undefined) drift.push({ ...common, kind: 'missing', details: [modelKey] });
    else {
      const details = differences(vector, row).map((what) => `${what} of ${modelKey}`);
      if (details.length > 0) drift.push({ ...common, kind: 'different', details });
    }
  }
  for (const { id, key, tenantId, syncSequence } of left.values()) {
    const common = { entityId: id, modelKey: key, tenantId: Number(tenantId), syncSequence };
    drift.push({ ...common, kind: 'extra', details: [key] });
  }
  return drift;
}

function differences(vector: ComparedVector, row: VectorRow): string[] {
  const details: string[] = [];
  if (!row.hasEdge) details.push('edge');
  else {
    if (row.jobId !== vector.jobId) details.push('jobId');
    if (row.createdAt !== BigInt(vector.createdAt.getTime())) details.push('createdAt');
  }
  if (row.size === null) details.push('vector');
  else if (Number(row.size) !== vector.size) details.push('number of numbers');
  else if (vector.vector !== undefined && row.numbers !== null) {
    const { numbers } = row;
    if (!decodeVector(vector.vector).every((number, at) => number === numbers[at])) details.push('numbers');
  }
  return details;
}

function reader(connection: GraphConnection) {
  const { driver, database } = connection;
  return async <Row>(row: z.ZodType<Row>, text: string, parameters: object): Promise<Row[]> => {
    try {
      const { records } = await driver.executeQuery(text, parameters, { database, routing: neo4j.routing.READ });
      return records.map((record) => row.parse(record.toObject()));
    } catch (error) {
      throw translateError(error, connection);
    }
  };
}

function nodeOf(graph: typeof atom.graph): NodeProjection {
  if (graph.kind !== 'node') throw new TypeError('Atoms must be nodes.');
  return graph;
}

function lowest(first: bigint, second: bigint): bigint {
  return first < second ? first : second;
}
