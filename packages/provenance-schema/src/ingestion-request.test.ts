import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIngestionRequest, encodeIngestionRequest, type IngestionRequest } from './ingestion-request.ts';

const plain: IngestionRequest = {
  fileName: 'a & b <c>.md',
  tenantId: 7,
  sourceUri: 'file:///docs/a.md?x=1&y=2',
  source: { kind: 'inline', data: Buffer.from('hello') },
  ingestionJobId: 12n,
  encoding: 'windows-1252',
  strict: true,
  again: true,
  classification: 'confidential',
  enqueuedAt: new Date('2026-01-02T03:04:05.678Z'),
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
const xml = (inner: string) => Buffer.from(`<IngestionRequest>${inner}</IngestionRequest>`);
const head = '<FileName>a.txt</FileName><TenantId>0</TenantId>';

// Neither XML's forbidden characters nor white space at the ends, which isn't part of a value.
const xmlText = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
    .map((text) => text.replaceAll(/[\u0000-\u001f\ufffe\uffff]/g, '').trim())
    .filter((text) => text !== '' && text.isWellFormed());
const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const requests: fc.Arbitrary<IngestionRequest> = fc
  .record({
    fileName: xmlText(60),
    tenantId: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    given: fc.oneof(
      fc.record({ kind: fc.constant('inline' as const), data: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }),
      fc.record({ kind: fc.constant('upload' as const), ingestionFileId: id }),
      xmlText(60).map((path) => ({ kind: 'uri' as const, uri: `https://example.com/${path}` })),
    ),
    from: fc.option(xmlText(60)),
    ingestionJobId: fc.option(id),
    encoding: fc.constantFrom(null, 'shift_jis', 'x-mac-cyrillic', 'ISO_8859-1:1987'),
    strict: fc.boolean(),
    again: fc.boolean(),
    classification: fc.constantFrom(null, 'public', 'internal', 'confidential', 'restricted'),
    enqueuedAt: fc.option(fc.date({ min: new Date(0), max: new Date('2199-01-01'), noInvalidDate: true })),
    traceParent: fc.option(fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)),
  })
  .map(({ given, from, ...rest }) => ({
    ...rest,
    source: given,
    sourceUri: given.kind === 'uri' ? given.uri : from,
  }));

describe('IngestionRequest', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(decodeIngestionRequest(encodeIngestionRequest(request))).toEqual({ ok: true, request });
      }),
    );
  });

  it('reads an empty file, and data with a source URI that only says where it came from', () => {
    expect(decodeIngestionRequest(xml(`${head}<FileDataHex/>`))).toMatchObject({
      request: { source: { kind: 'inline', data: Buffer.alloc(0) }, sourceUri: null, ingestionJobId: null },
    });
    expect(
      decodeIngestionRequest(xml(`${head}<SourceUri>mail 17</SourceUri><FileDataHex>6a</FileDataHex>`)),
    ).toMatchObject({
      ok: true,
    });
  });

  it('ignores elements that it does not know, and a job, time or trace that it can not read', () => {
    const odd =
      '<Priority>1</Priority><IngestionJobId>x</IngestionJobId><EnqueuedAt>now</EnqueuedAt><TraceParent>0</TraceParent>';
    expect(decodeIngestionRequest(xml(`${head}<FileDataHex>00</FileDataHex>${odd}`))).toMatchObject({
      request: { ingestionJobId: null, enqueuedAt: null, traceParent: null },
    });
  });

  it.each([
    ['EMPTY_BODY', null],
    ['EMPTY_BODY', Buffer.alloc(0)],
    ['INVALID_ENCODING', Buffer.from([0x3c, 0xc3, 0x28])],
    ['MALFORMED_XML', Buffer.from('no xml')],
    ['MALFORMED_XML', xml(`${head}${head}<FileDataHex/>`)],
    ['DTD_REFUSED', Buffer.from(`<!DOCTYPE a [<!ENTITY a "b">]><IngestionRequest/>`)],
    ['UNEXPECTED_ROOT', Buffer.from('<Neo4jSync/>')],
    ['MISSING_ELEMENT', Buffer.from('<IngestionRequest/>')],
    ['MISSING_ELEMENT', xml('<FileName>a</FileName><FileDataHex/>')],
    ['MISSING_ELEMENT', xml(head)],
    ['INVALID_FILE_NAME', xml('<FileName/><TenantId>0</TenantId><FileDataHex/>')],
    ['INVALID_FILE_NAME', xml(`<FileName>${'a'.repeat(401)}</FileName><TenantId>0</TenantId><FileDataHex/>`)],
    ['INVALID_TENANT_ID', xml('<FileName>a</FileName><TenantId>2147483648</TenantId><FileDataHex/>')],
    ['INVALID_FILE_DATA', xml(`${head}<FileDataHex>abc</FileDataHex>`)],
    ['INVALID_FILE_DATA', xml(`${head}<FileDataHex>zz</FileDataHex>`)],
    ['INVALID_FILE_ID', xml(`${head}<IngestionFileId>0</IngestionFileId>`)],
    ['INVALID_FILE_ID', xml(`${head}<IngestionFileId>one</IngestionFileId>`)],
    ['INVALID_SOURCE_URI', xml(`${head}<SourceUri>http://example.com/a</SourceUri>`)],
    ['INVALID_SOURCE_URI', xml(`${head}<SourceUri>/etc/passwd</SourceUri>`)],
    ['INVALID_SOURCE_URI', xml(`${head}<SourceUri>https://${'a'.repeat(2_048)}</SourceUri>`)],
    ['INVALID_CLASSIFICATION', xml(`${head}<FileDataHex/><Classification>secret</Classification>`)],
    ['INVALID_CLASSIFICATION', xml(`${head}<FileDataHex/><Classification/>`)],
    ['AMBIGUOUS_SOURCE', xml(`${head}<FileDataHex/><IngestionFileId>1</IngestionFileId>`)],
  ])('refuses with %s and says why (%#)', (code, body) => {
    const result = decodeIngestionRequest(body);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(!result.ok && result.error.message).toMatch(/\.$/);
  });

  it('returns what could be read of a bad message, for the dead letter', () => {
    const body = xml(`${head}<IngestionFileId>0</IngestionFileId><IngestionJobId>5</IngestionJobId>`);
    expect(decodeIngestionRequest(body)).toMatchObject({
      error: { partial: { fileName: 'a.txt', tenantId: 0, sourceUri: null, ingestionFileId: 0n, ingestionJobId: 5n } },
    });
  });

  it('never writes what it could not read', () => {
    for (const fileName of ['a\u0000b', 'a\ud800b', 'a\ufffeb']) {
      expect(() => encodeIngestionRequest({ ...plain, fileName })).toThrow(TypeError);
    }
  });

  it('never throws at reading, whatever the bytes', () => {
    const text = encodeIngestionRequest(plain).toString('utf16le').slice(1);
    const mutated = fc
      .tuple(fc.nat({ max: text.length - 1 }), fc.nat({ max: 4 }), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([at, drop, put]) => Buffer.from(text.slice(0, at) + put + text.slice(at + drop)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array().map(Buffer.from), mutated), (body) => {
        expect(typeof decodeIngestionRequest(body).ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});
