import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { tenantContent } from './tenant-content.ts';
import { WorkerProcess } from './worker-process.ts';

// How a file is read, and that it may be read again.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const table = 'name,city\nKari,Bergen\n';
const menu = Buffer.from('Caf\xe9 au lait. \x80 5 for a cr\xe8me.', 'latin1');

test('the same bytes under another atomizer are another reading, and each of them is there once', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  const send = async (name: string) => await fixture().ended(await fixture().enqueue({ name, tenantId, data: table }));
  const text = await send('table.txt');
  const rows = await send('table.csv');
  expect([text.Status, text.Atomizer, rows.Status, rows.Atomizer]).toEqual(['COMPLETED', 'text', 'COMPLETED', 'csv']);
  expect(rows.DocumentAtomId).not.toBe(text.DocumentAtomId);
  expect(await send('again.txt')).toMatchObject({ Status: 'UNCHANGED', DocumentAtomId: text.DocumentAtomId });
  expect(await send('again.csv')).toMatchObject({
    Status: 'UNCHANGED',
    DocumentAtomId: rows.DocumentAtomId,
    Notes: '[]',
  });
  const [document] = await fixture().sql('SELECT Metadata FROM dbo.Atom WHERE AtomId = @id;', {
    id: rows.DocumentAtomId,
  });
  expect(JSON.parse(String(document?.Metadata)).tables).toEqual([
    { name: 'table.csv', delimiter: ',', quoting: 'doubled', columns: ['name', 'city'] },
  ]);
  const shared = await fixture().sql(
    `SELECT a.Metadata FROM dbo.Atom AS a WHERE a.TenantId = @tenantId AND a.AtomType = N'csv-row';`,
    { tenantId },
  );
  expect(shared).toEqual([{ Metadata: '{"line":2,"row":1}' }]);
  await fixture().isSound(tenantId);
  await worker.stop();
});

test('the same bytes that are read otherwise by the same atomizer are another reading', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  const send = async (
    name: string,
    data: Buffer,
    given: { readonly encoding?: string; readonly strict?: boolean } = {},
  ) => {
    const { Status, Atomizer, Notes } = await fixture().ended(
      await fixture().enqueue({ name, tenantId, data, ...given }),
    );
    return { Status, Atomizer, notes: JSON.parse(Notes ?? '[]').map(({ code }: { code: string }) => code) };
  };
  const songs = Buffer.from('id\ttitle\n1\t"Heroes\n2\tAshes"\n3\tFame\n');
  expect(await send('songs.csv', songs)).toMatchObject({ Status: 'COMPLETED', Atomizer: 'csv' });
  expect(await send('songs.tsv', songs)).toMatchObject({ Status: 'COMPLETED', Atomizer: 'csv (tabs)' });
  expect(await send('again.tab', songs)).toMatchObject({ Status: 'UNCHANGED' });
  const packed = gzipSync(table);
  expect(await send('table.gz', packed)).toMatchObject({ Status: 'COMPLETED', Atomizer: 'gzip' });
  expect(await send('table.csv.gz', packed)).toMatchObject({ Status: 'COMPLETED', Atomizer: 'gzip (csv)' });
  expect(await send('table.csv.gz', packed)).toMatchObject({ Status: 'UNCHANGED' });
  expect(await send('menu.txt', menu)).toMatchObject({ Status: 'COMPLETED', notes: ['ENCODING_GUESSED'] });
  const stated = { encoding: 'windows-1252', strict: true };
  expect(await send('menu.txt', menu, stated)).toMatchObject({
    Status: 'COMPLETED',
    Atomizer: 'text (windows-1252)',
    notes: [],
  });
  expect(await send('menu.txt', menu, stated)).toMatchObject({ Status: 'UNCHANGED', notes: [] });
  // Version 4 kept the name alone: its documents aren't read again for that.
  const keep = `UPDATE dbo.IngestedDocument SET AtomizerVersion = 4, Atomizer = N'gzip' WHERE TenantId = @tenantId AND Atomizer LIKE N'gzip (%';`;
  await fixture().sql(keep, { tenantId });
  expect(await send('table.csv.gz', packed)).toMatchObject({ Status: 'UNCHANGED', notes: ['READ_BY_OLDER_VERSION'] });
  await fixture().isSound(tenantId);
  await worker.stop();
});

test('what an older version has read stays, with a note; --again reads it anew and supersedes it', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  const send = async (given: { readonly strict?: boolean; readonly again?: boolean } = {}) =>
    await fixture().ended(await fixture().enqueue({ name: 'a.txt', tenantId, data: 'One. Two.', ...given }));
  const first = await send();
  expect(first).toMatchObject({ Status: 'COMPLETED', Notes: '[]' });
  await fixture().sql('UPDATE dbo.IngestedDocument SET AtomizerVersion = 1 WHERE TenantId = @tenantId;', { tenantId });
  const unchanged = await send();
  expect(unchanged).toMatchObject({ Status: 'UNCHANGED', DocumentAtomId: first.DocumentAtomId });
  expect(JSON.parse(unchanged.Notes ?? '')).toMatchObject([{ code: 'READ_BY_OLDER_VERSION', count: 1 }]);
  expect(await send({ strict: true })).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'STRICT_NOTED' });
  const second = await send({ again: true });
  expect(second).toMatchObject({ Status: 'COMPLETED', Notes: '[]' });
  expect(second.DocumentAtomId).not.toBe(first.DocumentAtomId);
  const edges = await fixture().sql(
    `SELECT ChildAtomId, ParentAtomId FROM dbo.AtomProvenance WHERE TenantId = @tenantId AND RelationType = N'SUPERSEDES';`,
    { tenantId },
  );
  expect(edges).toEqual([{ ChildAtomId: second.DocumentAtomId, ParentAtomId: first.DocumentAtomId }]);
  expect(await send({ strict: true })).toMatchObject({
    Status: 'UNCHANGED',
    DocumentAtomId: second.DocumentAtomId,
    Notes: '[]',
  });
  // Under another name's atomizer it supersedes what the bytes were read as before.
  const third = await fixture().ended(
    await fixture().enqueue({ name: 'a.md', tenantId, data: 'One. Two.', again: true }),
  );
  expect(third).toMatchObject({ Status: 'COMPLETED', Atomizer: 'markdown' });
  const [edge] = await fixture().sql(
    `SELECT ParentAtomId FROM dbo.AtomProvenance WHERE RelationType = N'SUPERSEDES' AND ChildAtomId = @id;`,
    { id: third.DocumentAtomId },
  );
  expect(edge?.ParentAtomId).toBe(second.DocumentAtomId);
  await worker.stop();
});

