import type { SqlType } from '../engine/types/sql-type.ts';
import type { ByteReader } from './byte-reader.ts';
import { codePageOfCollation, collationOfClient } from './collation.ts';
import { TdsProtocolError } from './errors.ts';
import { maxLengthMark, TypeToken } from './type-tokens.ts';

/** A TYPE_INFO as it came: the engine's type and what is needed to read values of it. */
export interface WireType {
  readonly token: number;
  readonly type: SqlType;
  /** Declared length in bytes; `maxLengthMark` for the `(max)` types; 0 where the token itself fixes it. */
  readonly size: number;
  /** Number of the code page of char, varchar and text; 65001 is UTF-8. */
  readonly codePage?: number;
}

/**
 * Reads a TYPE_INFO.
 *
 * @throws {TdsProtocolError} 8009 for a data type the emulator does not take, 8002 for a length, precision or scale that
 * the type does not have
 */
export function readTypeInfo(reader: ByteReader): WireType {
  const token = reader.u8();
  const fixed = fixedTypes.get(token);
  if (fixed !== undefined) return fixed;
  switch (token) {
    case TypeToken.intN:
    case TypeToken.bitN:
    case TypeToken.floatN:
    case TypeToken.moneyN:
    case TypeToken.datetimeN:
    case TypeToken.uniqueidentifier: {
      const size = reader.u8();
      const type = sizedTypes.get(token * 256 + size);
      if (type === undefined) throw badLength(token);
      return { token, type, size };
    }
    case TypeToken.date:
      return { token, type: { name: 'date' }, size: 0 };
    case TypeToken.time:
    case TypeToken.datetime2:
    case TypeToken.datetimeoffset: {
      const scale = reader.u8();
      if (scale > 7) throw badLength(token);
      return { token, type: { name: temporalNames[token], scale }, size: 0 };
    }
    case TypeToken.decimalN:
    case TypeToken.numericN: {
      const size = reader.u8();
      const precision = reader.u8();
      const scale = reader.u8();
      if (precision < 1 || precision > 38 || scale > precision || size > 17) throw badLength(token);
      const name = token === TypeToken.decimalN ? 'decimal' : 'numeric';
      return { token, type: { name, precision, scale }, size };
    }
    case TypeToken.nvarchar:
    case TypeToken.nchar:
    case TypeToken.varchar:
    case TypeToken.char: {
      const size = reader.u16();
      const collation = reader.bytes(5);
      const wide = token === TypeToken.nvarchar || token === TypeToken.nchar;
      const type: SqlType = { name: textNames[token], length: textLength(token, size, wide) };
      return wide ? { token, type, size } : { token, size, ...inCodePage(type, collation, reader.codePage) };
    }
    case TypeToken.varbinary:
    case TypeToken.binary: {
      const size = reader.u16();
      const name = token === TypeToken.varbinary ? 'varbinary' : 'binary';
      return { token, type: { name, length: textLength(token, size, false) }, size };
    }
    case TypeToken.text:
    case TypeToken.ntext: {
      const size = reader.u32();
      const collation = reader.bytes(5);
      if (token === TypeToken.ntext) return { token, type: { name: 'ntext' }, size };
      return { token, size, ...inCodePage({ name: 'text' }, collation, reader.codePage) };
    }
    case TypeToken.image:
      return { token, type: { name: 'image' }, size: reader.u32() };
    case TypeToken.sqlVariant:
      return { token, type: { name: 'sql_variant' }, size: reader.u32() };
    case TypeToken.xml: {
      if (reader.u8() !== 0) {
        // A typed xml parameter names its schema collection; the value is the same text.
        reader.bVarchar();
        reader.bVarchar();
        reader.usVarchar();
      }
      return { token, type: { name: 'xml' }, size: maxLengthMark };
    }
    default:
      throw new TdsProtocolError(
        'The incoming tabular data stream (TDS) protocol stream is incorrect. ' +
          `Data type 0x${token.toString(16).toUpperCase().padStart(2, '0')} is unknown.`,
        8009,
      );
  }
}

/**
 * The type with a collation of the code page that its values come in.
 *
 * @param byDefault number of the code page where the collation is left out, which is five zeros
 */
export function inCodePage(
  type: SqlType,
  bytes: Uint8Array,
  byDefault: number,
): Required<Pick<WireType, 'type' | 'codePage'>> {
  const codePage = bytes.every((byte) => byte === 0) ? byDefault : codePageOfCollation(bytes);
  const collation = collationOfClient(codePage);
  return { type: collation === undefined ? type : { ...type, collation }, codePage };
}

const temporalNames = {
  [TypeToken.time]: 'time',
  [TypeToken.datetime2]: 'datetime2',
  [TypeToken.datetimeoffset]: 'datetimeoffset',
} as const;

const textNames = {
  [TypeToken.nvarchar]: 'nvarchar',
  [TypeToken.nchar]: 'nchar',
  [TypeToken.varchar]: 'varchar',
  [TypeToken.char]: 'char',
} as const;

const fixedTypes: ReadonlyMap<number, WireType> = new Map(
  (
    [
      [TypeToken.null, 'int', 0],
      [TypeToken.tinyint, 'tinyint', 1],
      [TypeToken.bit, 'bit', 1],
      [TypeToken.smallint, 'smallint', 2],
      [TypeToken.int, 'int', 4],
      [TypeToken.bigint, 'bigint', 8],
      [TypeToken.real, 'real', 4],
      [TypeToken.float, 'float', 8],
      [TypeToken.smalldatetime, 'smalldatetime', 4],
      [TypeToken.datetime, 'datetime', 8],
      [TypeToken.smallmoney, 'smallmoney', 4],
      [TypeToken.money, 'money', 8],
    ] as const
  ).map(([token, name, size]) => [token, { token, type: { name }, size }]),
);

/** Types of the nullable tokens, by token and declared size. */
const sizedTypes: ReadonlyMap<number, SqlType> = new Map(
  (
    [
      [TypeToken.intN, 1, 'tinyint'],
      [TypeToken.intN, 2, 'smallint'],
      [TypeToken.intN, 4, 'int'],
      [TypeToken.intN, 8, 'bigint'],
      [TypeToken.bitN, 1, 'bit'],
      [TypeToken.floatN, 4, 'real'],
      [TypeToken.floatN, 8, 'float'],
      [TypeToken.moneyN, 4, 'smallmoney'],
      [TypeToken.moneyN, 8, 'money'],
      [TypeToken.datetimeN, 4, 'smalldatetime'],
      [TypeToken.datetimeN, 8, 'datetime'],
      [TypeToken.uniqueidentifier, 16, 'uniqueidentifier'],
    ] as const
  ).map(([token, size, name]) => [token * 256 + size, { name }]),
);

/** Declared length in characters or bytes. A declared length of 0, which some clients send for '', counts as 1. */
function textLength(token: number, size: number, wide: boolean): number | 'max' {
  if (size === maxLengthMark) {
    if (token === TypeToken.char || token === TypeToken.nchar || token === TypeToken.binary) throw badLength(token);
    return 'max';
  }
  if (size > 8000 || (wide && size % 2 !== 0)) throw badLength(token);
  return Math.max(1, wide ? size / 2 : size);
}

function badLength(token: number): TdsProtocolError {
  return new TdsProtocolError(
    'The incoming tabular data stream (TDS) protocol stream is incorrect. ' +
      `Data type 0x${token.toString(16).toUpperCase().padStart(2, '0')} has an invalid data length or metadata length.`,
    8002,
  );
}
