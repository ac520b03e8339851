import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asSystemMessage, parseErrorBody, receivedMessages, receivedSetsSchema } from './received-message.ts';

const origin = {
  origin: 1,
  conversation_group_id: 'A',
  conversation_handle: 'B',
  service_name: 'S',
  service_contract_name: null,
  message_type_name: 'T',
};

const row = {
  origin: 1,
  queuing_order: '9007199254740993',
  message_sequence_number: '0',
  cut_from: null,
  message_body: null,
  message_enqueue_time: new Date(0),
};

/** The messages that such rows are. */
const messagesOf = (origins: readonly object[], ...rows: readonly object[]) =>
  receivedMessages(receivedSetsSchema.parse([origins, rows]));

const errorBody = (code: number, description: string): Buffer =>
  Buffer.from(
    `\uFEFF<?xml version="1.0"?><Error xmlns="http://schemas.microsoft.com/SQL/ServiceBroker/Error"><Code>${code}</Code><Description>${description}</Description></Error>`,
    'utf16le',
  );

test('bigint columns keep every digit', () => {
  expect(messagesOf([origin], row)?.[0]).toMatchObject({
    queuingOrder: 9007199254740993n,
    sequenceNumber: 0n,
    body: null,
  });
});

test.each([
  ['http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog', 'end-dialog'],
  ['http://schemas.microsoft.com/SQL/ServiceBroker/Error', 'error'],
  ['http://schemas.microsoft.com/SQL/ServiceBroker/DialogTimer', 'dialog-timer'],
])('%s is the system message %s', (message_type_name, kind) => {
  expect(asSystemMessage(messagesOf([{ ...origin, message_type_name }], row)![0]!)).toMatchObject({ kind });
});

test('an application message is not a system message, even with a similar name', () => {
  const similar = 'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialogs';
  expect(asSystemMessage(messagesOf([{ ...origin, message_type_name: similar }], row)![0]!)).toBeUndefined();
});

test('messages have the texts of their origins, and the order of their rows', () => {
  const other = { ...origin, origin: 2, conversation_handle: 'C', service_contract_name: 'K' };
  const second = { ...row, origin: 2, cut_from: null, message_body: Buffer.from('x') };
  const messages = messagesOf([origin, other], second, row, second);
  expect(messages?.map(({ conversationHandle }) => conversationHandle)).toEqual(['C', 'B', 'C']);
  expect(messages?.[2]).toEqual({
    conversationHandle: 'C',
    conversationGroupId: 'A',
    sequenceNumber: 0n,
    queuingOrder: 9007199254740993n,
    messageTypeName: 'T',
    contractName: 'K',
    serviceName: 'S',
    body: Buffer.from('x'),
    enqueuedAt: new Date(0),
    attempts: 0,
  });
});

test('within a conversation messages come by sequence number, whatever their place in the queue; others keep their places', () => {
  const other = { ...origin, origin: 2, conversation_handle: 'C' };
  const error = { ...origin, origin: 3, message_type_name: 'http://schemas.microsoft.com/SQL/ServiceBroker/Error' };
  const queued = (queuing_order: string, of: number, message_sequence_number: string) => ({
    ...row,
    ...{ queuing_order, origin: of, message_sequence_number },
  });
  const messages = messagesOf(
    [origin, other, error],
    queued('1', 2, '7'),
    queued('2', 1, '2'),
    queued('3', 2, '8'),
    queued('4', 1, '0'),
    queued('5', 1, '1'),
    queued('6', 3, '0'),
  );
  expect(messages?.map(({ conversationHandle, sequenceNumber }) => `${conversationHandle}${sequenceNumber}`)).toEqual([
    ...['C7', 'B0', 'C8', 'B1', 'B2'],
    // An Error stays where it was queued: what was sent before it is there before it.
    'B0',
  ]);
  expect(messages?.map(({ queuingOrder }) => queuingOrder)).toEqual([1n, 4n, 3n, 5n, 2n, 6n]);
});

test('a row of an origin that is not there is no message', () => {
  expect(messagesOf([origin], row, { ...row, origin: 2 })).toBeUndefined();
});

test('an error body gives code and description', () => {
  expect(parseErrorBody(errorBody(-8494, 'no access to &apos;X&apos; &lt;&#x41;&#66;&gt;'))).toEqual({
    code: -8494,
    description: "no access to 'X' <AB>",
  });
  expect(parseErrorBody(errorBody(42, ''))).toEqual({ code: 42, description: '' });
});

test('property: no body makes the parser fail, only an error body gives an error', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(parseErrorBody(Buffer.from(bytes))).toBeNull();
    }),
  );
  expect(parseErrorBody(null)).toBeNull();
});

test('property: any description survives escaping', () => {
  const escapeXml = (text: string) =>
    text.replace(/[<>&]/g, (letter) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[letter] ?? '');
  fc.assert(
    fc.property(fc.integer(), fc.string({ unit: 'grapheme' }), (code, description) => {
      expect(parseErrorBody(errorBody(code, escapeXml(description)))).toEqual({ code, description });
    }),
  );
});
