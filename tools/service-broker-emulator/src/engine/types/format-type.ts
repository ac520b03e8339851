import {
  invalidLengthOrPrecision,
  invalidScale,
  precisionTooLarge,
  scaleBeyondPrecision,
  sizeTooLarge,
  syntaxNear,
  widthNotAllowed,
} from './errors.ts';
import type { SqlType, SqlTypeName } from './sql-type.ts';

/** Name as error messages show it: without parameters; rowversion is `timestamp`, decimal is `numeric`. */
export function baseTypeName(type: SqlType): string {
  if (type.name === 'rowversion') return 'timestamp';
  if (type.name === 'decimal') return 'numeric';
  const isMax = type.length === 'max';
  return isMax ? `${type.name}(max)` : type.name;
}

/** The type as one writes it, for example `nvarchar(50)` or `decimal(10,2)`. */
export function formatType(type: SqlType): string {
  switch (type.name) {
    case 'rowversion':
      return 'timestamp';
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return `${type.name}(${type.length ?? 1})`;
    case 'decimal':
    case 'numeric':
      return `${type.name}(${type.precision ?? 18},${type.scale ?? 0})`;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${type.name}(${type.scale ?? 7})`;
    default:
      return type.name;
  }
}

const synonyms: Readonly<Record<string, SqlTypeName>> = {
  integer: 'int',
  dec: 'decimal',
  'double precision': 'float',
  character: 'char',
  'character varying': 'varchar',
  'char varying': 'varchar',
  'national char': 'nchar',
  'national character': 'nchar',
  'national char varying': 'nvarchar',
  'national character varying': 'nvarchar',
  'national text': 'ntext',
  'binary varying': 'varbinary',
  timestamp: 'rowversion',
};

const plainTypes: ReadonlySet<string> = new Set<SqlTypeName>([
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'money',
  'smallmoney',
  'real',
  'text',
  'ntext',
  'image',
  'rowversion',
  'uniqueidentifier',
  'date',
  'smalldatetime',
  'datetime',
  'xml',
  'sql_variant',
]);

function parseName(name: string): SqlTypeName | undefined {
  const key = name.toLowerCase();
  const known = Object.hasOwn(synonyms, key) ? synonyms[key] : undefined;
  if (known !== undefined) return known;
  switch (key) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
    case 'decimal':
    case 'numeric':
    case 'float':
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return key;
    default:
      return plainTypes.has(key) ? (key as SqlTypeName) : undefined;
  }
}

/**
 * The built-in type that a declaration names; undefined when the name isn't a built-in type.
 *
 * @param parameters length, or precision and scale, as written
 * @param options.defaultLength length of (n)char, (n)varchar, (var)binary without one: 1 in declarations, 30 in CAST and CONVERT
 * @throws {SqlError} 2716, 131, 1001, 1002, 2750, 2751 for parameters that the type does not take
 */
export function parseBuiltInType(
  name: string,
  parameters: readonly (number | 'max')[],
  options: { readonly defaultLength?: 1 | 30 } = {},
): SqlType | undefined {
  if (name.toLowerCase() === 'sysname') {
    if (parameters.length > 0) throw widthNotAllowed(name);
    return { name: 'nvarchar', length: 128 };
  }
  const base = parseName(name);
  if (base === undefined) return undefined;
  switch (base) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return { name: base, length: parseLength(base, parameters, options.defaultLength ?? 1) };
    case 'decimal':
    case 'numeric':
      return parseDecimal(base, parameters);
    case 'float':
      return parseFloatType(parameters);
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name: base, scale: parseFraction(parameters) };
    default:
      if (parameters.length > 0) throw widthNotAllowed(name);
      return { name: base };
  }
}

function parseLength(
  base: SqlTypeName,
  parameters: readonly (number | 'max')[],
  defaultLength: number,
): number | 'max' {
  const [length = defaultLength, ...rest] = parameters;
  if (rest.length > 0) throw syntaxNear(',');
  if (length === 'max') {
    if (base === 'varchar' || base === 'nvarchar' || base === 'varbinary') return 'max';
    throw syntaxNear('max');
  }
  if (length < 1) {
    throw invalidLengthOrPrecision(length);
  }
  const limit = base === 'nchar' || base === 'nvarchar' ? 4000 : 8000;
  if (length > limit) {
    throw sizeTooLarge(length, base);
  }
  return length;
}

function parseDecimal(base: 'decimal' | 'numeric', parameters: readonly (number | 'max')[]): SqlType {
  const [precision = 18, scale = 0] = parameters;
  if (precision === 'max' || scale === 'max') {
    throw syntaxNear('max');
  }
  if (precision < 1) {
    throw invalidLengthOrPrecision(precision);
  }
  if (precision > 38) {
    throw precisionTooLarge(precision, 38);
  }
  if (scale > precision) {
    throw scaleBeyondPrecision(scale, precision);
  }
  return { name: base, precision, scale };
}

function parseFloatType(parameters: readonly (number | 'max')[]): SqlType {
  const [bits = 53] = parameters;
  if (bits === 'max' || bits < 1 || bits > 53) {
    throw precisionTooLarge(bits, 53);
  }
  return bits <= 24 ? { name: 'real' } : { name: 'float', precision: 53 };
}

function parseFraction(parameters: readonly (number | 'max')[]): number {
  const [scale = 7] = parameters;
  if (scale === 'max' || scale > 7 || scale < 0) {
    throw invalidScale(scale);
  }
  return scale;
}
