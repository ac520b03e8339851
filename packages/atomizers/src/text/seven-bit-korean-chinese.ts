import { TextDecoder } from 'node:util';

const shiftOut = 0x0e;
const shiftIn = 0x0f;
const escapeByte = 0x1b;
const tilde = 0x7e;
const lineFeed = 0x0a;

/**
 * Decodes whole lines of ISO-2022-KR (RFC 1557): between SO and SI two bytes are a character of KS X 1001, and each line
 * begins in ASCII. As EUC-KR these are the same bytes with the eighth bit set.
 */
export function decodeIso2022Kr(bytes: Uint8Array): string {
  const out: number[] = [];
  let shifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === escapeByte && bytes[at + 1] === 0x24 && bytes[at + 2] === 0x29 && bytes[at + 3] === 0x43) at += 3;
    else if (byte === shiftOut || byte === shiftIn) shifted = byte === shiftOut;
    else {
      if (byte === lineFeed) shifted = false;
      out.push(shifted && byte > 0x20 ? byte | 0x80 : byte);
    }
  }
  return new TextDecoder('euc-kr').decode(Uint8Array.from(out));
}

/** Decodes whole lines of HZ (RFC 1843): between `~{` and `~}` two bytes are a character of GB 2312, `~~` is a tilde. */
export function decodeHz(bytes: Uint8Array): string {
  const out: number[] = [];
  let shifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1];
    if (byte === tilde && (next === 0x7b || next === 0x7d)) {
      shifted = next === 0x7b;
      at += 1;
    } else if (byte === tilde && next === tilde && !shifted) {
      out.push(tilde);
      at += 1;
    } else {
      if (byte === lineFeed) shifted = false;
      out.push(shifted && byte > 0x20 ? byte | 0x80 : byte);
    }
  }
  return new TextDecoder('gb18030').decode(Uint8Array.from(out));
}
