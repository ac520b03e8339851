import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import { messageColumns } from './session.ts';

conformanceSuite('administration', ({ conforms }) => {
  conforms('case 65: with the broker disabled messages wait until it is enabled again', async ({ a }) => {
    const handle = await a.begin();
    await a.ok('ALTER DATABASE CURRENT SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;');
    await a.send(handle);
    expect(await a.count('sys.transmission_queue')).toBe(1);
    expect(await a.count('QS')).toBe(0);
    await a.ok('ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;');
    await eventually(async () => expect(await a.count('QS')).toBe(1), { timeoutMs: 30_000 });
    expect(await a.count('sys.transmission_queue')).toBe(0);
  });

  conforms('case 66: NEW_BROKER changes the guid and removes all conversations', async ({ a }) => {
    const guid = async () =>
      (await a.ok('SELECT service_broker_guid FROM sys.databases WHERE name = DB_NAME();')).value;
    await a.send(await a.begin());
    await a.arrives('QS');
    const before = await guid();
    await a.ok('ALTER DATABASE CURRENT SET NEW_BROKER WITH ROLLBACK IMMEDIATE;');
    expect(await guid()).not.toBe(before);
    expect(await a.count('sys.conversation_endpoints')).toBe(0);
  });

  conforms('case 67: RECEIVE needs the permission RECEIVE on the queue', async ({ a, b }) => {
    await a.ok('CREATE USER u WITHOUT LOGIN;');
    await a.send(await a.begin());
    await a.arrives('QS');
    await b.ok("EXECUTE AS USER = 'u';");
    expect(await b.refused(`RECEIVE ${messageColumns} FROM QS;`)).toBe(229);
    await a.ok('GRANT RECEIVE ON OBJECT::QS TO u;');
    expect(await b.receive('QS')).toHaveLength(1);
  });

  conforms('case 68: DROP SERVICE gives the initiators an Error -8470 and empties the queue', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    await a.ok('DROP SERVICE S;');
    const [error] = await a.receiveAll('QI');
    expect(error?.type).toBe('Error');
    expect(await a.errorIn(error)).toMatchObject({ code: -8470 });
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 69: a service that does not list the contract refuses the dialog by an Error', async ({ a }) => {
    await a.ok('CREATE SERVICE N ON QUEUE QS;');
    await a.send(await a.begin('', 'I', "'N', 'CURRENT DATABASE'"));
    const [error] = await a.receiveAll('QI');
    expect(error?.type).toBe('Error');
    expect((await a.errorIn(error)).description).toMatch(/'N'.*'C'/);
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 70: SELECT WITH (NOLOCK) does not wait for a reader with an open transaction', async ({ a, b }) => {
    await a.send(await a.begin());
    await a.send(await a.begin());
    await a.arrives('QS', 2);
    await a.ok('BEGIN TRANSACTION;');
    expect(await a.receive('QS')).toHaveLength(1);
    const { errors, rows } = await b.run('SET LOCK_TIMEOUT 2000; SELECT * FROM QS WITH (NOLOCK);');
    expect(errors).toEqual([]);
    expect(rows.length).toBeLessThanOrEqual(2);
    await a.ok('COMMIT TRANSACTION;');
  });
});
