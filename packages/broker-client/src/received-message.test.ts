import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asSystemMessage, parseErrorBody, receivedMessages, receivedRowSchema } from './received-message.ts';

const row = {
  queuing_order: '9007199254740993',
  conversation_group_id: 'A',
  conversation_handle: 'B',
  message_sequence_number: '0',
  service_name: 'S',
  service_contract_name: null,
  message_type_name: 'T',
  message_body: null,
  message_enqueue_time: new Date(0),
};

/** The messages that such rows are. */
const messagesOf = (...rows: readonly Readonly<Record<string, unknown>>[]) =>
  receivedMessages(rows.map((each) => receivedRowSchema.parse(each)));

const errorBody = (code: number, description: string): Buffer =>
  Buffer.from(
    `\uFEFF<?xml version="1.0"?><Error xmlns="http://schemas.microsoft.com/SQL/ServiceBroker/Error"><Code>${code}</Code><Description>${description}</Description></Error>`,
    'utf16le',
  );

test('bigint columns keep every digit', () => {
  expect(messagesOf(row)[0]).toMatchObject({
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
  expect(asSystemMessage(messagesOf({ ...row, message_type_name })[0]!)).toMatchObject({ kind });
});

test('an application message is none, even with a similar name', () => {
  const similar = 'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialogs';
  expect(asSystemMessage(messagesOf({ ...row, message_type_name: similar })[0]!)).toBeUndefined();
});

test('a batch has the messages of its rows, in their order', () => {
  const other = { ...row, conversation_handle: 'C', service_contract_name: 'K', message_body: Buffer.from('x') };
  const messages = messagesOf(row, other, other);
  expect(messages.map(({ conversationHandle }) => conversationHandle)).toEqual(['B', 'C', 'C']);
  expect(messages[1]).toEqual(messages[2]);
  expect(messages[1]).toEqual({
    conversationHandle: 'C',
    conversationGroupId: 'A',
    sequenceNumber: 0n,
    queuingOrder: 9007199254740993n,
    messageTypeName: 'T',
    contractName: 'K',
    serviceName: 'S',
    body: Buffer.from('x'),
    enqueuedAt: new Date(0),
  });
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
