import { TextDecoder } from 'node:util';
import type { StreamDecoder, TextReading } from './text-reading.ts';
import { utf8SequenceAt } from './utf8-sequence.ts';

const westEuropean = new TextDecoder('windows-1252');
/** Two surrogates of three bytes each: nothing longer has to be seen as a whole. */
const longestSequence = 6;

/**
 * UTF-8 with some bytes that aren't: CESU-8's pairs of surrogates are the character that they stand for, a single byte
 * between ASCII characters is what it is in windows-1252 (a quotation mark that was pasted, mostly), anything else is
 * U+FFFD. The last two are counted.
 */
export class RepairingUtf8Decoder implements StreamDecoder {
  readonly encoding = 'utf-8';
  readonly #onInvalid: TextReading['onInvalid'];
  #rest: Buffer = Buffer.alloc(0);
  #offset = 0;
  #lastByte = 0x0a;

  constructor(onInvalid: TextReading['onInvalid']) {
    this.#onInvalid = onInvalid;
  }

  write(block: Uint8Array): string {
    return this.#decode(Buffer.concat([this.#rest, block]), false);
  }

  end(): string {
    return this.#decode(this.#rest, true);
  }

  #decode(bytes: Buffer, isEnd: boolean): string {
    const pieces: string[] = [];
    let from = 0;
    let at = this.#offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    from = at;
    const stop = isEnd ? bytes.length : Math.max(0, bytes.length - longestSequence);
    while (at < stop) {
      const sequence = utf8SequenceAt(bytes, at);
      if (sequence.kind === 'valid') {
        at += sequence.length;
        continue;
      }
      pieces.push(bytes.toString('utf8', from, at));
      if (sequence.kind === 'surrogates') pieces.push(String.fromCodePoint(sequence.codePoint));
      else {
        pieces.push(this.#replacement(bytes, at, sequence.length));
        this.#onInvalid?.(sequence.length, this.#offset + at);
      }
      at += sequence.length;
      from = at;
    }
    pieces.push(bytes.toString('utf8', from, at));
    if (at > 0) this.#lastByte = bytes[at - 1] ?? 0x0a;
    this.#offset += at;
    this.#rest = bytes.subarray(at);
    return pieces.join('');
  }

  #replacement(bytes: Buffer, at: number, length: number): string {
    const before = at === 0 ? this.#lastByte : (bytes[at - 1] ?? 0);
    const after = bytes[at + length];
    if (length > 1 || before >= 0x80 || after === undefined || after >= 0x80) return '\ufffd';
    const text = westEuropean.decode(bytes.subarray(at, at + 1));
    return /[\x80-\x9f]/.test(text) ? '\ufffd' : text;
  }
}
