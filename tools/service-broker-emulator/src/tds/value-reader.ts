import type { SqlType } from '../engine/types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../engine/types/sql-value.ts';
import type { ByteReader } from './byte-reader.ts';
import { decodeCharacters } from './collation.ts';
import { TdsProtocolError } from './errors.ts';
import {
  fromDatetimeParts,
  fromSmalldatetimeParts,
  instant,
  isDatetime,
  lastDay,
  ticksPerDay,
  ticksPerUnit,
} from './temporal.ts';
import { inCodePage, type WireType } from './type-info-reader.ts';
import { maxLengthMark, TypeToken, timeLength } from './type-tokens.ts';
import { readUniqueidentifier } from './uniqueidentifier.ts';

const nullLength16 = 0xffff;
const nullLength32 = 0xffffffff;
const plpNull = 0xffffffffffffffffn;
const plpUnknown = 0xfffffffffffffffen;

/**
 * Reads one value.
 *
 * @param form text, ntext and image have a text pointer in a row, but not in a parameter
 * @throws {TdsProtocolError} when the value does not fit its type
 */
export function readValue(reader: ByteReader, wire: WireType, form: 'parameter' | 'row'): SqlValue {
  switch (wire.token) {
    case TypeToken.null:
      return null;
    case TypeToken.tinyint:
    case TypeToken.bit:
    case TypeToken.smallint:
    case TypeToken.int:
    case TypeToken.bigint:
    case TypeToken.real:
    case TypeToken.float:
    case TypeToken.money:
    case TypeToken.smallmoney:
    case TypeToken.datetime:
    case TypeToken.smalldatetime:
      return readBody(reader, wire, wire.size);
    case TypeToken.nvarchar:
    case TypeToken.varchar:
    case TypeToken.varbinary:
    case TypeToken.nchar:
    case TypeToken.char:
    case TypeToken.binary: {
      if (wire.size === maxLengthMark) {
        const bytes = readPlp(reader);
        return bytes === null ? null : decodeBytes(wire, bytes);
      }
      const length = reader.u16();
      if (length === nullLength16) return null;
      if (length > wire.size) throw badValue(wire.type);
      return readBody(reader, wire, length);
    }
    case TypeToken.xml: {
      const bytes = readPlp(reader);
      return bytes === null ? null : decodeXml(bytes);
    }
    case TypeToken.text:
    case TypeToken.ntext:
    case TypeToken.image: {
      if (form === 'row') {
        const pointerLength = reader.u8();
        if (pointerLength === 0) return null;
        reader.take(pointerLength + 8);
      }
      const length = reader.u32();
      return length === nullLength32 ? null : readBody(reader, wire, length);
    }
    case TypeToken.sqlVariant: {
      const length = reader.u32();
      return length === 0 ? null : readVariant(reader, length);
    }
    default: {
      const length = reader.u8();
      return length === 0 ? null : readBody(reader, wire, length);
    }
  }
}

/** Joins the chunks of a partially length-prefixed value; `null` for NULL. */
function readPlp(reader: ByteReader): Buffer | null {
  const total = reader.u64();
  if (total === plpNull) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const size = reader.u32();
    if (size === 0) break;
    chunks.push(reader.bytes(size));
    length += size;
  }
  if (total !== plpUnknown && total !== BigInt(length)) {
    throw new TdsProtocolError(`A large value announced ${total} bytes, but its chunks hold ${length}.`);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
}

