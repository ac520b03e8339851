import type { NodeVectors } from '@hartonomous/graph-sync';
import { type AtomVector, atomVectorModelRow, atomVectorRow, decodeVector } from '@hartonomous/provenance-schema';
import { RefusedEntityError } from './errors.ts';
import type { VectorRows } from './load-rows.ts';

/**
 * The vectors of atoms by their ids; atoms without any have an empty list. A vector that can't be in the graph has its atom refused.
 *
 * @throws z.ZodError when a table isn't what is declared
 */
export function atomVectorsOf({ models, vectors }: VectorRows): (atomId: bigint) => NodeVectors | RefusedEntityError {
  const known = models.map((row) => atomVectorModelRow.parse(row));
  const dimensions = new Map(known.map(({ key, dimension }) => [key, dimension]));
  const byAtom = new Map<bigint, AtomVector[] | RefusedEntityError>();
  for (const row of vectors) {
    const vector = atomVectorRow.parse(row);
    const dimension = dimensions.get(vector.modelKey);
    // Its model came in between the two reads: the message about this vector is still to come.
    if (dimension === undefined) continue;
    const problem = problemOf(vector, dimension);
    const others = byAtom.get(vector.atomId);
    if (others instanceof RefusedEntityError) continue;
    if (problem !== null) {
      const text = `The vector of atom ${vector.atomId} by the model ${vector.modelKey} in dbo.AtomEmbedding ${problem}.`;
      byAtom.set(vector.atomId, new RefusedEntityError('INVALID_ROW', text, undefined));
    } else if (others === undefined) byAtom.set(vector.atomId, [vector]);
    else others.push(vector);
  }
  return (atomId) => {
    const found = byAtom.get(atomId) ?? [];
    return found instanceof RefusedEntityError ? found : { models: known, vectors: found };
  };
}

function problemOf({ vector }: AtomVector, dimension: number): string | null {
  const numbers = vector.byteLength / Float32Array.BYTES_PER_ELEMENT;
  if (numbers !== dimension) return `has ${numbers} numbers, and the model ${dimension}`;
  return decodeVector(vector).every(Number.isFinite) ? null : 'has a NaN or an infinity';
}
