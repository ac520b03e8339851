import { expect, test } from 'vitest';
import { pace } from './pace.ts';

/** A clock that only moves when somebody waits, and oversleeps by `late` milliseconds each time. */
function clockThatIsLate(late: number) {
  let time = 1_000;
  return {
    now: () => time,
    pause: async (ms: number) => {
      time += ms + late;
    },
    advance: (ms: number) => {
      time += ms;
    },
  };
}

const signal = new AbortController().signal;

test('work is due at even distances', async () => {
  const due = await pace({ perSecond: 200, count: 4, signal, clock: clockThatIsLate(0) }, async (_, at) => at);
  expect(due).toEqual([1_000, 1_005, 1_010, 1_015]);
});

test('a pause that lasts too long moves no later due time, and what is late is started at once', async () => {
  const clock = clockThatIsLate(12);
  const started: number[] = [];
  const due = await pace({ perSecond: 200, count: 5, signal, clock }, async (_, at) => {
    started.push(clock.now());
    return at;
  });
  expect(due).toEqual([1_000, 1_005, 1_010, 1_015, 1_020]);
  expect(started).toEqual([1_000, 1_017, 1_017, 1_017, 1_032]);
});

test('work that does not end holds up no other', async () => {
  const first = Promise.withResolvers<string>();
  const running = pace({ perSecond: 1_000, count: 3, signal, clock: clockThatIsLate(0) }, async (index) => {
    if (index === 0) return await first.promise;
    if (index === 2) first.resolve('released by the third');
    return `${index}`;
  });
  expect(await running).toEqual(['released by the third', '1', '2']);
});

test('an error is thrown when all that was started has ended', async () => {
  const ended: number[] = [];
  const running = pace({ perSecond: 1_000, count: 3, signal, clock: clockThatIsLate(0) }, async (index) => {
    ended.push(index);
    if (index === 1) throw new Error('the second failed');
    return index;
  });
  await expect(running).rejects.toThrow('the second failed');
  expect(ended).toEqual([0, 1, 2]);
});

test('an abort ends it with its reason', async () => {
  const stop = new AbortController();
  const running = pace(
    { perSecond: 1_000, count: 100, signal: stop.signal, clock: clockThatIsLate(0) },
    async (index) => {
      if (index === 2) stop.abort(new Error('stopped'));
      return index;
    },
  );
  await expect(running).rejects.toThrow('stopped');
});
