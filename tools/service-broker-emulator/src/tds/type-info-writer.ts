import { collationBytes } from '../engine/types/collation-bytes.ts';
import type { SqlType } from '../engine/types/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { decimalLength, maxLengthMark, TypeToken } from './type-tokens.ts';

/** User type of a rowversion column, by which clients tell it from binary(8). */
const rowversionUserType = 0x50;
/** Length SQL Server declares for text and image; ntext has one less. */
const textLength = 0x7fffffff;
const variantLength = 8009;

/** User type number of a column in COLMETADATA and RETURNVALUE. */
export function userType(type: SqlType): number {
  return type.name === 'rowversion' ? rowversionUserType : 0;
}

/** Writes the TYPE_INFO of a column or returned value, always in the form that can hold NULL. */
export function writeTypeInfo(out: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case 'tinyint':
      sized(out, TypeToken.intN, 1);
      break;
    case 'smallint':
      sized(out, TypeToken.intN, 2);
      break;
    case 'int':
      sized(out, TypeToken.intN, 4);
      break;
    case 'bigint':
      sized(out, TypeToken.intN, 8);
      break;
    case 'bit':
      sized(out, TypeToken.bitN, 1);
      break;
    case 'real':
      sized(out, TypeToken.floatN, 4);
      break;
    case 'float':
      sized(out, TypeToken.floatN, 8);
      break;
    case 'smallmoney':
      sized(out, TypeToken.moneyN, 4);
      break;
    case 'money':
      sized(out, TypeToken.moneyN, 8);
      break;
    case 'smalldatetime':
      sized(out, TypeToken.datetimeN, 4);
      break;
    case 'datetime':
      sized(out, TypeToken.datetimeN, 8);
      break;
    case 'uniqueidentifier':
      sized(out, TypeToken.uniqueidentifier, 16);
      break;
    case 'date':
      out.u8(TypeToken.date);
      break;
    case 'time':
      sized(out, TypeToken.time, type.scale ?? 7);
      break;
    case 'datetime2':
      sized(out, TypeToken.datetime2, type.scale ?? 7);
      break;
    case 'datetimeoffset':
      sized(out, TypeToken.datetimeoffset, type.scale ?? 7);
      break;
    case 'decimal':
    case 'numeric': {
      const precision = type.precision ?? 18;
      sized(out, type.name === 'decimal' ? TypeToken.decimalN : TypeToken.numericN, decimalLength(precision));
      out.u8(precision);
      out.u8(type.scale ?? 0);
      break;
    }
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      out.u8(TypeToken[type.name]);
      out.u16(declaredBytes(type));
      out.bytes(collationBytes(type.collation));
      break;
    case 'binary':
    case 'varbinary':
      out.u8(TypeToken[type.name]);
      out.u16(declaredBytes(type));
      break;
    case 'rowversion':
      out.u8(TypeToken.binary);
      out.u16(8);
      break;
    case 'text':
      out.u8(TypeToken.text);
      out.u32(textLength);
      out.bytes(collationBytes(type.collation));
      break;
    case 'ntext':
      out.u8(TypeToken.ntext);
      out.u32(textLength - 1);
      out.bytes(collationBytes(type.collation));
      break;
    case 'image':
      out.u8(TypeToken.image);
      out.u32(textLength);
      break;
    case 'xml':
      sized(out, TypeToken.xml, 0);
      break;
    case 'sql_variant':
      out.u8(TypeToken.sqlVariant);
      out.u32(variantLength);
      break;
  }
}

/** Declared length in bytes of a character or binary type; absent length = 1, as in a column definition. */
export function declaredBytes(type: SqlType): number {
  const length = type.length ?? 1;
  if (length === 'max') return maxLengthMark;
  return type.name === 'nchar' || type.name === 'nvarchar' ? length * 2 : length;
}

function sized(out: ByteWriter, token: number, size: number): void {
  out.u8(token);
  out.u8(size);
}
