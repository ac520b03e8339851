import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { bytesBody, decodeMessages, defineMessage, type ReceivedMessage, textBody } from './index.ts';

const order = defineMessage(
  'Order',
  z.object({ id: z.int(), at: z.iso.datetime().transform((text) => new Date(text)) }),
);
const note = defineMessage('Note', z.string().max(10), textBody);

const received = (messageTypeName: string, body: Buffer | null): ReceivedMessage => ({
  conversationHandle: '00000000-0000-0000-0000-000000000001',
  conversationGroupId: '00000000-0000-0000-0000-000000000002',
  sequenceNumber: 0n,
  queuingOrder: 0n,
  attempts: 0,
  messageTypeName,
  contractName: null,
  serviceName: 'Service',
  body,
  enqueuedAt: null,
});
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

test('a message is sent as the input of its schema and read as its output', () => {
  const outgoing = order.encode({ id: 1, at: '2026-01-02T03:04:05Z' });
  expect(outgoing).toEqual({ messageType: 'Order', body: '{"id":1,"at":"2026-01-02T03:04:05Z"}' });
  const value = order.decode(received('Order', utf16(String(outgoing.body))));
  expectTypeOf(value).toEqualTypeOf<{ id: number; at: Date }>();
  expect(value).toEqual({ id: 1, at: new Date('2026-01-02T03:04:05Z') });
});

test('any JSON value comes back, with or without byte order mark', () => {
  // Not z.json(), which drops a key named __proto__.
  const any = defineMessage('Any', z.unknown());
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, mark) => {
      const text = String(any.encode(value).body);
      const body = utf16(`${mark ? '\uFEFF' : ''}${text}`);
      expect(any.decode(received('Any', body))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what receivers would refuse is not sent', () => {
  expect(() => order.encode({ id: 1.5, at: 'x' })).toThrow(
    expect.objectContaining({
      code: 'MESSAGE_UNENCODABLE',
      issues: [expect.stringMatching(/^id: /), expect.stringMatching(/^at: /)],
    }),
  );
  const bytes = defineMessage('Bytes', z.unknown(), bytesBody);
  expect(() => bytes.encode('text')).toThrow(expect.objectContaining({ code: 'MESSAGE_UNENCODABLE' }));
  expect(() => defineMessage('Any', z.unknown()).encode(undefined)).toThrow(
    expect.objectContaining({ code: 'MESSAGE_UNENCODABLE' }),
  );
});

test.each<[string, string, Buffer | null]>([
  ['another type', 'Note', utf16('{}')],
  ['no body', 'Order', null],
  ['half a character', 'Order', Buffer.from([0x7b])],
  ['no JSON', 'Order', utf16('{')],
  ['a value that the schema refuses', 'Order', utf16('{"id":"1"}')],
])('%s is undecodable', (_, type, body) => {
  expect(() => order.decode(received(type, body))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_UNDECODABLE', retryable: false, messageType: type }),
  );
});

test('a batch is parted into what can be read, typed by message type, and what is for dead letters', () => {
  const messages = [
    received('Note', utf16('hello')),
    received('Order', utf16('{')),
    received('Order', utf16('{"id":1,"at":"2026-01-02T03:04:05Z"}')),
    received('Unknown', null),
  ];
  const { decoded, failed } = decodeMessages(messages, [order, note]);
  expect(decoded.map(({ type, value }) => (type === 'Order' ? value.at.getUTCFullYear() : value.length))).toEqual([
    5, 2026,
  ]);
  expect(decoded.map(({ message }) => message)).toEqual([messages[0], messages[2]]);
  expect(failed.map(({ message }) => message)).toEqual([messages[1], messages[3]]);
});

test('a schema that answers asynchronously is a mistake in the program, not a bad message', () => {
  const slow = defineMessage(
    'Slow',
    z.string().refine(async () => true),
  );
  const failure = expect.objectContaining({ code: 'INVALID_BROKER_OPTIONS' });
  expect(() => slow.encode('x')).toThrow(failure);
  expect(() => decodeMessages([received('Slow', utf16('"x"'))], [slow])).toThrow(failure);
});
