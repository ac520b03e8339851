import { type Language, usEnglish } from '../../languages.ts';
import { type DateTimeParts, partsOfTicks, ticksPerMinute } from './datetime.ts';
import { datetimeNotConvertible, invalidStyle } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDateTimeOffset, SqlValue } from './sql-value.ts';

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
const four = (value: number): string => `${value}`.padStart(4, '0');
const padded = (value: number): string => `${value}`.padStart(2, ' ');

/** `+01:30`. */
export function formatOffset(minutes: number): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

/** Digits of the fraction of a second that the type shows; for datetime rounded to milliseconds. */
function fractionDigits(parts: DateTimeParts, type: SqlType): string {
  if (type.name === 'datetime' || type.name === 'smalldatetime') {
    return `${Math.round(parts.fraction / 10_000)}`.padStart(3, '0');
  }
  return `${parts.fraction}`.padStart(7, '0').slice(0, type.scale ?? 7);
}

const hour12 = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);
const half = (hour: number): string => (hour < 12 ? 'AM' : 'PM');
const shortMonth = ({ shortMonths }: Language, month: number): string => shortMonths[month - 1] ?? '';

interface StyleParts {
  readonly date?: (p: DateTimeParts, century: boolean, language: Language) => string;
  readonly time?: (p: DateTimeParts, fraction: string, type: SqlType) => string;
  readonly separator?: string;
}

const year = (p: DateTimeParts, century: boolean): string => (century ? four(p.year) : two(p.year % 100));
const seconds = (p: DateTimeParts): string => `${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
const isoDate = (p: DateTimeParts): string => `${four(p.year)}-${two(p.month)}-${two(p.day)}`;
const withPoint = (p: DateTimeParts, fraction: string): string =>
  fraction === '' ? seconds(p) : `${seconds(p)}.${fraction}`;
const isLegacy = (type: SqlType): boolean => type.name === 'datetime' || type.name === 'smalldatetime';
const withColon = (p: DateTimeParts, fraction: string, type: SqlType): string =>
  isLegacy(type) ? `${seconds(p)}:${fraction}` : withPoint(p, fraction);
const verboseDate = (p: DateTimeParts, _century: boolean, language: Language): string =>
  `${shortMonth(language, p.month)} ${padded(p.day)} ${four(p.year)}`;

/** Styles of CONVERT by their number below 100; those that exist with and without century share an entry. */
const styles: Readonly<Record<number, StyleParts>> = {
  0: { date: verboseDate, time: (p) => `${padded(hour12(p.hour))}:${two(p.minute)}${half(p.hour)}` },
  1: { date: (p, c) => `${two(p.month)}/${two(p.day)}/${year(p, c)}` },
  2: { date: (p, c) => `${year(p, c)}.${two(p.month)}.${two(p.day)}` },
  3: { date: (p, c) => `${two(p.day)}/${two(p.month)}/${year(p, c)}` },
  4: { date: (p, c) => `${two(p.day)}.${two(p.month)}.${year(p, c)}` },
  5: { date: (p, c) => `${two(p.day)}-${two(p.month)}-${year(p, c)}` },
  6: { date: (p, c, language) => `${two(p.day)} ${shortMonth(language, p.month)} ${year(p, c)}` },
  7: { date: (p, c, language) => `${shortMonth(language, p.month)} ${two(p.day)}, ${year(p, c)}` },
  8: { time: (p) => seconds(p) },
  9: {
    date: verboseDate,
    time: (p, fraction, type) => {
      const clock = `${padded(hour12(p.hour))}:${two(p.minute)}:${two(p.second)}`;
      const tail = fraction === '' ? '' : `${isLegacy(type) ? ':' : '.'}${fraction}`;
      return `${clock}${tail}${half(p.hour)}`;
    },
  },
  10: { date: (p, c) => `${two(p.month)}-${two(p.day)}-${year(p, c)}` },
  11: { date: (p, c) => `${year(p, c)}/${two(p.month)}/${two(p.day)}` },
  12: { date: (p, c) => `${year(p, c)}${two(p.month)}${two(p.day)}` },
  13: {
    date: (p, _century, language) => `${two(p.day)} ${shortMonth(language, p.month)} ${four(p.year)}`,
    time: withColon,
  },
  14: { time: withColon },
  20: { date: isoDate, time: (p) => seconds(p) },
  21: { date: isoDate, time: withPoint },
  22: {
    date: (p) => `${two(p.month)}/${two(p.day)}/${two(p.year % 100)}`,
    time: (p) => `${padded(hour12(p.hour))}:${two(p.minute)}:${two(p.second)} ${half(p.hour)}`,
  },
  23: { date: isoDate },
  24: { time: (p) => seconds(p) },
  25: { date: isoDate, time: withPoint },
  26: {
    date: isoDate,
    separator: 'T',
    // ISO 8601 leaves out a fraction of zero.
    time: (p, fraction) => (/^0*$/.test(fraction) ? seconds(p) : withPoint(p, fraction)),
  },
};
const withCenturyOnly = new Set([0, 9, 13, 20, 21, 23, 24, 25, 26]);
const knownStyles = new Set([
  ...Array.from({ length: 15 }, (_, style) => style),
  ...[20, 21, 22, 23, 24, 25],
  ...Array.from({ length: 15 }, (_, style) => style + 100),
  ...[120, 121, 126, 127],
]);

/**
 * A date-time value as text.
 *
 * @param style of CONVERT; absent = the type's default: 0 for datetime and smalldatetime, 121 for the others
 * @param language whose short names of months are written
 * @throws {SqlError} 281 for a style that does not exist
 */
export function formatDateTime(value: SqlValue, type: SqlType, style?: number, language = usEnglish): string {
  const number = style ?? (isLegacy(type) ? 0 : 121);
  if (!knownStyles.has(number)) {
    throw invalidStyle(number, type.name);
  }
  const base = number === 127 ? 26 : number % 100;
  const parts = styles[base] ?? {};
  const century = number >= 100 || withCenturyOnly.has(base);
  if (type.name === 'datetimeoffset') {
    const { utcTicks, offsetMinutes } = value as SqlDateTimeOffset;
    const utc = number === 127;
    const local = partsOfTicks(utc ? utcTicks : utcTicks + BigInt(offsetMinutes) * ticksPerMinute);
    const text = join(parts, local, century, type, language, true, true);
    if (utc) return `${text}Z`;
    if (parts.time === undefined) return text;
    return base === 26 ? `${text}${formatOffset(offsetMinutes)}` : `${text} ${formatOffset(offsetMinutes)}`;
  }
  const local = partsOfTicks(value as bigint);
  const text = join(parts, local, century, type, language, type.name !== 'time', type.name !== 'date');
  if (text === '') {
    throw datetimeNotConvertible(type.name);
  }
  return text;
}

function join(
  style: StyleParts,
  parts: DateTimeParts,
  century: boolean,
  type: SqlType,
  language: Language,
  showDate: boolean,
  showTime: boolean,
): string {
  const date = showDate ? style.date?.(parts, century, language) : undefined;
  const time = showTime ? style.time?.(parts, fractionDigits(parts, type), type) : undefined;
  if (date === undefined) return (time ?? '').trimStart();
  return time === undefined ? date : `${date}${style.separator ?? ' '}${time}`;
}
