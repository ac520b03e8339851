import { gunzipSync, gzipSync } from 'node:zlib';
import { collationOf } from '../../types/collation.ts';
import { bytesOf } from '../../types/convert-to-binary.ts';
import { invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import {
  intType,
  isBinaryType,
  isCharacterType,
  isUnicodeType,
  nullType,
  typeFamily,
  varbinaryMaxType,
} from '../../types/type-info.ts';
import { guidToBytes } from '../../types/unique-identifier.ts';
import { encodeUtf16, encodeVarchar } from '../../types/varchar-bytes.ts';
import { bytesArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { invalidChecksumArgument, invalidCompressedData } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';

/** @throws {SqlError} 8116 for what is neither text nor bytes */
export function requireBytes(type: SqlType, position: number, name: string): void {
  if (type !== nullType && !isBinaryType(type) && !isCharacterType(type))
    throw invalidArgumentType(type, position, name);
}

const rotate = (value: number): number => (value << 4) | (value >>> 28);

/** The 32 bits that a value adds to a checksum: integers are themselves, everything else folds its bytes. */
function checksumOf(value: SqlValue, type: SqlType, binary: boolean): number {
  if (value === null) return 0x7fffffff;
  if (typeof value === 'number' && type.name !== 'float' && type.name !== 'real') return value | 0;
  let result = 0;
  for (const byte of checksumBytes(value, type, binary)) result = rotate(result) ^ byte;
  return result | 0;
}

function checksumBytes(value: Exclude<SqlValue, null>, type: SqlType, binary: boolean): Uint8Array {
  switch (typeFamily(type)) {
    case 'character': {
      const text = binary ? (value as string) : collationOf(type.collation).fold(value as string);
      return isUnicodeType(type) ? encodeUtf16(text) : encodeVarchar(text, type.collation);
    }
    case 'binary':
      return value as Uint8Array;
    case 'uniqueidentifier':
      return guidToBytes(value as string);
    case 'variant': {
      const variant = value as { readonly baseType: SqlType; readonly value: SqlValue };
      return variant.value === null ? new Uint8Array() : checksumBytes(variant.value, variant.baseType, binary);
    }
    case 'xml':
      throw invalidChecksumArgument();
    default:
      return bytesOf(value, type);
  }
}

/**
 * CHECKSUM and BINARY_CHECKSUM. SQL Server doesn't publish the first's treatment of texts: values differ from its, but
 * equal inputs give equal checksums under the collation.
 */
function checksumFunction(name: string, binary: boolean): ScalarFunction {
  return defineFunction(name, {
    arguments: [1, Infinity],
    type: intType,
    evaluate: (args, types) => {
      let result = 0;
      for (const [position, value] of args.entries()) {
        result = rotate(result) ^ checksumOf(value, types[position] ?? intType, binary);
      }
      return result | 0;
    },
  });
}

/** Checksums and compression, of Microsoft's chapter "System functions". */
export const checksumFunctions: readonly ScalarFunction[] = [
  checksumFunction('CHECKSUM', false),
  checksumFunction('BINARY_CHECKSUM', true),
  defineFunction('COMPRESS', {
    arguments: 1,
    type: (types, _, name) => {
      requireBytes(types[0] ?? nullType, 1, name);
      return varbinaryMaxType;
    },
    evaluate: (args, types) => {
      const bytes = bytesArgument(args[0], types[0]);
      return bytes === null ? null : gzipSync(bytes);
    },
  }),
  defineFunction('DECOMPRESS', {
    arguments: 1,
    type: varbinaryMaxType,
    evaluate: (args, types) => {
      const bytes = bytesArgument(args[0], types[0]);
      if (bytes === null) return null;
      try {
        return gunzipSync(bytes);
      } catch (error) {
        throw invalidCompressedData(error);
      }
    },
  }),
];
