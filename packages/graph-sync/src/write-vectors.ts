import { type AtomVector, decodeVector } from '@hartonomous/provenance-schema';
import type { NodeRow } from './entity-changes.ts';
import { toDriverValue } from './graph-value.ts';
import { type JoinedVectors, vectorProperty } from './node-vectors.ts';
import type { VectorStatements } from './vector-statements.ts';
import type { Answer } from './write-transaction.ts';

/** Vectors of nodes that a batch has just written. */
export interface VectorBatch {
  readonly statements: VectorStatements;
  readonly vectors: JoinedVectors;
  /** Nodes that the batch has written. */
  readonly fresh: readonly NodeRow[];
  /** Those of them that were there before. */
  readonly present: readonly NodeRow[];
  /** Whether any of these had a vector. */
  readonly hasAny: boolean;
  readonly rowsPerStatement: number;
}

/**
 * Numbers of a statement, all its vectors together. Each is nine bytes on the way: far more, and a statement of a model with
 * thousands of numbers takes tens of megabytes on either side.
 */
const numbersPerStatement = 200_000;

/**
 * Brings the vectors of nodes to what SQL has of them. Part of the transaction that wrote the nodes: what fences these fences the
 * vectors too.
 *
 * @param each runs a statement on rows, in slices
 * @param write runs a statement with the batch's number
 */
export async function writeVectors(
  { statements, vectors, fresh, present, hasAny, rowsPerStatement }: VectorBatch,
  each: (text: string, rows: readonly object[]) => Promise<readonly Answer[]>,
  write: (text: string, parameters: object) => Promise<readonly Answer[]>,
): Promise<void> {
  const { models, of } = vectors;
  // A database without models has no vectors, so that only edges could be left of those that it once had.
  if (hasAny || models.length > 0) await removeOthers(statements, of, present, each);
  const byModel = groupByModel(fresh, of);
  if (byModel.size === 0) return;
  await write(statements.writeModels, {
    models: models.map(({ dimension, ...model }) => ({ ...model, dimension: BigInt(dimension) })),
  });
  for (const [key, found] of byModel) {
    const property = vectorProperty(statements.projection, key);
    const numbers = (found[0]?.vector.vector.byteLength ?? 0) / Float32Array.BYTES_PER_ELEMENT;
    const size = Math.max(1, Math.min(rowsPerStatement, Math.floor(numbersPerStatement / Math.max(1, numbers))));
    for (let start = 0; start < found.length; start += size) {
      const rows = found.slice(start, start + size).map(({ row, vector }) => ({
        ...{ id: row.id, keep: row.keep },
        vector: decodeVector(vector.vector),
        jobId: vector.jobId,
        createdAt: toDriverValue(vector.createdAt),
      }));
      const [answer] = await write(statements.write, { key, property, rows });
      const nodes = Number(answer?.nodes ?? 0);
      if (nodes !== rows.length) throw new Error(`Of ${rows.length} vectors of ${key}, Neo4j wrote ${nodes}.`);
    }
  }
}

async function removeOthers(
  statements: VectorStatements,
  of: JoinedVectors['of'],
  present: readonly NodeRow[],
  each: (text: string, rows: readonly object[]) => Promise<readonly Answer[]>,
): Promise<void> {
  const rows = present.map(({ index, id, keep, entityId }) => ({
    ...{ index, id, keep },
    models: (of.get(entityId) ?? []).map(({ modelKey }) => modelKey),
  }));
  await each(statements.removeOthers, rows);
  const surplus = await each(statements.findOthers, rows);
  if (surplus.length === 0) return;
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  const cleared = surplus.flatMap(({ index, names }) => {
    const row = byIndex.get(Number(index));
    if (row === undefined || !Array.isArray(names)) return [];
    return [{ id: row.id, keep: row.keep, clear: Object.fromEntries(names.map((name) => [String(name), null])) }];
  });
  await each(statements.clear, cleared);
}

interface OwnVector {
  readonly row: NodeRow;
  readonly vector: AtomVector;
}

function groupByModel(fresh: readonly NodeRow[], of: JoinedVectors['of']): ReadonlyMap<string, readonly OwnVector[]> {
  const byModel = new Map<string, OwnVector[]>();
  for (const row of fresh) {
    for (const vector of of.get(row.entityId) ?? []) {
      const known = byModel.get(vector.modelKey);
      if (known === undefined) byModel.set(vector.modelKey, [{ row, vector }]);
      else known.push({ row, vector });
    }
  }
  return byModel;
}
