import { pauseQueue, queueWorkers } from '@hartonomous/operations';
import { syncQueue } from '@hartonomous/provenance-schema';
import { eventually } from '@hartonomous/test-support';
import { afterEach, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { hartonomous } from './hartonomous.ts';
import { WorkerProcess } from './worker-process.ts';

vi.setConfig({ testTimeout: 300_000 });

const fixture = fixtureOfFile();
const patience = { timeoutMs: 60_000 };
const { signal } = new AbortController();

const cli = (...args: readonly string[]) => hartonomous(args, fixture().operatorEnv);
const isReady = (worker: WorkerProcess, status: number) =>
  eventually(async () => expect((await worker.ready()).status).toBe(status), patience);

/** Versions and instances that the log names for a tenant's changes. */
const doneBy = (tenantId: number) =>
  fixture().sql(
    `SELECT DISTINCT w.[Instance] AS [instance], w.[Version] AS [version]
     FROM dbo.Neo4jSyncLog AS l
     LEFT JOIN dbo.WorkerInstance AS w ON w.WorkerInstanceId = l.WorkerInstanceId
     WHERE l.TenantId = @tenantId;`,
    { tenantId },
  );

afterEach(() => fixture().client.run('DELETE FROM dbo.QueuePause;'));

test('a paused queue: what is in hand is finished, nothing else is received, every reader reports it, and it goes on', async () => {
  const worker = new WorkerProcess(fixture().env);
  await isReady(worker, 200);
  const before = await fixture().newTenant();
  await fixture().createAtoms(before, 3);
  expect(await fixture().graphEqualsSql(before)).toBe(3);

  const paused = await cli('queue', 'pause', 'sync', '--reason', 'Neo4j is moved', '--owner', 'anna', '--wait', '60');
  expect(paused.output).toMatch(
    /^✓ Paused: dbo\.Neo4jSyncQueue, by anna: Neo4j is moved\n +\S+-\d+, 0\.\d+\.\d+.*: PAUSED\n$/,
  );
  expect(paused.exitCode).toBe(0);

  const { status, entries } = await worker.ready();
  expect(status).toBe(503);
  expect(entries.find(({ name }) => name === 'not-paused')).toMatchObject({
    state: 'down',
    reason: expect.stringMatching(/^Paused by anna since \S+Z: Neo4j is moved$/),
  });
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 5);
  const state = await cli('queue', 'status');
  expect(state.output).toMatch(/sync +PAUSED/);
  expect(state.output).toContain('✗ dbo.Neo4jSyncQueue is paused by anna since ');
  expect(state.output).toContain('hartonomous queue resume sync');
  expect(state.exitCode).toBe(1);
  const diagnosis = await cli('doctor', '--json');
  expect(diagnosis.output).toContain('"queue.paused.dbo.Neo4jSyncQueue"');
  expect(diagnosis.exitCode).toBe(1);
  // Longer than a look at the pauses takes.
  await worker.logged('Nothing is received from dbo.Neo4jSyncQueue. Paused by anna');
  expect(await fixture().requestsInQueue(tenantId)).toBe(5);

  const resumed = await cli('queue', 'resume', 'sync');
  expect(resumed).toMatchObject({
    exitCode: 0,
    output: expect.stringMatching(/^✓ Taken back: the pause by anna since /),
  });
  expect(await fixture().graphEqualsSql(tenantId)).toBe(5);
  await isReady(worker, 200);
  const [by, ...others] = await eventually(async () => {
    const rows = await doneBy(tenantId);
    expect(rows.length).toBeGreaterThan(0);
    return rows;
  }, patience);
  expect(others).toEqual([]);
  expect(by).toMatchObject({ instance: expect.stringMatching(/-\d+$/), version: expect.stringMatching(/^0\./) });
  expect(worker.messages().filter((message) => message.includes('not paused any more'))).toHaveLength(1);
});

test('all workers but one: that one does everything, and the pause ends by itself', async () => {
  const first = new WorkerProcess(fixture().env);
  await isReady(first, 200);
  const known = (await queueWorkers(fixture().client, syncQueue, signal)).map(({ instance }) => instance);
  const second = new WorkerProcess(fixture().env);
  await isReady(second, 200);
  const workers = await queueWorkers(fixture().client, syncQueue, signal);
  const instance = workers.find((each) => !known.includes(each.instance))?.instance ?? '';
  const request = { owner: 'test', reason: 'one alone', scope: { kind: 'EXCEPT', instance }, seconds: 5 } as const;
  await pauseQueue(fixture().client, syncQueue, request, signal);
  await isReady(first, 503);
  expect((await second.ready()).status).toBe(200);
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 20);
  expect(await fixture().graphEqualsSql(tenantId)).toBe(20);
  // The graph is committed before the log.
  await eventually(
    async () => expect((await doneBy(tenantId)).map((row) => row.instance)).toEqual([instance]),
    patience,
  );
  await isReady(first, 200);
});

test('one that is paused stops at once, and one that starts paused receives nothing', async () => {
  const { output } = await cli('queue', 'pause', 'sync', '--reason', 'x', '--wait', '0');
  expect(output).toContain('✓ Paused: dbo.Neo4jSyncQueue');
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 2);
  const worker = new WorkerProcess(fixture().env);
  await worker.polling();
  expect((await worker.ready()).status).toBe(503);
  expect(await fixture().requestsInQueue(tenantId)).toBe(2);
  await worker.stop();
  const [last] = await fixture().sql(
    'SELECT TOP (1) [State] AS [state] FROM dbo.WorkerInstance ORDER BY WorkerInstanceId DESC;',
  );
  expect(last?.state).toBe('STOPPED');
});

test("a worker's own login may not pause", async () => {
  const { exitCode, output } = await hartonomous(['queue', 'pause', 'sync', '--reason', 'x'], fixture().env);
  expect(output).toMatch(/^PERMISSION_DENIED: .*sp_PauseQueue/);
  expect(exitCode).toBe(1);
});
