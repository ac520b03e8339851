import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import { messageColumns } from './session.ts';

conformanceSuite('administration', ({ conforms, conformsOffManagedInstance, unverified }) => {
  conformsOffManagedInstance(
    'case 65: with the broker disabled messages wait until it is enabled again',
    async ({ a }) => {
      const handle = await a.begin();
      await a.ok('ALTER DATABASE CURRENT SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;');
      await a.send(handle);
      expect(await a.count('sys.transmission_queue')).toBe(1);
      expect(await a.count('QS')).toBe(0);
      await a.ok('ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;');
      await eventually(async () => expect(await a.count('QS')).toBe(1), { timeoutMs: 30_000 });
      expect(await a.count('sys.transmission_queue')).toBe(0);
    },
  );

  conformsOffManagedInstance('case 66: NEW_BROKER changes the guid and removes all conversations', async ({ a }) => {
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

  conformsOffManagedInstance(
    'C47: ERROR_BROKER_CONVERSATIONS keeps the guid and leaves an Error at both sides',
    async ({ a }) => {
      await a.send(await a.begin());
      await a.arrives('QS');
      const guid = async () =>
        String((await a.ok('SELECT service_broker_guid AS g FROM sys.databases WHERE database_id = DB_ID();')).value);
      const before = await guid();
      await a.ok('ALTER DATABASE CURRENT SET ERROR_BROKER_CONVERSATIONS WITH ROLLBACK IMMEDIATE;');
      expect(await guid()).toBe(before);
      await eventually(async () => {
        expect(await a.count("QI WHERE message_type_name LIKE N'%/Error'")).toBe(1);
        expect(await a.count("QS WHERE message_type_name LIKE N'%/Error'")).toBe(1);
      });
    },
  );

  conformsOffManagedInstance(
    'C46: a copy on the same server has the same guid and no broker until it gets another: 9772',
    async ({ a, copy }) => {
      const broker =
        'SELECT is_broker_enabled AS [on], service_broker_guid AS guid FROM sys.databases WHERE database_id = DB_ID();';
      const { rows: original } = await a.ok(broker);
      const b = await copy();
      expect((await b.ok(broker)).rows).toEqual([{ on: false, guid: original[0]?.guid }]);
      expect(await b.refused('ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;')).toBe(9772);
      await b.ok('ALTER DATABASE CURRENT SET NEW_BROKER WITH ROLLBACK IMMEDIATE;');
      const { rows: renewed } = await b.ok(broker);
      expect(renewed[0]?.on).toBe(true);
      expect(renewed[0]?.guid).not.toBe(original[0]?.guid);
      expect((await a.ok(broker)).rows).toEqual(original);
    },
  );

  conforms('C56: options of the broker can be changed, but not on a Managed Instance', async ({ a }) => {
    const isManagedInstance = (await a.ok("SELECT CAST(SERVERPROPERTY('EngineEdition') AS int) AS n;")).value === 8;
    for (const option of ['DISABLE_BROKER', 'ENABLE_BROKER', 'NEW_BROKER']) {
      const { errors } = await a.run(`ALTER DATABASE CURRENT SET ${option} WITH ROLLBACK IMMEDIATE;`);
      expect(errors.length > 0, option).toBe(isManagedInstance);
    }
    expect(await a.count('sys.databases WHERE database_id = DB_ID() AND is_broker_enabled = 1')).toBe(1);
  });

  unverified('C52: HONOR_BROKER_PRIORITY is off, and RECEIVE goes by priorities all the same', async ({ a }) => {
    expect(await a.count('sys.databases WHERE database_id = DB_ID() AND is_honor_broker_priority_on = 0')).toBe(1);
    await a.ok(`CREATE CONTRACT C2 (T SENT BY INITIATOR); ALTER SERVICE S (ADD CONTRACT C2);
      CREATE BROKER PRIORITY Urgent FOR CONVERSATION SET (CONTRACT_NAME = C2, LOCAL_SERVICE_NAME = S, REMOTE_SERVICE_NAME = N'I', PRIORITY_LEVEL = 9);`);
    await a.send(await a.begin(), "N'ordinary'");
    await a.send(await a.begin('', 'I', "'S', 'CURRENT DATABASE'", 'ON CONTRACT C2'), "N'urgent'");
    await a.arrives('QS', 2);
    const received = [...(await a.receive('QS', '', 'TOP (1)')), ...(await a.receive('QS', '', 'TOP (1)'))];
    expect(received.map(({ text }) => text)).toEqual(['urgent', 'ordinary']);
  });

  conforms('C49: queues can be rebuilt, reorganized and moved to a filegroup', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    for (const how of [
      'REBUILD',
      'REBUILD WITH (MAXDOP = 1)',
      'REORGANIZE',
      'REORGANIZE WITH (LOB_COMPACTION = ON)',
      'MOVE TO [PRIMARY]',
    ]) {
      await a.ok(`ALTER QUEUE QS ${how};`);
    }
    expect(await a.receive('QS')).toHaveLength(1);
  });

  conforms(
    'an option that needs the database alone fails at once WITH NO_WAIT beside others: 5070, 5069',
    async ({ a, b }) => {
      await b.ok('SELECT 1 AS n;');
      for (const option of ['READ_COMMITTED_SNAPSHOT ON', 'DISABLE_BROKER']) {
        const { errors } = await a.run(`ALTER DATABASE CURRENT SET ${option} WITH NO_WAIT;`);
        expect(errors).toEqual([5070, 5069]);
      }
      expect(await b.count('sys.databases WHERE database_id = DB_ID() AND is_broker_enabled = 1')).toBe(1);
    },
  );

  conforms('WITH ROLLBACK IMMEDIATE ends the other sessions and their transactions', async ({ a, b }) => {
    await a.ok('CREATE TABLE W (id int);');
    await b.ok('BEGIN TRANSACTION; INSERT INTO W VALUES (1);');
    await a.ok('ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;');
    expect(await a.count('W')).toBe(0);
    await eventually(async () => {
      expect(await a.count(`sys.dm_exec_sessions WHERE session_id = ${b.id}`)).toBe(0);
    });
  });

  conforms(
    'without a termination it waits for the other sessions, idle ones too, whatever LOCK_TIMEOUT says',
    async ({ a, b }) => {
      await b.ok('SELECT 1 AS n;');
      let isDone = false;
      const altered = a
        .run('SET LOCK_TIMEOUT 100; ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON;')
        .finally(() => {
          isDone = true;
        });
      await b.ok("WAITFOR DELAY '00:00:01';");
      expect(isDone).toBe(false);
      await b.ok('USE master;');
      expect((await altered).errors).toEqual([]);
    },
  );

  conforms('a database that is in use is not dropped: 3702', async ({ a }) => {
    const { value } = await a.ok('SELECT DB_NAME() AS n;');
    expect(await a.refused(`USE master; DROP DATABASE ${String(value)};`)).toBe(3702);
  });

  unverified(
    'C55: activated procedures run with the ANSI options that DML on filtered indexes needs',
    async ({ a }) => {
      await a.ok('CREATE TABLE dbo.Runs (n int, o int); CREATE INDEX F ON dbo.Runs (n) WHERE n > 0;');
      await a.ok(
        "EXEC(N'CREATE PROCEDURE dbo.Work AS BEGIN RECEIVE conversation_handle FROM dbo.QS; INSERT INTO dbo.Runs VALUES (1, @@OPTIONS); END;');",
      );
      await a.ok(
        'ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
      );
      await a.send(await a.begin());
      await eventually(async () => expect(await a.count('dbo.Runs')).toBe(1), { timeoutMs: 15_000, intervalMs: 200 });
    },
  );
});