/** Reads the bare bytes of a non-NULL value, `length` of them. */
function readBody(reader: ByteReader, wire: WireType, length: number): SqlValue {
  const { name } = wire.type;
  const { buffer } = reader;
  switch (name) {
    case 'bit':
      return buffer[expect(reader, wire, length, 1)] === 0 ? 0 : 1;
    case 'tinyint':
      return buffer.readUInt8(expect(reader, wire, length, 1));
    case 'smallint':
      return buffer.readInt16LE(expect(reader, wire, length, 2));
    case 'int':
      return buffer.readInt32LE(expect(reader, wire, length, 4));
    case 'bigint':
      return buffer.readBigInt64LE(expect(reader, wire, length, 8));
    case 'real':
      return finite(buffer.readFloatLE(expect(reader, wire, length, 4)), wire.type);
    case 'float':
      return finite(buffer.readDoubleLE(expect(reader, wire, length, 8)), wire.type);
    case 'smallmoney':
      return BigInt(buffer.readInt32LE(expect(reader, wire, length, 4)));
    case 'money': {
      const at = expect(reader, wire, length, 8);
      return (BigInt(buffer.readInt32LE(at)) << 32n) | BigInt(buffer.readUInt32LE(at + 4));
    }
    case 'smalldatetime': {
      const at = expect(reader, wire, length, 4);
      const minutes = buffer.readUInt16LE(at + 2);
      if (minutes >= 1440) throw badValue(wire.type);
      return fromSmalldatetimeParts(buffer.readUInt16LE(at), minutes);
    }
    case 'datetime': {
      const at = expect(reader, wire, length, 8);
      const days = buffer.readInt32LE(at);
      const units = buffer.readUInt32LE(at + 4);
      if (!isDatetime(days, units)) throw badValue(wire.type);
      return fromDatetimeParts(days, units);
    }
    case 'uniqueidentifier':
      return readUniqueidentifier(buffer, expect(reader, wire, length, 16));
    case 'date':
      return instant(readDay(reader, wire, expect(reader, wire, length, 3)), 0);
    case 'time':
      return BigInt(readTime(reader, wire, length));
    case 'datetime2': {
      const time = readTime(reader, wire, length - 3);
      return instant(readDay(reader, wire, reader.take(3)), time);
    }
    case 'datetimeoffset': {
      const time = readTime(reader, wire, length - 5);
      const day = readDay(reader, wire, reader.take(3));
      const offsetMinutes = buffer.readInt16LE(reader.take(2));
      if (Math.abs(offsetMinutes) > 840) throw badValue(wire.type);
      return { utcTicks: instant(day, time), offsetMinutes };
    }
    case 'decimal':
    case 'numeric':
      return readDecimal(reader, wire, length);
    default:
      return decodeBytes(wire, reader.bytes(length));
  }
}

function expect(reader: ByteReader, wire: WireType, length: number, needed: number): number {
  if (length !== needed) throw badValue(wire.type);
  return reader.take(needed);
}

function finite(value: number, type: SqlType): number {
  if (!Number.isFinite(value)) throw badValue(type);
  return value;
}

function readDay(reader: ByteReader, wire: WireType, at: number): number {
  const day = reader.buffer.readUIntLE(at, 3);
  if (day > lastDay) throw badValue(wire.type);
  return day;
}

/** Ticks since midnight. */
function readTime(reader: ByteReader, wire: WireType, length: number): number {
  const scale = wire.type.scale ?? 7;
  const needed = timeLength(scale);
  const ticks = reader.buffer.readUIntLE(expect(reader, wire, length, needed), needed) * ticksPerUnit(scale);
  if (ticks >= Number(ticksPerDay)) throw badValue(wire.type);
  return ticks;
}

function readDecimal(reader: ByteReader, wire: WireType, length: number): SqlValue {
  if (length < 2 || length > 17) throw badValue(wire.type);
  const negative = reader.u8() === 0;
  const bytes = reader.bytes(length - 1);
  let magnitude = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) magnitude = (magnitude << 8n) | BigInt(bytes.readUInt8(i));
  if (magnitude >= 10n ** BigInt(wire.type.precision ?? 38)) throw badValue(wire.type);
  return { unscaled: negative ? -magnitude : magnitude, scale: wire.type.scale ?? 0 };
}

/** Character or binary data. Binary values are copied, so that they do not keep the whole message in memory. */
function decodeBytes(wire: WireType, bytes: Buffer): SqlValue {
  switch (wire.type.name) {
    case 'nvarchar':
    case 'nchar':
    case 'ntext':
      if (bytes.length % 2 !== 0) throw badValue(wire.type);
      return bytes.toString('utf16le');
    case 'varchar':
    case 'char':
    case 'text':
      return decodeCharacters(bytes, wire.codePage ?? 1252, wire.type.name);
    default:
      return new Uint8Array(bytes);
  }
}

