import { collationOf } from './collation.ts';
import { commonCollation } from './collation-precedence.ts';
import { conversionKind } from './conversion-rules.ts';
import { compileConversion } from './convert.ts';
import { operandTypeClash } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue, SqlVariant } from './sql-value.ts';
import {
  decimalShape,
  intType,
  isBinaryType,
  isCharacterType,
  lengthOf,
  maximumLength,
  nullType,
  numericType,
  precedenceOf,
  sameType,
  typeFamily,
} from './type-info.ts';

/**
 * The type to which values of several types come together, in CASE, COALESCE, UNION, IN and comparisons: the one of
 * highest precedence, wide enough for all. An untyped NULL takes the type of the others.
 *
 * @throws {SqlError} 206 when a type can't be converted to the one of highest precedence
 */
export function commonType(types: readonly SqlType[]): SqlType {
  let result: SqlType | undefined;
  for (const type of types) {
    if (type === nullType) continue;
    result = result === undefined ? type : commonTypeOfTwo(result, type);
  }
  return result ?? (types.length > 0 ? nullType : intType);
}

function commonTypeOfTwo(a: SqlType, b: SqlType): SqlType {
  if (sameType(a, b) && a.collationFrom === b.collationFrom && a.collationConflict === undefined) return a;
  const [low, high] = precedenceOf(a) < precedenceOf(b) ? [a, b] : [b, a];
  if (typeFamily(low) !== typeFamily(high) && conversionKind(low, high) !== 'implicit') {
    throw operandTypeClash(low, high);
  }
  switch (typeFamily(high)) {
    case 'character': {
      const length = characterLength(low, high);
      // Fixed length survives only among equals; (n)char with (n)varchar is (n)varchar already by precedence.
      const type: SqlType =
        high.name === 'text' || high.name === 'ntext' ? { name: high.name } : { name: high.name, length };
      return { ...type, ...commonCollation(a, b) };
    }
    case 'binary':
      if (high.name === 'image' || high.name === 'rowversion') return high;
      return { name: high.name, length: widest(low, high) };
    case 'decimal': {
      const { precision, scale } = decimalShape(low);
      const other = decimalShape(high);
      const commonScale = Math.max(scale, other.scale);
      const whole = Math.max(precision - scale, other.precision - other.scale);
      if (whole + commonScale <= 38) return { ...numericType(whole + commonScale, commonScale), name: high.name };
      return { ...numericType(38, Math.max(38 - whole, 0)), name: high.name };
    }
    case 'datetime':
      if (high.scale === undefined) return high;
      return { name: high.name, scale: Math.max(high.scale, fractionDigits(low)) };
    default:
      return high;
  }
}

function characterLength(low: SqlType, high: SqlType): number | 'max' {
  if (isCharacterType(low)) {
    const width = Math.max(lengthOf(low), lengthOf(high));
    return width === Infinity || width > maximumLength(high)
      ? width === Infinity
        ? 'max'
        : maximumLength(high)
      : width;
  }
  return widest(low, high);
}

function widest(low: SqlType, high: SqlType): number | 'max' {
  const width = Math.max(isCharacterType(low) || isBinaryType(low) ? lengthOf(low) : 0, lengthOf(high));
  return width === Infinity ? 'max' : width;
}

function fractionDigits(type: SqlType): number {
  if (type.name === 'datetime') return 3;
  return type.scale ?? 0;
}

/**
 * Order of two non-null values of one type: negative, 0 or positive. Strings follow their collation and ignore
 * trailing spaces; binary values ignore trailing zero bytes; a uniqueidentifier's last six bytes count first.
 */
export function compileCompare(type: SqlType): (a: SqlValue, b: SqlValue) => number {
  switch (typeFamily(type)) {
    case 'character':
    case 'xml': {
      const { compare } = collationOf(type.collation);
      return (a, b) => compare(a as string, b as string);
    }
    case 'binary':
      return (a, b) => compareBytes(a as Uint8Array, b as Uint8Array);
    case 'decimal':
      return (a, b) => {
        const left = (a as SqlDecimal).unscaled;
        const right = (b as SqlDecimal).unscaled;
        return left < right ? -1 : left > right ? 1 : 0;
      };
    case 'uniqueidentifier':
      return (a, b) => compareGuids(a as string, b as string);
    case 'variant':
      return (a, b) => compareVariants(a as SqlVariant, b as SqlVariant);
    case 'datetime':
      if (type.name === 'datetimeoffset') {
        return (a, b) => {
          const left = (a as SqlDateTimeOffset).utcTicks;
          const right = (b as SqlDateTimeOffset).utcTicks;
          return left < right ? -1 : left > right ? 1 : 0;
        };
      }
      return compareNumbers;
    default:
      return compareNumbers;
  }
}

