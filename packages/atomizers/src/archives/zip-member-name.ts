import { isAscii, isUtf8 } from 'node:buffer';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { guessEncoding } from '../text/guess-encoding.ts';
import { streamDecoder } from '../text/stream-decoder.ts';
import { type GuessedName, guessNameByWords } from './guess-name.ts';

const utf8Flag = 0x800;
const unicodePath = 0x7075;
/** Encodings of two bytes, which tools of their countries write without saying so. */
const twoBytes = new Set(['shift_jis', 'gb18030', 'gbk', 'big5', 'euc-kr', 'euc-jp']);

/**
 * The name of a ZIP archive's member. Where the archive doesn't say that it's UTF-8 it is so if it's valid, as macOS writes it;
 * else one of the encodings of two bytes if it looks like one; else, of CP437, which the format has, and the encodings of Windows and DOS,
 * the one that makes words of it.
 */
export async function zipMemberName({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): Promise<GuessedName> {
  const isStated = (generalPurposeBitFlag & utf8Flag) !== 0 || extraFields.some(({ id }) => id === unicodePath);
  if (isStated || isAscii(fileNameRaw)) {
    const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
    return { name, encoding: undefined };
  }
  if (isUtf8(fileNameRaw)) return { name: fileNameRaw.toString('utf8'), encoding: undefined };
  const guess = await guessEncoding(fileNameRaw, 'text');
  if (guess !== null && twoBytes.has(guess)) {
    const decoder = streamDecoder({ encoding: guess, mode: 'lenient' });
    const name = decoder.write(fileNameRaw) + decoder.end();
    if (!name.includes('\ufffd')) return { name, encoding: guess };
  }
  const guessed = guessNameByWords(fileNameRaw);
  if (guessed !== undefined) return guessed;
  // The second byte of two may be that of a backslash, which doesn't part folders then.
  const raw = Buffer.from(fileNameRaw);
  for (let at = 1; at < raw.length; at++) if (raw[at] === 0x5c && (raw[at - 1] ?? 0) >= 0x81) raw[at] = 0x5f;
  return { name: getFileNameLowLevel(generalPurposeBitFlag, raw, extraFields, true), encoding: 'cp437' };
}
