import { collationBytes } from '../engine/types/collation-bytes.ts';
import { codePageOf } from '../engine/types/collation-code-page.ts';
import type { SqlType } from '../engine/types/sql-type.ts';
import type { SqlVariant } from '../engine/types/sql-value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { bodyWriter, ValueFormError } from './fixed-value-writer.ts';
import { declaredBytes } from './type-info-writer.ts';
import { TypeToken } from './type-tokens.ts';

/** Writes a non-NULL sql_variant: length, base type, its properties, and the value without a length of its own. */
export function writeVariant(out: ByteWriter, variant: SqlVariant): void {
  const { baseType, value } = variant;
  const lengthAt = out.position;
  out.u32(0);
  if (value === null) return;
  switch (baseType.name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar': {
      if (typeof value !== 'string') throw new ValueFormError(baseType, value);
      head(out, TypeToken[baseType.name], 7);
      out.bytes(collationBytes(baseType.collation));
      out.u16(declaredBytes(baseType));
      if (baseType.name === 'nchar' || baseType.name === 'nvarchar') out.utf16(value);
      else out.bytes(codePageOf(baseType.collation).encode(value));
      break;
    }
    case 'binary':
    case 'varbinary':
      if (!(value instanceof Uint8Array)) throw new ValueFormError(baseType, value);
      head(out, TypeToken[baseType.name], 2);
      out.u16(declaredBytes(baseType));
      out.bytes(value);
      break;
    case 'decimal':
    case 'numeric':
      head(out, baseType.name === 'decimal' ? TypeToken.decimalN : TypeToken.numericN, 2);
      out.u8(baseType.precision ?? 18);
      out.u8(baseType.scale ?? 0);
      bodyWriter(baseType)(out, value);
      break;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      head(out, TypeToken[baseType.name], 1);
      out.u8(baseType.scale ?? 7);
      bodyWriter(baseType)(out, value);
      break;
    default:
      head(out, plainToken(baseType), 0);
      bodyWriter(baseType)(out, value);
  }
  out.patchU32(lengthAt, out.position - lengthAt - 4);
}

function head(out: ByteWriter, token: number, propertiesLength: number): void {
  out.u8(token);
  out.u8(propertiesLength);
}

function plainToken(type: SqlType): number {
  switch (type.name) {
    case 'tinyint':
    case 'bit':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'float':
    case 'money':
    case 'smallmoney':
    case 'datetime':
    case 'smalldatetime':
    case 'date':
    case 'uniqueidentifier':
      return TypeToken[type.name];
    default:
      throw new TypeError(`A sql_variant cannot hold a value of type ${type.name}.`);
  }
}
