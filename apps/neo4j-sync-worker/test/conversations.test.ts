import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// What the ends of conversations do to the requests that were sent on them.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** Conversations that requests of a tenant wait on, on the worker's side; the one with most of them first. */
async function conversations(tenantId: number): Promise<string[]> {
  const rows = await fixture().sql(
    `SELECT m.conversation_handle AS handle FROM dbo.Neo4jSyncQueue AS m WITH (NOLOCK)
     WHERE CONVERT(NVARCHAR(MAX), m.message_body) LIKE @body
     GROUP BY m.conversation_handle ORDER BY COUNT(*) DESC;`,
    { body: `%<TenantId>${tenantId}</TenantId>%` },
  );
  return rows.map(({ handle }) => String(handle));
}

/** State of a conversation on the worker's side; CD is CLOSED. */
async function stateOf(handle: string | undefined): Promise<unknown> {
  const [row] = await fixture().sql(
    `SELECT e.state FROM sys.conversation_endpoints AS e WHERE e.conversation_handle = '${handle}';`,
  );
  return row?.state;
}

test('an Error comes before the older messages of its conversation, and takes none of them along, one at a time', async () => {
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 5);
  const [handle, ...others] = await conversations(tenantId);
  expect(others).toEqual([]);
  // As an operator does it, at the senders' side.
  await fixture().client.run(
    `DECLARE @h UNIQUEIDENTIFIER = (
       SELECT near.conversation_handle FROM sys.conversation_endpoints AS far
       INNER JOIN sys.conversation_endpoints AS near ON near.conversation_id = far.conversation_id AND near.is_initiator = 1
       WHERE far.conversation_handle = '${handle}');
     END CONVERSATION @h WITH ERROR = 42 DESCRIPTION = N'operator';`,
  );
  expect(await stateOf(handle)).toBe('ER');
  const worker = new WorkerProcess({ ...fixture().env, Worker__BatchSize: '1' });
  expect(await fixture().graphEqualsSql(tenantId)).toBe(5);
  // The log comes with the commit in SQL, which follows that in the graph.
  await eventually(async () => {
    const logged = await fixture().sql(
      'SELECT Outcome AS o, MessageCount AS n FROM dbo.Neo4jSyncLog WHERE TenantId = @tenantId;',
      { tenantId },
    );
    expect(logged).toEqual(Array.from({ length: 5 }, () => ({ o: 'SYNCED', n: 1 })));
  });
  expect(await fixture().deadLetters(tenantId)).toBe(0);
  // Ended when nothing of it was left.
  await eventually(async () => expect(await stateOf(handle)).toBe('CD'), { timeoutMs: 30_000 });
  await fixture().queueIsEmpty();
  await worker.stop();
});

test("the worker's role is enough for more messages than one dialog takes", async () => {
  const tenantId = await fixture().newTenant();
  await fixture().createAtoms(tenantId, 1_200);
  const [full, begun] = await conversations(tenantId);
  const worker = new WorkerProcess(fixture().env);
  expect(await fixture().graphEqualsSql(tenantId)).toBe(1_200);
  await fixture().queueIsEmpty();
  expect(worker.messages().filter((message) => message.includes('is away'))).toEqual([]);
  // The one has carried its last message and is ended once a receive finds it empty; the other has room for more.
  await eventually(async () => expect(await stateOf(full)).not.toBe('CO'), { timeoutMs: 30_000 });
  expect(await stateOf(begun)).toBe('CO');
  await worker.stop();
});