function compareNumbers(a: SqlValue, b: SqlValue): number {
  const left = a as number | bigint;
  const right = b as number | bigint;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Start of each byte in the 36 characters of a GUID, in the order in which SQL Server compares them. */
const guidOrder = [24, 26, 28, 30, 32, 34, 19, 21, 16, 14, 11, 9, 6, 4, 2, 0] as const;

function compareGuids(a: string, b: string): number {
  if (a === b) return 0;
  // Groups 4 and 5 are compared from left to right as written; groups 3, 2 and 1 byte by byte in storage order.
  for (const start of guidOrder) {
    const left = a.slice(start, start + 2);
    const right = b.slice(start, start + 2);
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Families of sql_variant in their order ("sql_variant" in the T-SQL reference), highest first. */
const variantFamilies = ['variant', 'datetime', 'float', 'decimal', 'character', 'binary', 'uniqueidentifier'] as const;

function variantRank(type: SqlType): number {
  const family = typeFamily(type);
  const rank = (variantFamilies as readonly string[]).indexOf(
    family === 'integer' || family === 'money' ? 'decimal' : family,
  );
  return rank === -1 ? variantFamilies.length : rank;
}

function compareVariants(a: SqlVariant, b: SqlVariant): number {
  const difference = variantRank(b.baseType) - variantRank(a.baseType);
  if (difference !== 0) return difference;
  const type = commonType([a.baseType, b.baseType]);
  const left = compileConversion(a.baseType, type)(a.value);
  const right = compileConversion(b.baseType, type)(b.value);
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return compileCompare(type)(left, right);
}

/** A key that two non-null values of the type share exactly when they compare as equal; for hashing. */
export function compileKey(type: SqlType): (value: SqlValue) => string | number | bigint {
  switch (typeFamily(type)) {
    case 'character':
    case 'xml': {
      const { fold } = collationOf(type.collation);
      return (value) => fold(value as string);
    }
    case 'binary':
      return (value) => bytesKey(value as Uint8Array);
    case 'decimal':
      return (value) => (value as SqlDecimal).unscaled;
    case 'variant':
      return (value) => variantKey(value as SqlVariant);
    case 'datetime':
      if (type.name === 'datetimeoffset') return (value) => (value as SqlDateTimeOffset).utcTicks;
      return (value) => value as bigint;
    case 'float':
      // -0 and 0 are equal but distinct as Map keys only through Object.is; adding 0 makes them one.
      return (value) => (value as number) + 0;
    default:
      return (value) => value as string | number | bigint;
  }
}

function bytesKey(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}

function variantKey(variant: SqlVariant): string {
  const rank = variantRank(variant.baseType);
  if (variant.value === null) return `${rank}`;
  const family = typeFamily(variant.baseType);
  if (family === 'integer' || family === 'money' || family === 'decimal') {
    const type = numericType(38, variant.baseType.scale ?? (family === 'money' ? 4 : 0));
    const { unscaled, scale } = compileConversion(variant.baseType, type)(variant.value) as SqlDecimal;
    return `${rank}:${unscaled === 0n ? '0' : trimmedDecimal(unscaled, scale)}`;
  }
  if (family === 'datetime') {
    const type: SqlType = { name: 'datetimeoffset', scale: 7 };
    return `${rank}:${(compileConversion(variant.baseType, type)(variant.value) as SqlDateTimeOffset).utcTicks}`;
  }
  return `${rank}:${compileKey(variant.baseType)(variant.value)}`;
}

function trimmedDecimal(unscaled: bigint, scale: number): string {
  let digits = unscaled;
  let exponent = scale;
  while (exponent > 0 && digits % 10n === 0n) {
    digits /= 10n;
    exponent--;
  }
  return `${digits}e${exponent}`;
}
