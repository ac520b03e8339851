import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../types/sql-value.ts';
import { isCharacterType, isUnicodeType, typeFamily } from '../types/type-info.ts';
import { encodeVarchar } from '../types/varchar-bytes.ts';

/** Precision, scale and bytes of the types that have fixed ones. Source: Microsoft's documentation of the types. */
const fixed: Readonly<Partial<Record<SqlType['name'], readonly [precision: number, scale: number, bytes: number]>>> = {
  bit: [1, 0, 1],
  tinyint: [3, 0, 1],
  smallint: [5, 0, 2],
  int: [10, 0, 4],
  bigint: [19, 0, 8],
  smallmoney: [10, 4, 4],
  money: [19, 4, 8],
  real: [24, 0, 4],
  float: [53, 0, 8],
  date: [10, 0, 3],
  smalldatetime: [16, 0, 4],
  datetime: [23, 3, 8],
  uniqueidentifier: [0, 0, 16],
};

/** Characters before the fraction of the types with fractional seconds, and bytes besides those of the time. */
const timed: Readonly<Partial<Record<SqlType['name'], readonly [characters: number, bytes: number]>>> = {
  time: [8, 0],
  datetime2: [19, 3],
  datetimeoffset: [26, 5],
};

interface Facts {
  readonly precision: number;
  readonly scale: number;
  readonly maxLength: number;
}

function factsOf(type: SqlType): Facts {
  const known = fixed[type.name];
  if (known !== undefined) return { precision: known[0], scale: known[1], maxLength: known[2] };
  const time = timed[type.name];
  if (time !== undefined) {
    const scale = type.scale ?? 7;
    const bytes = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
    return { precision: time[0] + (scale === 0 ? 0 : scale + 1), scale, maxLength: time[1] + bytes };
  }
  if (typeFamily(type) === 'decimal') {
    const precision = type.precision ?? 18;
    const maxLength = precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
    return { precision, scale: type.scale ?? 0, maxLength };
  }
  if (type.name === 'rowversion') return { precision: 0, scale: 0, maxLength: 8 };
  const length = typeof type.length === 'number' ? type.length : 8000;
  return { precision: 0, scale: 0, maxLength: isUnicodeType(type) ? length * 2 : length };
}

/** Bytes of the value and of what sql_variant keeps with it: type and version, and the type's parameters. */
function totalBytes({ baseType, value }: SqlVariant, { maxLength }: Facts): number {
  const header = 2;
  if (typeof value === 'string' && isCharacterType(baseType)) {
    const data = isUnicodeType(baseType) ? value.length * 2 : encodeVarchar(value, baseType.collation).length;
    // Collation and longest length.
    return header + 6 + data;
  }
  if (value instanceof Uint8Array) return header + 2 + value.length;
  switch (typeFamily(baseType)) {
    case 'decimal':
      return header + 2 + maxLength;
    case 'datetime':
      return header + (timed[baseType.name] === undefined ? 0 : 1) + maxLength;
    default:
      return header + maxLength;
  }
}

/** SQL_VARIANT_PROPERTY. @param property lower case; null for one that doesn't exist */
export function variantProperty(variant: SqlVariant, property: string | undefined): SqlValue {
  const { baseType } = variant;
  const facts = factsOf(baseType);
  switch (property) {
    case 'basetype':
      return baseType.name === 'rowversion' ? 'timestamp' : baseType.name;
    case 'precision':
      return facts.precision;
    case 'scale':
      return facts.scale;
    case 'maxlength':
      return facts.maxLength;
    case 'totalbytes':
      return totalBytes(variant, facts);
    case 'collation':
      return isCharacterType(baseType) ? (baseType.collation ?? 'SQL_Latin1_General_CP1_CI_AS') : null;
    default:
      return null;
  }
}
