import { randomUUID } from 'node:crypto';
import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import { messageColumns, messagesOf, type Session } from './session.ts';

/** Two dialogs: G1 has two messages, G2 three. */
async function twoGroups(a: Session): Promise<[first: string, second: string]> {
  const [first, second] = [await a.begin(), await a.begin()];
  for (const text of ['1a', '1b']) await a.send(first, `N'${text}'`);
  for (const text of ['2a', '2b', '2c']) await a.send(second, `N'${text}'`);
  await a.arrives('QS', 5);
  return [await a.farHandle(first), await a.farHandle(second)];
}

const waitForMessage = (timeout = 20_000) => `WAITFOR (RECEIVE ${messageColumns} FROM QS), TIMEOUT ${timeout};`;

conformanceSuite('receiving', ({ conforms }) => {
  conforms('case 30: one RECEIVE returns messages of one conversation group, all of them', async ({ a }) => {
    await twoGroups(a);
    const received = [await a.receive('QS'), await a.receive('QS')];
    for (const rows of received) expect(new Set(rows.map(({ group }) => group)).size).toBe(1);
    expect(received.map((rows) => rows.length).sort()).toEqual([2, 3]);
  });

  conforms('case 31: other readers skip a group that a transaction has locked', async ({ a, b }) => {
    await twoGroups(a);
    await a.ok('BEGIN TRANSACTION;');
    const [mine] = await a.receive('QS', '', 'TOP (1)');
    const theirs = await b.receive('QS');
    expect(theirs.length).toBeGreaterThan(0);
    for (const { group } of theirs) expect(group).not.toBe(mine?.group);
    expect(await b.receive('QS')).toEqual([]);
    await a.ok('COMMIT TRANSACTION;');
  });

  conforms('case 32: messages arrive in a locked group, for who holds the lock', async ({ a, b }) => {
    const handle = await b.begin();
    await b.send(handle, "N'one'");
    await a.arrives('QS');
    await a.ok('BEGIN TRANSACTION;');
    expect(await a.receive('QS')).toMatchObject([{ text: 'one' }]);
    await b.send(handle, "N'two'");
    await b.arrives('QS');
    expect(await b.receive('QS')).toEqual([]);
    expect(await a.receive('QS')).toMatchObject([{ text: 'two' }]);
    await a.ok('COMMIT TRANSACTION;');
  });

  conforms('case 33: RECEIVE TOP (1) takes exactly one message', async ({ a }) => {
    await twoGroups(a);
    expect(await a.receive('QS', '', 'TOP (1)')).toHaveLength(1);
    await a.arrives('QS', 4);
  });

  conforms('case 34: a rollback brings the messages back in their order', async ({ a }) => {
    const handle = await a.begin();
    for (const text of ['one', 'two', 'three']) await a.send(handle, `N'${text}'`);
    await a.arrives('QS', 3);
    await a.ok('BEGIN TRANSACTION;');
    const first = await a.receive('QS');
    await a.ok('ROLLBACK TRANSACTION;');
    expect(first.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(await a.receive('QS')).toEqual(first);
  });

  conforms('case 35: a rollback to a savepoint brings the message back', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    await a.ok('BEGIN TRANSACTION; SAVE TRANSACTION before_receive;');
    expect(await a.receive('QS')).toHaveLength(1);
    await a.ok('ROLLBACK TRANSACTION before_receive; COMMIT TRANSACTION;');
    expect(await a.receive('QS')).toHaveLength(1);
  });

  conforms('case 36: RECEIVE from an empty queue answers at once with metadata and no rows', async ({ a }) => {
    const { sets } = await a.ok(`RECEIVE ${messageColumns} FROM QS; SELECT @@ROWCOUNT AS row_count;`);
    expect(sets[0]).toEqual({ columns: messageColumns.split(', '), rows: [] });
    expect(sets[1]?.rows).toEqual([{ row_count: 0 }]);
  });

  conforms('case 37: WAITFOR (RECEIVE) gives up after its TIMEOUT, transaction open', async ({ a }) => {
    await a.ok('BEGIN TRANSACTION;');
    const start = performance.now();
    const { sets } = await a.ok(waitForMessage(500));
    const elapsed = performance.now() - start;
    expect(sets[0]?.rows).toEqual([]);
    expect(elapsed).toBeGreaterThan(450);
    expect(elapsed).toBeLessThan(15_000);
    expect((await a.ok('SELECT @@TRANCOUNT AS open_transactions;')).value).toBe(1);
    await a.ok('COMMIT TRANSACTION;');
  });

  conforms('case 38: a waiting RECEIVE returns promptly when a message is committed', async ({ a, b }) => {
    const handle = await a.begin();
    const waiting = b.ok(waitForMessage());
    await a.sees(b);
    const start = performance.now();
    await a.send(handle);
    expect(messagesOf((await waiting).sets[0])).toHaveLength(1);
    // Far before its own time-out, on a busy machine too.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  conforms('case 39: ALTER QUEUE STATUS = OFF ends a waiting RECEIVE with 9617', async ({ a, b }) => {
    const waiting = b.run(waitForMessage());
    await a.sees(b);
    await a.ok('ALTER QUEUE QS WITH STATUS = OFF;');
    expect((await waiting).errors).toEqual([9617]);
  });

  conforms('case 40: an attention ends a waiting RECEIVE and leaves the connection usable', async ({ a, b }) => {
    const handle = await a.begin();
    const waiting = b.run(waitForMessage());
    await a.sees(b);
    b.cancel();
    expect((await waiting).errors).toEqual([-1]);
    await a.send(handle);
    expect(await a.receiveAll('QS')).toHaveLength(1);
    expect((await b.ok('SELECT 1 AS usable;')).value).toBe(1);
    await a.send(handle);
    expect(await b.receiveAll('QS')).toHaveLength(1);
  });

  conforms('case 41: a queue that is OFF refuses RECEIVE; messages for it wait until it is ON', async ({ a }) => {
    const handle = await a.begin();
    await a.ok('ALTER QUEUE QS WITH STATUS = OFF;');
    expect(await a.refused(`RECEIVE ${messageColumns} FROM QS;`)).toBe(9617);
    await a.send(handle, "N'one'");
    await a.send(handle, "N'two'");
    await eventually(async () => expect(await a.count('sys.transmission_queue')).toBe(2));
    await a.ok('ALTER QUEUE QS WITH STATUS = ON;');
    expect((await a.receiveAll('QS', 2)).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  conforms('case 42: RECEIVE of an unknown conversation handle is an error', async ({ a }) => {
    await a.refused(
      `DECLARE @h uniqueidentifier = '${randomUUID()}'; RECEIVE ${messageColumns} FROM QS WHERE conversation_handle = @h;`,
    );
  });

  conforms('case 43: in a group the conversation of higher priority comes first', async ({ a }) => {
    await a.ok(
      `CREATE SERVICE S2 ON QUEUE QS (C);
CREATE BROKER PRIORITY Urgent FOR CONVERSATION SET (CONTRACT_NAME = C, LOCAL_SERVICE_NAME = I, REMOTE_SERVICE_NAME = 'S2', PRIORITY_LEVEL = 9);`,
    );
    const ordinary = await a.begin();
    const urgent = await a.begin(`RELATED_CONVERSATION = '${ordinary}'`, 'I', "'S2', 'CURRENT DATABASE'");
    await a.send(ordinary);
    await a.send(urgent);
    await a.arrives('QS', 2);
    for (const handle of [ordinary, urgent]) {
      const far = await a.farHandle(handle);
      for (const text of ['one', 'two']) await a.send(far, `N'${text}'`, 'R');
    }
    expect((await a.receiveAll('QI', 4)).map(({ handle, text }) => [handle, text])).toEqual([
      [urgent, 'one'],
      [urgent, 'two'],
      [ordinary, 'one'],
      [ordinary, 'two'],
    ]);
  });

  conforms('case 44: DialogTimer comes before Error, and Error before everything else', async ({ a }) => {
    const handle = await a.begin();
    for (const text of ['one', 'two']) await a.send(handle, `N'${text}'`);
    await a.arrives('QS', 2);
    const far = await a.farHandle(handle);
    await a.ok(`DECLARE @h uniqueidentifier = '${far}'; BEGIN CONVERSATION TIMER (@h) TIMEOUT = 1;`);
    await a.arrives('QS', 3);
    await a.ok(`DECLARE @h uniqueidentifier = '${handle}'; END CONVERSATION @h WITH ERROR = 1 DESCRIPTION = N'bad';`);
    expect((await a.receiveAll('QS', 4)).map(({ type }) => type)).toEqual(['DialogTimer', 'Error', 'T', 'T']);
  });

  conforms('case 45: RECEIVE assigns or returns, not both, and does not assign with INTO', async ({ a }) => {
    expect(
      await a.refused('DECLARE @body varbinary(max); RECEIVE @body = message_body, conversation_handle FROM QS;'),
    ).toBe(8447);
    expect(
      await a.refused(
        'DECLARE @body varbinary(max); DECLARE @t TABLE (body varbinary(max)); RECEIVE @body = message_body FROM QS INTO @t;',
      ),
    ).toBe(8450);
  });

  conforms('case 46: RECEIVE INTO fills the table variable and returns no result set', async ({ a }) => {
    await twoGroups(a);
    const { sets } = await a.ok(
      `DECLARE @t TABLE (handle uniqueidentifier, body varbinary(max));
RECEIVE conversation_handle, message_body FROM QS INTO @t;
SELECT @@ROWCOUNT AS received, (SELECT COUNT(*) FROM @t) AS kept;`,
    );
    expect(sets).toHaveLength(1);
    expect([2, 3]).toContain(sets[0]?.rows[0]?.kept);
    expect(sets[0]?.rows[0]?.received).toBe(sets[0]?.rows[0]?.kept);
  });
});
