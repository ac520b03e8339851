import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { collationOf } from '../types/collation.ts';
import { compileKey } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue, SqlVariant } from '../types/sql-value.ts';
import { typeFamily } from '../types/type-info.ts';
import { decodeJson, encodeJson } from './json-codec.ts';

/** What SQLite stores for a non-null value, and what its keys compare. */
type StoredValue = string | number | bigint | Uint8Array;

/**
 * How the values of one column are kept in SQLite. Null is null on both sides, so the functions see non-null values
 * only. Where SQLite compares what is stored in the same way as SQL Server compares the values, the stored form is its
 * own key; otherwise `key` makes one that is equal exactly when the values are.
 */
export interface ColumnCodec {
  /** Declared type of the SQLite column; `BLOB` keeps every value in the form in which it was bound. */
  readonly declaration: 'INTEGER' | 'REAL' | 'BLOB';
  encode(value: SqlValue): StoredValue;
  decode(stored: SQLOutputValue): SqlValue;
  /** Absent when the encoded form is the key. */
  readonly key?: (value: SqlValue) => StoredValue;
  /** True when keys also have SQL Server's order, so that ranges can be looked up. */
  readonly ordered: boolean;
}

const asIs = (value: SqlValue): StoredValue => value as StoredValue;

const integer: ColumnCodec = {
  declaration: 'INTEGER',
  encode: asIs,
  decode: (stored) => Number(stored),
  ordered: true,
};

const wideInteger: ColumnCodec = {
  declaration: 'INTEGER',
  encode: asIs,
  decode: (stored) => stored as bigint,
  ordered: true,
};

const real: ColumnCodec = {
  declaration: 'REAL',
  encode: asIs,
  decode: (stored) => stored as number,
  ordered: true,
};

