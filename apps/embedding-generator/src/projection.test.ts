import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Projector } from './projection.ts';

const unit = (numbers: readonly number[]) => {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (value) => value / length);
};
const numbers = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })
  .filter((values) => Math.hypot(...values) > 0.01);

test('within bounds, and the same in another process', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const { coordinates, bucket, hilbertValue } = new Projector(8).project(unit(values));
      for (const [axis, value] of coordinates.entries()) {
        expect(Math.abs(value)).toBeLessThanOrEqual(1);
        expect(bucket[axis]).toBe(Math.floor(value / 0.1));
      }
      expect(hilbertValue >= 0n && hilbertValue < 2n ** 63n).toBe(true);
    }),
  );
  expect(new Projector(8).project(unit([1, 2, 3, 4, 5, 6, 7, 8]))).toMatchInlineSnapshot(`
    {
      "bucket": [
        -9,
        -3,
        4,
      ],
      "coordinates": [
        -0.8135112891191381,
        -0.25687660484581143,
        0.48561966663828743,
      ],
      "hilbertValue": 2218625601245830399n,
    }
  `);
});

test('negative coordinates have buckets of their own', () => {
  const vector = unit([1, 2, 3, 4, 5, 6, 7, 8]);
  const [one, other] = [vector, vector.map((value) => -value)].map((each) => new Projector(8).project(each));
  for (const axis of [0, 1, 2] as const) expect(one?.bucket[axis]).not.toBe(other?.bucket[axis]);
});
