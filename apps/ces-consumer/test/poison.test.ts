import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What can't be ingested goes to the dead letters, and takes nothing with it.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const body = (inner: string) => `<IngestionRequest>${inner}</IngestionRequest>`;

test('invalid messages and broken files: dead-lettered one by one, with the good one between them written', async () => {
  const tenantId = await fixture().newTenant();
  const head = `<FileName>poison-${tenantId}</FileName><TenantId>${tenantId}</TenantId>`;
  await fixture().sendBodies(
    // What isn't XML at all is refused by the queue's message type already.
    '<Neo4jSync/>',
    body('<FileName>a</FileName><FileDataHex>00</FileDataHex>'),
    body(`${head}<FileDataHex>abc</FileDataHex>`),
    body(`${head}<FileDataHex>676F6F642E</FileDataHex>`),
    body('<FileName>a</FileName><TenantId>-5</TenantId><FileDataHex>00</FileDataHex>'),
    body(`${head}<IngestionFileId>999999</IngestionFileId>`),
    body(`${head}<SourceUri>gopher://example.com/</SourceUri>`),
  );
  const worker = new WorkerProcess(fixture().env);
  await worker.logged(`✓ poison-${tenantId} ingested`);
  const last = await worker.logged('begins with file:// or https://');
  expect(last.level).toBe('warn');
  const codes = [
    'UNEXPECTED_ROOT',
    'MISSING_ELEMENT',
    'INVALID_FILE_DATA',
    'TENANT_UNKNOWN',
    'UPLOAD_MISSING',
    'INVALID_SOURCE_URI',
  ];
  // What isn't a request goes at once, the rest when a worker comes to it.
  const letters = await eventually(async () => {
    const rows = await fixture().sql(
      'SELECT ReasonCode, FileName, TenantId, MessageBody, ConversationHandle, EnqueuedAt FROM dbo.IngestionDeadLetterQueue;',
    );
    expect(rows.map(({ ReasonCode }) => ReasonCode).sort()).toEqual(codes.sort());
    return rows;
  });
  const letter = (code: string) => letters.find(({ ReasonCode }) => ReasonCode === code);
  expect(letter('INVALID_FILE_DATA')).toMatchObject({ FileName: `poison-${tenantId}`, TenantId: tenantId });
  // A file that was taken off the queue keeps its message, as it was sent.
  expect(letter('UPLOAD_MISSING')).toMatchObject({
    FileName: `poison-${tenantId}`,
    MessageBody: Buffer.from(body(`${head}<IngestionFileId>999999</IngestionFileId>`), 'utf16le'),
    ConversationHandle: letter('UNEXPECTED_ROOT')?.ConversationHandle,
    EnqueuedAt: expect.any(Date),
  });
  // A sender that made no job gets one.
  expect(
    await fixture().count(`dbo.IngestionJob WHERE TenantId = @tenantId AND Status = N'COMPLETED'`, { tenantId }),
  ).toBe(1);
  await worker.stop();
});

test('a file that breaks in the middle leaves nothing behind, and takes nothing with it', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess({ ...fixture().env, Ingestion__SliceAtoms: '10' });
  // Valid at the start, so that slices of it are written before the end is seen.
  const broken = `[${'"a value", '.repeat(40)}`;
  const job = await fixture().enqueue({ name: 'broken.json', tenantId, data: broken });
  const good = await fixture().enqueue({ name: 'good.txt', tenantId, data: 'Good.' });
  expect(await fixture().ended(job)).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'FILE_BROKEN' });
  expect((await fixture().ended(good)).Status).toBe('COMPLETED');
  const documents = await fixture().sql(
    `SELECT Metadata FROM dbo.Atom WHERE TenantId = @tenantId AND AtomType = N'document';`,
    {
      tenantId,
    },
  );
  expect(documents.map(({ Metadata }) => JSON.parse(String(Metadata)).fileName)).toEqual(['good.txt']);
  const told = async (syncType: string) =>
    fixture().count('dbo.Neo4jSyncQueue WHERE CONVERT(NVARCHAR(MAX), message_body) LIKE @body', {
      body: `%<SyncType>${syncType}</SyncType><TenantId>${tenantId}</TenantId>%`,
    });
  const [rows] = await fixture().sql(
    `SELECT (SELECT COUNT(*) FROM dbo.Atom WHERE TenantId = @tenantId)
       + (SELECT COUNT(*) FROM dbo.AtomProvenance WHERE TenantId = @tenantId)
       + (SELECT COUNT(*) FROM dbo.Operation WHERE TenantId = @tenantId) AS n;`,
    { tenantId },
  );
  // What was written of the broken one is taken back in the graph too.
  const gone = await told('DELETE');
  expect(gone).toBeGreaterThan(10);
  expect((await told('CREATE')) - gone).toBe(rows?.n);
  expect(await fixture().count('dbo.IngestionUndo')).toBe(0);
  expect(await fixture().count(`dbo.IngestedDocument WHERE TenantId = @tenantId`, { tenantId })).toBe(1);
  await fixture().isSound(tenantId);
  await worker.stop();
});
