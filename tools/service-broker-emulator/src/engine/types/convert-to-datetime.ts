import type { SqlError } from '../../errors.ts';
import type { Converter } from './converter.ts';
import type { DateOrder, DateSettings } from './date-settings.ts';
import {
  baseDate,
  datetimeStart,
  endOfTime,
  roundToType,
  ticksOfThreeHundredths,
  ticksPerDay,
  ticksPerMinute,
} from './datetime.ts';
import { type DateReading, type ParsedDateTime, parseDateTime } from './datetime-text.ts';
import { divideRounded, powerOfTen } from './decimal.ts';
import { arithmeticOverflow, dateConversionFailed, dateOutOfRange, smalldatetimeSyntax } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue } from './sql-value.ts';
import { typeFamily } from './type-info.ts';

/** Order of day, month and year that a style of CONVERT prescribes for numeric dates, without and with 100. */
const styleOrders: Readonly<Record<number, DateOrder>> = {
  1: 'mdy',
  2: 'ymd',
  3: 'dmy',
  4: 'dmy',
  5: 'dmy',
  10: 'mdy',
  11: 'ymd',
  20: 'ymd',
  21: 'ymd',
  23: 'ymd',
  26: 'ymd',
  27: 'ymd',
};

function readingOf(style: number | undefined, { order, language }: DateSettings, legacy: boolean): DateReading {
  const prescribed = style === undefined ? undefined : styleOrders[style % 100];
  if (style === undefined || prescribed === undefined) return { order, language, legacy };
  return { order: prescribed, language, legacy, yearDigits: style < 20 ? 2 : 4 };
}

/** Conversions into the date and time types. */
export function toDateTime(from: SqlType, to: SqlType, style: number | undefined, dates: DateSettings): Converter {
  const store = makeStore(from, to);
  switch (typeFamily(from)) {
    case 'character':
      return fromText(from, to, readingOf(style, dates, isLegacy(to)), store);
    case 'datetime':
      return fromDateTime(from, store);
    case 'integer':
      return (value) => fromDays(BigInt(value as number | bigint) * ticksPerDay, to, store);
    case 'decimal':
      return (value) => {
        const { unscaled, scale } = value as SqlDecimal;
        return fromDays(divideRounded(unscaled * ticksPerDay, powerOfTen(scale)), to, store);
      };
    case 'money':
      return (value) => fromDays(divideRounded((value as bigint) * ticksPerDay, 10_000n), to, store);
    case 'float':
      return (value) => {
        const days = value as number;
        if (Math.abs(days) > 4_000_000) throw arithmeticOverflow('expression', to);
        return fromDays(BigInt(Math.round(days * 86_400_000)) * 10_000n, to, store);
      };
    case 'binary':
      return (value) => fromBytes(value as Uint8Array, to, store);
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}

type Store = (localTicks: bigint, offsetMinutes: number) => SqlValue;

/** Brings local ticks into the form of the type. */
function makeStore(from: SqlType, to: SqlType): Store {
  switch (to.name) {
    case 'time':
      return (ticks) => roundToType(ticks % ticksPerDay, to) ?? 0n;
    case 'datetimeoffset':
      return (ticks, offsetMinutes) => {
        const utcTicks = roundToType(ticks - BigInt(offsetMinutes) * ticksPerMinute, to);
        if (utcTicks === undefined) throw outOfRange(from, to);
        return { utcTicks, offsetMinutes };
      };
    default:
      return (ticks) => {
        const rounded = roundToType(ticks, to);
        if (rounded === undefined) throw outOfRange(from, to);
        return rounded;
      };
  }
}

function outOfRange(from: SqlType, to: SqlType): SqlError {
  return typeFamily(from) === 'character' && !isLegacy(to) ? dateConversionFailed() : dateOutOfRange(from, to);
}

function isLegacy(type: SqlType): boolean {
  return type.name === 'datetime' || type.name === 'smalldatetime';
}

function fromText(from: SqlType, to: SqlType, reading: DateReading, store: Store): Converter {
  return (value) => {
    const parsed = parseDateTime(value as string, reading);
    if (parsed === 'range') throw outOfRange(from, to);
    if (parsed === 'syntax' || (reading.legacy && !isLegacyForm(parsed))) throw syntaxError(to);
    return store(parsed.ticks, parsed.offsetMinutes ?? 0);
  };
}

/** datetime and smalldatetime read at most three digits of a second, and no zone but Z. */
function isLegacyForm(parsed: ParsedDateTime): boolean {
  return parsed.fractionDigits <= 3 && (parsed.offsetMinutes ?? 0) === 0;
}

function syntaxError(to: SqlType): SqlError {
  if (to.name !== 'smalldatetime') return dateConversionFailed();
  return smalldatetimeSyntax();
}

function fromDateTime(from: SqlType, store: Store): Converter {
  switch (from.name) {
    case 'datetimeoffset':
      return (value) => {
        const { utcTicks, offsetMinutes } = value as SqlDateTimeOffset;
        return store(utcTicks + BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes);
      };
    case 'time':
      return (value) => store((value as bigint) + baseDate, 0);
    default:
      return (value) => store(value as bigint, 0);
  }
}

/** @param ticks since 1900-01-01 */
function fromDays(ticks: bigint, to: SqlType, store: Store): SqlValue {
  const absolute = ticks + baseDate;
  if (absolute < datetimeStart || absolute >= endOfTime) throw arithmeticOverflow('expression', to);
  return store(absolute, 0);
}

/** Eight bytes of a datetime: days since 1900, then 1/300 s since midnight. Fewer bytes count from the right. */
function fromBytes(bytes: Uint8Array, to: SqlType, store: Store): SqlValue {
  if (to.name !== 'datetime' && to.name !== 'smalldatetime') {
    return ticksOfNewBytes(bytes, to, store);
  }
  const padded = Buffer.alloc(8);
  Buffer.from(bytes.slice(-8)).copy(padded, 8 - Math.min(8, bytes.length));
  const days = BigInt(padded.readInt32BE(0));
  const count = BigInt(padded.readUInt32BE(4));
  if (count >= 25_920_000n) throw arithmeticOverflow('expression', to);
  return fromDays(days * ticksPerDay + ticksOfThreeHundredths(count), to, store);
}

/** Layout of {@link dateTimeBytes}: scale, time, days; least significant byte first. */
function ticksOfNewBytes(bytes: Uint8Array, to: SqlType, store: Store): SqlValue {
  const read = (part: Uint8Array): bigint => BigInt(`0x0${Buffer.from(part).reverse().toString('hex')}`);
  if (to.name === 'date') return store(read(bytes.slice(0, 3)) * ticksPerDay, 0);
  const scale = bytes[0] ?? 7;
  if (scale > 7) throw dateConversionFailed();
  const timeLength = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const time = read(bytes.slice(1, 1 + timeLength)) * powerOfTen(7 - scale);
  const days = to.name === 'time' ? baseDate / ticksPerDay : read(bytes.slice(1 + timeLength, 4 + timeLength));
  if (time >= ticksPerDay || days * ticksPerDay >= endOfTime) throw dateConversionFailed();
  const offset = to.name === 'datetimeoffset' ? Buffer.from(bytes).readInt16LE(4 + timeLength) : 0;
  return store(days * ticksPerDay + time + BigInt(offset) * ticksPerMinute, offset);
}
