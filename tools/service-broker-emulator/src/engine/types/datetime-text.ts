import { type DateTimeParts, monthNames, ticksOfParts } from './datetime.ts';

export type DateOrder = 'mdy' | 'dmy' | 'ymd' | 'ydm' | 'myd' | 'dym';

/** A date-time as read from text. */
export interface ParsedDateTime {
  /** Local ticks since 0001-01-01; without a date the day is 1900-01-01. */
  readonly ticks: bigint;
  /** Present when the text has a time zone. */
  readonly offsetMinutes?: number;
  /** Digits after the seconds, 0 to 7 and beyond. */
  readonly fractionDigits: number;
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: number;
  readonly fractionDigits: number;
}

const midnight: TimeOfDay = { hour: 0, minute: 0, second: 0, fraction: 0, fractionDigits: 0 };
const months = new Map<string, number>(
  monthNames.flatMap((name, index) => [
    [name.toLowerCase(), index + 1] as const,
    [name.slice(0, 3).toLowerCase(), index + 1] as const,
  ]),
);

const odbcPattern = /^\{\s*(?:d|t|ts)\s*'([^']*)'\s*\}$/i;
const zonePattern = /\s*(?:(Z)|([+-])(\d{2}):(\d{2}))$/i;
const timePattern = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:([.:])(\d{1,9}))?)?)?\s*(am|pm)?$/i;
const isoPattern = /^(\d{4})-(\d{2})-(\d{2})T(.+)$/i;
const plainPattern = /^(\d{8}|\d{6}|\d{4})(?:\s+(.+))?$/;
const numericPattern = /^(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?:\s+(.+))?$/;
const monthNameFirst = /^([A-Za-z]{3,9})\.?\s*(\d{1,2})?\s*,?\s*(\d{4}|\d{2})?(?:\s+(.+))?$/;
const monthNameMiddle = /^(\d{1,4})[\s-]*([A-Za-z]{3,9})[\s,.-]*(\d{1,4})?(?:\s+(.+))?$/;

/**
 * Reads the date and time formats that SQL Server takes: ISO 8601, unseparated, numeric in the order given, with month
 * names, ODBC escapes, time only.
 *
 * @returns `syntax` when the text has no such form, `range` when it has but the date or time does not exist
 */
export function parseDateTime(text: string, order: DateOrder = 'mdy'): ParsedDateTime | 'syntax' | 'range' {
  let rest = text.trim();
  if (rest === '') return finish(1900, 1, 1, midnight, undefined);
  const odbc = odbcPattern.exec(rest);
  if (odbc !== null) rest = (odbc[1] ?? '').trim();
  let offset: number | undefined;
  const zone = /:\d/.test(rest) ? zonePattern.exec(rest) : null;
  if (zone !== null) {
    offset = zone[1] !== undefined ? 0 : Number(zone[3]) * 60 + Number(zone[4]);
    if (offset > 840 || Number(zone[4] ?? 0) > 59) return 'range';
    if (zone[2] === '-') offset = -offset;
    rest = rest.slice(0, zone.index);
  }
  const iso = isoPattern.exec(rest);
  if (iso !== null) return withTime(Number(iso[1]), Number(iso[2]), Number(iso[3]), iso[4], offset);
  const plain = plainPattern.exec(rest);
  if (plain !== null && !/^\s*(am|pm)$/i.test(plain[2] ?? '')) return parsePlain(plain[1] ?? '', plain[2], offset);
  const numeric = numericPattern.exec(rest);
  if (numeric !== null) return parseNumeric(numeric, order, offset);
  const time = parseTime(rest);
  if (time !== undefined && /[:a-z]/i.test(rest)) {
    return time === 'range' ? 'range' : finish(1900, 1, 1, time, offset);
  }
  return parseNamed(rest, offset);
}