test('a strict job that would be noted is refused with its notes and leaves nothing; a stated encoding needs none', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess({ ...fixture().env, Ingestion__SliceAtoms: '1' });
  const before = await tenantContent(fixture(), tenantId);
  const strict = await fixture().enqueue({ name: 'menu.txt', tenantId, data: menu, strict: true });
  const refused = await fixture().ended(strict);
  expect(refused).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'STRICT_NOTED', Letters: '20' });
  expect(refused.ErrorText).toContain('ENCODING_GUESSED (1): menu.txt: read as windows-1252');
  expect(JSON.parse(refused.Notes ?? '')).toMatchObject([{ code: 'ENCODING_GUESSED' }]);
  const [letter] = await fixture().sql(
    'SELECT ReasonCode, Notes FROM dbo.IngestionDeadLetterQueue WHERE IngestionJobId = @strict;',
    { strict },
  );
  expect(letter).toEqual({ ReasonCode: 'STRICT_NOTED', Notes: refused.Notes });
  expect(await tenantContent(fixture(), tenantId)).toEqual(before);
  const stated = { name: 'menu.txt', tenantId, data: menu, strict: true, encoding: 'windows-1252' };
  expect(await fixture().ended(await fixture().enqueue(stated))).toMatchObject({ Status: 'COMPLETED', Notes: '[]' });
  const [atom] = await fixture().sql(
    `SELECT COUNT(*) AS n FROM dbo.Atom WHERE TenantId = @tenantId AND CanonicalText LIKE N'Café au lait. €%';`,
    { tenantId },
  );
  expect(atom?.n).toBe(1);
  const unknown = { name: 'b.txt', tenantId, data: menu, encoding: 'klingon' };
  expect(await fixture().ended(await fixture().enqueue(unknown))).toMatchObject({
    Status: 'DEAD_LETTERED',
    ErrorCode: 'ENCODING_INVALID',
  });
  const page = await worker.metrics();
  expect(page.value('hartonomous_ingestion_noted_total', { code: 'ENCODING_GUESSED' })).toBe(1);
  expect(page.value('hartonomous_ingestion_letters_total', {})).toBe(20);
  await worker.stop();
});

test('the procedure refuses what is not a name of an encoding', async () => {
  const tenantId = await fixture().newTenant();
  await expect(fixture().enqueue({ name: 'a.txt', tenantId, data: 'a', encoding: 'latin 1<' })).rejects.toMatchObject({
    number: 51_034,
  });
});

test('a file has the level that its sender gave, and so has all that is made of it; none is made milder', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  const send = async (classification?: string) => {
    const given = { name: 'staff.md', tenantId, data: '# Staff\n\nWho is ill.\n\nWho is well.\n' };
    const job = await fixture().enqueue(classification === undefined ? given : { ...given, classification });
    return (await fixture().ended(job)).Status;
  };
  const levels = async () => {
    const rows = await fixture().sql(
      `DECLARE @Atoms dbo.EmbeddingAtomList;
       INSERT INTO @Atoms (AtomId) SELECT a.AtomId FROM dbo.Atom AS a WHERE a.TenantId = @tenantId;
       EXEC dbo.sp_ClassifyAtoms @Atoms = @Atoms;`,
      { tenantId },
    );
    expect(rows.length).toBeGreaterThan(3);
    return [...new Set(rows.map(({ Sensitivity }) => Sensitivity))];
  };
  const own = async () => {
    const sql = "SELECT a.Classification FROM dbo.Atom AS a WHERE a.TenantId = @tenantId AND a.AtomType = N'document';";
    return (await fixture().sql(sql, { tenantId })).map(({ Classification }) => Classification);
  };
  expect(await send('Internal')).toBe('COMPLETED');
  expect([await own(), await levels()]).toEqual([['internal'], [1]]);
  expect(await send('restricted')).toBe('UNCHANGED');
  expect([await own(), await levels()]).toEqual([['restricted'], [3]]);
  for (const milder of ['public', 'confidential', undefined]) {
    expect(await send(milder)).toBe('UNCHANGED');
    expect(await own()).toEqual(['restricted']);
  }
  await expect(send('secret')).rejects.toMatchObject({ number: 51036 });
  // A consumer of the version before leases would leave the level out.
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: 'a', classification: 'public' });
  expect((await fixture().ended(job)).Status).toBe('COMPLETED');
  const start = `EXEC dbo.sp_StartIngestionJob @IngestionJobId = @job, @TenantId = @tenantId, @FileName = N'a.txt', @SourceUri = NULL,
     @IngestionFileId = NULL, @EnqueuedAt = NULL, @ConversationHandle = NULL, @MessageSequenceNumber = NULL, @WorkerId = @worker;`;
  await expect(fixture().client.run(start, { job, tenantId, worker: randomUUID() })).rejects.toMatchObject({
    number: 51073,
  });
  await worker.stop();
});
