import { expect, test } from 'vitest';
import { intervalOf, judge, type LoadInterval } from './verdict.ts';

const interval = (atSeconds: number, changes: Partial<LoadInterval> = {}): LoadInterval => ({
  ...{ atSeconds, arrived: 2_000, open: 3, p50: 5, p95: 9, p99: 20, memoryMb: 150 },
  ...changes,
});
const run = (changes: (place: number) => Partial<LoadInterval>) =>
  Array.from({ length: 12 }, (_, place) => interval((place + 1) * 10, changes(place)));

test('a rate that is held', () => {
  expect(
    judge(
      run(() => ({})),
      200,
    ),
  ).toEqual({ held: true, reason: '200 changes a second were held' });
});

test('a worker that falls behind has more and more open', () => {
  expect(
    judge(
      run((place) => ({ open: place * 100 })),
      200,
    ),
  ).toMatchObject({ held: false, reason: expect.stringMatching(/1100 changes/) });
});

test('a worker that leaks is larger at the end, whatever compiled at the beginning', () => {
  expect(
    judge(
      run((place) => ({ memoryMb: 150 + 20 * place })),
      200,
    ),
  ).toMatchObject({ held: false, reason: expect.stringMatching(/grew by/) });
  expect(
    judge(
      run((place) => ({ memoryMb: place === 0 ? 400 : 150 })),
      200,
    ).held,
  ).toBe(true);
  expect(
    judge(
      run(() => ({ memoryMb: null })),
      200,
    ).held,
  ).toBe(true);
});

test('nothing measured is not held', () => {
  expect(judge([], 200).held).toBe(false);
});

test('an interval has its percentiles', () => {
  expect(intervalOf([1, 2, 3, 4], { atSeconds: 10, open: 0, memoryMb: null })).toMatchObject({
    arrived: 4,
    p50: 2,
    p99: 4,
  });
});
