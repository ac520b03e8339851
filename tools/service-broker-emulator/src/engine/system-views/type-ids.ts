import { nameKey } from '../catalog/name-key.ts';
import type { SqlType } from '../types/sql-type.ts';

/** system_type_id, user_type_id, name, max_length, precision and scale, as `sys.types` of SQL Server lists them. */
export const builtInTypes: readonly (readonly [
  systemId: number,
  userId: number,
  name: string,
  maxLength: number,
  precision: number,
  scale: number,
])[] = [
  [34, 34, 'image', 16, 0, 0],
  [35, 35, 'text', 16, 0, 0],
  [36, 36, 'uniqueidentifier', 16, 0, 0],
  [40, 40, 'date', 3, 10, 0],
  [41, 41, 'time', 5, 16, 7],
  [42, 42, 'datetime2', 8, 27, 7],
  [43, 43, 'datetimeoffset', 10, 34, 7],
  [48, 48, 'tinyint', 1, 3, 0],
  [52, 52, 'smallint', 2, 5, 0],
  [56, 56, 'int', 4, 10, 0],
  [58, 58, 'smalldatetime', 4, 16, 0],
  [59, 59, 'real', 4, 24, 0],
  [60, 60, 'money', 8, 19, 4],
  [61, 61, 'datetime', 8, 23, 3],
  [62, 62, 'float', 8, 53, 0],
  [98, 98, 'sql_variant', 8016, 0, 0],
  [99, 99, 'ntext', 16, 0, 0],
  [104, 104, 'bit', 1, 1, 0],
  [106, 106, 'decimal', 17, 38, 38],
  [108, 108, 'numeric', 17, 38, 38],
  [122, 122, 'smallmoney', 4, 10, 4],
  [127, 127, 'bigint', 8, 19, 0],
  [165, 165, 'varbinary', 8000, 0, 0],
  [167, 167, 'varchar', 8000, 0, 0],
  [173, 173, 'binary', 8000, 0, 0],
  [175, 175, 'char', 8000, 0, 0],
  [189, 189, 'timestamp', 8, 0, 0],
  [231, 231, 'nvarchar', 8000, 0, 0],
  [231, 256, 'sysname', 256, 0, 0],
  [239, 239, 'nchar', 8000, 0, 0],
  [241, 241, 'xml', -1, 0, 0],
];

export function builtInTypeId(name: string): number | undefined {
  const wanted = nameKey(name) === 'rowversion' ? 'timestamp' : nameKey(name);
  return builtInTypes.find(([, , known]) => known === wanted)?.[1];
}

export function builtInTypeName(userTypeId: number): string | undefined {
  return builtInTypes.find(([, userId]) => userId === userTypeId)?.[2];
}

/** What `sys.columns` says of a column's type. Lengths are in bytes, -1 for the large-value forms. */
export interface TypeFacts {
  readonly systemTypeId: number;
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

function decimalLength(precision: number): number {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
}

function fractionalLength(scale: number, base: number): number {
  if (scale <= 2) return base;
  return scale <= 4 ? base + 1 : base + 2;
}

/** Precision that `sys.columns` shows for the time types: characters of the longest text. */
function fractionalPrecision(scale: number, base: number): number {
  return scale === 0 ? base : base + 1 + scale;
}

export function typeFacts(type: SqlType): TypeFacts {
  const name = type.name === 'rowversion' ? 'timestamp' : type.name;
  const [systemTypeId, , , maxLength, precision, scale] = builtInTypes.find(([, , known]) => known === name) ?? [
    0,
    0,
    '',
    0,
    0,
    0,
  ];
  const facts = { systemTypeId, maxLength, precision, scale };
  const fraction = type.scale ?? 7;
  switch (type.name) {
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return { ...facts, maxLength: type.length === 'max' ? -1 : (type.length ?? 1) };
    case 'nchar':
    case 'nvarchar':
      return { ...facts, maxLength: type.length === 'max' ? -1 : (type.length ?? 1) * 2 };
    case 'decimal':
    case 'numeric':
      return {
        ...facts,
        maxLength: decimalLength(type.precision ?? 18),
        precision: type.precision ?? 18,
        scale: type.scale ?? 0,
      };
    case 'time':
      return {
        ...facts,
        maxLength: fractionalLength(fraction, 3),
        precision: fractionalPrecision(fraction, 8),
        scale: fraction,
      };
    case 'datetime2':
      return {
        ...facts,
        maxLength: fractionalLength(fraction, 6),
        precision: fractionalPrecision(fraction, 19),
        scale: fraction,
      };
    case 'datetimeoffset':
      return {
        ...facts,
        maxLength: fractionalLength(fraction, 8),
        precision: fractionalPrecision(fraction, 26),
        scale: fraction,
      };
    default:
      return facts;
  }
}
