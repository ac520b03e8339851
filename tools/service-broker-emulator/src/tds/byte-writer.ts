/**
 * A growing buffer that tokens are written into back to back; packet borders are put in when it is sent
 * (see `AnswerStream`), so that writers of tokens and values need not know them.
 */
export class ByteWriter {
  buffer: Buffer;
  position = 0;

  /** @param capacity first size in bytes; it doubles when needed */
  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  /**
   * Makes room for `count` more bytes and returns where they start; the position does not move. It may replace
   * `buffer`, so take that only afterwards.
   */
  ensure(count: number): number {
    const needed = this.position + count;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.position);
      this.buffer = larger;
    }
    return this.position;
  }

  u8(value: number): void {
    const at = this.ensure(1);
    this.buffer[at] = value;
    this.position = at + 1;
  }

  u16(value: number): void {
    const at = this.ensure(2);
    const { buffer } = this;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    this.position = at + 2;
  }

  u32(value: number): void {
    const at = this.ensure(4);
    const { buffer } = this;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value >>> 16;
    buffer[at + 3] = value >>> 24;
    this.position = at + 4;
  }

  u64(value: bigint): void {
    const at = this.ensure(8);
    this.position = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  /** An unsigned integer of 3 to 6 bytes. */
  uint(value: number, byteCount: number): void {
    const at = this.ensure(byteCount);
    this.position = this.buffer.writeUIntLE(value, at, byteCount);
  }

  real(value: number): void {
    const at = this.ensure(4);
    this.position = this.buffer.writeFloatLE(value, at);
  }

  double(value: number): void {
    const at = this.ensure(8);
    this.position = this.buffer.writeDoubleLE(value, at);
  }

  /** Four bytes, most significant first. */
  u32BigEndian(value: number): void {
    const at = this.ensure(4);
    this.position = this.buffer.writeUInt32BE(value, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.ensure(value.length);
    this.buffer.set(value, at);
    this.position = at + value.length;
  }

  utf16(value: string): void {
    const { length } = value;
    const at = this.ensure(length * 2);
    if (length < 24) {
      // A loop is faster than the call into native code for the short strings that rows and tokens are full of.
      const { buffer } = this;
      for (let i = 0, to = at; i < length; i += 1, to += 2) {
        const unit = value.charCodeAt(i);
        buffer[to] = unit;
        buffer[to + 1] = unit >>> 8;
      }
    } else {
      this.buffer.write(value, at, 'utf16le');
    }
    this.position = at + length * 2;
  }

  /** u8 count of UTF-16 units, then the string; cut at 255 units. */
  bVarchar(value: string): void {
    const text = value.length > 255 ? value.slice(0, 255) : value;
    this.u8(text.length);
    this.utf16(text);
  }

  /** u16 count of UTF-16 units, then the string; cut at 65535 units. */
  usVarchar(value: string): void {
    const text = value.length > 0xffff ? value.slice(0, 0xffff) : value;
    this.u16(text.length);
    this.utf16(text);
  }

  /** Writes `value` over the two bytes at `at`, for lengths that are known only afterwards. */
  patchU16(at: number, value: number): void {
    this.buffer.writeUInt16LE(value, at);
  }

  /** Writes `value` over the four bytes at `at`. */
  patchU32(at: number, value: number): void {
    this.buffer.writeUInt32LE(value, at);
  }
}
