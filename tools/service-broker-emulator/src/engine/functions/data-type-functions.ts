import { compileConversion } from '../types/convert.ts';
import { bytesOf } from '../types/convert-to-binary.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../types/sql-value.ts';
import { intType, isUnicodeType, sqlVariantType, typeFamily } from '../types/type-info.ts';
import { encodeVarchar } from '../types/varchar-bytes.ts';
import { textArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import { identity, identityType } from './identity-value.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { asLength, lengthType } from './string/string-functions.ts';
import { variantOf } from './variant-of.ts';
import { variantProperty } from './variant-property.ts';

/** Number of bytes that a value takes. */
function byteLength(value: Exclude<SqlValue, null>, type: SqlType): number {
  switch (typeFamily(type)) {
    case 'character':
      return isUnicodeType(type) ? (value as string).length * 2 : encodeVarchar(value as string, type.collation).length;
    case 'xml':
      return (value as string).length * 2;
    case 'binary':
      return (value as Uint8Array).length;
    case 'uniqueidentifier':
      return 16;
    case 'variant': {
      const variant = value as { readonly baseType: SqlType; readonly value: SqlValue };
      return variant.value === null ? 0 : byteLength(variant.value, variant.baseType);
    }
    case 'decimal': {
      const precision = type.precision ?? 18;
      return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
    }
    case 'datetime': {
      const scale = type.scale ?? 7;
      const time = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
      const sizes: Readonly<Record<string, number>> = { time, datetime2: time + 3, datetimeoffset: time + 5 };
      return sizes[type.name] ?? bytesOf(value, type).length;
    }
    default:
      return bytesOf(value, type).length;
  }
}

/** Microsoft's chapter "Data type functions". */
export const dataTypeFunctions: readonly ScalarFunction[] = [
  defineFunction('DATALENGTH', {
    arguments: 1,
    type: lengthType,
    evaluate: ([value = null], types) =>
      value === null ? null : asLength(byteLength(value, types[0] ?? intType), types),
  }),
  defineFunction('IDENT_CURRENT', {
    arguments: 1,
    deterministic: false,
    type: identityType,
    evaluate: (args, types, context) => {
      const table = textArgument(args[0], types[0]);
      return table === null ? null : identity(context.identityOf(table));
    },
  }),
  defineFunction('SQL_VARIANT_PROPERTY', {
    arguments: 2,
    type: sqlVariantType,
    evaluate: (args, types) => {
      const property = textArgument(args[1], types[1])?.toLowerCase();
      const from = types[0] ?? sqlVariantType;
      const variant = compileConversion(from, sqlVariantType, { explicit: true })(args[0] ?? null) as SqlVariant | null;
      return variant === null ? null : variantOf(variantProperty(variant, property));
    },
  }),
];
