import { isAscii } from 'node:buffer';
import { utf8SequenceAt } from './utf8-sequence.ts';

/** How much around bytes that aren't ASCII is kept for telling the encoding. */
const sampleBytes = 32 * 1024;
const partBytes = 2048;
const headLength = 64 * 1024;

/** What a file's bytes are like, from one reading of all of them. */
export class TextInspection {
  /** All bytes. */
  bytes = 0;
  /** NUL bytes, by their offset modulo 4. */
  readonly zeros = [0, 0, 0, 0];
  /** Other control characters that texts don't have. */
  controls = 0;
  /** Backspaces, by which manual pages for printers have letters over each other. */
  backspaces = 0;
  /** The same, NUL included, where two bytes are a character: of UTF-16, lower byte first and last. */
  readonly wideControls = { 'utf-16le': 0, 'utf-16be': 0 };
  /** Whether there are escapes that choose a Japanese character set (RFC 1468), and shifts. */
  hasJapaneseEscapes = false;
  hasShifts = false;
  /** Whether all bytes are below 128. */
  isAscii = true;
  /** Sequences of UTF-8 of more than a byte. */
  sequences = 0;
  /** Pairs of surrogates in three bytes each. */
  surrogatePairs = 0;
  /** Beginnings of sequences, and single bytes, that aren't valid as UTF-8. */
  invalid = 0;
  /** The first bytes. */
  head: Buffer = Buffer.alloc(0);
  readonly #sample: Buffer[] = [];
  #sampled = 0;
  #rest: Buffer = Buffer.alloc(0);
  #last = 0;

  /** Takes the next block. */
  add(block: Uint8Array): void {
    if (this.bytes === 0) this.head = Buffer.from(block.subarray(0, headLength));
    this.#countControls(block);
    this.bytes += block.length;
    if (isAscii(block) && this.#rest.length === 0) return;
    this.#take(block);
    this.#countSequences(Buffer.concat([this.#rest, block]), false);
  }

  /** Has to be called behind the last block. */
  end(): void {
    this.#countSequences(this.#rest, true);
    this.#rest = Buffer.alloc(0);
  }

  /** Bytes around those that aren't ASCII; of a text of ASCII its beginning. */
  get sample(): Buffer {
    return this.#sampled === 0 ? this.head.subarray(0, sampleBytes) : Buffer.concat(this.#sample);
  }

  get zeroCount(): number {
    return this.zeros.reduce((sum, each) => sum + each, 0);
  }

  #countControls(block: Uint8Array): void {
    for (let index = 0; index < block.length; index++) {
      const byte = block[index] as number;
      if (byte >= 0x20) {
        if (byte === 0x24 && this.#last === 0x1b) this.hasJapaneseEscapes ||= isJapanese(block, index + 1);
        this.#last = byte;
        continue;
      }
      this.#countWideControl(byte, this.bytes + index);
      this.#last = byte;
      if (byte === 0) this.zeros[(this.bytes + index) & 3] = (this.zeros[(this.bytes + index) & 3] ?? 0) + 1;
      else if (byte === 0x08) this.backspaces += 1;
      else if (byte === 0x0e || byte === 0x0f) this.hasShifts = true;
      // Bell to carriage return, end of file (DOS), escape (coloured logs) and the four separators are in old texts.
      else if (isControl(byte)) this.controls += 1;
    }
  }

  /** Counts a character at its second byte: bytes of letters are the same numbers as control characters. */
  #countWideControl(byte: number, offset: number): void {
    if ((offset & 1) === 0) return;
    if (byte === 0 && isControl(this.#last)) this.wideControls['utf-16le'] += 1;
    if (this.#last === 0 && isControl(byte)) this.wideControls['utf-16be'] += 1;
  }

  #countSequences(bytes: Buffer, isEnd: boolean): void {
    let at = this.bytes === bytes.length && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    const stop = isEnd ? bytes.length : bytes.length - 6;
    while (at < stop) {
      if ((bytes[at] as number) < 0x80) {
        at += 1;
        continue;
      }
      const sequence = utf8SequenceAt(bytes, at);
      this.isAscii = false;
      if (sequence.kind === 'valid') this.sequences += 1;
      else if (sequence.kind === 'surrogates') this.surrogatePairs += 1;
      else this.invalid += 1;
      at += sequence.length;
    }
    this.#rest = Buffer.from(bytes.subarray(Math.max(at, 0)));
  }

  #take(block: Uint8Array): void {
    for (let at = 0; at < block.length && this.#sampled < sampleBytes; ) {
      while (at < block.length && (block[at] as number) < 0x80) at += 1;
      if (at === block.length) return;
      const from = Math.max(0, at - 64);
      const part = Buffer.from(block.subarray(from, at + partBytes));
      this.#sample.push(part);
      this.#sampled += part.length;
      at += partBytes;
    }
  }
}

/** Whether what follows an escape and `$` is one of the character sets of JIS: `@`, `B`, `(D`. */
function isJapanese(block: Uint8Array, at: number): boolean {
  const [set, more] = block.subarray(at, at + 2);
  return set === 0x40 || set === 0x42 || (set === 0x28 && more === 0x44);
}

function isControl(byte: number): boolean {
  return byte < 7 || (byte > 13 && byte < 0x1a);
}
