import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asSystemMessage, parseErrorBody, receivedRowSchema, withSharedTexts } from './received-message.ts';

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

const errorBody = (code: number, description: string): Buffer =>
  Buffer.from(
    `\uFEFF<?xml version="1.0"?><Error xmlns="http://schemas.microsoft.com/SQL/ServiceBroker/Error"><Code>${code}</Code><Description>${description}</Description></Error>`,
    'utf16le',
  );

test('bigint columns keep every digit', () => {
  expect(receivedRowSchema.parse(row)).toMatchObject({
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
  expect(asSystemMessage(receivedRowSchema.parse({ ...row, message_type_name }))).toMatchObject({ kind });
});

test('an application message is none, even with a similar name', () => {
  const similar = 'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialogs';
  expect(asSystemMessage(receivedRowSchema.parse({ ...row, message_type_name: similar }))).toBeUndefined();
});

test('messages with shared texts are the same messages', () => {
  const other = { ...row, conversation_handle: 'C', service_contract_name: 'K', message_body: Buffer.from('x') };
  const messages = [row, other, other].map((each) => receivedRowSchema.parse(each));
  expect(withSharedTexts(messages)).toEqual(messages);
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
