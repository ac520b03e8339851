import { type DateTimeParts, dayNames, monthNames, partsOfTicks, weekdayOf } from '../../types/datetime.ts';
import { formatOffset } from '../../types/datetime-format.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** The standard date formats of .NET in the culture en-US, as custom patterns. */
const standardPatterns: Readonly<Record<string, string>> = {
  d: 'M/d/yyyy',
  D: 'dddd, MMMM d, yyyy',
  t: 'h:mm tt',
  T: 'h:mm:ss tt',
  f: 'dddd, MMMM d, yyyy h:mm tt',
  F: 'dddd, MMMM d, yyyy h:mm:ss tt',
  g: 'M/d/yyyy h:mm tt',
  G: 'M/d/yyyy h:mm:ss tt',
  m: 'MMMM d',
  M: 'MMMM d',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffff",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffff",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  y: 'MMMM yyyy',
  Y: 'MMMM yyyy',
};

const tokenPattern =
  /\\(.)|'([^']*)'|"([^"]*)"|%?(d{1,4}|M{1,4}|y{1,5}|h{1,2}|H{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|t{1,2}|z{1,3}|K|g{1,2})|(.)/gs;

const pad = (value: number, width: number): string => `${value}`.padStart(width, '0');

interface Moment {
  readonly parts: DateTimeParts;
  readonly weekday: number;
  readonly offsetMinutes: number;
  readonly zoned: boolean;
}

function field(token: string, { parts, weekday, offsetMinutes, zoned }: Moment): string {
  const { length } = token;
  const twelve = parts.hour % 12 === 0 ? 12 : parts.hour % 12;
  switch (token.charAt(0)) {
    case 'd':
      if (length <= 2) return pad(parts.day, length);
      return length === 3 ? (dayNames[weekday] ?? '').slice(0, 3) : (dayNames[weekday] ?? '');
    case 'M': {
      if (length <= 2) return pad(parts.month, length);
      const name = monthNames[parts.month - 1] ?? '';
      return length === 3 ? name.slice(0, 3) : name;
    }
    case 'y':
      return length <= 2 ? pad(parts.year % 100, length) : pad(parts.year, length);
    case 'h':
      return pad(twelve, length);
    case 'H':
      return pad(parts.hour, length);
    case 'm':
      return pad(parts.minute, length);
    case 's':
      return pad(parts.second, length);
    case 'f':
      return pad(parts.fraction, 7).slice(0, length);
    case 'F':
      return pad(parts.fraction, 7).slice(0, length).replace(/0+$/, '');
    case 't':
      return (parts.hour < 12 ? 'AM' : 'PM').slice(0, length);
    case 'z': {
      const offset = formatOffset(offsetMinutes);
      if (length === 3) return offset;
      return length === 2 ? offset.slice(0, 3) : `${offset.charAt(0)}${Number(offset.slice(1, 3))}`;
    }
    case 'K':
      return zoned ? formatOffset(offsetMinutes) : '';
    default:
      return 'A.D.';
  }
}

/** A date or time by a .NET format: a standard letter or a custom pattern. @returns null for an unknown letter */
export function formatDate(ticks: bigint, offsetMinutes: number, pattern: string, type: SqlType): string | null {
  const moment: Moment = {
    parts: partsOfTicks(ticks),
    weekday: weekdayOf(ticks),
    offsetMinutes,
    zoned: type.name === 'datetimeoffset',
  };
  let custom = pattern === '' ? (standardPatterns.G ?? '') : pattern;
  if (pattern.length === 1) {
    const standard = Object.hasOwn(standardPatterns, pattern) ? standardPatterns[pattern] : undefined;
    if (standard === undefined) return null;
    custom = standard;
  }
  return custom.replace(
    tokenPattern,
    (_match, escaped?: string, single?: string, double?: string, token?: string, other?: string) =>
      token === undefined ? (escaped ?? single ?? double ?? other ?? '') : field(token, moment),
  );
}
