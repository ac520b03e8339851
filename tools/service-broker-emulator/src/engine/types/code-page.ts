import iconv from 'iconv-lite';
import { unsupported } from '../../unsupported.ts';
import { bestFitLetters } from './best-fit-letters.ts';
import { invalidUtf8 } from './errors.ts';
import { isAscii } from './is-ascii.ts';

/** How the char and varchar values of a collation are kept in bytes. */
export interface CodePage {
  /** Windows' number, 65001 for UTF-8. */
  readonly number: number;
  /** Most bytes that one unit of UTF-16 takes. */
  readonly maxBytes: 1 | 2 | 3;
  /** What is left of a text: a character that isn't in the code page becomes its best fit, or `?` per unit of UTF-16. */
  fit(text: string): string;
  /** Bytes of a text, fitted. */
  encode(text: string): Uint8Array;
  byteLength(text: string): number;
  /**
   * The text that bytes stand for.
   *
   * @throws {SqlError} 9833 for bytes that aren't UTF-8, 40000 for those that aren't text of a code page of two bytes
   */
  decode(bytes: Uint8Array): string;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes that Windows maps to the private use area, as first byte, last byte and what the first stands for. */
const privateBytes: Readonly<Record<number, readonly (readonly [from: number, to: number, character: number])[]>> = {
  874: [
    [0xdb, 0xde, 0xf8c1],
    [0xfc, 0xff, 0xf8c5],
  ],
  1253: [
    [0xaa, 0xaa, 0xf8f9],
    [0xd2, 0xd2, 0xf8fa],
    [0xff, 0xff, 0xf8fb],
  ],
  1255: [
    [0xd9, 0xdf, 0xf88d],
    [0xfb, 0xfc, 0xf894],
    [0xff, 0xff, 0xf896],
  ],
  1257: [
    [0xa1, 0xa1, 0xf8fc],
    [0xa5, 0xa5, 0xf8fd],
  ],
};

/** The 256 characters of a code page of one byte; a byte without a character stands for itself. */
function charactersOf(number: number): readonly string[] {
  const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const characters = [...iconv.decode(all, `cp${number}`)].map((character, byte) =>
    character === '\uFFFD' ? String.fromCharCode(byte) : character,
  );
  for (const [from, to, first] of privateBytes[number] ?? []) {
    for (let byte = from; byte <= to; byte++) characters[byte] = String.fromCharCode(first + byte - from);
  }
  return characters;
}

/** What stands for a character that the code page lacks. */
function bestFits(number: number): Map<string, string> {
  const letters = bestFitLetters[number]?.join('') ?? '';
  const fits = new Map<string, string>();
  for (let at = 0; at < letters.length; at += 2) fits.set(letters.charAt(at), letters.charAt(at + 1));
  return fits;
}

function singleByte(number: number): CodePage {
  const characters = charactersOf(number);
  const bytes = new Map(characters.map((character, byte) => [character, byte]));
  const fits = bestFits(number);
  for (let unit = 0xff01; unit <= 0xff5e; unit++)
    fits.set(String.fromCharCode(unit), String.fromCharCode(unit - 0xfee0));
  // Most of the text of the default collation is in both Latin-1 and code page 1252, byte for byte.
  const isLatin1 = (text: string) => (number === 1252 ? !/[\u0080-\u009F\u0100-\uFFFF]/.test(text) : isAscii(text));
  const fit = (text: string): string => {
    if (isLatin1(text)) return text;
    let fitted = '';
    for (let at = 0; at < text.length; at++) {
      const character = text.charAt(at);
      fitted += bytes.has(character) ? character : (fits.get(character) ?? '?');
    }
    return fitted;
  };
  return {
    number,
    maxBytes: 1,
    fit,
    encode: (text) => {
      if (isLatin1(text)) return Buffer.from(text, 'latin1');
      const fitted = fit(text);
      const encoded = Buffer.allocUnsafe(fitted.length);
      for (let at = 0; at < fitted.length; at++) encoded[at] = bytes.get(fitted.charAt(at)) ?? 0x3f;
      return encoded;
    },
    byteLength: (text) => text.length,
    decode: (encoded) => {
      const text = asBuffer(encoded).toString('latin1');
      if (isAscii(text) || (number === 1252 && !/[\u0080-\u009F]/.test(text))) return text;
      let decoded = '';
      for (const byte of encoded) decoded += characters[byte];
      return decoded;
    },
  };
}

function doubleByte(number: number): CodePage {
  const name = `cp${number}`;
  const fitted = bestFits(number);
  const fitOne = (character: string): string => {
    let known = fitted.get(character);
    if (known === undefined) {
      known = iconv.decode(iconv.encode(character, name), name) === character ? character : '?';
      fitted.set(character, known);
    }
    return known;
  };
  const fit = (text: string): string => {
    if (isAscii(text)) return text;
    let result = '';
    for (let at = 0; at < text.length; at++) result += fitOne(text.charAt(at));
    return result;
  };
  return {
    number,
    maxBytes: 2,
    fit,
    encode: (text) => (isAscii(text) ? Buffer.from(text, 'latin1') : iconv.encode(fit(text), name)),
    byteLength: (text) => (isAscii(text) ? text.length : iconv.encode(fit(text), name).length),
    decode: (bytes) => {
      const decoded = iconv.decode(asBuffer(bytes), name);
      // A text keeps its bytes on the server, also those that stand for nothing; here it is the characters that are kept.
      if (decoded.includes('\uFFFD')) unsupported(`bytes that are not characters of code page ${number}`);
      return decoded;
    },
  };
}

const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const utf8: CodePage = {
  number: 65001,
  maxBytes: 3,
  fit: (text) => text.toWellFormed(),
  encode: (text) => Buffer.from(text, 'utf8'),
  byteLength: (text) => Buffer.byteLength(text),
  decode: (bytes) => {
    try {
      return utf8Decoder.decode(bytes);
    } catch {
      throw invalidUtf8();
    }
  },
};

const doubleBytePages: ReadonlySet<number> = new Set([932, 936, 949, 950]);
const pages = new Map<number, CodePage>([[65001, utf8]]);

/**
 * The code page of that number.
 *
 * @param number 874, 932, 936, 949, 950, 1250 to 1258, or 65001 for UTF-8
 */
export function codePage(number: number): CodePage {
  let page = pages.get(number);
  if (page === undefined) {
    page = doubleBytePages.has(number) ? doubleByte(number) : singleByte(number);
    pages.set(number, page);
  }
  return page;
}
