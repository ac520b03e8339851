import { SqlError } from '../../errors.ts';
import { conversionKind } from './conversion-rules.ts';
import { toBinary } from './convert-to-binary.ts';
import { toDateTime } from './convert-to-datetime.ts';
import { toInteger } from './convert-to-integer.ts';
import { toDecimal, toFloat, toMoney } from './convert-to-number.ts';
import { toText } from './convert-to-text.ts';
import type { ConversionOptions, Converter } from './converter.ts';
import { currentDateSettings } from './date-settings.ts';
import {
  explicitConversionNotAllowed,
  implicitConversionNotAllowed,
  invalidUniqueIdentifier,
  operandTypeClash,
  truncatedValue,
} from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlValue, SqlVariant } from './sql-value.ts';
import { isBinaryType, isCharacterType, isUnicodeType, lengthOf, nullType, sameType, typeFamily } from './type-info.ts';
import { guidFromBytes, parseGuid } from './unique-identifier.ts';
import { cutToType, unitsPerCharacter } from './varchar-bytes.ts';
import { parseXmlValue, xmlValueOfBytes, xmlValueOfVarchar } from './xml-value.ts';

export { conversionKind } from './conversion-rules.ts';
export type { ConversionOptions } from './converter.ts';

const identity = (value: SqlValue): SqlValue => value;

/**
 * Throws unless the conversion is allowed.
 *
 * @throws {SqlError} 257 when it needs CAST or CONVERT, 206 when there is none (529 in an explicit conversion)
 */
function checkConversion(from: SqlType, to: SqlType, explicit: boolean): void {
  const kind = conversionKind(from, to);
  if (kind === 'implicit' || (kind === 'explicit' && explicit)) return;
  if (explicit) throw explicitConversionNotAllowed(from, to);
  throw kind === 'explicit' ? implicitConversionNotAllowed(from, to) : operandTypeClash(from, to);
}

/**
 * Compiles the conversion of values from one type to another; null stays null. When both types have the same form the
 * result is the identity, so it costs a call at most.
 *
 * @throws {SqlError} 257, 206 or 529 at once when the conversion is not allowed; the compiled function throws 245, 8114,
 * 8115, 220, 232, 241, 242, 8169 and their like for values that do not convert
 */
export function compileConversion(
  from: SqlType,
  to: SqlType,
  options: ConversionOptions = {},
): (value: SqlValue) => SqlValue {
  checkConversion(from, to, options.explicit === true);
  if (from === nullType) return identity;
  const convert = compileNonNull(from, to, options);
  return convert === identity ? identity : (value) => (value === null ? null : convert(value));
}

function compileNonNull(from: SqlType, to: SqlType, options: ConversionOptions): Converter {
  if (sameType(from, to) && options.style === undefined) return identity;
  if (from.name === 'sql_variant') return to.name === 'sql_variant' ? identity : fromVariant(to, options);
  switch (typeFamily(to)) {
    case 'integer':
      return from.name === to.name ? identity : toInteger(from, to);
    case 'decimal':
      return toDecimal(from, to);
    case 'money':
      return toMoney(from, to);
    case 'float':
      return toFloat(from, to);
    case 'character':
      return toText(from, to, options.style, options.dates ?? currentDateSettings());
    case 'binary':
      return toBinary(from, to, options.style);
    case 'datetime':
      return toDateTime(from, to, options.style, options.dates ?? currentDateSettings());
    case 'uniqueidentifier':
      return toUniqueIdentifier(from);
    case 'xml':
      return toXml(from, options.style);
    case 'variant':
      return (value) => ({ baseType: from, value: value as Exclude<SqlValue, SqlVariant> });
  }
}

function fromVariant(to: SqlType, given: ConversionOptions): Converter {
  const options = { ...given, dates: given.dates ?? currentDateSettings(), explicit: true };
  let lastType: SqlType | undefined;
  let lastConversion: (value: SqlValue) => SqlValue = identity;
  return (variant) => {
    const { baseType, value } = variant as SqlVariant;
    if (baseType !== lastType) {
      lastConversion = compileConversion(baseType, to, options);
      lastType = baseType;
    }
    return lastConversion(value);
  };
}

