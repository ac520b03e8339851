import { InvalidAnswerError } from './errors.ts';

/**
 * The vector with length 1.
 *
 * @throws InvalidAnswerError when it has no direction
 */
export function normalised(vector: Float32Array): Float32Array {
  let sum = 0;
  for (let place = 0; place < vector.length; place += 1) sum += (vector[place] ?? 0) ** 2;
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length) || length === 0) {
    throw new InvalidAnswerError('A vector has no direction: all its numbers are 0, or they are too large.');
  }
  const result = new Float32Array(vector.length);
  for (let place = 0; place < vector.length; place += 1) result[place] = (vector[place] ?? 0) / length;
  return result;
}

/** The first numbers of a vector, with length 1 again; for models that are made for it. */
export function cut(vector: Float32Array, dimension: number): Float32Array {
  return normalised(vector.slice(0, dimension));
}

/**
 * The mean of vectors of the same dimension, weighted, with length 1.
 *
 * @param weights as many as vectors, above 0
 */
export function weightedMean(vectors: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const [first] = vectors;
  if (first === undefined) throw new TypeError('There is no vector to take a mean of.');
  const sum = new Float32Array(first.length);
  for (const [index, vector] of vectors.entries()) {
    const weight = weights[index] ?? 0;
    for (const [place, value] of vector.entries()) sum[place] = (sum[place] ?? 0) + value * weight;
  }
  return normalised(sum);
}

/**
 * Checks vectors before anything is made of them.
 *
 * @throws InvalidAnswerError naming what is wrong
 */
export function checkVectors(vectors: readonly Float32Array[], count: number, dimension: number): void {
  if (vectors.length !== count) {
    throw new InvalidAnswerError(`The provider answered ${vectors.length} vectors for ${count} inputs.`);
  }
  for (const vector of vectors) {
    if (vector.length !== dimension) {
      throw new InvalidAnswerError(
        `The provider answered vectors of ${vector.length} numbers; the model is set to ${dimension}. Check model and dimension.`,
      );
    }
    if (!vector.every(Number.isFinite)) {
      throw new InvalidAnswerError('The provider answered a vector with values that are not numbers.');
    }
  }
}
