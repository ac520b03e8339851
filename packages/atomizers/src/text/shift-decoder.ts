import { TextDecoder } from 'node:util';
import type { StreamDecoder } from './text-reading.ts';

const lineFeed = 0x0a;
const none = Buffer.alloc(0);

/** A mark between characters: how many bytes it has, and what it changes or stands for. */
interface Mark {
  readonly length: number;
  /** Whether what follows is of two bytes a character. */
  readonly isShifted?: boolean;
  /** The byte that it stands for. */
  readonly byte?: number;
}

/** An encoding of seven bits that says by marks which bytes belong to characters of two bytes. */
interface ShiftEncoding {
  /** The encoding that has the same characters with the eighth bit set. */
  readonly wide: string;
  /** First bytes of marks, whose length is never more than {@link longest}. */
  readonly leads: ReadonlySet<number>;
  readonly longest: number;
  markAt(bytes: Buffer, at: number, isShifted: boolean): Mark | undefined;
}

/** Each line of ISO-2022-KR (RFC 1557) begins in ASCII; HZ (RFC 1843) writes a tilde twice. */
const encodings: ReadonlyMap<string, ShiftEncoding> = new Map<string, ShiftEncoding>([
  [
    'iso-2022-kr',
    {
      wide: 'euc-kr',
      leads: new Set([0x0e, 0x0f, 0x1b]),
      longest: 4,
      markAt: (bytes, at) => {
        if (bytes[at] !== 0x1b) return { length: 1, isShifted: bytes[at] === 0x0e };
        return bytes.toString('latin1', at, at + 4) === '\u001b$)C' ? { length: 4 } : undefined;
      },
    },
  ],
  [
    'hz-gb-2312',
    {
      wide: 'gb18030',
      leads: new Set([0x7e]),
      longest: 2,
      markAt: (bytes, at, isShifted) => {
        const next = bytes[at + 1];
        if (next === 0x7b || next === 0x7d) return { length: 2, isShifted: next === 0x7b };
        return next === 0x7e && !isShifted ? { length: 2, byte: 0x7e } : undefined;
      },
    },
  ],
]);

/** Decodes Korean and Chinese of seven bits, whatever the length of its lines. */
export class ShiftDecoder implements StreamDecoder {
  readonly encoding: string;
  readonly #shifts: ShiftEncoding;
  readonly #decoder: TextDecoder;
  #isShifted = false;
  /** The beginning of what may be a mark. */
  #held: Buffer = none;

  private constructor(encoding: string, shifts: ShiftEncoding) {
    this.encoding = encoding;
    this.#shifts = shifts;
    this.#decoder = new TextDecoder(shifts.wide);
  }

  /** The decoder for an encoding; undefined where it isn't one of these. */
  static of(encoding: string): ShiftDecoder | undefined {
    const shifts = encodings.get(encoding);
    return shifts && new ShiftDecoder(encoding, shifts);
  }

  write(block: Uint8Array): string {
    return this.#decoder.decode(this.#wide(block, false), { stream: true });
  }

  end(): string {
    return this.#decoder.decode(this.#wide(none, true));
  }

  /** The bytes in the wide encoding. */
  #wide(block: Uint8Array, isEnd: boolean): Uint8Array {
    const bytes = Buffer.concat([this.#held, block]);
    const { leads, longest, markAt } = this.#shifts;
    const out = new Uint8Array(bytes.length);
    let length = 0;
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      const isLead = leads.has(byte);
      if (isLead && !isEnd && at + longest > bytes.length) break;
      const mark = isLead ? markAt(bytes, at, this.#isShifted) : undefined;
      at += mark?.length ?? 1;
      if (mark?.isShifted !== undefined) this.#isShifted = mark.isShifted;
      if (mark !== undefined && mark.byte === undefined) continue;
      if (byte === lineFeed) this.#isShifted = false;
      out[length] = mark?.byte ?? (this.#isShifted && byte > 0x20 ? byte | 0x80 : byte);
      length += 1;
    }
    this.#held = Buffer.from(bytes.subarray(at));
    return out.subarray(0, length);
  }
}
