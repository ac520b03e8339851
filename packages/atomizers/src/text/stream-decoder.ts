import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import { EncodingInvalidError } from '../errors.ts';
import { RepairingUtf8Decoder } from './repairing-utf8-decoder.ts';
import { ShiftDecoder } from './shift-decoder.ts';
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
  const decoder = ShiftDecoder.of(encoding) ?? whatwgDecoder(encoding, mode === 'strict') ?? iconvDecoder(encoding);
  return mode === 'strict' ? decoder : counting(decoder, onInvalid);
}

/** Whether an encoding of this name can be decoded. */
export function isKnownEncoding(encoding: string): boolean {
  const isShift = ShiftDecoder.of(encoding.toLowerCase()) !== undefined;
  return isShift || whatwgDecoder(encoding, false) !== undefined || iconv.encodingExists(encoding);
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
