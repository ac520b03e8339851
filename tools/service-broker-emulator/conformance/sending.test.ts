import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';

conformanceSuite('sending', ({ conforms, unverified }) => {
  conforms('case 15: what a transaction sends is seen by others at its commit', async ({ a, b }) => {
    await a.ok('BEGIN TRANSACTION;');
    await a.send(await a.begin());
    expect(await b.receive('QS')).toEqual([]);
    await a.ok('COMMIT TRANSACTION;');
    expect(await b.receiveAll('QS')).toHaveLength(1);
  });

  conforms('case 16: a SEND that is rolled back leaves no message and no gap', async ({ a }) => {
    const handle = await a.begin();
    await a.send(handle, "N'first'");
    await a.ok('BEGIN TRANSACTION;');
    await a.send(handle, "N'lost'");
    await a.ok('ROLLBACK TRANSACTION;');
    await a.send(handle, "N'second'");
    const messages = await a.receiveAll('QS', 2);
    expect(messages.map(({ text }) => text)).toEqual(['first', 'second']);
    expect((messages[1]?.sequence ?? 0) - (messages[0]?.sequence ?? 0)).toBe(1);
    expect(await a.count('sys.transmission_queue')).toBe(0);
  });

  conforms('case 17: sequence numbers rise by one in send order', async ({ a }) => {
    const handle = await a.begin();
    for (const text of ['one', 'two', 'three']) await a.send(handle, `N'${text}'`);
    const messages = await a.receiveAll('QS', 3);
    const first = messages[0]?.sequence ?? Number.NaN;
    expect(messages.map(({ sequence, text }) => [sequence - first, text])).toEqual([
      [0, 'one'],
      [1, 'two'],
      [2, 'three'],
    ]);
  });

  conforms('case 18: a message for the same database goes straight to the queue', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    expect(await a.count('sys.transmission_queue')).toBe(0);
  });

  conforms('case 19: after the first delivery both endpoints converse under handles of their own', async ({ a }) => {
    const handle = await a.begin();
    await a.send(handle);
    await a.arrives('QS');
    const { rows } = await a.ok(
      'SELECT conversation_id, conversation_handle, state FROM sys.conversation_endpoints ORDER BY is_initiator DESC;',
    );
    expect(rows).toHaveLength(2);
    expect(rows.map((row) => row.state)).toEqual(['CO', 'CO']);
    expect(rows[0]?.conversation_id).toBe(rows[1]?.conversation_id);
    expect(rows[0]?.conversation_handle).toBe(handle);
    expect(rows[1]?.conversation_handle).not.toBe(handle);
  });

  conforms('case 20: a reply arrives under the handle of the initiator', async ({ a, b }) => {
    const handle = await a.begin();
    await a.send(handle);
    const [request] = await b.receiveAll('QS');
    await b.send(request?.handle ?? '', "N'reply'", 'R');
    expect(await a.receiveAll('QI')).toMatchObject([{ handle, type: 'R', text: 'reply' }]);
  });

  conforms('case 21: the contract says who may send a type', async ({ a }) => {
    const handle = await a.begin();
    expect(await a.refused(a.sendText(handle, "N'a'", 'R'))).toBe(8432);
    await a.send(handle);
    const [request] = await a.receiveAll('QS');
    expect(await a.refused(a.sendText(request?.handle ?? '', "N'a'", 'T'))).toBe(8434);
  });

  conforms('case 22: a type outside the contract is 8431, an unknown one 8428', async ({ a }) => {
    await a.ok('CREATE MESSAGE TYPE Z VALIDATION = NONE;');
    const handle = await a.begin();
    expect(await a.refused(a.sendText(handle, "N'a'", 'Z'))).toBe(8431);
    expect(await a.refused(a.sendText(handle, "N'a'", 'Unknown'))).toBe(8428);
  });

  conforms('case 23: a NULL body is 8433, no body is NULL, an empty body is empty', async ({ a }) => {
    const handle = await a.begin();
    const { errors } = await a.run(
      `DECLARE @h uniqueidentifier = '${handle}', @body varbinary(max) = NULL;
SEND ON CONVERSATION @h MESSAGE TYPE T (@body);`,
    );
    expect(errors).toEqual([8433]);
    await a.send(handle, '');
    await a.send(handle, "N''");
    expect((await a.receiveAll('QS', 2)).map(({ body }) => body)).toEqual([null, Buffer.alloc(0)]);
  });

  unverified('case 24: a body on a type with VALIDATION = EMPTY is refused with 8430', async ({ a }) => {
    const handle = await a.begin();
    const { errors } = await a.run(a.sendText(handle, "N'a'", 'E'));
    if (errors.length > 0) expect(errors).toEqual([8430]);
    else expect(await a.errorIn((await a.receiveAll('QI'))[0])).toMatchObject({ code: -8430 });
    expect(await a.count('QS')).toBe(0);
  });

  unverified('case 25: a malformed body on a WELL_FORMED_XML type gives the sender an Error -9615', async ({ a }) => {
    await a.send(await a.begin(), "N'<open>'", 'X');
    const [error] = await a.receiveAll('QI');
    expect(error?.type).toBe('Error');
    expect(await a.errorIn(error)).toMatchObject({ code: -9615 });
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 26: an nvarchar body is UTF-16 without a byte order mark', async ({ a }) => {
    await a.send(await a.begin(), "N'ab'");
    expect((await a.receiveAll('QS'))[0]?.body?.toString('hex')).toBe('61006200');
  });

  conforms('case 27: an xml value cast to varbinary begins with the byte order mark', async ({ a }) => {
    const handle = await a.begin();
    await a.ok(
      `DECLARE @h uniqueidentifier = '${handle}', @x xml = N'<a/>';
DECLARE @body varbinary(max) = CAST(@x AS varbinary(max));
SEND ON CONVERSATION @h MESSAGE TYPE X (@body);`,
    );
    expect((await a.receiveAll('QS'))[0]?.body?.toString('hex')).toMatch(/^fffe/);
  });

  conforms('case 28: SEND on several handles is one message each, or none at all', async ({ a }) => {
    const [first, second] = [await a.begin(), await a.begin()];
    const both = `DECLARE @a uniqueidentifier = '${first}', @b uniqueidentifier = '${second}';
SEND ON CONVERSATION (@a, @b) MESSAGE TYPE T (N'a');`;
    await a.ok(both);
    await a.arrives('QS', 2);
    const handles = [...(await a.receive('QS')), ...(await a.receive('QS'))].map(({ handle }) => handle);
    expect(new Set(handles)).toEqual(new Set([await a.farHandle(first), await a.farHandle(second)]));
    await a.ok(`END CONVERSATION '${await a.farHandle(second)}';`);
    await eventually(async () => expect(await a.state(second)).toBe('DI'));
    const number = await a.refused(both);
    expect([8426, 8429, 8435]).toContain(number);
    expect(await a.count('QS')).toBe(0);
    expect(await a.count('sys.transmission_queue')).toBe(0);
  });

  conforms('case 29: SEND on one handle twice is 8451', async ({ a }) => {
    const handle = await a.begin();
    const text = `DECLARE @a uniqueidentifier = '${handle}';
SEND ON CONVERSATION (@a, @a) MESSAGE TYPE T (N'a');`;
    expect(await a.refused(text)).toBe(8451);
    expect(await a.count('QS')).toBe(0);
  });
});
