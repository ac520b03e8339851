import { codePageOf } from './collation-code-page.ts';
import type { SqlType } from './sql-type.ts';
import { isUnicodeType, lengthOf } from './type-info.ts';

/** Bytes of a char or varchar value. */
export function encodeVarchar(text: string, collation?: string): Uint8Array {
  return codePageOf(collation).encode(text);
}

/** The char or varchar value that bytes stand for. @throws {SqlError} 9833, 40000 for bytes that aren't text */
export function decodeVarchar(bytes: Uint8Array, collation?: string): string {
  return codePageOf(collation).decode(bytes);
}

/** Bytes of an nchar or nvarchar value: UTF-16LE. */
export function encodeUtf16(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le');
}

/** The nchar or nvarchar value that bytes stand for; an odd last byte counts as a whole unit, as in SQL Server. */
export function decodeUtf16(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length % 2 === 0) return buffer.toString('utf16le');
  return Buffer.concat([buffer, Buffer.of(0)]).toString('utf16le');
}

/** Most units of a type's length that one unit of UTF-16 takes: bytes of char and varchar, itself in Unicode types. */
export function unitsPerCharacter(type: SqlType): 1 | 2 | 3 {
  return isUnicodeType(type) ? 1 : codePageOf(type.collation).maxBytes;
}

/** How much of the type's length a text takes: bytes of char and varchar, units of UTF-16 of the Unicode types. */
export function textLengthIn(type: SqlType, text: string): number {
  return isUnicodeType(type) ? text.length : codePageOf(type.collation).byteLength(text);
}

/** Cuts a text to the type's length; no character is cut in two. */
export function cutToType(text: string, type: SqlType): string {
  const length = lengthOf(type);
  const most = unitsPerCharacter(type);
  if (text.length * most <= length) return text;
  if (most === 1) return text.slice(0, length);
  const page = codePageOf(type.collation);
  if (page.byteLength(text) <= length) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += page.byteLength(character);
    if (used > length) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Fills a text of a fixed-length type with blanks. */
export function padToType(text: string, type: SqlType): string {
  const missing = lengthOf(type) - textLengthIn(type, text);
  return missing > 0 ? text + ' '.repeat(missing) : text;
}
