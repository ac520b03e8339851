import { TextDecoder } from 'node:util';
import type { AtomizerSource } from '../atomizer.ts';
import { readBlocks } from '../source-reading.ts';
import { markOf } from './choose-encoding.ts';
import { streamDecoder } from './stream-decoder.ts';
import type { StreamDecoder } from './text-reading.ts';

/**
 * The text of a source in pieces, without its byte order mark: as the registry has found that it's to be read, or, of a
 * source that no registry has seen, by its stated encoding, its byte order mark, or as UTF-8. Pieces depend on the bytes
 * only, not on how the source slices them; no piece ends within a character, nor between CR and LF.
 *
 * @throws EncodingInvalidError when the encoding isn't known, or bytes that nobody has looked at aren't valid in it
 */
export async function* decodeText(source: AtomizerSource, signal: AbortSignal): AsyncGenerator<string> {
  let decoder: StreamDecoder | undefined;
  let held = '';
  for await (const block of readBlocks(source, signal)) {
    decoder ??= decoderOf(source, block);
    const text = held + decoder.write(block);
    held = text.endsWith('\r') ? '\r' : '';
    const piece = held === '' ? text : text.slice(0, -1);
    if (piece !== '') yield piece;
  }
  decoder ??= decoderOf(source, new Uint8Array());
  const last = held + decoder.end();
  if (last !== '') yield last;
}

function decoderOf(source: AtomizerSource, head: Uint8Array): StreamDecoder {
  return streamDecoder(
    source.text ?? { encoding: source.encoding?.toLowerCase() ?? markOf(head) ?? 'utf-8', mode: 'strict' },
  );
}

/**
 * The text of a file's first bytes.
 *
 * @param head in UTF-8, or UTF-16 with a byte order mark; a registry hands texts out in UTF-8 whatever they are in
 * @returns null for bytes that aren't valid
 */
export function textOfHead(head: Uint8Array): string | null {
  try {
    return new TextDecoder(markOf(head) ?? 'utf-8', { fatal: true }).decode(head, { stream: true });
  } catch (error) {
    // The decoder says by these that the bytes aren't text in that encoding; anything else is a fault.
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}
