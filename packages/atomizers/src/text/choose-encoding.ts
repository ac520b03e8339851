import { countOddCharacters } from './control-characters.ts';
import { declaredEncoding } from './declared-encoding.ts';
import { guessEncoding } from './guess-encoding.ts';
import { isKnownEncoding, streamDecoder } from './stream-decoder.ts';
import type { TextInspection } from './text-inspection.ts';

/** How an encoding is known. */
type EncodingSource = 'mark' | 'stated' | 'utf-8' | 'declared' | 'guessed';

/** The encoding of a text and what is to be noted about it. */
export interface ChosenEncoding {
  readonly encoding: string;
  readonly mode: 'strict' | 'lenient';
  readonly source: EncodingSource;
  /** What the text says that it is in, where that isn't true. */
  readonly misstated?: string;
}

/** Of this many control characters in a hundred on a file isn't text; more are let through under a text's name. */
const maxControlShare = { unknown: 0.01, text: 0.1 } as const;
/** Valid sequences of UTF-8 for each byte that isn't: an old encoding has them by chance only, and hardly ever that many. */
const sequencesPerInvalidByte = 2;

/**
 * Whether a file is text, and in which encoding: a byte order mark decides, then what the caller states, then whether
 * it's UTF-8 (with some bad bytes too), 7-bit encodings by their escapes, what the text declares, and last statistics.
 *
 * @param name `text`: the file's name is one of a text format
 * @returns null for bytes that aren't text
 */
export async function chooseEncoding(
  inspection: TextInspection,
  name: 'text' | 'unknown',
  stated: string | undefined,
): Promise<ChosenEncoding | null> {
  const { bytes, sequences, surrogatePairs, invalid } = inspection;
  if (bytes === 0) return { encoding: 'utf-8', mode: 'strict', source: 'utf-8' };
  const mark = markOf(inspection.head);
  const isUtf8 = invalid === 0 && surrogatePairs === 0;
  if (mark !== undefined && mark !== 'utf-8')
    return looksLikeText(inspection, mark, name) ? lenient(mark, 'mark') : null;
  if (stated !== undefined && !/^utf-?(?:16|32|7)/i.test(stated) && !isBytewiseText(inspection, name)) return null;
  if (stated !== undefined && mark === undefined) return lenient(stated.toLowerCase(), 'stated');
  const wide = wideEncoding(inspection);
  if (wide !== undefined) return looksLikeText(inspection, wide, name) ? lenient(wide, 'guessed') : null;
  if (inspection.hasShifts && inspection.head.subarray(0, 4096).includes('\u001b$)C')) {
    return lenient('iso-2022-kr', 'guessed');
  }
  if (!isBytewiseText(inspection, name)) return null;
  const declared = knownDeclaration(inspection);
  if (inspection.isAscii) return sevenBit(inspection, declared);
  if (mark === 'utf-8' || isUtf8) return utf8(isUtf8 ? 'strict' : 'lenient', mark, declared);
  const mostlyUtf8 = sequences + surrogatePairs >= sequencesPerInvalidByte * invalid;
  if (declared !== undefined && declared !== 'utf-8' && !(mostlyUtf8 && isSingleByte(declared))) {
    if (looksLikeText(inspection, declared, name)) return lenient(declared, 'declared');
  }
  if (mostlyUtf8) return utf8('lenient', undefined, declared);
  const guessed = await guessEncoding(inspection.sample, name);
  return guessed === null
    ? null
    : { ...lenient(guessed, 'guessed'), ...(declared !== undefined && { misstated: declared }) };
}

function lenient(encoding: string, source: EncodingSource): ChosenEncoding {
  return { encoding, mode: 'lenient', source };
}

function utf8(mode: 'strict' | 'lenient', mark: string | undefined, declared: string | undefined): ChosenEncoding {
  const misstated = mark === undefined && declared !== undefined && !/^(?:utf-?8|us-ascii|ascii)$/.test(declared);
  return {
    encoding: 'utf-8',
    mode,
    source: mark === undefined ? 'utf-8' : 'mark',
    ...(misstated && { misstated: declared }),
  };
}

/** The encoding that a byte order mark says. */
export function markOf(head: Uint8Array): string | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32be' : undefined;
}

/** UTF-16 or UTF-32 without a mark, by where the zeros of its ASCII characters are. */
function wideEncoding({ bytes, zeros, zeroCount }: TextInspection): string | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = zeros;
  // One zero in a few bytes says nothing.
  if (bytes < 8 || zeroCount * 4 < bytes) return undefined;
  const few = zeroCount / 50;
  if (a <= few && b > few && c > few && d > few && zeroCount * 2 > bytes) return 'utf-32le';
  if (d <= few && a > few && b > few && c > few && zeroCount * 2 > bytes) return 'utf-32be';
  if (a + c <= few) return 'utf-16le';
  return b + d <= few ? 'utf-16be' : undefined;
}