function toUniqueIdentifier(from: SqlType): Converter {
  if (from.name === 'uniqueidentifier') return identity;
  if (isBinaryType(from)) return (value) => guidFromBytes(value as Uint8Array);
  return (value) => {
    const guid = parseGuid(value as string);
    if (guid === undefined) {
      throw invalidUniqueIdentifier();
    }
    return guid;
  };
}

function toXml(from: SqlType, style: number | undefined): Converter {
  if (from.name === 'xml') return identity;
  const options = {
    preserveWhitespace: style === 1 || style === 3,
    allowsDocumentType: style === 2 || style === 3,
  };
  if (isBinaryType(from)) return (value) => xmlValueOfBytes(value as Uint8Array, options);
  if (isUnicodeType(from)) return (value) => parseXmlValue(value as string, { ...options, encoding: 'utf-16' });
  return (value) => xmlValueOfVarchar(value as string, from.collation, options);
}

/** Converts one value. @throws {SqlError} as {@link compileConversion} and the function it compiles */
export function convertValue(value: SqlValue, from: SqlType, to: SqlType, options: ConversionOptions = {}): SqlValue {
  // Most values have the type already, and compiling costs more than converting.
  if (options.style === undefined && sameType(from, to)) return value;
  return compileConversion(from, to, options)(value);
}

/**
 * TRY_CAST and TRY_CONVERT: null instead of an error about the value.
 *
 * @throws {SqlError} 529 at once when there is no such conversion
 */
export function compileTryConversion(
  from: SqlType,
  to: SqlType,
  options: ConversionOptions = {},
): (value: SqlValue) => SqlValue {
  const convert = compileConversion(from, to, { ...options, explicit: true });
  return (value) => {
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof SqlError) return null;
      throw error;
    }
  };
}

/**
 * Compiles the conversion of a value into a column: implicit conversions only, and text or bytes that the column can't
 * hold are refused, unless only trailing spaces (zero bytes) go.
 *
 * @param tableName as the error shows it, for example `Hartonomous.dbo.Atom`
 * @throws {SqlError} 2628 from the compiled function when the value would be truncated
 */
export function compileAssignment(
  from: SqlType,
  to: SqlType,
  columnName: string,
  tableName: string,
): (value: SqlValue) => SqlValue {
  const length = lengthOf(to);
  const sourceIsLong =
    from !== nullType &&
    (isCharacterType(from) || isBinaryType(from) || from.name === 'sql_variant') &&
    (isCharacterType(to) || isBinaryType(to)) &&
    length !== Infinity &&
    (from.name === 'sql_variant' ||
      lengthOf(from) * (isCharacterType(to) ? unitsPerCharacter(to) : 1) > length ||
      isCharacterType(from) !== isCharacterType(to));
  if (!sourceIsLong) return compileConversion(from, to);
  // Errors must name the column's own type, not the unlimited one below.
  checkConversion(from, to, false);
  // Converted without a limit first, so that what would be cut can be seen.
  const wide = compileConversion(from, isCharacterType(to) ? { ...wideType(to), ...collated(to) } : wideType(to));
  const store = compileConversion(wideType(to), to);
  return (value) => {
    const whole = wide(value);
    if (whole === null) return null;
    if (typeof whole === 'string') {
      const kept = cutToType(whole, to);
      if (kept.length < whole.length && /[^ ]/.test(whole.slice(kept.length))) {
        throw truncatedValue(columnName, tableName, kept);
      }
    } else if (
      whole instanceof Uint8Array &&
      whole.length > length &&
      whole.subarray(length).some((byte) => byte !== 0)
    ) {
      throw truncatedValue(columnName, tableName, '');
    }
    return store(whole);
  };
}

function collated(type: SqlType): { readonly collation?: string } {
  return type.collation === undefined ? {} : { collation: type.collation };
}

/** The unlimited type of the same kind. */
function wideType(type: SqlType): SqlType {
  if (isBinaryType(type)) return { name: 'varbinary', length: 'max' };
  return type.name === 'nchar' || type.name === 'nvarchar'
    ? { name: 'nvarchar', length: 'max', ...collated(type) }
    : { name: 'varchar', length: 'max', ...collated(type) };
}
