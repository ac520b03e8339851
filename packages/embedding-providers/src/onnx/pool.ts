import type { Pooling } from '../embedding-models.ts';

/**
 * The vector of a text, from the vectors of its tokens.
 *
 * @param states vectors of the tokens, one after the other
 * @param dimension numbers of a token's vector
 * @returns a copy, not normalised
 */
export function pool(states: Float32Array, dimension: number, pooling: Exclude<Pooling, 'model'>): Float32Array {
  const tokens = states.length / dimension;
  if (pooling === 'first') return states.slice(0, dimension);
  if (pooling === 'last') return states.slice((tokens - 1) * dimension);
  const mean = new Float32Array(dimension);
  for (let token = 0; token < tokens; token += 1) {
    for (let place = 0; place < dimension; place += 1) {
      mean[place] = (mean[place] ?? 0) + (states[token * dimension + place] ?? 0) / tokens;
    }
  }
  return mean;
}
