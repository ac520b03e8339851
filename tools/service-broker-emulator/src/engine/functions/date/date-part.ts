import type { Language } from '../../../languages.ts';
import {
  type DateTimeParts,
  dateOfDays,
  daysInMonth,
  daysOf,
  partsOfTicks,
  ticksPerDay,
  ticksPerHour,
  ticksPerMillisecond,
  ticksPerMinute,
  ticksPerSecond,
  weekdayOf,
} from '../../types/datetime.ts';
import { formatOffset } from '../../types/datetime-format.ts';
import { unknownDatePart } from '../errors.ts';

/** Parts of a date that DATEADD and its sisters take. */
export type DatePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'dayofyear'
  | 'day'
  | 'week'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'
  | 'nanosecond'
  | 'tzoffset'
  | 'iso_week';

const partNames: Readonly<Record<string, DatePart>> = {
  year: 'year',
  yy: 'year',
  yyyy: 'year',
  quarter: 'quarter',
  qq: 'quarter',
  q: 'quarter',
  month: 'month',
  mm: 'month',
  m: 'month',
  dayofyear: 'dayofyear',
  dy: 'dayofyear',
  y: 'dayofyear',
  day: 'day',
  dd: 'day',
  d: 'day',
  week: 'week',
  wk: 'week',
  ww: 'week',
  weekday: 'weekday',
  dw: 'weekday',
  w: 'weekday',
  hour: 'hour',
  hh: 'hour',
  minute: 'minute',
  mi: 'minute',
  n: 'minute',
  second: 'second',
  ss: 'second',
  s: 'second',
  millisecond: 'millisecond',
  ms: 'millisecond',
  microsecond: 'microsecond',
  mcs: 'microsecond',
  nanosecond: 'nanosecond',
  ns: 'nanosecond',
  tzoffset: 'tzoffset',
  tz: 'tzoffset',
  iso_week: 'iso_week',
  isowk: 'iso_week',
  isoww: 'iso_week',
};

const datePartFunctions: ReadonlySet<string> = new Set([
  'DATEADD',
  'DATEDIFF',
  'DATEDIFF_BIG',
  'DATEPART',
  'DATENAME',
  'DATETRUNC',
  'DATE_BUCKET',
]);

/**
 * True for the functions whose first argument is the name of a date part, not an expression. The caller passes that
 * name as a string value (type varchar).
 */
export function isDatePartFunction(name: string): boolean {
  return datePartFunctions.has(name.toUpperCase());
}

/** @throws {SqlError} 155 for a name that isn't a date part */
export function datePartOf(name: string, functionName: string): DatePart {
  const key = name.toLowerCase();
  const part = Object.hasOwn(partNames, key) ? partNames[key] : undefined;
  if (part === undefined) {
    throw unknownDatePart(name, functionName.toLowerCase());
  }
  return part;
}

/** Length in ticks of the parts that have a fixed one. */
export const partTicks: Readonly<Partial<Record<DatePart, bigint>>> = {
  dayofyear: ticksPerDay,
  day: ticksPerDay,
  weekday: ticksPerDay,
  week: 7n * ticksPerDay,
  hour: ticksPerHour,
  minute: ticksPerMinute,
  second: ticksPerSecond,
  millisecond: ticksPerMillisecond,
  microsecond: 10n,
};

/** Adds whole months; a day that the month lacks becomes its last. Undefined outside years 1 to 9999. */
export function addMonths(ticks: bigint, months: number): bigint | undefined {
  const { year, month, day } = partsOfTicks(ticks);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = (total % 12) + 1;
  if (newYear < 1 || newYear > 9999) return undefined;
  const newDay = Math.min(day, daysInMonth(newYear, newMonth));
  return BigInt(daysOf(newYear, newMonth, newDay)) * ticksPerDay + (ticks % ticksPerDay);
}

function dayOfYear(parts: DateTimeParts): number {
  return daysOf(parts.year, parts.month, parts.day) - daysOf(parts.year, 1, 1) + 1;
}

/** @param dateFirst first day of the week, 1 (Monday) to 7 (Sunday) */
function weekday(ticks: bigint, dateFirst: number): number {
  return ((weekdayOf(ticks) + 1 - dateFirst + 7) % 7) + 1;
}