function parsePlain(digits: string, time: string | undefined, offset: number | undefined) {
  if (digits.length === 4) return withTime(Number(digits), 1, 1, time, offset);
  const yearDigits = digits.length - 4;
  const year = digits.slice(0, yearDigits);
  return withTime(
    fullYear(year),
    Number(digits.slice(yearDigits, yearDigits + 2)),
    Number(digits.slice(yearDigits + 2)),
    time,
    offset,
  );
}

function parseNumeric(match: RegExpExecArray, order: DateOrder, offset: number | undefined) {
  const fields = [match[1] ?? '', match[3] ?? '', match[4] ?? ''];
  const first = fields[0] ?? '';
  const last = fields[2] ?? '';
  if (first.length === 3 || last.length === 3) return 'syntax';
  // A four-digit year says where the year is, whatever the order; month and day keep their order.
  let positions = order;
  if (first.length === 4) positions = order === 'ydm' ? 'ydm' : 'ymd';
  else if (last.length === 4) positions = order.indexOf('m') < order.indexOf('d') ? 'mdy' : 'dmy';
  const field = (part: string): string => fields[positions.indexOf(part)] ?? '';
  if (field('m').length > 2 || field('d').length > 2) return 'syntax';
  return withTime(fullYear(field('y')), Number(field('m')), Number(field('d')), match[5], offset);
}

function parseNamed(text: string, offset: number | undefined) {
  const first = monthNameFirst.exec(text);
  if (first !== null) {
    const month = months.get((first[1] ?? '').toLowerCase());
    if (month === undefined) return 'syntax';
    const [, , day, year, time] = first;
    if (year === undefined) {
      // `Jan 24` and `Jan 2024` alone: a year without a day.
      return 'syntax';
    }
    return withTime(fullYear(year), month, day === undefined ? 1 : Number(day), time, offset);
  }
  const middle = monthNameMiddle.exec(text);
  if (middle !== null) {
    const month = months.get((middle[2] ?? '').toLowerCase());
    const before = middle[1] ?? '';
    const after = middle[3];
    if (month === undefined || before.length === 3 || after?.length === 3) return 'syntax';
    if (before.length === 4)
      return withTime(Number(before), month, after === undefined ? 1 : Number(after), middle[4], offset);
    if (after === undefined) return 'syntax';
    return withTime(fullYear(after), month, Number(before), middle[4], offset);
  }
  return 'syntax';
}

/** Two digits mean 1950 to 2049. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

function withTime(
  year: number,
  month: number,
  day: number,
  timeText: string | undefined,
  offset: number | undefined,
): ParsedDateTime | 'syntax' | 'range' {
  if (timeText === undefined) return finish(year, month, day, midnight, offset);
  const time = parseTime(timeText.trim());
  if (time === undefined) return 'syntax';
  if (time === 'range') return 'range';
  return finish(year, month, day, time, offset);
}

function parseTime(text: string): TimeOfDay | 'range' | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, hourText, minuteText, secondText, separator, fractionText = '', half] = match;
  if (minuteText === undefined && half === undefined) return undefined;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour > 23) return 'range';
    if (hour <= 12) hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  // After a colon the digits count milliseconds, after a point they are a decimal fraction.
  const digits = separator === ':' ? fractionText.padStart(3, '0') : fractionText;
  return {
    hour,
    minute: Number(minuteText ?? 0),
    second: Number(secondText ?? 0),
    fraction: Number(digits.slice(0, 7).padEnd(7, '0')),
    fractionDigits: digits.length,
  };
}

function finish(
  year: number,
  month: number,
  day: number,
  time: TimeOfDay,
  offset: number | undefined,
): ParsedDateTime | 'range' {
  const parts: DateTimeParts = { year, month, day, ...time };
  const ticks = ticksOfParts(parts);
  if (ticks === undefined) return 'range';
  return {
    ticks,
    fractionDigits: time.fractionDigits,
    ...(offset === undefined ? {} : { offsetMinutes: offset }),
  };
}
