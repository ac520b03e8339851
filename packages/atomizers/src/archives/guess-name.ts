import iconv from 'iconv-lite';

/** A name, and the encoding that was guessed for it. */
export interface GuessedName {
  readonly name: string;
  readonly encoding: string | undefined;
}

const backslash = 0x5c;
/** What archivers write names in that don't say so, the format's own first. */
const encodings = ['cp437', 'cp866', 'cp850', 'windows-1252', 'windows-1251', 'windows-1250'];

/** Those of two bytes, of which the first are the most particular. */
const twoByteEncodings = ['shift_jis', 'euc-kr', 'big5', 'gb18030'];

/** The name in the encoding in which its letters make words; undefined where none does. */
export function guessNameByWords(raw: Buffer): GuessedName | undefined {
  // The second byte of two may be that of a backslash, which in a word of single bytes would part folders.
  const isInWord = raw.some((byte, at) => byte === backslash && (raw[at - 1] ?? 0) > 0x80);
  return isInWord ? (ofTwoBytes(raw) ?? ofSingleBytes(raw)) : (ofSingleBytes(raw) ?? ofTwoBytes(raw));
}

function ofSingleBytes(raw: Buffer): GuessedName | undefined {
  for (const encoding of encodings) {
    const name = iconv.decode(raw, encoding);
    if (hasWords(name)) return { name, encoding };
  }
  return undefined;
}

function ofTwoBytes(raw: Buffer): GuessedName | undefined {
  for (const encoding of twoByteEncodings) {
    const name = iconv.decode(raw, encoding);
    // Half-width Katakana are what single bytes of other encodings become.
    if (/^[\p{L}\p{M}\p{N}\u3000-\u30ff\uff00-\uff60 -~]+$/u.test(name)) return { name, encoding };
  }
  return undefined;
}

/** Whether everything beyond ASCII is a letter, and no word has letters of two scripts, or a capital behind a small one. */
function hasWords(name: string): boolean {
  if (/[^ -~\p{L}\p{M}\u00a0«»№°§–—‘’“”…]/u.test(name)) return false;
  const words = name.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.every((word) => {
    const isLatin = /^[\p{Script=Latin}\p{M}]+$/u.test(word);
    const isCyrillic = /^[\p{Script=Cyrillic}\p{M}]+$/u.test(word);
    return (isLatin || isCyrillic) && !/\p{Ll}\p{Lu}/u.test(word.replace(/^[ -~]+$/, ''));
  });
}
