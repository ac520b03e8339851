import { gzipSync } from 'node:zlib';
import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { linesOf, tenantContent } from './tenant-content.ts';
import { WorkerProcess } from './worker-process.ts';

// SIGKILL at random moments amid slices; afterwards all is as if nothing had happened. The long form: CHAOS_FORM=long.

vi.setConfig({ testTimeout: 600_000 });
const fixture = fixtureOfFile();
const kills = process.env.CHAOS_FORM === 'long' ? 20 : 3;

const env = () => ({
  ...fixture().env,
  Ingestion__SliceAtoms: '10',
  Ingestion__LeaseMs: '1000',
  Ingestion__PollMs: '100',
});

const slicesOf = async (tenantId: number): Promise<number> => {
  const [row] = await fixture().sql(
    'SELECT SUM(NextSlice) AS n FROM dbo.IngestedDocument WITH (NOLOCK) WHERE TenantId = @tenantId;',
    { tenantId },
  );
  return Number(row?.n ?? 0);
};

/** Kills a worker when it has committed a few slices for a tenant, while it goes on with the next. */
async function killAmidSlices(tenantId: number): Promise<void> {
  const until = (await slicesOf(tenantId)) + 1 + Math.floor(Math.random() * 5);
  const worker = new WorkerProcess(env());
  await eventually(async () => expect(await slicesOf(tenantId)).toBeGreaterThanOrEqual(until), {
    timeoutMs: 120_000,
    intervalMs: 5,
  });
  worker.kill('SIGKILL');
  await worker.exit();
  // So that the file outlasts the kills: how many it may cost is tried elsewhere.
  await fixture().client.run("UPDATE dbo.IngestionJob SET Attempts = 1 WHERE Status = N'RUNNING';");
}

test('a file whose workers are killed at random ends as in an undisturbed run', async () => {
  const [disturbed, calm] = [await fixture().newTenant(), await fixture().newTenant()];
  const data = linesOf(kills * 120, 'killed');
  const job = await fixture().enqueue({ name: 'a.txt', tenantId: disturbed, data });
  for (let killed = 0; killed < kills; killed += 1) await killAmidSlices(disturbed);
  expect((await fixture().job(job)).Status).toBe('RUNNING');
  const worker = new WorkerProcess({ ...env(), Ingestion__SliceAtoms: '1000' });
  const ended = await fixture().ended(job, 300_000);
  const undisturbed = await fixture().ended(await fixture().enqueue({ name: 'a.txt', tenantId: calm, data }), 300_000);
  const { Status, PieceCount, AtomCount, EdgeCount, ByteCount } = undisturbed;
  expect(ended).toMatchObject({ Status, PieceCount, AtomCount, EdgeCount, ByteCount });
  expect(Status).toBe('COMPLETED');
  expect(await tenantContent(fixture(), disturbed)).toEqual(await tenantContent(fixture(), calm));
  await fixture().isSound(disturbed);
  await worker.stop();
});

test('files that share a container, interleaved and killed, have right references and edges', async () => {
  const [disturbed, calm] = [await fixture().newTenant(), await fixture().newTenant()];
  const text = Buffer.from(linesOf(kills * 40, 'shared'));
  // The same member in containers with different bytes, and alone.
  const files = [
    { name: 'one.txt.gz', data: gzipSync(text, { level: 1 }) },
    { name: 'two.txt.gz', data: gzipSync(text, { level: 9 }) },
    { name: 'alone.txt', data: text },
  ];
  const jobs = [];
  for (const file of files) jobs.push(await fixture().enqueue({ ...file, tenantId: disturbed }));
  for (let round = 0; round < kills; round += 1) {
    // Another one each time: the others wait, with what is written of them.
    await fixture().client.run(
      `UPDATE dbo.IngestionJob SET DueAt = CASE WHEN IngestionJobId = @first THEN NULL ELSE DATEADD(HOUR, 1, SYSUTCDATETIME()) END
       WHERE Status IN (N'QUEUED', N'RUNNING');`,
      { first: jobs[round % jobs.length] ?? 0n },
    );
    await killAmidSlices(disturbed);
  }
  await fixture().client.run('UPDATE dbo.IngestionJob SET DueAt = NULL;');
  const worker = new WorkerProcess(env());
  for (const job of jobs) expect((await fixture().ended(job, 300_000)).Status).toBe('COMPLETED');
  for (const file of files) {
    const job = await fixture().enqueue({ ...file, tenantId: calm });
    expect((await fixture().ended(job, 300_000)).Status).toBe('COMPLETED');
  }
  expect(await tenantContent(fixture(), disturbed)).toEqual(await tenantContent(fixture(), calm));
  await fixture().isSound(disturbed);
  await worker.stop();
});
