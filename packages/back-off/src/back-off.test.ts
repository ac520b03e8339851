import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

const options = { baseMs: 100, maxMs: 2_000 };

test('pauses double up to the maximum; half of each is random', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => backOffMs(attempt, options, () => 1))).toEqual([
    100, 200, 400, 800, 1_600, 2_000,
  ]);
  expect(backOffMs(3, options, () => 0)).toBe(200);
});

test('never more than the maximum, never less than half the base, after any number of attempts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const ms = backOffMs(attempt, options, () => random);
      expect(ms).toBeGreaterThanOrEqual(50);
      expect(ms).toBeLessThanOrEqual(2_000);
    }),
  );
});
