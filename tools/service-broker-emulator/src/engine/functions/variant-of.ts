import type { SqlValue, SqlVariant } from '../types/sql-value.ts';
import { bigintType, intType, numericType, withLength } from '../types/type-info.ts';

/** A value as sql_variant; numbers are int, texts nvarchar. */
export function variantOf(value: SqlValue): SqlVariant | null {
  if (value === null) return null;
  if (typeof value === 'string') return { baseType: withLength('nvarchar', value.length), value };
  if (typeof value === 'number') return { baseType: intType, value };
  if (typeof value === 'bigint') return { baseType: bigintType, value };
  if (value instanceof Uint8Array) return { baseType: withLength('varbinary', value.length), value };
  if ('baseType' in value) return value;
  if ('unscaled' in value) return { baseType: numericType(38, value.scale), value };
  return { baseType: { name: 'datetimeoffset', scale: 7 }, value };
}
