import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TdsProtocolError } from './errors.ts';
import { type ClientMessage, framePackets, MessageAssembler, PacketStatus, PacketType } from './packets.ts';

const frame = { type: PacketType.sqlBatch, packetSize: 512, sessionId: 51, firstPacketId: 1, lastStatus: 1 };

function assemble(chunks: readonly Buffer[], limit = 1_000_000): ClientMessage[] {
  const messages: ClientMessage[] = [];
  const assembler = new MessageAssembler(limit, (message) => messages.push(message));
  for (const chunk of chunks) assembler.push(chunk);
  return messages;
}

/** Cuts at the given places, taken modulo the length. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const ends = [...sorted, bytes.length];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

test('joins messages whatever the packet size and wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 512, max: 32767 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (payloads, packetSize, places) => {
        const bytes = Buffer.concat(
          payloads.map((payload) => framePackets(Buffer.from(payload), 0, payload.length, { ...frame, packetSize })),
        );
        const messages = assemble(cut(bytes, places));
        expect(messages.map((message) => [...message.payload])).toEqual(payloads.map((payload) => [...payload]));
      },
    ),
  );
});

test('writes no packet larger than agreed, ends only the last one, and counts packet ids modulo 256', () => {
  const framed = framePackets(Buffer.alloc(504 * 300), 0, 504 * 300, frame);
  const headers = Array.from({ length: 300 }, (_, i) => framed.subarray(i * 512, i * 512 + 8));
  expect(headers.every((header) => header.readUInt16BE(2) === 512)).toBe(true);
  expect(headers.filter((header) => header[1] === 1)).toEqual([headers.at(-1)]);
  expect(headers.map((header) => header[6])).toEqual(Array.from({ length: 300 }, (_, i) => (i + 1) % 256));
});

test('reports the reset bits of the first packet and the ignore bit of the last', () => {
  const packet = (status: number): Buffer => Buffer.of(1, status, 0, 8, 0, 0, 1, 0);
  const [reset] = assemble([packet(PacketStatus.resetConnection), packet(1)]);
  expect(reset).toMatchObject({ reset: 'reset', ignored: false });
  const [kept] = assemble([packet(PacketStatus.resetKeepingTransaction | 1)]);
  expect(kept).toMatchObject({ reset: 'keep-transaction' });
  const [ignored] = assemble([packet(0), packet(PacketStatus.ignore | 1)]);
  expect(ignored).toMatchObject({ reset: 'none', ignored: true });
});

test('an attention in the middle of a message discards what came of it', () => {
  const messages = assemble([
    Buffer.of(1, 0, 0, 9, 0, 0, 1, 0, 65),
    Buffer.of(6, 1, 0, 8, 0, 0, 1, 0),
    Buffer.of(1, 1, 0, 9, 0, 0, 1, 0, 66),
  ]);
  expect(messages.map(({ type, payload }) => [type, payload.toString()])).toEqual([
    [6, ''],
    [1, 'B'],
  ]);
});

test.each([
  ['an unknown packet type', Buffer.from('GET / HTTP/1.1')],
  ['a length below that of the header', Buffer.of(1, 1, 0, 7, 0, 0, 1, 0)],
  ['a length above the largest packet', Buffer.of(1, 1, 0x80, 0, 0, 0, 1, 0)],
  ['another type inside a message', Buffer.of(1, 0, 0, 8, 0, 0, 1, 0, 3, 1, 0, 8, 0, 0, 1, 0)],
])('refuses %s', (_what, bytes) => {
  expect(() => assemble([bytes])).toThrow(TdsProtocolError);
});

test('refuses a message above the limit before it is complete', () => {
  const half = framePackets(Buffer.alloc(504), 0, 504, { ...frame, lastStatus: 0 });
  expect(() => assemble([half, half], 1000)).toThrow(TdsProtocolError);
});

test('refuses a batch above its own limit, not another message of that length', () => {
  const half = (type: number) => framePackets(Buffer.alloc(504), 0, 504, { ...frame, type, lastStatus: 0 });
  const push = (type: number) => {
    const assembler = new MessageAssembler(1_000_000, () => undefined);
    assembler.batchLimit = 1000;
    for (let count = 0; count < 2; count += 1) assembler.push(half(type));
  };
  expect(() => push(PacketType.sqlBatch)).toThrow('65536 times the network packet size');
  expect(() => push(PacketType.bulkLoad)).not.toThrow();
});

test('refuses a message of endless empty packets', () => {
  const empty = Buffer.of(1, 0, 0, 8, 0, 0, 1, 0);
  expect(() => assemble(Array.from({ length: 20_000 }, () => empty))).toThrow(TdsProtocolError);
});
