import { expect, test } from 'vitest';
import { RetrySchedule } from './retry-schedule.ts';

function scheduleAt(start: number) {
  const clock = { now: start };
  return { clock, schedule: new RetrySchedule(5_000, () => clock.now) };
}

test('the first look is at once, and one reader at a time looks', () => {
  const { clock, schedule } = scheduleAt(100);
  expect(schedule.claim()).toBe(true);
  expect(schedule.claim()).toBe(false);
  expect(schedule.msToNextLook).toBe(5_000);
  clock.now += 5_000;
  expect(schedule.claim()).toBe(true);
});

test('what is put there brings the next look forward, and never puts it off', () => {
  const { clock, schedule } = scheduleAt(0);
  schedule.claim();
  schedule.expect(1_000);
  schedule.expect(9_000);
  expect(schedule.msToNextLook).toBe(1_000);
  clock.now = 1_000;
  expect(schedule.claim()).toBe(true);
  expect(schedule.msToNextLook).toBe(5_000);
});
