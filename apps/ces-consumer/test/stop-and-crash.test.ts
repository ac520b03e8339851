import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// How a worker's life may end, several side by side, and that nothing is lost or doubled by it.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

/** What a killed worker had is free again after so long. */
const shortLease = { Ingestion__LeaseMs: '1500', Ingestion__PollMs: '200' };

/** Lines, some of them in common with every other such text. */
function lines(count: number, seed: string): string {
  return Array.from({ length: count }, (_, index) =>
    index % 5 === 0 ? `A line that many files have, ${index}.` : `Line ${index} of ${seed}.`,
  ).join('\n\n');
}

const isRunning = (job: bigint) =>
  eventually(async () => expect((await fixture().job(job)).Status).toBe('RUNNING'), {
    timeoutMs: 60_000,
    intervalMs: 5,
  });

test('SIGKILL in the middle, repeatedly: every file is there once', async () => {
  const tenantId = await fixture().newTenant();
  const jobs: bigint[] = [];
  for (let file = 0; file < 6; file += 1) {
    jobs.push(await fixture().enqueue({ name: `${file}.txt`, tenantId, data: lines(300, String(file)) }));
  }
  for (const job of jobs.slice(0, 3)) {
    const killed = new WorkerProcess({ ...fixture().env, ...shortLease, Ingestion__SliceAtoms: '50' });
    await killed.polling();
    await isRunning(job).catch(() => undefined);
    killed.kill('SIGKILL');
    expect((await killed.exit()).signal).toBe('SIGKILL');
  }
  const worker = new WorkerProcess({ ...fixture().env, ...shortLease });
  for (const job of jobs) expect((await fixture().ended(job)).Status).toBe('COMPLETED');
  expect(await fixture().count(`dbo.Atom WHERE TenantId = @tenantId AND AtomType = N'document'`, { tenantId })).toBe(6);
  expect(await fixture().count('dbo.Operation WHERE TenantId = @tenantId', { tenantId })).toBe(6);
  await fixture().isSound(tenantId);
  await worker.stop();
});

test('a file over which workers vanish is put aside in the end', async () => {
  const tenantId = await fixture().newTenant();
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: 'text' });
  // As five killed workers leave it.
  await fixture().client.run(
    `UPDATE dbo.IngestionJob SET Status = N'RUNNING', Attempts = 5, WorkerId = NEWID() WHERE IngestionJobId = @job;`,
    { job },
  );
  const worker = new WorkerProcess(fixture().env);
  expect(await fixture().ended(job)).toMatchObject({ Status: 'DEAD_LETTERED', ErrorCode: 'REPEATED_CRASH' });
  await worker.stop();
});

test('two consumers on the same files: no content twice, every reference counted', async () => {
  const tenantId = await fixture().newTenant();
  const jobs: bigint[] = [];
  for (let file = 0; file < 12; file += 1) {
    // Each file three times, and all with lines in common.
    jobs.push(await fixture().enqueue({ name: `${file}.txt`, tenantId, data: lines(60, String(file % 4)) }));
  }
  const workers = [new WorkerProcess(fixture().env), new WorkerProcess(fixture().env)];
  const ended = [];
  for (const job of jobs) ended.push(await fixture().ended(job));
  expect(ended.filter(({ Status }) => Status === 'COMPLETED')).toHaveLength(4);
  expect(ended.filter(({ Status }) => Status === 'UNCHANGED')).toHaveLength(8);
  await fixture().isSound(tenantId);
  for (const worker of workers) await worker.stop();
});

test('SIGTERM: finishes what it has in hand, exit code 0', async () => {
  const tenantId = await fixture().newTenant();
  const worker = new WorkerProcess(fixture().env);
  await worker.polling();
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: lines(400, 'stopped') });
  await isRunning(job);
  await worker.stop();
  expect((await fixture().job(job)).Status).toBe('COMPLETED');
  expect(worker.lines().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});
