import { describe, expect, it } from 'vitest';
import { deadLetterParameter, syncLogParameter } from './sync-log.ts';

const enqueuedAt = new Date('2026-01-02T03:04:05.678Z');

describe('parameters of the log and dead-letter procedures', () => {
  it('write ids as text, so that none loses digits, and times as ISO 8601 in UTC', () => {
    const parameter = syncLogParameter([
      {
        outcome: 'SYNCED',
        entityType: 'Atom',
        entityId: 9223372036854775807n,
        tenantId: 0,
        syncType: 'CREATE',
        syncSequence: 5n,
        messageCount: 2,
        enqueuedAt,
        detail: null,
      },
    ]);
    expect(JSON.parse(parameter)).toEqual([
      {
        outcome: 'SYNCED',
        entityType: 'Atom',
        entityId: '9223372036854775807',
        tenantId: 0,
        syncType: 'CREATE',
        syncSequence: '5',
        messageCount: 2,
        enqueuedAt: '2026-01-02T03:04:05.678Z',
        detail: null,
      },
    ]);
    expect(syncLogParameter([])).toBe('[]');
  });

  it('write bodies as hexadecimal digits', () => {
    const entry = {
      reasonCode: 'MALFORMED_XML',
      reasonText: 'Not XML.',
      messageTypeName: 'Neo4jSyncRequest',
      conversationHandle: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      messageSequenceNumber: 0n,
      entityType: null,
      entityId: null,
      tenantId: null,
      syncType: null,
      enqueuedAt: null,
      receivedAt: enqueuedAt,
    };
    const parameter = deadLetterParameter([
      { ...entry, messageBody: Uint8Array.of(0xff, 0xfe, 0x00) },
      { ...entry, messageBody: null },
    ]);
    expect(JSON.parse(parameter)).toMatchObject([{ messageBody: 'fffe00' }, { messageBody: null }]);
  });
});
