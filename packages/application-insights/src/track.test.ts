import { expect, test } from 'vitest';
import { askedWaitMs } from './track.ts';

test.each([
  ['2', 2_000],
  ['99999999999', 3_600_000],
  ['1e999', 3_600_000],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %j', (header, expected) => {
  expect(askedWaitMs(header)).toBe(expected);
});
