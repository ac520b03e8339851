import { expect, test } from 'vitest';
import { formatNumber, formatTable } from './table.ts';

test.each([
  [12_345.6, '12,346'],
  [123.4, '123'],
  [12.34, '12.3'],
  [1.234, '1.23'],
  [0.01234, '0.0123'],
  [0, '0.00'],
  [Number.NaN, 'NaN'],
])('%d is shown as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('columns line up, numbers at their right; the spread shows only for several samples', () => {
  const table = formatTable([
    { name: 'ceiling', value: 18_111, unit: 'rows/s', ratio: null, ratioTo: null, samples: [18_111], note: '' },
    {
      name: 'drain',
      value: 9_000,
      unit: 'rows/s',
      ratio: 0.497,
      ratioTo: 'ceiling',
      samples: [8_000, 10_000],
      note: 'x',
    },
  ]);
  expect(table.split('\n')).toEqual([
    'name      value  unit    ratio  ratioTo       min - max  note',
    '-------  ------  ------  -----  -------  --------------  ----',
    'ceiling  18,111  rows/s',
    'drain     9,000  rows/s  0.497  ceiling  8,000 - 10,000  x',
  ]);
});
