import { countC1Controls, countOddCharacters } from './control-characters.ts';
import { isKnownEncoding, streamDecoder } from './stream-decoder.ts';

/** Below this the statistics say next to nothing, as of a few words. */
const lowConfidence = 0.08;
/** Texts in Latin letters have far fewer letters beyond ASCII than this share; other bytes have more. */
const maxLatinShare = 0.5;

/** Code pages of DOS and of mainframes. */
const codePage = /^(?:cp|ibm)\d{3,4}$/;
/** A letter of another alphabet beside a Latin one, in one word. */
const mixedWord =
  /(?<=[A-Za-z])[\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]|[\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}](?=[A-Za-z])/gu;

/**
 * Tells the encoding of a text from statistics of its bytes, which aren't UTF-8.
 *
 * @param sample bytes around those that aren't ASCII
 * @param name `unknown`: nothing but the bytes suggests that it's text, so more certainty is asked for
 * @returns null where it doesn't look like text in any encoding
 */
export async function guessEncoding(sample: Buffer, name: 'text' | 'unknown'): Promise<string | null> {
  // Its tables take a moment and some megabytes, which most files don't need.
  const { detect } = await import('jschardet');
  const { encoding, confidence } = detect(sample);
  const guess = whatwgName(encoding ?? 'windows-1252');
  const latin = latinEncoding(sample);
  const mayBeLatin = isPlausible(sample, latin) && latinShare(sample) <= maxLatinShare;
  // Of a few letters beyond ASCII statistics make code pages of DOS that nobody has written for decades.
  const isSure = confidence >= lowConfidence && !(mayBeLatin && codePage.test(guess));
  if (isSure && guess !== 'windows-1252' && isKnownEncoding(guess) && isPlausible(sample, guess)) return guess;
  if (mayBeLatin) return latin;
  const isLikely =
    name === 'text' && latinShare(sample) <= maxLatinShare && encoding !== null && isKnownEncoding(guess);
  return isLikely && isPlausible(sample, guess) ? guess : null;
}

function whatwgName(encoding: string): string {
  const lower = encoding.toLowerCase();
  const names: Readonly<Record<string, string>> = {
    cp932: 'shift_jis',
    cp949: 'euc-kr',
    gb2312: 'gb18030',
    'iso-8859-1': 'windows-1252',
    'iso-8859-9': 'windows-1254',
    maccyrillic: 'x-mac-cyrillic',
    macroman: 'macintosh',
    ascii: 'windows-1252',
  };
  return names[lower] ?? lower;
}

/** Encodings of Latin letters, the most usual first. */
const latinEncodings = ['windows-1252', 'windows-1250', 'iso-8859-2', 'windows-1257'];
/** Signs that stand in words where letters should be. */
const signInWord =
  /(?<=\p{L})[\u00a1-\u00bf\u00d7\u00f7\u02d8-\u02db](?=\p{L})|(?<![\p{L}\p{N}])[\u00a3\u00a5\u00a6\u00af\u00b3\u00b9\u00bc\u00be](?=\p{L})/gu;

/**
 * Which Latin letters a text has. Statistics don't know those of Central Europe, but their bytes are signs in other encodings: what has
 * the fewest in words is meant.
 */
function latinEncoding(sample: Buffer): string {
  const counts = latinEncodings.map((encoding) => {
    const text = streamDecoder({ encoding, mode: 'lenient' }).write(sample);
    return (text.match(signInWord)?.length ?? 0) + countOddCharacters(text) + countC1Controls(text);
  });
  return latinEncodings[counts.indexOf(Math.min(...counts))] ?? 'windows-1252';
}

/** Whether the text that comes out has no controls and its letters aren't full of signs, as those of a wrong encoding are. */
function isPlausible(sample: Buffer, encoding: string): boolean {
  const decoder = streamDecoder({ encoding, mode: 'lenient' });
  const text = decoder.write(sample);
  const bad = countOddCharacters(text) + countC1Controls(text);
  const signs = text.match(/(?<=\p{L})[\u00a1-\u00bf\u00d7\u00f7\u2500-\u25ff](?=\p{L})/gu)?.length ?? 0;
  const letters = Math.max(1, text.length - (text.match(/[ -~\s]/g)?.length ?? 0));
  const mixed = text.match(mixedWord)?.length ?? 0;
  return bad * 50 <= letters && signs * 10 <= letters && mixed * 5 <= letters;
}

/** The share of bytes beyond ASCII among the letters of a sample. */
function latinShare(sample: Buffer): number {
  let high = 0;
  let ascii = 0;
  for (const byte of sample) {
    if (byte >= 0x80) high += 1;
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ascii += 1;
  }
  return high === 0 ? 0 : high / (high + ascii);
}
