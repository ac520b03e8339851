import { randomBytes } from 'node:crypto';
import { probeWorker, workerServices } from '@hartonomous/operations';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// Files become atoms.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const probed = async () => {
  const [running] = await fixture().sql(
    "SELECT w.Instance AS instance FROM dbo.WorkerInstance AS w WHERE w.State <> N'STOPPED';",
  );
  const service = workerServices.find(({ name }) => name === 'ces-consumer');
  if (service === undefined) throw new Error('There is no such service.');
  return await probeWorker({
    ...{ client: fixture().client, service, instance: String(running?.instance), owner: 'test', timeoutMs: 60_000 },
    signal: new AbortController().signal,
  });
};

const text = 'One line.\n\nAnother paragraph. It has two sentences.\n\nOne line.\n';

test('a document says how well its file was read', async () => {
  const tenantId = await fixture().newTenant();
  const data = Buffer.from('Caf\xe9 au lait. \x80 5 for a cr\xe8me.', 'latin1');
  const guessed = await fixture().enqueue({ name: 'menu.txt', tenantId, data });
  const sure = await fixture().enqueue({ name: 'note.txt', tenantId, data: text });
  const worker = new WorkerProcess(fixture().env);
  const metadataOf = async (job: Awaited<typeof guessed>) => {
    const { DocumentAtomId, Notes, Letters } = await fixture().ended(job);
    const [row] = await fixture().sql('SELECT Metadata FROM dbo.Atom WHERE AtomId = @id;', { id: DocumentAtomId });
    const metadata = JSON.parse(String(row?.Metadata));
    expect({ notes: JSON.parse(Notes ?? ''), letters: Number(Letters) }).toEqual({
      notes: metadata.notes,
      letters: metadata.letters,
    });
    return metadata;
  };
  expect(await metadataOf(guessed)).toMatchObject({
    notes: [{ code: 'ENCODING_GUESSED', count: 1, detail: 'menu.txt: read as windows-1252' }],
    letters: 20,
    shareNotUnderstood: 0,
  });
  expect(await metadataOf(sure)).toMatchObject({ notes: [], shareNotUnderstood: 0 });
  await worker.logged('menu.txt ingested');
  // The probe of a release, as `hartonomous release` sends it: the same file each time, and one document of it.
  const probes = [await probed(), await probed()];
  expect(probes.map(({ text: said }) => /\((\w+)\)$/.exec(said)?.[1])).toEqual(['COMPLETED', 'UNCHANGED']);
});

test('a text becomes a document with its pieces, an operation, and messages for the sync', async () => {
  const tenantId = await fixture().newTenant();
  const job = await fixture().enqueue({ name: 'note.txt', tenantId, data: text, uri: 'mail:17' });
  expect((await fixture().job(job)).Status).toBe('QUEUED');
  const worker = new WorkerProcess(fixture().env);
  const ended = await fixture().ended(job);
  expect(ended).toMatchObject({ Status: 'COMPLETED', Atomizer: 'text', ErrorCode: null, Attempts: 1 });
  const [document] = await fixture().sql(
    `SELECT AtomId, ReferenceCount, Metadata,
       CASE WHEN ContentHash = HASHBYTES('SHA2_256', @data) THEN 1 ELSE 0 END AS isHash
     FROM dbo.Atom WHERE TenantId = @tenantId AND AtomType = N'document';`,
    { tenantId, data: Buffer.from(text) },
  );
  expect(document).toMatchObject({ AtomId: ended.DocumentAtomId, ReferenceCount: 1, isHash: 1 });
  expect(JSON.parse(String(document?.Metadata))).toMatchObject({ fileName: 'note.txt', bytes: text.length });
  const atoms = await fixture().sql(
    `SELECT CONVERT(VARCHAR(64), a.AtomicValue) AS value, a.ReferenceCount AS n
     FROM dbo.Atom AS a WHERE a.TenantId = @tenantId AND a.CanonicalText = N'One line.';`,
    { tenantId },
  );
  expect(atoms.length).toBeGreaterThan(0);
  for (const atom of atoms) expect(String(atom.value).trim()).toBe('One line.');
  await fixture().isSound(tenantId);
  const operations = await fixture().sql('SELECT * FROM dbo.Operation WHERE TenantId = @tenantId;', { tenantId });
  expect(operations).toMatchObject([{ OperationType: 'ingestion', OutputAtomId: ended.DocumentAtomId }]);
  expect(JSON.parse(String(operations[0]?.Metadata))).toMatchObject({ fileName: 'note.txt', sourceUri: 'mail:17' });
  const all = await fixture().count('dbo.Atom WHERE TenantId = @tenantId', { tenantId });
  const edges = await fixture().count('dbo.AtomProvenance WHERE TenantId = @tenantId', { tenantId });
  expect([ended.AtomCount, ended.EdgeCount]).toEqual([all, edges]);
  const messages = await fixture().count('dbo.Neo4jSyncQueue WHERE CONVERT(NVARCHAR(MAX), message_body) LIKE @body', {
    body: `%<TenantId>${tenantId}</TenantId>%`,
  });
  expect(messages).toBe(all + edges + 1);

  const again = await fixture().enqueue({ name: 'copy of note.txt', tenantId, data: text });
  expect(await fixture().ended(again)).toMatchObject({
    Status: 'UNCHANGED',
    DocumentAtomId: ended.DocumentAtomId,
    AtomCount: 0,
  });
  await worker.logged('copy of note.txt is unchanged');
  expect(await fixture().count('dbo.Atom WHERE TenantId = @tenantId', { tenantId })).toBe(all);
  expect(await fixture().count('dbo.Operation WHERE TenantId = @tenantId', { tenantId })).toBe(1);

  const other = await fixture().enqueue({ name: 'longer.txt', tenantId, data: `${text}\nAnd more.\n` });
  const longer = await fixture().ended(other);
  expect(longer.Status).toBe('COMPLETED');
  expect(longer.AtomCount).toBeLessThan(ended.AtomCount ?? 0);
  await fixture().isSound(tenantId);
  const page = await worker.metrics();
  expect(page.value('hartonomous_ingestion_files_total', { outcome: 'completed' })).toBe(2);
  expect(page.value('hartonomous_ingestion_files_total', { outcome: 'unchanged' })).toBe(1);
  await worker.stop();
});

