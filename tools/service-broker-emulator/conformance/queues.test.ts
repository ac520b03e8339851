import { randomUUID } from 'node:crypto';
import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import { messageColumns, type Session } from './session.ts';

/** How long a procedure that must not be started again is watched; a loop would start it many times in that. */
const watchMs = 1_000;

async function receiveAndRollBack(a: Session, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await a.ok('BEGIN TRANSACTION;');
    expect(await a.receive('QS', '', 'TOP (1)')).toHaveLength(1);
    await a.ok('ROLLBACK TRANSACTION;');
  }
}

const receiveEnabled = async (a: Session): Promise<unknown> =>
  (await a.ok("SELECT is_receive_enabled FROM sys.service_queues WHERE name = 'QS';")).value;

/** One dialog with messages of these texts in QS. Gives the target's handle. */
async function sent(a: Session, ...texts: readonly string[]): Promise<string> {
  const handle = await a.begin();
  for (const text of texts) await a.send(handle, `N'${text}'`);
  const far = await eventually(async () => {
    const found = await a.farHandle(handle);
    expect(found).not.toBe('undefined');
    return found;
  });
  return far;
}

conformanceSuite('queues', ({ conforms }) => {
  conforms('case 56: five rollbacks in a row turn the queue off, four and a commit do not', async ({ a }) => {
    await sent(a, 'one', 'two');
    await receiveAndRollBack(a, 4);
    expect(await a.receive('QS', '', 'TOP (1)')).toMatchObject([{ text: 'one' }]);
    await receiveAndRollBack(a, 4);
    expect(await receiveEnabled(a)).toBe(true);
    await receiveAndRollBack(a, 1);
    await eventually(async () => expect(await receiveEnabled(a)).toBe(false));
    expect(await a.refused(`RECEIVE ${messageColumns} FROM QS;`)).toBe(9617);
  });

  conforms('case 57: without poison message handling ten rollbacks leave the queue on', async ({ a }) => {
    await a.ok('ALTER QUEUE QS WITH POISON_MESSAGE_HANDLING (STATUS = OFF);');
    await sent(a, 'one');
    await receiveAndRollBack(a, 10);
    expect(await receiveEnabled(a)).toBe(true);
    expect(await a.receive('QS')).toMatchObject([{ text: 'one' }]);
  });

  conforms('case 58: a disabled queue that is turned on again has the same first message', async ({ a }) => {
    await sent(a, 'one', 'two');
    await receiveAndRollBack(a, 5);
    await eventually(async () => expect(await receiveEnabled(a)).toBe(false));
    await a.ok('ALTER QUEUE QS WITH STATUS = ON;');
    expect((await a.receive('QS')).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  conforms('case 59: RETENTION keeps received and sent messages until END', async ({ a }) => {
    await a.ok('ALTER QUEUE QS WITH RETENTION = ON;');
    const target = await sent(a, 'one');
    expect(await a.receive('QS')).toHaveLength(1);
    expect(await a.receive('QS')).toEqual([]);
    await a.send(target, "N'reply'", 'R');
    const { rows } = await a.ok('SELECT status, message_type_name FROM QS ORDER BY status;');
    expect(rows).toEqual([
      { status: 0, message_type_name: 'T' },
      { status: 3, message_type_name: 'R' },
    ]);
    await a.ok(`END CONVERSATION '${target}';`);
    expect(await a.count('QS')).toBe(0);
  });

  // Work takes longer than the five seconds after which another reader would join if one were allowed.
  conforms('case 60: MAX_QUEUE_READERS = 1 runs one copy at a time, which processes everything', async ({ a }) => {
    await a.ok('CREATE TABLE Processed (body nvarchar(100) NOT NULL); CREATE TABLE Overlaps (id int NOT NULL);');
    await a.ok(`CREATE PROCEDURE Work AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @locked int, @h uniqueidentifier, @body varbinary(max), @received int = 1;
  EXEC @locked = sp_getapplock @Resource = N'work', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
  IF @locked < 0
    INSERT INTO Overlaps (id) VALUES (@@SPID);
  WHILE @received > 0
  BEGIN
    BEGIN TRANSACTION;
    WAITFOR (RECEIVE TOP (1) @h = conversation_handle, @body = message_body FROM QS), TIMEOUT 50;
    SET @received = @@ROWCOUNT;
    IF @received > 0
    BEGIN
      INSERT INTO Processed (body) VALUES (CAST(@body AS nvarchar(100)));
      WAITFOR DELAY '00:00:00.750';
    END;
    COMMIT TRANSACTION;
  END;
  IF @locked >= 0
    EXEC sp_releaseapplock @Resource = N'work', @LockOwner = 'Session';
END;`);
    await a.ok(
      'ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
    );
    for (let number = 0; number < 10; number += 1) await a.send(await a.begin(), `N'${number}'`);
    await eventually(async () => expect(await a.count('Processed')).toBe(10), { timeoutMs: 30_000 });
    expect((await a.ok('SELECT COUNT(DISTINCT body) AS bodies FROM Processed;')).value).toBe(10);
    expect(await a.count('Overlaps')).toBe(0);
  });

  conforms('case 61: a procedure that does not RECEIVE is not started in a loop', async ({ a }) => {
    await a.ok('CREATE TABLE Starts (at_time datetime2 NOT NULL);');
    await a.ok('CREATE PROCEDURE Idle AS INSERT INTO Starts (at_time) VALUES (SYSUTCDATETIME());');
    await a.ok(
      'ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Idle, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
    );
    const monitor = `SELECT m.state FROM sys.dm_broker_queue_monitors AS m JOIN sys.service_queues AS q ON q.object_id = m.queue_id
WHERE m.database_id = DB_ID() AND q.name = 'QS';`;
    await sent(a, 'one');
    await eventually(async () => expect(await a.count('Starts')).toBe(1), { timeoutMs: 30_000 });
    await a.ok(`WAITFOR DELAY '00:00:0${watchMs / 1_000}';`);
    expect(await a.count('Starts')).toBe(1);
    expect((await a.ok(monitor)).value).toBe('NOTIFIED');
  });

  conforms('case 62: an activation procedure with a parameter is refused with 9653', async ({ a }) => {
    await a.ok('CREATE PROCEDURE Takes @x int AS RETURN 0;');
    expect(
      await a.refused(
        'ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Takes, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
      ),
    ).toBe(9653);
  });

  conforms('case 63: GET CONVERSATION GROUP locks the next group, NULL when there is none', async ({ a, b }) => {
    const next = 'DECLARE @g uniqueidentifier; GET CONVERSATION GROUP @g FROM QS; SELECT @g AS conversation_group;';
    expect((await a.ok(next)).value).toBeNull();
    await sent(a, 'one');
    await a.ok('BEGIN TRANSACTION;');
    const { value } = await a.ok(next);
    expect(value).not.toBeNull();
    expect(await b.receive('QS')).toEqual([]);
    await a.ok('COMMIT TRANSACTION;');
    expect(await b.receive('QS')).toMatchObject([{ group: value, text: 'one' }]);
  });

  conforms('case 64: MOVE CONVERSATION takes its messages to the other group', async ({ a }) => {
    const [first, second] = [await sent(a, 'one'), await sent(a, 'two')];
    await a.ok(
      `DECLARE @h uniqueidentifier = '${second}', @g uniqueidentifier = (SELECT conversation_group_id FROM sys.conversation_endpoints WHERE conversation_handle = '${first}');
MOVE CONVERSATION @h TO @g;`,
    );
    const messages = await a.receive('QS');
    expect(messages.map(({ handle, text }) => [handle, text])).toEqual([
      [first, 'one'],
      [second, 'two'],
    ]);
    expect(messages[0]?.group).toBe(messages[1]?.group);
    await a.refused(
      `DECLARE @h uniqueidentifier = '${second}', @g uniqueidentifier = '${randomUUID()}'; MOVE CONVERSATION @h TO @g;`,
    );
  });
});
