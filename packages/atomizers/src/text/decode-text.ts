import { TextDecoder } from 'node:util';
import type { AtomizerSource } from '../atomizer.ts';
import { EncodingInvalidError } from '../errors.ts';
import { readBlocks } from '../source-reading.ts';

/** The encoding that a byte order mark says; UTF-8 without one; null for UTF-32, which isn't decoded. */
function encodingOf(head: Uint8Array): string | null {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? null : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decoderFor(encoding: string | null): TextDecoder {
  if (encoding === null) throw new EncodingInvalidError('UTF-8 or UTF-16');
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new EncodingInvalidError(encoding, cause);
  }
}

/**
 * The text of a source in pieces, without its byte order mark. Pieces depend on the bytes only, not on how the source
 * slices them; no piece ends within a character.
 *
 * @throws EncodingInvalidError when the bytes aren't valid; what came before was right
 */
export async function* decodeText(source: AtomizerSource, signal: AbortSignal): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  const decode = (block?: Uint8Array): string => {
    decoder ??= decoderFor(source.encoding ?? encodingOf(block ?? new Uint8Array()));
    try {
      return block === undefined ? decoder.decode() : decoder.decode(block, { stream: true });
    } catch (cause) {
      throw new EncodingInvalidError(decoder.encoding, cause);
    }
  };
  for await (const block of readBlocks(source, signal)) yield decode(block);
  const last = decode();
  if (last !== '') yield last;
}

/** Whether a source is valid text in its encoding from start to end. Reads all of it, keeps none of it. */
export async function isValidText(source: AtomizerSource, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const _ of decodeText(source, signal));
    return true;
  } catch (error) {
    if (error instanceof EncodingInvalidError) return false;
    throw error;
  }
}

/**
 * Whether the first bytes of a file look like text: valid so far, no NUL, hardly any other control character.
 *
 * @returns the decoded text, or null
 */
export function textOfHead(head: Uint8Array): string | null {
  const encoding = encodingOf(head);
  if (encoding === null) return null;
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    let controls = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === 0) return null;
      // Tab, line feed, form feed, carriage return and escape (coloured logs) are common in text.
      if (code < 0x20 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) controls += 1;
    }
    return controls * 100 > text.length ? null : text;
  } catch (error) {
    // The decoder says by a TypeError that the bytes aren't text; anything else is a fault.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * The first bytes of a text in UTF-8, where its encoding was stated; the bytes themselves where it wasn't or doesn't fit.
 *
 * @throws EncodingInvalidError when the encoding isn't known
 */
export function utf8Head(head: Uint8Array, encoding: string | undefined): Uint8Array {
  if (encoding === undefined) return head;
  const decoder = decoderFor(encoding);
  try {
    return Buffer.from(decoder.decode(head, { stream: true }));
  } catch (error) {
    if (error instanceof TypeError) return head;
    throw error;
  }
}
