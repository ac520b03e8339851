import { randomUUID } from 'node:crypto';
import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import type { Session } from './session.ts';

const transmissionStatus = async (a: Session, handle: string): Promise<string> => {
  const { value } = await a.ok(
    `SELECT transmission_status FROM sys.transmission_queue WHERE conversation_handle = '${handle}';`,
  );
  return String(value ?? '');
};

const groupOf = async (a: Session, handle: string): Promise<unknown> =>
  (await a.ok(`SELECT conversation_group_id FROM sys.conversation_endpoints WHERE conversation_handle = '${handle}';`))
    .value;

conformanceSuite('dialogs', ({ conforms }) => {
  conforms('case 7: BEGIN DIALOG without SEND makes the initiator endpoint only', async ({ a, b }) => {
    const handle = await a.begin();
    const { rows } = await b.ok(
      'SELECT conversation_handle, state, state_desc, is_initiator FROM sys.conversation_endpoints;',
    );
    expect(rows).toEqual([
      { conversation_handle: handle, state: 'SO', state_desc: 'STARTED_OUTBOUND', is_initiator: 1 },
    ]);
    expect(await b.state(handle)).toBe('SO');
    expect(await b.count('QS')).toBe(0);
  });

  conforms('case 8: a dialog begun in a transaction that rolls back is gone', async ({ a }) => {
    await a.ok('BEGIN TRANSACTION;');
    const handle = await a.begin();
    await a.ok('ROLLBACK TRANSACTION;');
    expect(await a.count('sys.conversation_endpoints')).toBe(0);
    expect(await a.refused(a.sendText(handle))).toBe(8426);
  });

  conforms('case 9: BEGIN DIALOG to an unknown service succeeds; its message waits with a status', async ({ a }) => {
    const handle = await a.begin('', 'I', "'nowhere'");
    await a.send(handle);
    await eventually(async () => expect(await transmissionStatus(a, handle)).not.toBe(''));
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 10: names of services are compared byte by byte', async ({ a }) => {
    const handle = await a.begin('', 'I', "'s'");
    await a.send(handle);
    await eventually(async () => expect(await transmissionStatus(a, handle)).not.toBe(''));
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 11: without ON CONTRACT a dialog has the contract DEFAULT', async ({ a }) => {
    await a.ok('CREATE SERVICE D ON QUEUE QS ([DEFAULT]);');
    const handle = await a.begin('', 'I', "'D', 'CURRENT DATABASE'", '');
    const { value } = await a.ok(
      `SELECT c.name FROM sys.conversation_endpoints AS e JOIN sys.service_contracts AS c ON c.service_contract_id = e.service_contract_id
WHERE e.conversation_handle = '${handle}';`,
    );
    expect(value).toBe('DEFAULT');
    await a.ok(`DECLARE @h uniqueidentifier = '${handle}'; SEND ON CONVERSATION @h (N'a');`);
    expect(await a.receiveAll('QS')).toMatchObject([{ type: 'DEFAULT', text: 'a' }]);
  });

  conforms('case 12: dialogs without relation have groups of their own', async ({ a }) => {
    const [first, second] = [await a.begin(), await a.begin()];
    expect(await groupOf(a, first)).not.toBe(await groupOf(a, second));
  });

  conforms('case 13: RELATED_CONVERSATION shares the group on the initiator side only', async ({ a }) => {
    const first = await a.begin();
    const second = await a.begin(`RELATED_CONVERSATION = '${first}'`);
    await a.send(first);
    await a.send(second);
    await a.arrives('QS', 2);
    expect(await groupOf(a, second)).toBe(await groupOf(a, first));
    expect(await groupOf(a, await a.farHandle(second))).not.toBe(await groupOf(a, await a.farHandle(first)));
  });

  conforms('case 14: RELATED_CONVERSATION_GROUP with a fresh id makes that group', async ({ a }) => {
    const group = randomUUID().toUpperCase();
    const handle = await a.begin(`RELATED_CONVERSATION_GROUP = '${group}'`);
    expect(await groupOf(a, handle)).toBe(group);
    expect(await a.count(`sys.conversation_groups WHERE conversation_group_id = '${group}'`)).toBe(1);
  });
});
