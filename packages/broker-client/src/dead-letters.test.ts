import { expect, test } from 'vitest';
import { deadLetterEntry } from './dead-letters.ts';
import type { ReceivedMessage } from './received-message.ts';

const message: ReceivedMessage = {
  conversationHandle: '6F9619FF-8B86-D011-B42D-00CF4FC964FF',
  conversationGroupId: '6F9619FF-8B86-D011-B42D-00CF4FC964FE',
  sequenceNumber: 9007199254740993n,
  queuingOrder: 1n,
  attempts: 0,
  messageTypeName: 'T',
  contractName: 'C',
  serviceName: 'S',
  body: Buffer.from([0xff, 0xfe, 0x3c, 0x00]),
  enqueuedAt: new Date('2026-01-02T03:04:05.006Z'),
};
const receivedAt = new Date('2026-01-02T03:04:06.000Z');

test('an entry keeps the whole message, the reason and what the application knows', () => {
  const letter = { message, reasonCode: 'XML_INVALID', reasonText: 'unclosed element', fields: { entityType: 'Atom' } };
  expect(JSON.parse(JSON.stringify(deadLetterEntry(letter, receivedAt)))).toEqual({
    entityType: 'Atom',
    reasonCode: 'XML_INVALID',
    reasonText: 'unclosed element',
    messageBody: 'fffe3c00',
    messageTypeName: 'T',
    contractName: 'C',
    serviceName: 'S',
    conversationHandle: '6F9619FF-8B86-D011-B42D-00CF4FC964FF',
    messageSequenceNumber: '9007199254740993',
    enqueuedAt: '2026-01-02T03:04:05.006',
    receivedAt: '2026-01-02T03:04:06.000',
  });
});

test('what the application knows can not hide what the message says', () => {
  const fields = { messageBody: 'forged', reasonCode: 'forged' };
  const entry = deadLetterEntry({ message, reasonCode: 'R', reasonText: 'T', fields }, receivedAt);
  expect(entry).toMatchObject({ messageBody: 'fffe3c00', reasonCode: 'R' });
});

test('a message without body has none in the entry', () => {
  const entry = deadLetterEntry({ message: { ...message, body: null }, reasonCode: 'R', reasonText: 'T' }, receivedAt);
  expect(entry.messageBody).toBeNull();
});
