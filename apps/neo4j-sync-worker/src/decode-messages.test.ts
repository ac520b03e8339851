import type { ReceivedMessage } from '@hartonomous/broker-client';
import { syncQueue } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { decodeMessages } from './decode-messages.ts';

const message = (body: Buffer, more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  conversationHandle: '00000000-0000-0000-0000-000000000001',
  conversationGroupId: '00000000-0000-0000-0000-000000000002',
  sequenceNumber: 0n,
  queuingOrder: 0n,
  messageTypeName: syncQueue.messageType,
  contractName: null,
  serviceName: 'Neo4jSyncService',
  body,
  enqueuedAt: null,
  attempts: 0,
  ...more,
});

test('bodies that are too long are refused without being read', () => {
  const { decoded, refused } = decodeMessages([
    message(Buffer.alloc(64 * 1024 + 1, '<')),
    message(Buffer.from('<Neo4jSync>'), { cutFrom: 100_000_000 }),
  ]);
  expect(decoded).toEqual([]);
  expect(refused.map(({ reasonCode, reasonText }) => [reasonCode, reasonText.slice(0, 30)])).toEqual([
    ['BODY_TOO_LARGE', 'The body has 65537 bytes, more'],
    ['BODY_TOO_LARGE', 'The body has 100000000 bytes, '],
  ]);
});
