/** Numbers that look random and are the same for the same seed, so that a failed run can be played again. */
export interface SeededRandom {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** Whole, from `least` to `most`, both included. */
  between(least: number, most: number): number;
}

/** Mulberry32: 32 bits of state are plenty for choosing moments and rows of a test. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, next, between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