function weekOfYear(parts: DateTimeParts, dateFirst: number): number {
  const firstWeekday = weekday(BigInt(daysOf(parts.year, 1, 1)) * ticksPerDay, dateFirst);
  return Math.floor((dayOfYear(parts) + firstWeekday - 2) / 7) + 1;
}

/** ISO 8601: the week of the Thursday. */
function isoWeek(ticks: bigint): number {
  const thursday = Number(ticks / ticksPerDay) - weekdayOf(ticks) + 3;
  const { year } = dateOfDays(thursday);
  return Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1;
}

/** DATEPART of local ticks. */
export function partValue(part: DatePart, ticks: bigint, offsetMinutes: number, dateFirst: number): number {
  const parts = partsOfTicks(ticks);
  switch (part) {
    case 'year':
      return parts.year;
    case 'quarter':
      return Math.ceil(parts.month / 3);
    case 'month':
      return parts.month;
    case 'dayofyear':
      return dayOfYear(parts);
    case 'day':
      return parts.day;
    case 'week':
      return weekOfYear(parts, dateFirst);
    case 'weekday':
      return weekday(ticks, dateFirst);
    case 'hour':
      return parts.hour;
    case 'minute':
      return parts.minute;
    case 'second':
      return parts.second;
    case 'millisecond':
      return Math.floor(parts.fraction / 10_000);
    case 'microsecond':
      return Math.floor(parts.fraction / 10);
    case 'nanosecond':
      return parts.fraction * 100;
    case 'tzoffset':
      return offsetMinutes;
    case 'iso_week':
      return isoWeek(ticks);
  }
}

/** DATENAME of local ticks. */
export function partName(
  part: DatePart,
  ticks: bigint,
  offsetMinutes: number,
  dateFirst: number,
  { months, days }: Language,
): string {
  if (part === 'month') return months[partsOfTicks(ticks).month - 1] ?? '';
  if (part === 'weekday') return days[weekdayOf(ticks)] ?? '';
  if (part === 'tzoffset') return formatOffset(offsetMinutes);
  return `${partValue(part, ticks, offsetMinutes, dateFirst)}`;
}

/** Number of boundaries of the part between two moments, as DATEDIFF counts. Weeks begin on Sunday whatever DATEFIRST says. */
export function boundariesBetween(part: DatePart, start: bigint, end: bigint): bigint {
  if (part === 'year' || part === 'quarter' || part === 'month') {
    const from = partsOfTicks(start);
    const to = partsOfTicks(end);
    if (part === 'year') return BigInt(to.year - from.year);
    const perYear = part === 'quarter' ? 4 : 12;
    const index = (p: DateTimeParts): number =>
      p.year * perYear + (part === 'quarter' ? Math.floor((p.month - 1) / 3) : p.month);
    return BigInt(index(to) - index(from));
  }
  if (part === 'nanosecond') return (end - start) * 100n;
  // Day 0 (0001-01-01) is a Monday: one day more makes the weeks begin on Sunday.
  const shift = part === 'week' ? ticksPerDay : 0n;
  const unit = partTicks[part] ?? ticksPerDay;
  return (end + shift) / unit - (start + shift) / unit;
}

/** The moment cut down to the part, as DATETRUNC does; undefined when the part has no beginning (tzoffset, weekday). */
export function truncateTo(part: DatePart, ticks: bigint, dateFirst: number): bigint | undefined {
  const parts = partsOfTicks(ticks);
  const atStart = (year: number, month: number): bigint => BigInt(daysOf(year, month, 1)) * ticksPerDay;
  switch (part) {
    case 'year':
      return atStart(parts.year, 1);
    case 'quarter':
      return atStart(parts.year, Math.floor((parts.month - 1) / 3) * 3 + 1);
    case 'month':
      return atStart(parts.year, parts.month);
    case 'week':
    case 'iso_week': {
      const days = weekday(ticks, part === 'week' ? dateFirst : 1) - 1;
      return ticks - (ticks % ticksPerDay) - BigInt(days) * ticksPerDay;
    }
    case 'weekday':
    case 'nanosecond':
    case 'tzoffset':
      return undefined;
    default: {
      const unit = partTicks[part] ?? ticksPerDay;
      return ticks - (ticks % unit);
    }
  }
}
