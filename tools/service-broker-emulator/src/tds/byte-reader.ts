import { TdsProtocolError } from './errors.ts';

/** Reads the payload of one TDS message from front to back. Every read is checked against the end of the message. */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;
  /** Code page of texts that come without a collation: that of the session's database. */
  codePage = 1252;

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Moves past `count` bytes and returns where they start. @throws {TdsProtocolError} when fewer are left */
  take(count: number): number {
    const start = this.position;
    if (count > this.end - start) {
      throw new TdsProtocolError(
        'The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly.',
      );
    }
    this.position = start + count;
    return start;
  }

  u8(): number {
    return this.buffer.readUInt8(this.take(1));
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.take(2));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.take(4));
  }

  i32(): number {
    return this.buffer.readInt32LE(this.take(4));
  }

  u64(): bigint {
    return this.buffer.readBigUInt64LE(this.take(8));
  }

  /** A view of the next `count` bytes, valid as long as the message is. */
  bytes(count: number): Buffer {
    const start = this.take(count);
    return this.buffer.subarray(start, start + count);
  }

  /** A string of `units` UTF-16 code units. */
  utf16(units: number): string {
    const start = this.take(units * 2);
    return this.buffer.toString('utf16le', start, start + units * 2);
  }

  /** u8 count of UTF-16 units, then the string. */
  bVarchar(): string {
    return this.utf16(this.u8());
  }

  /** u16 count of UTF-16 units, then the string. */
  usVarchar(): string {
    return this.utf16(this.u16());
  }
}
