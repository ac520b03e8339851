/** What is at a place in bytes that should be UTF-8. */
export type Utf8Sequence =
  | { readonly kind: 'valid'; readonly length: number }
  /** A pair of surrogates, each as three bytes, as CESU-8 has it. */
  | { readonly kind: 'surrogates'; readonly length: 6; readonly codePoint: number }
  /** The longest beginning of a sequence that doesn't go on as one (Unicode, section 3.9, "maximal subpart"). */
  | { readonly kind: 'invalid'; readonly length: number };

const one: Utf8Sequence = { kind: 'valid', length: 1 };
const two: Utf8Sequence = { kind: 'valid', length: 2 };
const three: Utf8Sequence = { kind: 'valid', length: 3 };
const four: Utf8Sequence = { kind: 'valid', length: 4 };
const invalid: readonly Utf8Sequence[] = [1, 2, 3].map((length) => ({ kind: 'invalid', length }));

/** The sequence that begins at a place, by the table of well-formed UTF-8 in the Unicode standard (table 3-7). */
export function utf8SequenceAt(bytes: Uint8Array, at: number): Utf8Sequence {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return one;
  const second = bytes[at + 1] ?? 0;
  if (lead >= 0xc2 && lead <= 0xdf) return isContinuation(second) ? two : broken(1);
  if (lead >= 0xe0 && lead <= 0xef) {
    const low = lead === 0xe0 ? 0xa0 : 0x80;
    if (lead === 0xed && second >= 0xa0 && second <= 0xbf) return surrogatesAt(bytes, at);
    if (second < low || second > 0xbf) return broken(1);
    return isContinuation(bytes[at + 2] ?? 0) ? three : broken(2);
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const low = lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return broken(1);
    if (!isContinuation(bytes[at + 2] ?? 0)) return broken(2);
    return isContinuation(bytes[at + 3] ?? 0) ? four : broken(3);
  }
  return broken(1);
}

function surrogatesAt(bytes: Uint8Array, at: number): Utf8Sequence {
  const high = surrogateAt(bytes, at);
  const low = surrogateAt(bytes, at + 3);
  if (high < 0xd800 || high > 0xdbff || low < 0xdc00 || low > 0xdfff) return broken(1);
  return { kind: 'surrogates', length: 6, codePoint: (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000 };
}

function surrogateAt(bytes: Uint8Array, at: number): number {
  const [lead = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  return lead === 0xed && isContinuation(third) ? 0xd000 | ((second & 0x3f) << 6) | (third & 0x3f) : 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

function broken(length: number): Utf8Sequence {
  return invalid[length - 1] ?? one;
}
