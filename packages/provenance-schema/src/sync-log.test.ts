import { describe, expect, it } from 'vitest';
import { deadLetterParameter, syncLogParameter } from './sync-log.ts';

const enqueuedAt = new Date('2026-01-02T03:04:05.678Z');

describe('parameters of the log and dead-letter procedures', () => {
  it('write ids digit by digit, so that none loses any, and times as ISO 8601 in UTC', () => {
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
      {
        outcome: 'DEAD_LETTERED',
        entityType: null,
        entityId: null,
        tenantId: null,
        syncType: null,
        syncSequence: null,
        messageCount: 1,
        enqueuedAt: null,
        detail: 'it\'s "bad"',
      },
    ]);
    expect(parameter).toBe(
      '[["SYNCED","Atom",9223372036854775807,0,"CREATE",5,2,"2026-01-02T03:04:05.678Z",null],' +
        String.raw`["DEAD_LETTERED",null,null,null,null,null,1,null,"it's \"bad\""]]`,
    );
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
