import type { AtomVector, AtomVectorModel, VectorProjection } from '@hartonomous/provenance-schema';

/**
 * What SQL has of the vectors of the nodes that are written with it: all of them, so that a vector of one of these nodes that
 * isn't here goes.
 */
export interface NodeVectors {
  /** All models that SQL has. */
  readonly models: readonly AtomVectorModel[];
  /** Vectors of models that are in the graph, with the same numbers as the models say. */
  readonly vectors: readonly AtomVector[];
}

/** Vectors of several changes together. */
export interface JoinedVectors {
  readonly models: readonly AtomVectorModel[];
  /** By the id of their node. */
  readonly of: ReadonlyMap<bigint, readonly AtomVector[]>;
}

/** See {@link JoinedVectors}. */
export function joinVectors(all: readonly NodeVectors[]): JoinedVectors {
  const models = new Map<string, AtomVectorModel>();
  const of = new Map<bigint, AtomVector[]>();
  for (const { models: some, vectors } of all) {
    for (const model of some) models.set(model.key, model);
    for (const vector of vectors) {
      const known = of.get(vector.atomId);
      if (known === undefined) of.set(vector.atomId, [vector]);
      else known.push(vector);
    }
  }
  return { models: [...models.values()], of };
}

/** Name of the property with the vectors of a model. */
export function vectorProperty({ prefix }: VectorProjection, modelKey: string): string {
  return `${prefix}${modelKey}`;
}
