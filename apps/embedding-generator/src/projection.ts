import { hilbertBits, hilbertValue } from './hilbert.ts';

/** Where a vector lies in three dimensions; for grouping and display, never for ranking: three axes keep little of likeness. */
export interface Projection {
  /** From -1 to 1. */
  readonly coordinates: readonly [number, number, number];
  readonly hilbertValue: bigint;
  /** Coordinates in units of 0.1, rounded down. */
  readonly bucket: readonly [number, number, number];
}

/** Seed of the axes. Another seed means other coordinates for all vectors, so it belongs to the version of a model. */
const seed = 0x9e37_79b9;

/**
 * Projects vectors of one dimension on three axes with normally distributed numbers from a seeded generator (mulberry32, Box and
 * Muller).
 */
export class Projector {
  readonly #axes: readonly [Float64Array, Float64Array, Float64Array];

  /** @param dimension numbers of a vector */
  constructor(dimension: number) {
    const next = uniform(seed);
    const axis = () => Float64Array.from({ length: dimension }, () => normal(next) / Math.sqrt(3));
    this.#axes = [axis(), axis(), axis()];
  }

  /** @param vector of length 1 */
  project(vector: Float32Array): Projection {
    const on = (axis: Float64Array) => clamp(vector.reduce((sum, value, place) => sum + value * (axis[place] ?? 0), 0));
    const [x, y, z] = this.#axes;
    const coordinates = [on(x), on(y), on(z)] as const;
    const scale = (value: number) => Math.floor(((value + 1) / 2) * (2 ** hilbertBits - 1));
    const bucket = (value: number) => Math.floor(value / 0.1);
    const [a, b, c] = coordinates;
    return {
      coordinates,
      hilbertValue: hilbertValue([scale(a), scale(b), scale(c)]),
      bucket: [bucket(a), bucket(b), bucket(c)],
    };
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

/** Numbers from 0 to 1, without 0 (mulberry32). */
function uniform(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 1) / (2 ** 32 + 1);
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}
