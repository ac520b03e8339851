import type { SqlType, SqlTypeName } from './sql-type.ts';

export const bitType: SqlType = { name: 'bit' };
export const tinyintType: SqlType = { name: 'tinyint' };
export const intType: SqlType = { name: 'int' };
export const bigintType: SqlType = { name: 'bigint' };
export const moneyType: SqlType = { name: 'money' };
export const floatType: SqlType = { name: 'float', precision: 53 };
export const dateType: SqlType = { name: 'date' };
export const datetimeType: SqlType = { name: 'datetime' };
export const smalldatetimeType: SqlType = { name: 'smalldatetime' };
export const datetime2Type: SqlType = { name: 'datetime2', scale: 7 };
export const datetimeoffsetType: SqlType = { name: 'datetimeoffset', scale: 7 };
export const uniqueidentifierType: SqlType = { name: 'uniqueidentifier' };
export const xmlType: SqlType = { name: 'xml' };
export const sqlVariantType: SqlType = { name: 'sql_variant' };
export const sysnameType: SqlType = { name: 'nvarchar', length: 128 };
export const nvarcharMaxType: SqlType = { name: 'nvarchar', length: 'max' };
export const varcharMaxType: SqlType = { name: 'varchar', length: 'max' };
export const varbinaryMaxType: SqlType = { name: 'varbinary', length: 'max' };

/**
 * Type of an untyped NULL: `int` for all callers, but {@link commonType} and operators let it take the other side's
 * type. It is recognized by identity, so pass it on instead of copying it.
 */
export const nullType: SqlType = Object.freeze({ name: 'int' as const });

/** Collation of everything that does not name one. */
export const defaultCollation = 'SQL_Latin1_General_CP1_CI_AS';

export type TypeFamily =
  | 'integer'
  | 'decimal'
  | 'money'
  | 'float'
  | 'character'
  | 'binary'
  | 'datetime'
  | 'uniqueidentifier'
  | 'xml'
  | 'variant';

const families: Record<SqlTypeName, TypeFamily> = {
  bit: 'integer',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'money',
  smallmoney: 'money',
  real: 'float',
  float: 'float',
  char: 'character',
  varchar: 'character',
  text: 'character',
  nchar: 'character',
  nvarchar: 'character',
  ntext: 'character',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  rowversion: 'binary',
  uniqueidentifier: 'uniqueidentifier',
  date: 'datetime',
  time: 'datetime',
  smalldatetime: 'datetime',
  datetime: 'datetime',
  datetime2: 'datetime',
  datetimeoffset: 'datetime',
  xml: 'xml',
  sql_variant: 'variant',
};

export function typeFamily(type: SqlType): TypeFamily {
  return families[type.name];
}

export function isCharacterType(type: SqlType): boolean {
  return families[type.name] === 'character';
}

export function isBinaryType(type: SqlType): boolean {
  return families[type.name] === 'binary';
}

export function isUnicodeType(type: SqlType): boolean {
  return type.name === 'nvarchar' || type.name === 'nchar' || type.name === 'ntext';
}

/** Types whose columns SET ANSI_PADDING OFF would make another way. */
export function isPadded(type: SqlType): boolean {
  return type.name === 'char' || type.name === 'varchar' || type.name === 'binary' || type.name === 'varbinary';
}

export function isIntegerType(type: SqlType): boolean {
  return families[type.name] === 'integer';
}

export function isNumericType(type: SqlType): boolean {
  const family = families[type.name];
  return family === 'integer' || family === 'decimal' || family === 'money' || family === 'float';
}

/** Order of precedence, highest first ("Data type precedence" in Microsoft's T-SQL reference). */
const precedence: readonly SqlTypeName[] = [
  'sql_variant',
  'xml',
  'datetimeoffset',
  'datetime2',
  'datetime',
  'smalldatetime',
  'date',
  'time',
  'float',
  'real',
  'decimal',
  'numeric',
  'money',
  'smallmoney',
  'bigint',
  'int',
  'smallint',
  'tinyint',
  'bit',
  'ntext',
  'text',
  'image',
  'rowversion',
  'uniqueidentifier',
  'nvarchar',
  'nchar',
  'varchar',
  'char',
  'varbinary',
  'binary',
];
const ranks = new Map(precedence.map((name, index) => [name, precedence.length - index]));

/** Greater = higher precedence; the lower type is converted to the higher one. */
export function precedenceOf(type: SqlType): number {
  return ranks.get(type.name) ?? 0;
}

/** Largest number of characters or bytes that the type holds without being a large-value type. */
export function maximumLength(type: SqlType): number {
  return type.name === 'nvarchar' || type.name === 'nchar' ? 4000 : 8000;
}

/** Declared length, Infinity for the large-value and LOB forms. */
export function lengthOf(type: SqlType): number {
  if (type.length === 'max' || type.name === 'text' || type.name === 'ntext' || type.name === 'image') return Infinity;
  if (type.name === 'rowversion') return 8;
  return type.length ?? 1;
}

/** A type of a character or binary name with a length; beyond what the type holds it becomes the `max` form. */
export function withLength(name: 'varchar' | 'nvarchar' | 'varbinary', length: number, collation?: string): SqlType {
  const limit = name === 'nvarchar' ? 4000 : 8000;
  const type: SqlType = { name, length: length > limit ? 'max' : Math.max(1, length) };
  return collation === undefined ? type : { ...type, collation };
}

/** True when both denote the same type with the same parameters. */
export function sameType(a: SqlType, b: SqlType): boolean {
  return (
    a === b ||
    (a.name === b.name &&
      a.length === b.length &&
      a.precision === b.precision &&
      a.scale === b.scale &&
      a.collation === b.collation)
  );
}

/** Digits that a numeric type other than float can show: used by the decimal rules. */
export function decimalShape(type: SqlType): { readonly precision: number; readonly scale: number } {
  switch (type.name) {
    case 'bit':
      return { precision: 1, scale: 0 };
    case 'tinyint':
      return { precision: 3, scale: 0 };
    case 'smallint':
      return { precision: 5, scale: 0 };
    case 'int':
      return { precision: 10, scale: 0 };
    case 'bigint':
      return { precision: 19, scale: 0 };
    case 'smallmoney':
      return { precision: 10, scale: 4 };
    case 'money':
      return { precision: 19, scale: 4 };
    default:
      return { precision: type.precision ?? 18, scale: type.scale ?? 0 };
  }
}

/** A decimal type; `numeric` is what SQL Server calls the results of its own arithmetic. */
export function numericType(precision: number, scale: number): SqlType {
  return { name: 'numeric', precision, scale };
}
