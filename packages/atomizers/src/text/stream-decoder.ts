import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import { EncodingInvalidError } from '../errors.ts';
import { RepairingUtf8Decoder } from './repairing-utf8-decoder.ts';
import { decodeHz, decodeIso2022Kr } from './seven-bit-korean-chinese.ts';
import type { StreamDecoder, TextReading } from './text-reading.ts';

const replacement = /\ufffd/g;

/**
 * The decoder for a reading.
 *
 * @throws EncodingInvalidError when the encoding isn't known; a strict one throws it for bytes that aren't valid
 */
export function streamDecoder(reading: TextReading): StreamDecoder {
  const { encoding, mode, onInvalid } = reading;
  if (encoding === 'utf-8' && mode === 'lenient') return new RepairingUtf8Decoder(onInvalid);
  if (encoding === 'iso-2022-kr') return lineDecoder(encoding, decodeIso2022Kr);
  if (encoding === 'hz-gb-2312') return lineDecoder(encoding, decodeHz);
  const decoder = whatwgDecoder(encoding, mode === 'strict') ?? iconvDecoder(encoding);
  return mode === 'strict' ? decoder : counting(decoder, onInvalid);
}

/** Whether an encoding of this name can be decoded. */
export function isKnownEncoding(encoding: string): boolean {
  return whatwgDecoder(encoding, false) !== undefined || iconv.encodingExists(encoding);
}

function whatwgDecoder(encoding: string, fatal: boolean): StreamDecoder | undefined {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal });
  } catch (error) {
    // The label isn't one of WHATWG's; anything else would be a fault.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const decode = (block?: Uint8Array): string => {
    try {
      return block === undefined ? decoder.decode() : decoder.decode(block, { stream: true });
    } catch (cause) {
      throw new EncodingInvalidError(encoding, cause);
    }
  };
  return { encoding, write: decode, end: () => decode() };
}

function iconvDecoder(encoding: string): StreamDecoder {
  if (!iconv.encodingExists(encoding)) throw new EncodingInvalidError(encoding);
  const decoder = iconv.getDecoder(encoding);
  return { encoding, write: (block) => decoder.write(Buffer.from(block)), end: () => decoder.end() ?? '' };
}

function counting(decoder: StreamDecoder, onInvalid: TextReading['onInvalid']): StreamDecoder {
  let bytes = 0;
  const counted = (text: string): string => {
    const invalid = text.match(replacement)?.length ?? 0;
    if (invalid > 0) onInvalid?.(invalid, bytes);
    return text;
  };
  return {
    encoding: decoder.encoding,
    write: (block) => {
      const text = counted(decoder.write(block));
      bytes += block.length;
      return text;
    },
    end: () => counted(decoder.end()),
  };
}

/** For encodings whose state ends with the line: whole lines are decoded at once. */
function lineDecoder(encoding: string, decodeLines: (bytes: Uint8Array) => string): StreamDecoder {
  let rest = Buffer.alloc(0);
  return {
    encoding,
    write: (block) => {
      const bytes = Buffer.concat([rest, block]);
      const end = bytes.lastIndexOf(10) + 1;
      rest = bytes.subarray(end);
      return decodeLines(bytes.subarray(0, end));
    },
    end: () => decodeLines(rest),
  };
}