test('tenants keep apart; an empty file is a document alone', async () => {
  const [one, two] = [await fixture().newTenant(), await fixture().newTenant()];
  new WorkerProcess(fixture().env);
  const jobs = [];
  for (const tenantId of [one, two]) {
    jobs.push(await fixture().enqueue({ name: 'a.txt', tenantId, data: text }));
    jobs.push(await fixture().enqueue({ name: 'empty', tenantId, data: new Uint8Array() }));
  }
  const ended = [];
  for (const job of jobs) ended.push(await fixture().ended(job));
  expect(ended.map(({ Status }) => Status)).toEqual(Array(4).fill('COMPLETED'));
  expect(ended[0]?.DocumentAtomId).not.toBe(ended[2]?.DocumentAtomId);
  expect(ended[0]?.AtomCount).toBe(ended[2]?.AtomCount);
  expect(ended[1]).toMatchObject({ AtomCount: 1, EdgeCount: 0, PieceCount: 0 });
});

test('slices of any size give the same atoms, edges and references, whatever repeats in the file', async () => {
  const paragraph = 'The same sentence. Another one. The same sentence.';
  const [one, two, three] = [`${paragraph} First.`, `${paragraph} Second.`, paragraph];
  const data = [one, three, three, two, one, 'Short.', three, one].join('\n\n');
  const found = [];
  for (const slice of ['1', '2', '3', '5', '1000']) {
    const tenantId = await fixture().newTenant();
    const worker = new WorkerProcess({ ...fixture().env, Ingestion__SliceAtoms: slice });
    // A file before that has some of it.
    await fixture().ended(await fixture().enqueue({ name: 'b.txt', tenantId, data: `${three}\n\nShort.` }));
    const ended = await fixture().ended(await fixture().enqueue({ name: 'a.txt', tenantId, data }));
    expect(ended.Status).toBe('COMPLETED');
    await fixture().isSound(tenantId);
    const { PieceCount, AtomCount, EdgeCount } = ended;
    const sums = await fixture().sql(
      `SELECT COUNT(*) AS edges, SUM(p.SequenceNumber) AS sequences, SUM(p.StartOffset) AS starts, SUM(p.EndOffset) AS ends
       FROM dbo.AtomProvenance AS p WHERE p.TenantId = @tenantId;`,
      { tenantId },
    );
    found.push({ PieceCount, AtomCount, EdgeCount, sums });
    await worker.stop();
  }
  expect(found).toEqual(Array(5).fill(found[0]));
});

test('a large file goes through dbo.IngestionFile, which is empty afterwards', async () => {
  const tenantId = await fixture().newTenant();
  const data = randomBytes(3_000_000);
  const job = await fixture().enqueue({ name: 'large.bin', tenantId, data });
  expect(await fixture().count('dbo.IngestionFileSlice')).toBe(3);
  new WorkerProcess({
    ...fixture().env,
    Ingestion__SliceAtoms: '7',
  });
  expect(await fixture().ended(job)).toMatchObject({ Status: 'COMPLETED', ByteCount: '3000000' });
  expect(await fixture().count('dbo.IngestionFile')).toBe(0);
  expect(await fixture().count('dbo.IngestionFileSlice')).toBe(0);
  await fixture().isSound(tenantId);
});
