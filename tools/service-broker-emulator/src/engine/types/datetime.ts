import type { SqlType } from './sql-type.ts';

export const ticksPerMillisecond = 10_000n;
export const ticksPerSecond = 10_000_000n;
export const ticksPerMinute = 600_000_000n;
export const ticksPerHour = 36_000_000_000n;
export const ticksPerDay = 864_000_000_000n;

/** 10000-01-01: the first instant that no type holds. */
export const endOfTime = 3_652_059n * ticksPerDay;
/** 1753-01-01, where datetime starts. */
export const datetimeStart = 639_905n * ticksPerDay;
/** 1900-01-01: day 0 of datetime and smalldatetime. */
export const baseDate = 693_595n * ticksPerDay;
/** 2079-06-07, the first day after smalldatetime. */
const smalldatetimeEnd = (693_595n + 65_536n) * ticksPerDay;
/** 1970-01-01: where JavaScript counts from. */
const unixEpoch = 719_162n * ticksPerDay;

/** A local date and time taken apart. */
export interface DateTimeParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** In 100 ns, 0 to 9999999. */
  readonly fraction: number;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Number of days of a month; 0 for a month outside 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 0);
}

/** Days from 0001-01-01 to the date, in the proleptic Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 306;
}

/** The date that lies `days` after 0001-01-01. */
export function dateOfDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 306;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Ticks since 0001-01-01T00:00; undefined when the date or the time of day does not exist. */
export function ticksOfParts(parts: DateTimeParts): bigint | undefined {
  const { year, month, day, hour, minute, second, fraction } = parts;
  if (year < 1 || year > 9999 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const time = timeTicks(hour, minute, second, fraction);
  return time === undefined ? undefined : BigInt(daysOf(year, month, day)) * ticksPerDay + time;
}

/** Ticks since midnight; undefined when there is no such time of day. */
export function timeTicks(hour: number, minute: number, second: number, fraction: number): bigint | undefined {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  if (fraction < 0 || fraction > 9_999_999) return undefined;
  return BigInt((hour * 3600 + minute * 60 + second) * 10_000_000 + fraction);
}

/** Takes ticks since 0001-01-01T00:00 apart. */
export function partsOfTicks(ticks: bigint): DateTimeParts {
  const days = ticks / ticksPerDay;
  const time = Number(ticks - days * ticksPerDay);
  const seconds = Math.floor(time / 10_000_000);
  return {
    ...dateOfDays(Number(days)),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    fraction: time - seconds * 10_000_000,
  };
}

/** Ticks of a JavaScript time, in UTC. @param milliseconds since 1970, as Date.now() */
export function ticksOfUnixMilliseconds(milliseconds: number): bigint {
  return unixEpoch + BigInt(Math.round(milliseconds * 1000)) * 10n;
}

/** The present moment: UTC ticks and the server's offset from UTC in minutes. */
export function dateTimeNow(): { readonly utcTicks: bigint; readonly offsetMinutes: number } {
  return {
    utcTicks: ticksOfUnixMilliseconds(performance.timeOrigin + performance.now()),
    offsetMinutes: -new Date().getTimezoneOffset(),
  };
}

/** Number of 1/300 s since midnight nearest to the ticks since midnight; 25920000 rounds up to the next day. */
export function threeHundredths(timeOfDay: bigint): bigint {
  return (timeOfDay * 300n + ticksPerSecond / 2n) / ticksPerSecond;
}

/** Ticks of a number of 1/300 s, rounded. */
export function ticksOfThreeHundredths(count: bigint): bigint {
  return (count * ticksPerSecond + 150n) / 300n;
}

const fractionUnits = [10_000_000n, 1_000_000n, 100_000n, 10_000n, 1_000n, 100n, 10n, 1n] as const;

/** Ticks rounded half up to `scale` digits of a second. */
function roundToScale(ticks: bigint, scale: number): bigint {
  const unit = fractionUnits[scale] ?? 1n;
  if (unit === 1n) return ticks;
  const rest = ticks % unit;
  return rest * 2n >= unit ? ticks - rest + unit : ticks - rest;
}

/**
 * Ticks as a column of the type keeps them: datetime in 1/300 s, smalldatetime in minutes, the others in their number of
 * digits. For time the ticks count from midnight. Undefined when the type does not reach so far.
 */
export function roundToType(ticks: bigint, type: SqlType): bigint | undefined {
  switch (type.name) {
    case 'date':
      return ticks >= 0n && ticks < endOfTime ? ticks - (ticks % ticksPerDay) : undefined;
    case 'datetime': {
      if (ticks < datetimeStart || ticks >= endOfTime) return undefined;
      const timeOfDay = ticks % ticksPerDay;
      const rounded = ticks - timeOfDay + ticksOfThreeHundredths(threeHundredths(timeOfDay));
      return rounded < endOfTime ? rounded : undefined;
    }
    case 'smalldatetime': {
      // 29.998 s still rounds down: datetime, through which it goes, has no value between it and 30 s but 29.999.
      const rounded = ((ticks + ticksPerMinute / 2n + ticksPerMillisecond) / ticksPerMinute) * ticksPerMinute;
      return rounded >= baseDate && rounded < smalldatetimeEnd ? rounded : undefined;
    }
    case 'time': {
      const rounded = roundToScale(ticks, type.scale ?? 7);
      return rounded >= ticksPerDay ? rounded - ticksPerDay : rounded;
    }
    default: {
      if (ticks < 0n || ticks >= endOfTime) return undefined;
      const rounded = roundToScale(ticks, type.scale ?? 7);
      return rounded < endOfTime ? rounded : rounded - (fractionUnits[type.scale ?? 7] ?? 1n);
    }
  }
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Day of the week, 0 (Monday) to 6 (Sunday). */
export function weekdayOf(ticks: bigint): number {
  return Number((ticks / ticksPerDay) % 7n);
}
