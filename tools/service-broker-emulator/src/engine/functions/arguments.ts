import { compileConversion } from '../types/convert.ts';
import { currentDateSettings, defaultDateSettings } from '../types/date-settings.ts';
import { invalidArgumentType } from '../types/errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import {
  bigintType,
  floatType,
  intType,
  isBinaryType,
  isCharacterType,
  isUnicodeType,
  lengthOf,
  numericType,
  nvarcharMaxType,
  typeFamily,
  varbinaryMaxType,
  varcharMaxType,
  withLength,
} from '../types/type-info.ts';
import { unitsPerCharacter } from '../types/varchar-bytes.ts';
import { countsPairs } from './string/characters.ts';

type Conversion = (value: SqlValue) => SqlValue;

/** A conversion into one target, compiled once per source type. */
function cachedConversion(target: SqlType): (value: SqlValue, type: SqlType) => SqlValue {
  const compiled = new WeakMap<SqlType, Conversion>();
  return (value, type) => {
    if (value === null) return null;
    // Dates are texts by the language of the session.
    if (currentDateSettings() !== defaultDateSettings) {
      return compileConversion(type, target, { explicit: true })(value);
    }
    let convert = compiled.get(type);
    if (convert === undefined) {
      convert = compileConversion(type, target, { explicit: true });
      compiled.set(type, convert);
    }
    return convert(value);
  };
}

const toNvarchar = cachedConversion(nvarcharMaxType);
const toVarchar = cachedConversion(varcharMaxType);
const toInt = cachedConversion(intType);
const toBigint = cachedConversion(bigintType);
const toFloat = cachedConversion(floatType);
const toBinary = cachedConversion(varbinaryMaxType);

/** The argument as text; null stays null. */
export function textArgument(value: SqlValue | undefined, type: SqlType | undefined): string | null {
  if (value === undefined || value === null || type === undefined) return null;
  if (isCharacterType(type)) return value as string;
  return (isBinaryType(type) ? toVarchar(value, type) : toNvarchar(value, type)) as string | null;
}

/** The argument as int. @throws {SqlError} 245, 8115 and the like */
export function intArgument(value: SqlValue | undefined, type: SqlType | undefined): number | null {
  if (value === undefined || value === null || type === undefined) return null;
  return type.name === 'int' ? (value as number) : (toInt(value, type) as number | null);
}

/** The argument as bigint. */
export function bigintArgument(value: SqlValue | undefined, type: SqlType | undefined): bigint | null {
  if (value === undefined || value === null || type === undefined) return null;
  return toBigint(value, type) as bigint | null;
}

/** The argument as float. */
export function floatArgument(value: SqlValue | undefined, type: SqlType | undefined): number | null {
  if (value === undefined || value === null || type === undefined) return null;
  return toFloat(value, type) as number | null;
}

/** The argument as bytes: of texts the bytes in their encoding. */
export function bytesArgument(value: SqlValue | undefined, type: SqlType | undefined): Uint8Array | null {
  if (value === undefined || value === null || type === undefined) return null;
  return toBinary(value, type) as Uint8Array | null;
}

const displayLengths: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 3,
  smallint: 6,
  int: 12,
  bigint: 20,
  money: 22,
  smallmoney: 12,
  real: 24,
  float: 32,
  date: 10,
  time: 16,
  smalldatetime: 19,
  datetime: 23,
  datetime2: 27,
  datetimeoffset: 34,
  uniqueidentifier: 36,
};

/** The variable-length character type that a value of the type becomes when a function takes it as text. */
export function textTypeOf(type: SqlType): SqlType {
  if (isCharacterType(type)) {
    const length = lengthOf(type);
    return withLength(isUnicodeType(type) ? 'nvarchar' : 'varchar', length, type.collation);
  }
  if (type.name === 'xml' || type.name === 'sql_variant') return nvarcharMaxType;
  if (isBinaryType(type)) return withLength('varchar', lengthOf(type));
  if (typeFamily(type) === 'decimal') return withLength('varchar', (type.precision ?? 18) + 2);
  return withLength('varchar', displayLengths[type.name] ?? 30);
}

/** The text type for another number of characters; of one that is a surrogate pair, nvarchar has two units. */
export function textTypeOfLength(type: SqlType, length: number): SqlType {
  const units = isUnicodeType(type) && countsPairs(type.collation) ? 2 : unitsPerCharacter(type);
  const most = Math.min(length * units, Math.max(lengthOf(type), length));
  return withLength(isUnicodeType(type) ? 'nvarchar' : 'varchar', most, type.collation);
}

/** Cuts text to what the result type holds: functions never report truncation. */
export function fitText(text: string, type: SqlType): string {
  const length = lengthOf(type);
  return text.length > length ? text.slice(0, length) : text;
}

/**
 * Refuses types that can't be taken as text.
 *
 * @throws {SqlError} 8116
 */
export function requireText(types: readonly SqlType[], position: number, functionName: string): SqlType {
  const type = types[position];
  if (type === undefined) return varcharMaxType;
  if (type.name === 'xml' || type.name === 'sql_variant' || type.name === 'image') {
    throw invalidArgumentType(type, position + 1, functionName);
  }
  return textTypeOf(type);
}

/** Refuses what isn't a number (nor convertible to one). @throws {SqlError} 8116 */
export function requireNumber(types: readonly SqlType[], position: number, functionName: string): SqlType {
  const type = types[position] ?? intType;
  const family = typeFamily(type);
  if (family === 'xml' || family === 'datetime' || family === 'uniqueidentifier' || family === 'variant') {
    throw invalidArgumentType(type, position + 1, functionName);
  }
  return family === 'character' || family === 'binary' ? floatType : type;
}

/** numeric(38, scale): the type in which decimal functions answer. */
export function widestNumeric(type: SqlType): SqlType {
  return numericType(38, type.scale ?? 0);
}