/** Text as SQLite text where that is lossless; strings with unpaired surrogates as UTF-16 bytes. */
function encodeText(value: SqlValue): StoredValue {
  const text = value as string;
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

function decodeText(stored: SQLOutputValue): SqlValue {
  return typeof stored === 'string' ? stored : Buffer.from(stored as Uint8Array).toString('utf16le');
}

function characterCodec(type: SqlType): ColumnCodec {
  const { fold } = collationOf(type.collation);
  return {
    declaration: 'BLOB',
    encode: encodeText,
    decode: decodeText,
    key: (value) => encodeText(fold(value as string)),
    // Collation order is not code point order; only equality can be looked up.
    ordered: false,
  };
}

/** Trailing zero bytes do not count when binary values are compared. */
function binaryKey(value: SqlValue): StoredValue {
  const bytes = value as Uint8Array;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

const binary: ColumnCodec = {
  declaration: 'BLOB',
  encode: asIs,
  decode: (stored) => stored as Uint8Array,
  key: binaryKey,
  ordered: true,
};

const decimalDigits = 38;
const decimalComplement = 10n ** BigInt(decimalDigits);

/** Sortable text of an unscaled number of up to 38 digits: negative numbers as complements, behind a smaller letter. */
function encodeWideDecimal(value: SqlValue): StoredValue {
  const { unscaled } = value as SqlDecimal;
  return unscaled < 0n
    ? `N${String(decimalComplement + unscaled).padStart(decimalDigits, '0')}`
    : `P${String(unscaled).padStart(decimalDigits, '0')}`;
}

function decimalCodec(type: SqlType): ColumnCodec {
  const scale = type.scale ?? 0;
  // 18 digits always fit into SQLite's 64-bit integers.
  if ((type.precision ?? 18) <= 18) {
    return {
      declaration: 'INTEGER',
      encode: (value) => (value as SqlDecimal).unscaled,
      decode: (stored) => ({ unscaled: stored as bigint, scale }),
      ordered: true,
    };
  }
  return {
    declaration: 'BLOB',
    encode: encodeWideDecimal,
    decode: (stored) => {
      const text = stored as string;
      const digits = BigInt(text.slice(1));
      return { unscaled: text.startsWith('N') ? digits - decimalComplement : digits, scale };
    },
    ordered: true,
  };
}

/** Positions of a GUID's hexadecimal byte pairs in the order in which SQL Server compares them. */
const guidOrder = [24, 26, 28, 30, 32, 34, 19, 21, 16, 14, 11, 9, 6, 4, 2, 0] as const;

const uniqueidentifier: ColumnCodec = {
  declaration: 'BLOB',
  encode: (value) => {
    const text = value as string;
    const bytes = new Uint8Array(16);
    for (let index = 0; index < 16; index += 1) {
      const at = guidOrder[index] ?? 0;
      bytes[index] = Number.parseInt(text.slice(at, at + 2), 16);
    }
    return bytes;
  },
  decode: (stored) => {
    const hex = Buffer.from(stored as Uint8Array)
      .toString('hex')
      .toUpperCase();
    const pair = (index: number): string => hex.slice(index * 2, index * 2 + 2);
    const [a, b, c] = [pair(15) + pair(14) + pair(13) + pair(12), pair(11) + pair(10), pair(9) + pair(8)];
    return `${a}-${b}-${c}-${hex.slice(12, 16)}-${hex.slice(0, 12)}`;
  },
  ordered: true,
};

const datetimeoffset: ColumnCodec = {
  declaration: 'BLOB',
  encode: (value) => {
    const { utcTicks, offsetMinutes } = value as SqlDateTimeOffset;
    return `${utcTicks}:${offsetMinutes}`;
  },
  decode: (stored) => {
    const [ticks = '0', offset = '0'] = (stored as string).split(':');
    return { utcTicks: BigInt(ticks), offsetMinutes: Number(offset) };
  },
  // Values of different offsets are equal when they are the same instant.
  key: (value) => (value as SqlDateTimeOffset).utcTicks,
  ordered: true,
};

function variantCodec(type: SqlType): ColumnCodec {
  const key = compileKey(type);
  return {
    declaration: 'BLOB',
    encode: (value) => encodeJson(value),
    decode: (stored) => decodeJson(stored as string) as SqlVariant,
    key: (value) => key(value),
    ordered: false,
  };
}

/** The codec of a column type. Statements that read with it must have `setReadBigInts(true)`. */
export function columnCodec(type: SqlType): ColumnCodec {
  switch (typeFamily(type)) {
    case 'integer':
      return type.name === 'bigint' ? wideInteger : integer;
    case 'money':
      return wideInteger;
    case 'decimal':
      return decimalCodec(type);
    case 'float':
      return real;
    case 'character':
    case 'xml':
      return characterCodec(type);
    case 'binary':
      return binary;
    case 'uniqueidentifier':
      return uniqueidentifier;
    case 'datetime':
      return type.name === 'datetimeoffset' ? datetimeoffset : wideInteger;
    case 'variant':
      return variantCodec(type);
  }
}

/** What to bind as the key of a value; null for NULL. */
export function keyOf(codec: ColumnCodec, value: SqlValue): SQLInputValue {
  if (value === null) return null;
  return codec.key === undefined ? codec.encode(value) : codec.key(value);
}

/** Text that two keys of one column share exactly when they are equal; NULL is a key of its own. */
function keyText(key: SQLInputValue): string {
  if (key === null) return 'n';
  if (typeof key === 'string') return `s${key.length}:${key}`;
  if (typeof key === 'number' || typeof key === 'bigint') return `i${key}`;
  const view = key as Uint8Array;
  return `b${view.length}:${Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1')}`;
}

/** What hash maps over index keys are keyed by. */
export type MapKey = string | number | bigint;

/** One value for the keys of several columns; it is the same for two rows exactly when all their keys are equal. */
export function joinKeys(keys: readonly SQLInputValue[]): MapKey {
  const [first = null] = keys;
  // A column's keys are all numbers or none is, and texts would take several times as long to make and to find.
  if (keys.length === 1) return typeof first === 'number' || typeof first === 'bigint' ? first : keyText(first);
  return keys.map(keyText).join('');
}
