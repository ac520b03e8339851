import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from './percentile.ts';

test.each([
  [50, 5],
  [90, 9],
  [91, 10],
  [99, 10],
  [100, 10],
  [1, 1],
])('percentile %d of 1 to 10 is %d', (percent, value) => {
  expect(percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent)).toBe(value);
});

test('one value is every percentile, and no values have none', () => {
  expect(percentile([7], 50)).toBe(7);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

test('at least so many percent of the values are at or below it, and fewer are below it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const value = percentile(values, percent);
      const share = (count: number) => (count / values.length) * 100;
      expect(share(values.filter((other) => other <= value).length)).toBeGreaterThanOrEqual(percent - 1e-9);
      expect(share(values.filter((other) => other < value).length)).toBeLessThan(percent);
    }),
  );
});
