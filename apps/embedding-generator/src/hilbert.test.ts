import { expect, test } from 'vitest';
import { hilbertValue } from './hilbert.ts';

const top = 2 ** 21 - 1;

test.each<[[number, number, number], bigint]>([
  [[0, 0, 0], 0n],
  [[1, 2, 3], 48n],
  [[top, 0, 0], 9223372036854775807n],
  [[0, top, 0], 4282279874254003053n],
  [[0, 0, top], 1317624576693539401n],
  [[top, top, top], 6588122883467697005n],
  [[123_456, 654_321, 2_000_000], 2119209001329663413n],
])('%j is at %s', (point, value) => {
  expect(hilbertValue(point)).toBe(value);
});

test.each([1, 2, 3])(
  'with %i bits an axis, every place is one point, and places side by side are points side by side',
  (bits) => {
    const size = 2 ** bits;
    const range = Array.from({ length: size }, (_, index) => index);
    const points = range.flatMap((x) => range.flatMap((y) => range.map((z): [number, number, number] => [x, y, z])));
    const ordered = points
      .map((point) => ({ point, value: Number(hilbertValue(point, bits)) }))
      .sort((one, other) => one.value - other.value);
    expect(ordered.map(({ value }) => value)).toEqual(ordered.map((_, index) => index));
    for (const [index, { point }] of ordered.entries()) {
      const next = ordered[index + 1]?.point;
      if (next === undefined) continue;
      expect(point.reduce((sum, value, axis) => sum + Math.abs(value - (next[axis] ?? 0)), 0)).toBe(1);
    }
  },
);
