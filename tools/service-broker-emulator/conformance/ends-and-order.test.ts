import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite, isLongForm } from './conformance-suite.ts';
import { messageColumns } from './session.ts';

const end = (handle: string, clause = '') =>
  `DECLARE @h uniqueidentifier = '${handle}'; END CONVERSATION @h${clause === '' ? '' : ` ${clause}`};`;

conformanceSuite('ends and order', ({ conforms, unverified }) => {
  conforms('C2: an Error comes before older messages, and END then drops those', async ({ a }) => {
    const initiator = await a.begin();
    for (const body of ['1', '2', '3']) await a.send(initiator, `N'${body}'`);
    await a.arrives('QS', 3);
    const target = await a.farHandle(initiator);
    await a.ok(end(initiator, "WITH ERROR = 42 DESCRIPTION = N'bad'"));
    await a.arrives('QS', 4);
    expect((await a.receive('QS', '', 'TOP (1)')).map(({ type }) => type)).toEqual(['Error']);
    await a.ok(end(target));
    expect(await a.count('QS')).toBe(0);
  });

  conforms('C3: after the Error the older messages can be received, not answered', async ({ a }) => {
    const initiator = await a.begin();
    for (const body of ['1', '2', '3']) await a.send(initiator, `N'${body}'`);
    await a.arrives('QS', 3);
    const target = await a.farHandle(initiator);
    await a.ok(end(initiator, "WITH ERROR = 42 DESCRIPTION = N'bad'"));
    await a.arrives('QS', 4);
    await a.receive('QS', '', 'TOP (1)');
    expect(await a.state(target)).toBe('ER');
    expect(await a.refused(a.sendText(target, "N'r'", 'R'))).toBe(8429);
    const rest = await a.receive('QS', `WHERE conversation_handle = '${target}'`);
    expect(rest.map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  conforms('C23: an END of the far side is not held up by a transaction that has sent', async ({ a, b }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.receiveAll('QS');
    const target = await a.farHandle(initiator);
    await a.ok(`BEGIN TRANSACTION; ${a.sendText(initiator)}`);
    await b.ok(`SET LOCK_TIMEOUT 3000; ${end(target)}`);
    await a.ok('COMMIT;');
    await eventually(async () => expect(await a.state(initiator)).toBe('DI'));
  });

  unverified('C23b: the next SEND of that transaction fails with 8429', async ({ a, b }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.receiveAll('QS');
    const target = await a.farHandle(initiator);
    await a.ok(`BEGIN TRANSACTION; ${a.sendText(initiator)}`);
    await b.ok(end(target));
    const { errors } = await a.run(a.sendText(initiator, "N'second'"));
    await a.ok('ROLLBACK;');
    expect(errors).toEqual([8429]);
  });

  conforms('C37: sequence numbers order a conversation in RECEIVE INTO', async ({ a }) => {
    const handle = await a.begin();
    for (let n = 0; n < 5; n += 1) await a.send(handle, `N'${n}'`);
    await a.arrives('QS', 5);
    const { rows } = await a.ok(`DECLARE @r TABLE (seq bigint, ord bigint, body varbinary(max));
      RECEIVE message_sequence_number, queuing_order, message_body FROM QS INTO @r;
      SELECT CAST(body AS nvarchar(10)) AS t FROM @r ORDER BY seq;`);
    expect(rows.map(({ t }) => t)).toEqual(['0', '1', '2', '3', '4']);
  });

  unverified('C39: send_sequence counts the messages of a side, also inside the transaction', async ({ a }) => {
    const { sets } = await a.ok(`BEGIN TRANSACTION; DECLARE @h uniqueidentifier;
      BEGIN DIALOG @h FROM SERVICE I TO SERVICE 'S', 'CURRENT DATABASE' ON CONTRACT C WITH ENCRYPTION = OFF;
      SELECT send_sequence AS n FROM sys.conversation_endpoints WHERE conversation_handle = @h;
      SEND ON CONVERSATION @h MESSAGE TYPE T (N'1'); SEND ON CONVERSATION @h MESSAGE TYPE T (N'2');
      SELECT send_sequence AS n FROM sys.conversation_endpoints WHERE conversation_handle = @h; COMMIT;`);
    expect(sets.map(({ rows }) => Number(rows[0]?.n))).toEqual([0, 2]);
  });

  unverified('C21: target ends first: its row stays closed, marked half an hour ahead', async ({ a }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.receiveAll('QS');
    const target = await a.farHandle(initiator);
    await a.ok(end(target));
    await a.receiveAll('QI');
    await a.ok(end(initiator));
    await eventually(async () => expect(await a.state(initiator)).toBeUndefined());
    const { rows } = await a.ok(
      `SELECT state, DATEDIFF(MINUTE, SYSUTCDATETIME(), security_timestamp) AS ahead FROM sys.conversation_endpoints WHERE conversation_handle = '${target}';`,
    );
    expect(rows).toHaveLength(1);
    expect(String(rows[0]?.state).trim()).toBe('CD');
    expect(Number(rows[0]?.ahead)).toBeGreaterThan(20);
  });

  unverified("C21b: initiator ends first: the row that stays is the target's, too", async ({ a }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.receiveAll('QS');
    const target = await a.farHandle(initiator);
    await a.ok(end(initiator));
    await a.receiveAll('QS');
    await a.ok(end(target));
    await eventually(async () => expect(await a.state(initiator)).toBeUndefined());
    expect(await a.state(target)).toBe('CD');
  });

  if (isLongForm) {
    unverified('C22: after 35 minutes no row is left, whichever side ended first', async ({ a }) => {
      for (const first of ['target', 'initiator']) {
        const initiator = await a.begin();
        await a.send(initiator);
        await a.receiveAll('QS');
        const target = await a.farHandle(initiator);
        const [one, queue, two] = first === 'initiator' ? [initiator, 'QS', target] : [target, 'QI', initiator];
        await a.ok(end(one));
        await a.receiveAll(queue);
        await a.ok(end(two));
      }
      await eventually(async () => expect(await a.count("sys.conversation_endpoints WHERE state <> 'CD'")).toBe(0));
      expect(await a.count('sys.conversation_endpoints')).toBeGreaterThan(0);
      await eventually(async () => expect(await a.count('sys.conversation_endpoints')).toBe(0), {
        timeoutMs: 35 * 60_000,
        intervalMs: 10_000,
      });
    });
  }

  unverified('C40: a closed handle can neither send (8429) nor move (8438) nor end again (8427)', async ({ a }) => {
    const [closed, other] = [await a.begin(), await a.begin()];
    for (const initiator of [closed, other]) await a.send(initiator);
    await a.receiveAll('QS', 2);
    const [target, far] = [await a.farHandle(closed), await a.farHandle(other)];
    await a.ok(end(target));
    await a.receiveAll('QI');
    await a.ok(end(closed));
    await eventually(async () => expect(await a.state(target)).toBe('CD'));
    expect(await a.refused(a.sendText(target, "N'r'", 'R'))).toBe(8429);
    const { value: group } = await a.ok(
      `SELECT conversation_group_id AS g FROM sys.conversation_endpoints WHERE conversation_handle = '${far}';`,
    );
    const move = `DECLARE @h uniqueidentifier = '${target}', @g uniqueidentifier = '${String(group)}'; MOVE CONVERSATION @h TO @g;`;
    expect(await a.refused(move)).toBe(8438);
    expect(await a.refused(end(target))).toBe(8427);
  });

  unverified('C24: an error of SEND in TRY leaves the transaction usable unless XACT_ABORT is on', async ({ a }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.receiveAll('QS');
    await a.ok(end(await a.farHandle(initiator)));
    await eventually(async () => expect(await a.state(initiator)).toBe('DI'));
    const text = (
      on: string,
    ) => `SET XACT_ABORT ${on}; BEGIN TRANSACTION; DECLARE @h uniqueidentifier = '${initiator}', @x int;
      BEGIN TRY SEND ON CONVERSATION @h MESSAGE TYPE T (N'a'); END TRY BEGIN CATCH SET @x = XACT_STATE(); END CATCH;
      IF @@TRANCOUNT > 0 ROLLBACK; SET XACT_ABORT OFF; SELECT @x AS x;`;
    expect((await a.ok(text('OFF'))).value).toBe(1);
    expect((await a.ok(text('ON'))).value).toBe(-1);
  });

  unverified('C51: DROP QUEUE ends the waits for it', async ({ a, b }) => {
    await a.ok('CREATE QUEUE QX;');
    const waiting = b.run(`WAITFOR (RECEIVE ${messageColumns} FROM QX), TIMEOUT 10000;`);
    await a.sees(b);
    const startedAt = performance.now();
    await a.ok('SET LOCK_TIMEOUT 5000; DROP QUEUE QX;');
    const { errors } = await waiting;
    expect(errors).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});
