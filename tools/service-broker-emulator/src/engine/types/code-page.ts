/** Characters of code page 1252 in the bytes 0x80 to 0x9F; the five undefined bytes stand for themselves. */
const upperControls =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';
const toByte = new Map([...upperControls].map((character, index) => [character, 0x80 + index]));

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of the code page that maps one to one.
const direct = /^[\u0000-\u007F\u00A0-\u00FF]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same range, negated.
const indirect = /[^\u0000-\u007F\u00A0-\u00FF]/gu;

/** True for the collations whose char and varchar values are UTF-8. */
export function isUtf8Collation(collation: string | undefined): boolean {
  return collation?.toUpperCase().endsWith('_UTF8') === true;
}

/** What is left of a string in a char or varchar: a character outside code page 1252 becomes `?`, or its plain letter. */
export function toCodePage(text: string): string {
  if (direct.test(text)) return text;
  return text.replace(indirect, (character) => {
    if (toByte.has(character)) return character;
    const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
    return plain !== '' && plain.length <= 2 && direct.test(plain) ? plain.charAt(0) : '?'.repeat(character.length);
  });
}

/** Bytes of a char or varchar value. */
export function encodeVarchar(text: string, collation?: string): Uint8Array {
  if (isUtf8Collation(collation)) return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'latin1');
  if (!direct.test(text)) {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0xff) bytes[index] = toByte.get(text.charAt(index)) ?? 0x3f;
    }
  }
  return bytes;
}

/** The char or varchar value that bytes stand for. */
export function decodeVarchar(bytes: Uint8Array, collation?: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8Collation(collation)) return buffer.toString('utf8');
  const text = buffer.toString('latin1');
  return /[\u0080-\u009F]/.test(text)
    ? text.replace(/[\u0080-\u009F]/g, (character) => upperControls.charAt(character.charCodeAt(0) - 0x80))
    : text;
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