/** xml comes as UTF-16 with or without a byte order mark. */
function decodeXml(bytes: Buffer): string {
  const marked = bytes.length >= 2 && bytes.readUInt16LE(0) === 0xfeff;
  return bytes.toString('utf16le', marked ? 2 : 0);
}

function readVariant(reader: ByteReader, total: number): SqlVariant {
  const end = reader.position + total;
  const token = reader.u8();
  const propertiesLength = reader.u8();
  const base = variantBase(token, reader, propertiesLength);
  const length = end - reader.position;
  if (length < 0) throw badValue(base.type);
  const value = readBody(reader, base, length);
  if (reader.position !== end || isVariant(value)) throw badValue(base.type);
  return { baseType: base.type, value };
}

function isVariant(value: SqlValue): value is SqlVariant {
  return typeof value === 'object' && value !== null && 'baseType' in value;
}

function variantBase(token: number, reader: ByteReader, propertiesLength: number): WireType {
  const start = reader.position;
  const base = ((): WireType => {
    switch (token) {
      case TypeToken.time:
        return { token, type: { name: 'time', scale: scaleProperty(reader) }, size: 0 };
      case TypeToken.datetime2:
        return { token, type: { name: 'datetime2', scale: scaleProperty(reader) }, size: 0 };
      case TypeToken.datetimeoffset:
        return { token, type: { name: 'datetimeoffset', scale: scaleProperty(reader) }, size: 0 };
      case TypeToken.decimalN:
      case TypeToken.numericN: {
        const precision = reader.u8();
        const scale = reader.u8();
        const name = token === TypeToken.decimalN ? 'decimal' : 'numeric';
        const type: SqlType = { name, precision, scale };
        if (precision < 1 || precision > 38 || scale > precision) throw badValue(type);
        return { token, type, size: 17 };
      }
      case TypeToken.varbinary:
      case TypeToken.binary: {
        const size = reader.u16();
        const name = token === TypeToken.varbinary ? 'varbinary' : 'binary';
        return { token, type: { name, length: Math.max(1, size) }, size };
      }
      case TypeToken.varchar:
      case TypeToken.char: {
        const collation = reader.bytes(5);
        const size = reader.u16();
        const name = token === TypeToken.varchar ? 'varchar' : 'char';
        return { token, size, ...inCodePage({ name, length: Math.max(1, size) }, collation, reader.codePage) };
      }
      case TypeToken.nvarchar:
      case TypeToken.nchar: {
        reader.take(5);
        const size = reader.u16();
        const name = token === TypeToken.nvarchar ? 'nvarchar' : 'nchar';
        return { token, type: { name, length: Math.max(1, size >> 1) }, size };
      }
      default: {
        const type = plainVariantBases.get(token);
        if (type === undefined) throw badValue({ name: 'sql_variant' });
        return { token, type, size: 0 };
      }
    }
  })();
  if (reader.position - start !== propertiesLength) throw badValue({ name: 'sql_variant' });
  return base;
}

function scaleProperty(reader: ByteReader): number {
  const scale = reader.u8();
  if (scale > 7) throw badValue({ name: 'sql_variant' });
  return scale;
}

/** Base types of sql_variant that have no properties. */
const plainVariantBases: ReadonlyMap<number, SqlType> = new Map([
  [TypeToken.tinyint, { name: 'tinyint' }],
  [TypeToken.bit, { name: 'bit' }],
  [TypeToken.smallint, { name: 'smallint' }],
  [TypeToken.int, { name: 'int' }],
  [TypeToken.bigint, { name: 'bigint' }],
  [TypeToken.real, { name: 'real' }],
  [TypeToken.float, { name: 'float' }],
  [TypeToken.money, { name: 'money' }],
  [TypeToken.smallmoney, { name: 'smallmoney' }],
  [TypeToken.datetime, { name: 'datetime' }],
  [TypeToken.smalldatetime, { name: 'smalldatetime' }],
  [TypeToken.date, { name: 'date' }],
  [TypeToken.uniqueidentifier, { name: 'uniqueidentifier' }],
]);

function badValue(type: SqlType): TdsProtocolError {
  return new TdsProtocolError(
    `The supplied value is not a valid instance of data type ${type.name}. Check the source data for invalid values.`,
    8023,
  );
}
