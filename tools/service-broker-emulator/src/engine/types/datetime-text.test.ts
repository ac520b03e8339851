import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLanguage, usEnglish } from '../../languages.ts';
import type { DateOrder } from './date-settings.ts';
import { dateOfDays, daysOf, partsOfTicks, ticksOfParts } from './datetime.ts';
import { formatDateTime } from './datetime-format.ts';
import { type DateReading, parseDateTime } from './datetime-text.ts';
import { datetime2Type } from './type-info.ts';

function read(text: string, order: DateOrder = 'mdy', given: Partial<DateReading> = {}): string {
  const parsed = parseDateTime(text, { order, language: usEnglish, legacy: false, ...given });
  if (typeof parsed === 'string') return parsed;
  const zone = parsed.offsetMinutes === undefined ? '' : ` ${parsed.offsetMinutes}`;
  return (
    formatDateTime(parsed.ticks, datetime2Type)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '') + zone
  );
}

describe('date and time text', () => {
  it.each([
    ['2024-03-05', '2024-03-05 00:00:00'],
    ['20240305', '2024-03-05 00:00:00'],
    ['240305', '2024-03-05 00:00:00'],
    ['2024', '2024-01-01 00:00:00'],
    ['3/5/2024', '2024-03-05 00:00:00'],
    ['3/5/49', '2049-03-05 00:00:00'],
    ['3/5/50', '1950-03-05 00:00:00'],
    ['2024/3/5 14:05', '2024-03-05 14:05:00'],
    ['20240305 14:05:06.123', '2024-03-05 14:05:06.123'],
    ['2024-03-05T14:05:06', '2024-03-05 14:05:06'],
    ['2024-03-05T14:05:06.1234567Z', '2024-03-05 14:05:06.1234567 0'],
    ['2024-03-05 14:05:06 +02:30', '2024-03-05 14:05:06 150'],
    ['Mar 5 2024 2:05PM', '2024-03-05 14:05:00'],
    ['March 5, 2024', '2024-03-05 00:00:00'],
    ['5 March 2024', '2024-03-05 00:00:00'],
    ['5-Mar-2024', '2024-03-05 00:00:00'],
    ['14:05', '1900-01-01 14:05:00'],
    ['2 PM', '1900-01-01 14:00:00'],
    ['12:00 AM', '1900-01-01 00:00:00'],
    ["{ts '2024-03-05 14:05:06'}", '2024-03-05 14:05:06'],
    ["{d '2024-03-05'}", '2024-03-05 00:00:00'],
    ['', '1900-01-01 00:00:00'],
    ['2024-02-30', 'range'],
    ['2024-13-01', 'range'],
    ['25:00', 'range'],
    ['tomorrow', 'syntax'],
    ['2024-03', 'syntax'],
    ['123', 'syntax'],
  ])('%o reads as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('follows the order of day and month', () => {
    expect(read('5/3/2024', 'dmy')).toBe('2024-03-05 00:00:00');
    expect(read('24/3/5', 'ymd')).toBe('2024-03-05 00:00:00');
  });

  // Each date for datetime, then for the types since 2008. Source: SQL Server 2025.
  it.each<[DateOrder, string, string, string]>([
    ['mdy', '2024-01-02', '2024-01-02', '2024-01-02'],
    ['dmy', '2024-01-02', '2024-02-01', '2024-01-02'],
    ['ydm', '2024-01-02', '2024-02-01', '2024-01-02'],
    ['dym', '2024-01-02', '2024-02-01', '2024-01-02'],
    ['ymd', '1/2/2024', '2024-01-02', '2024-01-02'],
    ['ydm', '1/2/2024', '2024-02-01', 'syntax'],
    ['myd', '1/2024/2', '2024-01-02', '2024-01-02'],
    ['mdy', '1/2024/2', '2024-01-02', 'syntax'],
    ['ymd', '1/2/24', '2001-02-24', '2001-02-24'],
    ['dmy', '20240102', '2024-01-02', '2024-01-02'],
    ['dmy', '2 Jan 2024', '2024-01-02', '2024-01-02'],
  ])('under %s %s is %s, or %s', (order, text, legacy, later) => {
    const day = (answer: string): string => answer.split(' ')[0] ?? '';
    expect([day(read(text, order, { legacy: true })), day(read(text, order))]).toEqual([legacy, later]);
  });

  it('knows the months of its language only, accents and all', () => {
    const french = { language: findLanguage('french') ?? usEnglish };
    expect(read('4 août 2024', 'dmy', french)).toBe('2024-08-04 00:00:00');
    expect(read('4 FÉVR 2024', 'dmy', french)).toBe('2024-02-04 00:00:00');
    expect([read('4 aout 2024', 'dmy', french), read('4 March 2024', 'dmy', french)]).toEqual(['syntax', 'syntax']);
    expect(read('4 März 2024')).toBe('syntax');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void read(text)));
    const unit = fc.constantFrom('1', '2', '0', '-', '/', ':', '.', ' ', 'T', 'Z', 'Jan', 'PM', '+');
    fc.assert(fc.property(fc.string({ unit, maxLength: 25 }), (text) => void read(text)));
  });
});

describe('the calendar', () => {
  it('goes from days to dates and back, without a gap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_652_058 }), (days) => {
        const { year, month, day } = dateOfDays(days);
        expect(daysOf(year, month, day)).toBe(days);
      }),
    );
    expect(daysOf(1, 1, 1)).toBe(0);
    expect(daysOf(1900, 1, 1)).toBe(693_595);
    expect(daysOf(9999, 12, 31)).toBe(3_652_058);
  });

  it('agrees with the parts', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 3_155_378_975_999_999_999n }), (ticks) => {
        expect(ticksOfParts(partsOfTicks(ticks))).toBe(ticks);
      }),
    );
  });
});
