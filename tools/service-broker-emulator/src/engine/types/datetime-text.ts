import type { Language } from '../../languages.ts';
import type { DateOrder } from './date-settings.ts';
import { type DateTimeParts, ticksOfParts } from './datetime.ts';

/** How a text is to be read. */
export interface DateReading {
  readonly order: DateOrder;
  readonly language: Language;
  /** As datetime and smalldatetime read it: a year of four digits may stand anywhere, and leaves month and day in their order. */
  readonly legacy: boolean;
  /** Digits of the year in dates of numbers that a style of CONVERT asks for. @default undefined: two or four */
  readonly yearDigits?: 2 | 4 | undefined;
}

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
const monthsByLanguage = new WeakMap<Language, ReadonlyMap<string, number>>();

/** Months by their full and short names in lower case. */
function monthsOf(language: Language): ReadonlyMap<string, number> {
  let months = monthsByLanguage.get(language);
  if (months === undefined) {
    months = new Map(
      [language.months, language.shortMonths].flatMap((names) =>
        names.map((name, index) => [name.toLowerCase(), index + 1] as const),
      ),
    );
    monthsByLanguage.set(language, months);
  }
  return months;
}

const odbcPattern = /^\{\s*(?:d|t|ts)\s*'([^']*)'\s*\}$/i;
const zonePattern = /\s*(?:(Z)|([+-])(\d{2}):(\d{2}))$/i;
const timePattern = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:([.:])(\d{1,9}))?)?)?\s*(am|pm)?$/i;
const isoPattern = /^(\d{4})-(\d{2})-(\d{2})T(.+)$/i;
const plainPattern = /^(\d{8}|\d{6}|\d{4})(?:\s+(.+))?$/;
const numericPattern = /^(\d{1,4})\s*([-/.])\s*(\d{1,4})\s*\2\s*(\d{1,4})(?:\s+(.+))?$/;
const monthNameFirst = /^([\p{L}\p{M}]+)\.?\s*(\d{1,2})?\s*,?\s*(\d{4}|\d{2})?(?:\s+(.+))?$/u;
const monthNameMiddle = /^(\d{1,4})[\s-]*([\p{L}\p{M}]+)[\s,.-]*(\d{1,4})?(?:\s+(.+))?$/u;

/**
 * Reads the date and time formats that SQL Server takes: ISO 8601, unseparated, numeric in the order given, with month
 * names, ODBC escapes, time only.
 *
 * @returns `syntax` when the text has no such form, `range` when it has but the date or time does not exist
 */
export function parseDateTime(text: string, reading: DateReading): ParsedDateTime | 'syntax' | 'range' {
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
  if (numeric !== null) return parseNumeric(numeric, reading, offset);
  const time = parseTime(rest);
  if (time !== undefined && /[:a-z]/i.test(rest)) {
    return time === 'range' ? 'range' : finish(1900, 1, 1, time, offset);
  }
  return parseNamed(rest, monthsOf(reading.language), offset);
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

/**
 * Where day, month and year stand in a date of three numbers. Undefined where they aren't a date.
 * Source: Microsoft's documentation of SET DATEFORMAT, and SQL Server 2025.
 */
function positionsOf(lengths: readonly number[], { order, legacy, yearDigits }: DateReading): string | undefined {
  const monthFirst = order.indexOf('m') < order.indexOf('d');
  if (legacy) {
    const year = lengths.indexOf(4);
    if (year < 0) return order;
    const others = monthFirst ? 'md' : 'dm';
    return `${others.slice(0, year)}y${others.slice(year)}`;
  }
  if (yearDigits !== undefined) return order;
  if (lengths[0] === 4) return 'ymd';
  if (order === 'ydm') return undefined;
  return order === 'ymd' && lengths[2] === 4 ? 'mdy' : order;
}

function parseNumeric(match: RegExpExecArray, reading: DateReading, offset: number | undefined) {
  const fields = [match[1] ?? '', match[3] ?? '', match[4] ?? ''];
  const lengths = fields.map(({ length }) => length);
  const positions = positionsOf(lengths, reading);
  if (positions === undefined) return 'syntax';
  const field = (part: string): string => fields[positions.indexOf(part)] ?? '';
  const { length: yearLength } = field('y');
  if (yearLength === 3 || field('m').length > 2 || field('d').length > 2) return 'syntax';
  if (reading.yearDigits !== undefined && (yearLength === 4 ? 4 : 2) !== reading.yearDigits) return 'syntax';
  return withTime(fullYear(field('y')), Number(field('m')), Number(field('d')), match[5], offset);
}

function parseNamed(text: string, months: ReadonlyMap<string, number>, offset: number | undefined) {
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
