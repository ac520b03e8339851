import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// Ends and errors of dialogs, for a worker with the rights of its role.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const statuses = async (tenantId: number) =>
  (await fixture().sql('SELECT Status FROM dbo.IngestionJob WHERE TenantId = @tenantId;', { tenantId })).map(
    ({ Status }) => Status,
  );

test('an Error message takes no older message along', async () => {
  const tenantId = await fixture().newTenant();
  // One session, so one dialog.
  await fixture().client.run(
    `SET XACT_ABORT ON; BEGIN TRANSACTION;
     EXEC dbo.sp_EnqueueIngestion @FileName = N'a.txt', @FileData = 0x61, @TenantId = @tenantId;
     EXEC dbo.sp_EnqueueIngestion @FileName = N'b.txt', @FileData = 0x62, @TenantId = @tenantId;
     EXEC dbo.sp_EnqueueIngestion @FileName = N'c.txt', @FileData = 0x63, @TenantId = @tenantId;
     COMMIT TRANSACTION;
     DECLARE @Handle UNIQUEIDENTIFIER = (
       SELECT p.ConversationHandle FROM dbo.DialogPool AS p
       WHERE p.SessionId = @@SPID AND p.ContractName = N'IngestionContract'
     );
     END CONVERSATION @Handle WITH ERROR = 42 DESCRIPTION = N'An operator ended it.';`,
    { tenantId },
  );
  expect(await fixture().count('dbo.IngestionQueue')).toBe(4);
  const worker = new WorkerProcess(fixture().env);
  await eventually(async () => expect(await statuses(tenantId)).toEqual(Array(3).fill('COMPLETED')), {
    timeoutMs: 60_000,
  });
  await eventually(
    async () => {
      expect(await fixture().count('dbo.MessageRetry')).toBe(0);
      expect(await fixture().count("sys.conversation_endpoints WHERE is_initiator = 0 AND state = N'ER'")).toBe(0);
    },
    { timeoutMs: 60_000 },
  );
  expect(await fixture().count('dbo.IngestionDeadLetterQueue')).toBe(0);
  await worker.stop();
});

test('the rights of its role are enough for more files than one dialog takes', async () => {
  const tenantId = await fixture().newTenant();
  const files = 12;
  for (let file = 0; file < files; file += 1) {
    await fixture().enqueue({ name: `${file}.txt`, tenantId, data: `Text ${file}.` });
  }
  const worker = new WorkerProcess(fixture().env);
  await eventually(async () => expect(await statuses(tenantId)).toEqual(Array(files).fill('COMPLETED')), {
    timeoutMs: 60_000,
  });
  expect((await worker.ready()).status).toBe(200);
  expect(worker.lines().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  await worker.stop();
});
