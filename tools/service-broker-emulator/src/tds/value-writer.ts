import { codePageOf } from '../engine/types/collation-code-page.ts';
import type { SqlType } from '../engine/types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../engine/types/sql-value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { bodyLength, bodyWriter, text, ValueFormError } from './fixed-value-writer.ts';
import { writeVariant } from './variant-writer.ts';

/** Writes one value, NULL included, in the form that goes with `writeTypeInfo` of its type. */
export type ValueWriter = (out: ByteWriter, value: SqlValue) => void;

const null16 = 0xffff;
const plpNull = 0xffffffffffffffffn;
/** Text pointer (16 bytes, after its length) and timestamp (8) that stand before text, ntext and image values. */
const textPointer = Buffer.concat([Buffer.of(16), Buffer.from('dummy textptr\0\0\0', 'latin1'), Buffer.alloc(8)]);

/** The writer for all values of a column or parameter of this type. */
export function valueWriter(type: SqlType): ValueWriter {
  switch (type.name) {
    case 'date':
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
    case 'smallmoney':
    case 'money':
    case 'smalldatetime':
    case 'datetime':
    case 'tinyint':
    case 'bit':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'float':
    case 'decimal':
    case 'numeric':
    case 'uniqueidentifier': {
      const length = bodyLength(type);
      const body = bodyWriter(type);
      return (out, value) => {
        if (value === null) {
          out.u8(0);
          return;
        }
        const at = out.ensure(length + 1);
        out.buffer[at] = length;
        out.position = at + 1;
        body(out, value);
      };
    }
    case 'nchar':
    case 'nvarchar':
      return type.length === 'max' ? writePlpText : utf16Writer(type);
    case 'char':
    case 'varchar': {
      const page = codePageOf(type.collation);
      if (type.length === 'max') {
        return (out, value) => writePlpBytes(out, value === null ? null : page.encode(text(type, value)));
      }
      return (out, value) => {
        if (value === null) {
          out.u16(null16);
          return;
        }
        writeShortBytes(out, page.encode(text(type, value)));
      };
    }
    case 'binary':
    case 'varbinary':
    case 'rowversion':
      if (type.length === 'max') {
        return (out, value) => writePlpBytes(out, value === null ? null : binary(type, value));
      }
      return (out, value) => (value === null ? out.u16(null16) : writeShortBytes(out, binary(type, value)));
    case 'xml':
      return writePlpText;
    case 'text': {
      const page = codePageOf(type.collation);
      return (out, value) => writePointed(out, value === null ? null : page.encode(text(type, value)));
    }
    case 'ntext':
      return (out, value) => writePointed(out, value === null ? null : Buffer.from(text(type, value), 'utf16le'));
    case 'image':
      return (out, value) => writePointed(out, value === null ? null : binary(type, value));
    case 'sql_variant':
      return (out, value) => {
        if (value === null) {
          out.u32(0);
          return;
        }
        if (!isVariant(value)) throw new ValueFormError(type, value);
        writeVariant(out, value);
      };
  }
}

function utf16Writer(type: SqlType): ValueWriter {
  return (out, value) => {
    if (value === null) {
      out.u16(null16);
      return;
    }
    const string = text(type, value);
    if (string.length > 0x7ffe) throw new ValueFormError(type, value);
    out.u16(string.length * 2);
    out.utf16(string);
  };
}

const writePlpText: ValueWriter = (out, value) => {
  if (value === null) {
    out.u64(plpNull);
    return;
  }
  if (typeof value !== 'string') throw new ValueFormError({ name: 'nvarchar', length: 'max' }, value);
  const length = value.length * 2;
  writePlpLength(out, length);
  if (length === 0) return;
  out.utf16(value);
  out.u32(0);
};

function writePlpBytes(out: ByteWriter, value: Uint8Array | null): void {
  if (value === null) {
    out.u64(plpNull);
    return;
  }
  writePlpLength(out, value.length);
  if (value.length === 0) return;
  out.bytes(value);
  out.u32(0);
}

/** The total and the length of the one chunk; an empty value ends here, with the terminator in the chunk's place. */
function writePlpLength(out: ByteWriter, length: number): void {
  out.u32(length);
  out.u32(0);
  out.u32(length);
}

function writeShortBytes(out: ByteWriter, value: Uint8Array): void {
  if (value.length >= null16) throw new ValueFormError({ name: 'varbinary' }, value);
  out.u16(value.length);
  out.bytes(value);
}

function writePointed(out: ByteWriter, value: Uint8Array | null): void {
  if (value === null) {
    out.u8(0);
    return;
  }
  out.bytes(textPointer);
  out.u32(value.length);
  out.bytes(value);
}

function binary(type: SqlType, value: SqlValue): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ValueFormError(type, value);
  return value;
}

function isVariant(value: SqlValue): value is SqlVariant {
  return typeof value === 'object' && value !== null && 'baseType' in value;
}
