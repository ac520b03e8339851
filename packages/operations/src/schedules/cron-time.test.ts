import { describe, expect, test } from 'vitest';
import { cronTime } from './cron-time.ts';

/** So many times after one, in UTC. */
function times(expression: string, timeZone: string, from: string, count: number): string[] {
  const time = cronTime(expression, timeZone);
  const found: string[] = [];
  for (let after: Date | null = new Date(from); found.length < count && after !== null; ) {
    after = time.next(after);
    if (after !== null) found.push(after.toISOString().slice(0, 16));
  }
  return found;
}

describe('changes of the clock', () => {
  test.each<[what: string, expression: string, timeZone: string, from: string, expected: string[]]>([
    [
      'Berlin springs forward: 02:30 is not there, so it comes at 03:00, once',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'Berlin falls back: 02:30 is there twice, and comes once',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'lists and ranges are fixed times, too',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-26T01:00'],
    ],
    [
      'every half hour goes on through the gap',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:10Z',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      'every half hour goes on through the hour that is there twice',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:10Z',
      ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-25T02:00'],
    ],
    [
      'New York springs forward',
      '0 2 * * *',
      'America/New_York',
      '2026-03-07T12:00Z',
      ['2026-03-08T07:00', '2026-03-09T06:00'],
    ],
    [
      'New York falls back',
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00Z',
      ['2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    [
      'Lord Howe moves by half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T16:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'a place without summer time',
      '30 2 * * *',
      'Asia/Kolkata',
      '2026-03-28T00:00Z',
      ['2026-03-28T21:00', '2026-03-29T21:00'],
    ],
  ])('%s', (_, expression, timeZone, from, expected) => {
    expect(times(expression, timeZone, from, expected.length)).toEqual(expected);
  });

  test('a working day by the clock of London has the same hour all year', () => {
    expect(times('0 3 * * 1-5', 'Europe/London', '2026-10-23T12:00Z', 2)).toEqual([
      '2026-10-26T03:00',
      '2026-10-27T03:00',
    ]);
    expect(times('0 3 * * 1-5', 'Europe/London', '2026-10-22T12:00Z', 1)).toEqual(['2026-10-23T02:00']);
  });

  test('whatever the time zone of this machine', () => {
    expect(times('30 2 * * *', 'UTC', '2026-03-28T23:00Z', 1)).toEqual(['2026-03-29T02:30']);
  });
});

test('29 February comes, 30 February never', () => {
  expect(times('0 0 29 2 *', 'UTC', '2026-10-03T00:00Z', 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
  expect(() => cronTime('0 0 30 2 *', 'UTC')).toThrow(/never comes/);
});

test.each(['', '* * * *', '* * * * * *', '61 * * * *', 'a b c d e', '* 25 * * *'])(
  '%j is not an expression',
  (text) => {
    expect(() => cronTime(text, 'UTC')).toThrow(expect.objectContaining({ code: 'SCHEDULE_UNUSABLE', kind: 'usage' }));
  },
);

test.each(['', 'Mars/Base', 'Berlin'])('%j is not a time zone', (timeZone) => {
  expect(() => cronTime('0 0 * * *', timeZone)).toThrow(/There is no time zone/);
});

test('an expression that the table would cut is refused, since what is left may be another time', () => {
  const minutes = (count: number) => Array.from({ length: count }, (_, minute) => minute).join(',');
  expect(() => cronTime(`${minutes(40)} * * * *`, 'UTC')).not.toThrow();
  expect(() => cronTime(`${minutes(60)} * * * *`, 'UTC')).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_UNUSABLE', message: expect.stringContaining('at most 128') }),
  );
});
