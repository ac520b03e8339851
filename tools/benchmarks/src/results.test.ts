import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResultDefinition } from './benchmark.ts';
import { median, summarize, toJson } from './results.ts';

const definitions: readonly ResultDefinition[] = [
  { name: 'ceiling', unit: 'rows/s', about: 'as fast as it gets' },
  { name: 'drain', unit: 'rows/s', ratioTo: 'ceiling', about: 'what we reach' },
];

test('the median of an odd number of values is the middle one, of an even number the mean of two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('the median lies between the least and the greatest value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      expect(median(values)).toBeGreaterThanOrEqual(Math.min(...values));
      expect(median(values)).toBeLessThanOrEqual(Math.max(...values));
    }),
  );
});

test('a ratio is that of the medians', () => {
  const rows = summarize(definitions, [
    { name: 'drain', samples: [60, 50, 1000] },
    { name: 'ceiling', samples: [120] },
  ]);
  expect(rows.map(({ name, value, ratio, ratioTo }) => ({ name, value, ratio, ratioTo }))).toEqual([
    { name: 'ceiling', value: 120, ratio: null, ratioTo: null },
    { name: 'drain', value: 60, ratio: 0.5, ratioTo: 'ceiling' },
  ]);
});

test('what was not measured is left out, and there is no ratio to it', () => {
  expect(summarize(definitions, [{ name: 'drain', samples: [60] }])).toMatchObject([
    { name: 'drain', value: 60, ratio: null, ratioTo: null },
  ]);
});

test('the file holds name, value, unit, ratio and ratioTo of each result', () => {
  const rows = summarize(definitions, [
    { name: 'ceiling', samples: [120], note: 'for the table only' },
    { name: 'drain', samples: [60] },
  ]);
  expect(JSON.parse(toJson(rows))).toEqual([
    { name: 'ceiling', value: 120, unit: 'rows/s', ratio: null, ratioTo: null },
    { name: 'drain', value: 60, unit: 'rows/s', ratio: 0.5, ratioTo: 'ceiling' },
  ]);
});
