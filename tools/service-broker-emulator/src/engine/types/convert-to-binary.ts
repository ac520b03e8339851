import type { Converter } from './converter.ts';
import { baseDate, threeHundredths, ticksPerDay, ticksPerMinute } from './datetime.ts';
import { powerOfTen } from './decimal.ts';
import { errorConverting } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue } from './sql-value.ts';
import { isUnicodeType, lengthOf, typeFamily } from './type-info.ts';
import { guidToBytes } from './unique-identifier.ts';
import { encodeUtf16, encodeVarchar } from './varchar-bytes.ts';

/** Conversions into the binary types. Numbers are right-aligned, everything else left-aligned. */
export function toBinary(from: SqlType, to: SqlType, style: number | undefined): Converter {
  const length = to.name === 'rowversion' ? 8 : lengthOf(to);
  const fixed = to.name === 'binary' || to.name === 'rowversion';
  switch (typeFamily(from)) {
    case 'binary': {
      if (!fixed && lengthOf(from) <= length) return (value) => value;
      return (value) => leftAligned(value as Uint8Array, length, fixed);
    }
    case 'character':
      return textToBinary(from, to, style, length, fixed);
    case 'uniqueidentifier':
      return (value) => leftAligned(guidToBytes(value as string), length, fixed);
    case 'xml':
      return (value) => leftAligned(encodeUtf16(`\uFEFF${value as string}`), length, fixed);
    default:
      return (value) => rightAligned(bytesOf(value, from), length, fixed);
  }
}

function leftAligned(bytes: Uint8Array, length: number, fixed: boolean): Uint8Array {
  if (bytes.length > length) return bytes.subarray(0, length);
  if (!fixed || bytes.length === length) return bytes;
  const result = new Uint8Array(length);
  result.set(bytes);
  return result;
}

function rightAligned(bytes: Uint8Array, length: number, fixed: boolean): Uint8Array {
  if (bytes.length > length) return bytes.subarray(bytes.length - length);
  if (!fixed || bytes.length === length) return bytes;
  const result = new Uint8Array(length);
  result.set(bytes, length - bytes.length);
  return result;
}

function textToBinary(
  from: SqlType,
  to: SqlType,
  style: number | undefined,
  length: number,
  fixed: boolean,
): Converter {
  if (style === 1 || style === 2) {
    const pattern = style === 1 ? /^0x((?:[0-9a-f]{2})*)$/i : /^((?:[0-9a-f]{2})*)$/i;
    return (value) => {
      const match = pattern.exec((value as string).trimEnd());
      if (match === null) throw errorConverting(from, to);
      return leftAligned(Buffer.from(match[1] ?? '', 'hex'), length, fixed);
    };
  }
  if (isUnicodeType(from)) return (value) => leftAligned(encodeUtf16(value as string), length, fixed);
  return (value) => leftAligned(encodeVarchar(value as string, from.collation), length, fixed);
}

const integerSizes: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  smallmoney: 4,
  money: 8,
};

/** The bytes in which SQL Server shows a number or a date and time. */
export function bytesOf(value: Exclude<SqlValue, null>, type: SqlType): Uint8Array {
  switch (typeFamily(type)) {
    case 'integer':
    case 'money': {
      const size = integerSizes[type.name] ?? 4;
      const bits = BigInt.asUintN(size * 8, BigInt(value as number | bigint));
      return Buffer.from(bits.toString(16).padStart(size * 2, '0'), 'hex');
    }
    case 'float': {
      const bytes = Buffer.alloc(type.name === 'real' ? 4 : 8);
      if (type.name === 'real') bytes.writeFloatBE(value as number);
      else bytes.writeDoubleBE(value as number);
      return bytes;
    }
    case 'decimal':
      return decimalBytes(value as SqlDecimal, type);
    default:
      return dateTimeBytes(value, type);
  }
}

function decimalBytes({ unscaled, scale }: SqlDecimal, type: SqlType): Uint8Array {
  const precision = type.precision ?? 18;
  const size = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  const digits = littleEndian(unscaled < 0n ? -unscaled : unscaled, size);
  return Buffer.concat([Buffer.of(precision, scale, 0, unscaled < 0n ? 0 : 1), digits]);
}

function littleEndian(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex').reverse();
}

/** datetime: days since 1900 and 1/300 s; the newer types: scale, time of day and days since 0001, reversed. */
function dateTimeBytes(value: SqlValue, type: SqlType): Uint8Array {
  switch (type.name) {
    case 'datetime': {
      const ticks = value as bigint;
      const timeOfDay = ticks % ticksPerDay;
      const bytes = Buffer.alloc(8);
      bytes.writeInt32BE(Number((ticks - timeOfDay - baseDate) / ticksPerDay));
      bytes.writeUInt32BE(Number(threeHundredths(timeOfDay)), 4);
      return bytes;
    }
    case 'smalldatetime': {
      const since = (value as bigint) - baseDate;
      const bytes = Buffer.alloc(4);
      bytes.writeUInt16BE(Number(since / ticksPerDay));
      bytes.writeUInt16BE(Number((since % ticksPerDay) / ticksPerMinute), 2);
      return bytes;
    }
    case 'date':
      return littleEndian((value as bigint) / ticksPerDay, 3);
    case 'time':
      return Buffer.concat([Buffer.of(type.scale ?? 7), timeBytes(value as bigint, type.scale ?? 7)]);
    default: {
      const scale = type.scale ?? 7;
      const withOffset = type.name === 'datetimeoffset';
      const { utcTicks, offsetMinutes } = withOffset
        ? (value as SqlDateTimeOffset)
        : { utcTicks: value as bigint, offsetMinutes: 0 };
      const tail = Buffer.alloc(withOffset ? 2 : 0);
      if (withOffset) tail.writeInt16LE(offsetMinutes);
      return Buffer.concat([
        Buffer.of(scale),
        timeBytes(utcTicks % ticksPerDay, scale),
        littleEndian(utcTicks / ticksPerDay, 3),
        tail,
      ]);
    }
  }
}

function timeBytes(ticks: bigint, scale: number): Buffer {
  return littleEndian(ticks / powerOfTen(7 - scale), scale <= 2 ? 3 : scale <= 4 ? 4 : 5);
}
