import { TdsProtocolError } from './errors.ts';

const UTF8_FLAG = 0x04;

/** Whether character data under this collation is UTF-8; otherwise it is in code page 1252. */
export function isUtf8Collation(bytes: Uint8Array): boolean {
  const third = bytes[3];
  if (third === undefined) throw new TdsProtocolError('A collation of fewer than five bytes came.');
  // Flags are bits 20 to 27 of the little-endian number: the UTF-8 flag 0x40 is bit 26.
  return (third & UTF8_FLAG) !== 0;
}

const cp1252 = new TextDecoder('windows-1252');
const bytesOfCharacters = new Map<string, number>();
for (let byte = 0x80; byte < 0xa0; byte += 1) bytesOfCharacters.set(cp1252.decode(Uint8Array.of(byte)), byte);

/** Characters that have the same number in Unicode, Latin-1 and code page 1252. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are part of the range that is meant
const SAME_IN_LATIN1 = /^[\x00-\x7f\xa0-\xff]*$/;

/** Bytes of a string of a (var)char or text column. Characters that the code page lacks become `?`, as in SQL Server. */
export function encodeCharacters(value: string, utf8: boolean): Buffer {
  if (utf8) return Buffer.from(value, 'utf8');
  if (SAME_IN_LATIN1.test(value)) return Buffer.from(value, 'latin1');
  const bytes: number[] = [];
  for (const character of value) {
    const unit = character.charCodeAt(0);
    if (character.length === 1 && (unit < 0x80 || (unit >= 0xa0 && unit <= 0xff))) bytes.push(unit);
    else bytes.push(bytesOfCharacters.get(character) ?? 0x3f);
    // A surrogate pair is two characters to SQL Server's converter.
    if (character.length === 2) bytes.push(0x3f);
  }
  return Buffer.from(bytes);
}

/** The string that the bytes of a (var)char or text value stand for. */
export function decodeCharacters(bytes: Buffer, utf8: boolean): string {
  return utf8 ? bytes.toString('utf8') : cp1252.decode(bytes);
}
