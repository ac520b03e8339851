import { eventually, TcpProxy } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// SQL Server away: the worker waits, says so, and goes on.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

test('SQL Server away in between: not ready, nothing dead-lettered, and on it goes', async () => {
  const tenantId = await fixture().newTenant();
  const { port } = fixture().emulator;
  await using proxy = await TcpProxy.start({ targetPort: port });
  const worker = new WorkerProcess({
    ...fixture().env,
    ConnectionStrings__HartonomousDb: fixture().workerConnectionString.replace(`,${port};`, `,${proxy.port};`),
  });
  await worker.polling();
  await eventually(async () => expect((await worker.ready()).status).toBe(200), { timeoutMs: 30_000 });
  await proxy.enter('refuse');
  await worker.logged('sql-server is away');
  expect((await worker.ready()).status).toBe(503);
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data: 'Sent while it was away.' });
  await proxy.enter('pass');
  await worker.logged('sql-server is back');
  expect((await fixture().ended(job)).Status).toBe('COMPLETED');
  expect(await fixture().count('dbo.IngestionDeadLetterQueue WHERE TenantId = @tenantId', { tenantId })).toBe(0);
  await worker.stop();
});
