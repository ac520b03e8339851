import { TdsProtocolError } from './errors.ts';

/** Collation of the server and of every character type that names none: SQL_Latin1_General_CP1_CI_AS. */
export const DEFAULT_COLLATION: Buffer = Buffer.of(0x09, 0x04, 0xd0, 0x00, 0x34);

const UTF8_FLAG = 0x04;
const SORT_IDS: ReadonlyMap<string, number> = new Map([
  ['sql_latin1_general_cp1_cs_as', 51],
  ['sql_latin1_general_cp1_ci_as', 52],
  ['sql_latin1_general_cp1_ci_ai', 54],
]);
const VERSIONS: ReadonlyMap<string, number> = new Map([
  ['90', 1],
  ['100', 2],
  ['140', 3],
]);

/**
 * The five bytes that stand for a collation on the wire: LCID (20 bits), comparison flags (8), version (4), sort id (8),
 * derived from the parts of the collation's name. Names of other languages get the LCID of US English, which is what
 * the code page 1252 of all character data here goes with.
 */
export function collationBytes(name: string | undefined): Buffer {
  if (name === undefined) return DEFAULT_COLLATION;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const parts = new Set(lower.split('_'));
  let flags = 0;
  if (parts.has('bin')) flags = 0x10;
  else if (parts.has('bin2')) flags = 0x20;
  else {
    if (!parts.has('cs')) flags |= 0x01;
    if (parts.has('ai')) flags |= 0x02;
    if (!parts.has('ks')) flags |= 0x04;
    if (!parts.has('ws')) flags |= 0x08;
  }
  if (parts.has('utf8')) flags |= 0x40;
  let version = 0;
  for (const [part, number] of VERSIONS) if (parts.has(part)) version = number;
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32LE((0x0409 | (flags << 20) | (version << 28)) >>> 0, 0);
  bytes.writeUInt8(SORT_IDS.get(lower) ?? 0, 4);
  cache.set(name, bytes);
  return bytes;
}

const cache = new Map<string, Buffer>();

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
