import { expect, test } from 'vitest';
import { heapGrowthPercent } from './heap-growth.ts';

const mebi = 1024 * 1024;

test.each([
  [0, 200],
  [10 * mebi, 200],
  [100 * mebi, 100],
  [200 * mebi, 50],
  [400 * mebi, 25],
  [4_000 * mebi, 25],
])('a heap of %d bytes may grow by %d percent', (used, percent) => {
  expect(heapGrowthPercent(used)).toBe(percent);
});