/** Whether there are few enough control characters; of zeros none, unless the name says that it's text. */
function isBytewiseText({ bytes, controls, zeroCount }: TextInspection, name: 'text' | 'unknown'): boolean {
  if (name === 'unknown' && zeroCount > 0) return false;
  return controls + zeroCount <= Math.max(bytes * maxControlShare[name], name === 'text' ? 2 : 0);
}

/** Whether what a decoder makes of the sample has few control characters and replacements in it. */
function looksLikeText({ head, sample }: TextInspection, encoding: string, name: 'text' | 'unknown'): boolean {
  const isWide = /^utf-(?:16|32)/.test(encoding);
  const decoder = streamDecoder({ encoding, mode: 'lenient' });
  const text = decoder.write(isWide ? head : sample);
  return countOddCharacters(text) <= Math.max(2, text.length * maxControlShare[name]);
}

function knownDeclaration({ head }: TextInspection): string | undefined {
  const declared = declaredEncoding(head.toString('latin1', 0, 8192));
  return declared === undefined || /^utf-?(?:16|32)/.test(declared) || !isKnownEncoding(declared)
    ? undefined
    : declared;
}

function isSingleByte(encoding: string): boolean {
  return /^(?:windows|iso-8859|cp|koi8|ibm|mac|x-mac|latin|l\d|us-ascii|ascii)/.test(encoding);
}

/** The encodings that write everything in seven bits. */
function sevenBit(inspection: TextInspection, declared: string | undefined): ChosenEncoding {
  const ascii: ChosenEncoding = { encoding: 'utf-8', mode: 'strict', source: 'utf-8' };
  const text = inspection.head.toString('latin1');
  if (inspection.hasJapaneseEscapes) return lenient('iso-2022-jp', declared === 'iso-2022-jp' ? 'declared' : 'guessed');
  if (isHz(text, declared)) return lenient('hz-gb-2312', declared === 'hz-gb-2312' ? 'declared' : 'guessed');
  return isUtf7(text) ? lenient('utf-7', declared === 'utf-7' ? 'declared' : 'guessed') : ascii;
}

function isHz(text: string, declared: string | undefined): boolean {
  const runs = text.split('\n').flatMap(hzRuns);
  if (runs.length === 0) return false;
  // The first byte of a character of GB 2312 is a row of its table, 0x21 to 0x77.
  const allChinese = runs.every((run) => /^(?:[!-w][!-~])+$/.test(run));
  return allChinese && (declared === 'hz-gb-2312' || runs.join('').length >= 8);
}

/** What stands between `~{` and `~}` in a line. */
function hzRuns(line: string): readonly string[] {
  const runs: string[] = [];
  for (let start = line.indexOf('~{'); start !== -1; ) {
    const end = line.indexOf('~}', start + 2);
    // None of those behind it has an end, either.
    if (end === -1) break;
    runs.push(line.slice(start + 2, end));
    start = line.indexOf('~{', end + 2);
  }
  return runs;
}

/** Whether each plus sign begins a run of UTF-7 (RFC 2152) that is whole and makes letters. */
function isUtf7(text: string): boolean {
  let runs = 0;
  let isCertain = false;
  for (const match of text.matchAll(/\+([A-Za-z0-9+/]*)(-?)/g)) {
    const [, base64 = '', end] = match;
    if (base64 === '' && end === '-') continue;
    // A number: 1e+100, +4930.
    if (/^\d+$/.test(base64)) return false;
    const bytes = Buffer.from(base64, 'base64');
    const bits = base64.length * 6;
    const units = Math.floor(bits / 16);
    const isWhole = units > 0 && bits - units * 16 < 6 && base64.length > 2;
    if (!isWhole) return false;
    const utf16 = Buffer.from(bytes.subarray(0, units * 2))
      .swap16()
      .toString('utf16le');
    // What is in ASCII anyway is hardly ever written so, and letters of one word are of one alphabet.
    if (
      !/^(?:[\u00a0-\u024f\u2000-\u22ff]+|[\u0370-\u1fff\u2000-\u206f\s]+|[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+)$/.test(
        utf16,
      )
    )
      return false;
    if (bytes.length > units * 2 && (bytes[units * 2] ?? 0) !== 0) return false;
    runs += 1;
    // Short ones without an end are sums in a program or a formula, too: a+one.
    isCertain ||= end === '-' || units > 1;
  }
  return isCertain && runs >= 2;
}
