import { gzipSync } from 'node:zlib';
import { eventually } from '@hartonomous/test-support';
import { afterEach, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { linesOf, tenantContent, untilWritten } from './tenant-content.ts';
import { WorkerProcess } from './worker-process.ts';

// Files are worked on under a lease, slice by slice; who is suspended, killed or slow does no harm to others.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();
// What a test has left unfinished would be taken up by the next one's workers.
afterEach(() =>
  fixture().client.run(
    "UPDATE dbo.IngestionJob SET Status = N'DEAD_LETTERED' WHERE Status IN (N'QUEUED', N'RUNNING');",
  ),
);

test('two large files do not hold up a small one of another tenant: it is there within 5 seconds', async () => {
  const worker = new WorkerProcess(fixture().env);
  await worker.polling();
  const large = [];
  for (const seed of ['one', 'two']) {
    const tenantId = await fixture().newTenant();
    large.push({ tenantId, job: await fixture().enqueue({ name: 'l.txt', tenantId, data: linesOf(40_000, seed) }) });
  }
  for (const { tenantId } of large) await untilWritten(fixture(), tenantId, 1);
  const small = await fixture().enqueue({ name: 's.txt', tenantId: await fixture().newTenant(), data: 'A small one.' });
  const startedAt = performance.now();
  expect((await fixture().ended(small)).Status).toBe('COMPLETED');
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (const { job } of large) expect((await fixture().job(job)).Status).toBe('RUNNING');
});

test('a worker that was suspended beyond its lease writes nothing afterwards', async () => {
  const tenantId = await fixture().newTenant();
  const slices = { Ingestion__SliceAtoms: '20' };
  const suspended = new WorkerProcess({ ...fixture().env, ...slices, Ingestion__LeaseMs: '1500' });
  await suspended.polling();
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: linesOf(800, 'suspended') });
  await untilWritten(fixture(), tenantId, 3);
  suspended.kill('SIGSTOP');
  const other = new WorkerProcess({ ...fixture().env, Ingestion__PollMs: '200' });
  expect((await fixture().ended(job)).Status).toBe('COMPLETED');
  const before = await tenantContent(fixture(), tenantId);
  suspended.kill('SIGCONT');
  await suspended.logged('The lease on a file was lost');
  await suspended.stop();
  expect(await tenantContent(fixture(), tenantId)).toEqual(before);
  await fixture().isSound(tenantId);
  await other.stop();
});

test('a worker that comes back to life takes back the attempt that was counted against its file', async () => {
  const tenantId = await fixture().newTenant();
  const suspended = new WorkerProcess({ ...fixture().env, Ingestion__SliceAtoms: '20', Ingestion__LeaseMs: '1500' });
  await suspended.polling();
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: linesOf(8_000, 'alive') });
  await untilWritten(fixture(), tenantId, 3);
  suspended.kill('SIGSTOP');
  const other = new WorkerProcess({ ...fixture().env, Ingestion__PollMs: '200' });
  await eventually(async () => expect(await fixture().job(job)).toMatchObject({ Status: 'RUNNING', Attempts: 2 }), {
    timeoutMs: 60_000,
  });
  suspended.kill('SIGCONT');
  await eventually(async () => expect((await fixture().job(job)).Attempts).toBe(1), { timeoutMs: 60_000 });
  await other.end();
});

test('the same bytes are UNCHANGED only when they are complete, and say "unfinished" until then', async () => {
  const tenantId = await fixture().newTenant();
  const data = linesOf(600, 'twice');
  const settings = {
    ...fixture().env,
    Ingestion__SliceAtoms: '20',
    Ingestion__LeaseMs: '1500',
    Ingestion__PollMs: '200',
  };
  const killed = new WorkerProcess(settings);
  const first = await fixture().enqueue({ name: 'a.txt', tenantId, data });
  await untilWritten(fixture(), tenantId, 2);
  killed.kill('SIGKILL');
  await killed.exit();
  const metadata = async () => {
    const [row] = await fixture().sql(
      `SELECT Metadata FROM dbo.Atom WHERE TenantId = @tenantId AND AtomType = N'document';`,
      { tenantId },
    );
    return JSON.parse(String(row?.Metadata)) as Record<string, unknown>;
  };
  expect(await metadata()).toMatchObject({ fileName: 'a.txt', unfinished: true });
  const again = await fixture().enqueue({ name: 'a.txt', tenantId, data });
  const worker = new WorkerProcess(settings);
  expect((await fixture().ended(first)).Status).toBe('COMPLETED');
  expect((await fixture().ended(again)).Status).toBe('UNCHANGED');
  expect(await metadata()).not.toHaveProperty('unfinished');
  await fixture().isSound(tenantId);
  await worker.stop();
});

test('a file that is refused midway is undone, also by another worker after a crash in the middle of that', async () => {
  const tenantId = await fixture().newTenant();
  const other = new WorkerProcess(fixture().env);
  const kept = await fixture().enqueue({ name: 'kept.json', tenantId, data: '["shared 7", "kept"]' });
  expect((await fixture().ended(kept)).Status).toBe('COMPLETED');
  await other.stop();
  const before = await tenantContent(fixture(), tenantId);
  const settings = {
    ...fixture().env,
    Ingestion__SliceAtoms: '50',
    Ingestion__LeaseMs: '1500',
    Ingestion__PollMs: '200',
  };
  const values = Array.from({ length: 2_000 }, (_, index) => `"shared ${index}"`);
  const job = await fixture().enqueue({ name: 'broken.json', tenantId, data: `[${values.join(', ')}, ` });
  const killed = new WorkerProcess(settings);
  await eventually(
    async () => {
      expect((await fixture().job(job)).Status).toBe('REFUSED');
      expect(await fixture().count('dbo.IngestionUndo WHERE TenantId = @tenantId', { tenantId })).toBeGreaterThan(0);
    },
    { timeoutMs: 120_000, intervalMs: 5 },
  );
  killed.kill('SIGKILL');
  await killed.exit();
  expect((await fixture().job(job)).Status).toBe('REFUSED');
  const worker = new WorkerProcess(settings);
  expect(await fixture().ended(job)).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'FILE_BROKEN' });
  expect(await tenantContent(fixture(), tenantId)).toEqual(before);
  expect(await fixture().count('dbo.IngestionUndo')).toBe(0);
  await fixture().isSound(tenantId);
  await worker.stop();
});

test('no temporary folder is an outage: files wait, the worker is not ready, and they are ingested when there is one', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess({ ...fixture().env, TMPDIR: '/nowhere/at/all' });
  const job = await fixture().enqueue({ name: 'a.bin', tenantId, data: Buffer.alloc(200_000, 'x') });
  // A member of an archive that is too large for memory.
  const member = await fixture().enqueue({
    name: 'b.txt.gz',
    tenantId: await fixture().newTenant(),
    data: gzipSync(Buffer.alloc(2_000_000, 'A line of text.\n')),
  });
  await worker.logged('Nothing can be written to the temporary folder');
  for (const each of [job, member]) {
    await eventually(async () =>
      expect(await fixture().job(each)).toMatchObject({ Status: 'QUEUED', ErrorCode: 'TEMPORARY_FOLDER' }),
    );
  }
  const { status, entries } = await worker.ready();
  expect(status).toBe(503);
  expect(entries).toContainEqual(expect.objectContaining({ name: 'temporary-folder', state: 'down' }));
  await worker.stop();
  const withRoom = new WorkerProcess(fixture().env);
  for (const each of [job, member]) {
    expect(await fixture().ended(each)).toMatchObject({ Status: 'COMPLETED', Attempts: 1 });
  }
  await withRoom.stop();
});
