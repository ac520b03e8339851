import { expect, test } from 'vitest';
import { rateOf, rateOfWorker } from './watch-work.ts';

const worker = (instance: string) => ({ instance });
const done = [
  { instance: 'a-1', done: 120, failed: 1 },
  { instance: 'b-2', done: 60, failed: 0 },
];

test('a rate is of what ended well; what failed is counted', () => {
  expect(rateOf(done, 60)).toEqual({ perSecond: 3, errors: 1 });
  expect(rateOf([], 60)).toEqual({ perSecond: 0, errors: 0 });
  expect(rateOf(null, 60)).toEqual({ perSecond: null, errors: null });
});

test('a worker has its own; where it is not recorded who did it, nothing is said of it', () => {
  expect(rateOfWorker(worker('a-1'), done, 60)).toEqual({ perSecond: 2, errors: 1 });
  expect(rateOfWorker(worker('c-3'), done, 60)).toEqual({ perSecond: 0, errors: 0 });
  const unnamed = [{ instance: null, done: 5, failed: 0 }];
  expect(rateOfWorker(worker('c-3'), unnamed, 60)).toEqual({ perSecond: null, errors: null });
  expect(rateOfWorker(worker('c-3'), [{ instance: null, done: 0, failed: 0 }], 60)).toMatchObject({ perSecond: 0 });
  expect(rateOfWorker(worker('a-1'), null, 60)).toEqual({ perSecond: null, errors: null });
});
