import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

test('the same seed gives the same numbers, another one others', () => {
  const take = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => random.between(1, 1000));
  };
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
  expect(new Set(take(7)).size).toBeGreaterThan(40);
});

test('between keeps both bounds and reaches them', () => {
  const random = seededRandom(1);
  const found = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
  expect([...found].sort()).toEqual([3, 4, 5]);
});
