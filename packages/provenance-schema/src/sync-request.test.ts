import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityTypes } from './entity-registry.ts';
import type { SyncRequest } from './sync-request.ts';
import { decodeSyncRequest, encodeSyncRequest, syncTypes } from './sync-request.ts';

const xml =
  '<Neo4jSync><EntityType>Atom</EntityType><EntityId>12345</EntityId><SyncType>CREATE</SyncType><TenantId>0</TenantId></Neo4jSync>';
const plain: SyncRequest = {
  entityType: 'Atom',
  entityId: 12345n,
  syncType: 'CREATE',
  tenantId: 0,
  enqueuedAt: null,
  traceParent: null,
};
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((c) => c.join(''));
const anyTraceParent = fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-'));
const anyRequest: fc.Arbitrary<SyncRequest> = fc.record({
  entityType: fc.constantFrom(...entityTypes),
  entityId: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  syncType: fc.constantFrom(...syncTypes),
  tenantId: fc.integer(),
  enqueuedAt: fc.option(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })),
  traceParent: fc.option(anyTraceParent),
});

describe('sync request codec', () => {
  it('writes UTF-16LE with a byte order mark, as the procedures do', () => {
    expect(encodeSyncRequest(plain)).toEqual(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(xml)]));
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(decodeSyncRequest(encodeSyncRequest(request))).toEqual({ ok: true, request });
      }),
    );
  });

  it.each([
    ['UTF-16LE without a mark (an NVARCHAR body)', utf16(xml)],
    ['UTF-8', Buffer.from(xml)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${xml}`)],
    ['an XML declaration', utf16(`\uFEFF<?xml version="1.0" encoding="utf-16"?>\r\n${xml}`)],
    ['white space and comments', Buffer.from(xml.replaceAll('><', '> <!-- < & --> \n <'))],
    ['unknown elements and attributes', Buffer.from(xml.replace('<SyncType>', '<Later a="1"><b/></Later><SyncType>'))],
    ['a default namespace', Buffer.from(xml.replace('<Neo4jSync>', '<Neo4jSync xmlns="urn:any">'))],
    ['character references', Buffer.from(xml.replace('>Atom<', '>&#65;to&#x6D;<'))],
    ['a CDATA section', Buffer.from(xml.replace('>Atom<', '><![CDATA[Atom]]><'))],
    ['another order', Buffer.from(xml.replace(/(<EntityType>.*?<\/EntityType>)(<EntityId>.*?<\/EntityId>)/, '$2$1'))],
  ])('reads %s', (_what, body) => {
    expect(decodeSyncRequest(body)).toEqual({ ok: true, request: plain });
  });

  it("reads the time of SQL Server's seven digits", () => {
    const body = Buffer.from(
      xml.replace('</Neo4jSync>', '<EnqueuedAt>2026-01-02T03:04:05.6789012Z</EnqueuedAt></Neo4jSync>'),
    );
    expect(decodeSyncRequest(body)).toMatchObject({ request: { enqueuedAt: new Date('2026-01-02T03:04:05.678Z') } });
  });

  it.each(['yesterday', '2026-13-45T00:00:00Z', ''])('takes the time %j for absent', (time) => {
    const body = Buffer.from(xml.replace('</Neo4jSync>', `<EnqueuedAt>${time}</EnqueuedAt></Neo4jSync>`));
    expect(decodeSyncRequest(body)).toEqual({ ok: true, request: plain });
  });

  it('drops an invalid trace header', () => {
    expect(encodeSyncRequest({ ...plain, traceParent: '<x/>' })).toEqual(encodeSyncRequest(plain));
  });

  it.each([
    ['EMPTY_BODY', null],
    ['EMPTY_BODY', Buffer.alloc(0)],
    ['INVALID_ENCODING', Buffer.from([0x3c, 0x00, 0x00, 0xd8])],
    ['INVALID_ENCODING', Buffer.from([0x3c, 0xc3, 0x28])],
    ['MALFORMED_XML', Buffer.from('not xml')],
    ['MALFORMED_XML', Buffer.from('<Neo4jSync><EntityType>Atom</Neo4jSync>')],
    ['MALFORMED_XML', Buffer.from(xml + xml)],
    ['MALFORMED_XML', Buffer.from(xml.replace('<SyncType>', '<EntityId>1</EntityId><SyncType>'))],
    ['MALFORMED_XML', Buffer.from(xml.replace('12345', '<b>1</b>'))],
    ['DTD_REFUSED', Buffer.from(`<!DOCTYPE Neo4jSync [<!ENTITY a "b">]>${xml}`)],
    ['UNEXPECTED_ROOT', Buffer.from(xml.replaceAll('Neo4jSync', 'Sync'))],
    ['MISSING_ELEMENT', Buffer.from('<Neo4jSync/>')],
    ['MISSING_ELEMENT', Buffer.from('<Neo4jSync>Atom</Neo4jSync>')],
    ['MISSING_ELEMENT', Buffer.from(xml.replace('<TenantId>0</TenantId>', ''))],
    ['UNKNOWN_ENTITY_TYPE', Buffer.from(xml.replace('Atom', 'Molecule'))],
    ['UNKNOWN_ENTITY_TYPE', Buffer.from(xml.replace('Atom', ''))],
    ['INVALID_ENTITY_ID', Buffer.from(xml.replace('12345', '9223372036854775808'))],
    ['INVALID_ENTITY_ID', Buffer.from(xml.replace('12345', 'abc'))],
    ['UNKNOWN_SYNC_TYPE', Buffer.from(xml.replace('CREATE', 'create'))],
    ['INVALID_TENANT_ID', Buffer.from(xml.replace('>0<', '>2147483648<'))],
  ])('refuses with %s and says why (%s)', (code, body) => {
    const result = decodeSyncRequest(body);
    expect(result).toMatchObject({ ok: false, error: { code, messageType: 'Neo4jSyncRequest' } });
    expect(!result.ok && result.error.message).toMatch(/\.$/);
  });

  it('returns what could be read of a bad message, for the dead letter', () => {
    expect(decodeSyncRequest(Buffer.from(xml.replace('CREATE', 'EXPLODE')))).toMatchObject({
      error: { partial: { entityType: 'Atom', entityId: 12345n, syncType: 'EXPLODE', tenantId: 0 } },
    });
  });

  it('keeps a huge value out of the reason', () => {
    const result = decodeSyncRequest(Buffer.from(xml.replace('Atom', 'A'.repeat(100_000))));
    expect(!result.ok && result.error.message.length).toBeLessThan(300);
  });

  it('never throws, whatever the bytes', () => {
    const mutated = fc
      .tuple(fc.nat({ max: xml.length - 1 }), fc.nat({ max: 4 }), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([at, drop, put]) => Buffer.from(xml.slice(0, at) + put + xml.slice(at + drop)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array().map(Buffer.from), mutated), (body) => {
        expect(typeof decodeSyncRequest(body).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});
