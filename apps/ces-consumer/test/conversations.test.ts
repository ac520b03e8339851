import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What the ends of conversations do to the files that were sent on them.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** Enqueues small files in one transaction, so on one dialog as long as it takes them. */
async function enqueueTogether(tenantId: number, count: number): Promise<void> {
  await fixture().sender.run(
    `BEGIN TRANSACTION;
     DECLARE @n INT = 0, @job BIGINT, @name NVARCHAR(20), @data VARBINARY(10);
     WHILE @n < @count
     BEGIN
       SELECT @name = CONCAT(@n, N'.txt'), @data = CONVERT(VARBINARY(10), CONCAT('file ', @n));
       EXEC dbo.sp_EnqueueIngestion @FileName = @name, @FileData = @data, @TenantId = @tenantId, @IngestionJobId = @job OUTPUT;
       SET @n += 1;
     END;
     COMMIT TRANSACTION;`,
    { tenantId, count },
  );
}

const completed = (tenantId: number) =>
  fixture().count("dbo.IngestionJob WHERE TenantId = @tenantId AND Status = N'COMPLETED'", { tenantId });
/** Conversations of the consumer's side, by state. */
const ownSide = (states: string) =>
  fixture().count(
    `sys.conversation_endpoints AS e
     INNER JOIN sys.services AS s ON s.service_id = e.service_id AND s.name = N'IngestionService'
     WHERE e.state IN (${states})`,
  );

test('an Error comes before the older messages of its conversation, and takes none of them along', async () => {
  const tenantId = await fixture().newTenant();
  await enqueueTogether(tenantId, 3);
  expect(await fixture().count('dbo.IngestionQueue')).toBe(3);
  // As an operator does it.
  await fixture().client.run(
    `DECLARE @h UNIQUEIDENTIFIER = (SELECT p.ConversationHandle FROM dbo.DialogPool AS p WHERE p.ContractName = N'IngestionContract');
     END CONVERSATION @h WITH ERROR = 42 DESCRIPTION = N'operator';`,
  );
  expect(await fixture().count('dbo.IngestionQueue')).toBe(4);
  const worker = new WorkerProcess(fixture().env);
  await eventually(async () => expect(await completed(tenantId)).toBe(3), { timeoutMs: 60_000 });
  expect(await fixture().count('dbo.IngestionDeadLetterQueue')).toBe(0);
  await fixture().isSound(tenantId);
  // Ended when nothing of it was left.
  await eventually(async () => expect(await ownSide("'CO', 'DI', 'ER'")).toBe(0), { timeoutMs: 30_000 });
  expect(await fixture().count('dbo.IngestionQueue')).toBe(0);
  await worker.stop();
});

test("the worker's role is enough for more files than one dialog takes", async () => {
  const tenantId = await fixture().newTenant();
  await enqueueTogether(tenantId, 12);
  const worker = new WorkerProcess(fixture().env);
  await eventually(async () => expect(await completed(tenantId)).toBe(12), { timeoutMs: 60_000 });
  expect(worker.messages().filter((message) => message.includes('is away'))).toEqual([]);
  // The first dialog took 8 and has been ended; the second has room for more.
  expect(await ownSide("'CO'")).toBe(1);
  expect(await fixture().count('dbo.IngestionQueue')).toBe(0);
  await worker.stop();
});
