import { expect, test } from 'vitest';
import { runJobs } from './run-jobs.ts';

const never = new AbortController().signal;
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test('companions end with the jobs, and jobs with their drain', async () => {
  const drain = new AbortController();
  const ended: string[] = [];
  const running = runJobs(
    { run: (signals) => aborted(signals.drain).then(() => void ended.push('jobs')) },
    [{ run: (signal) => aborted(signal).then(() => void ended.push('companion')) }, { run: () => Promise.resolve() }],
    { drain: drain.signal, force: never },
  );
  drain.abort();
  await running;
  expect(ended.toSorted()).toEqual(['companion', 'jobs']);
});

test('a companion that fails ends the jobs; its error comes when all have ended', async () => {
  const goOn = Promise.withResolvers<void>();
  let isOver = false;
  const running = runJobs(
    { run: ({ drain }) => aborted(drain) },
    [
      { run: () => Promise.reject(new Error('a defect')) },
      { run: (signal) => aborted(signal).then(() => goOn.promise) },
    ],
    { drain: never, force: never },
  ).finally(() => {
    isOver = true;
  });
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  goOn.resolve();
  await expect(running).rejects.toThrow('a defect');
});

test("the jobs' own error comes before a companion's", async () => {
  const running = runJobs(
    { run: () => Promise.reject(new Error('of the jobs')) },
    [{ run: (signal) => aborted(signal).then(() => Promise.reject(new Error('of a companion'))) }],
    { drain: never, force: never },
  );
  await expect(running).rejects.toThrow('of the jobs');
});
