import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import { messageColumns, type Session } from './session.ts';

/** Queue QN with service N, which takes event notifications about QS. */
const notification = `CREATE QUEUE QN;
CREATE SERVICE N ON QUEUE QN ([http://schemas.microsoft.com/SQL/Notifications/PostEventNotification]);
CREATE EVENT NOTIFICATION Arrived ON QUEUE QS FOR QUEUE_ACTIVATION TO SERVICE 'N', 'current database';`;

const transmissionStatus = async (a: Session, handle: string): Promise<string> =>
  String(
    (await a.ok(`SELECT transmission_status FROM sys.transmission_queue WHERE conversation_handle = '${handle}';`))
      .value ?? '',
  );

conformanceSuite('beyond the numbered cases', ({ conforms }) => {
  conforms('QUEUE_ACTIVATION is notified once, and again after a RECEIVE', async ({ a }) => {
    await a.ok(notification);
    const handle = await a.begin();
    await a.send(handle);
    const [event] = await a.receiveAll('QN');
    expect(event?.type).toBe('EventNotification');
    const { rows } = await a.ok(
      `DECLARE @x xml = CAST(0x${event?.body?.toString('hex')} AS xml);
SELECT @x.value('(/EVENT_INSTANCE/EventType)[1]', 'nvarchar(128)') AS event_type, @x.value('(/EVENT_INSTANCE/ObjectName)[1]', 'nvarchar(128)') AS object_name;`,
    );
    expect(rows).toEqual([{ event_type: 'QUEUE_ACTIVATION', object_name: 'QS' }]);
    await a.send(handle);
    await a.arrives('QS', 2);
    expect(await a.count('QN')).toBe(0);
    expect(await a.receive('QS')).toHaveLength(2);
    expect(await a.receive('QS')).toEqual([]);
    await a.send(handle);
    await a.arrives('QN', 1);
  });

  conforms('a queue has an event notification or activation, not both', async ({ a }) => {
    await a.ok(notification);
    await a.ok('CREATE PROCEDURE Work AS RETURN 0;');
    const activate =
      'ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);';
    expect(await a.refused(activate)).toBe(9717);
    expect(await a.count("sys.event_notifications WHERE name = 'Arrived'")).toBe(1);
    await a.ok('DROP EVENT NOTIFICATION Arrived ON QUEUE QS;');
    expect(await a.count("sys.event_notifications WHERE name = 'Arrived'")).toBe(0);
    await a.ok(activate);
  });

  conforms('activation runs as the user that EXECUTE AS names', async ({ a }) => {
    await a.ok('CREATE USER u WITHOUT LOGIN; CREATE TABLE Runs (user_name sysname NOT NULL);');
    await a.ok(`CREATE PROCEDURE Work AS
BEGIN
  DECLARE @body varbinary(max);
  RECEIVE TOP (1) @body = message_body FROM QS;
  INSERT INTO Runs (user_name) VALUES (USER_NAME());
END;`);
    await a.ok('GRANT EXECUTE ON OBJECT::dbo.Work TO u;');
    await a.ok('GRANT RECEIVE ON OBJECT::dbo.QS TO u;');
    await a.ok(
      "ALTER QUEUE QS WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS 'u');",
    );
    await a.send(await a.begin());
    await eventually(async () => expect((await a.ok('SELECT user_name FROM Runs;')).value).toBe('u'));
  });

  conforms('the owner of the initiating service needs SEND on the target service', async ({ a }) => {
    await a.ok('CREATE USER u WITHOUT LOGIN; CREATE SERVICE U AUTHORIZATION u ON QUEUE QI;');
    await a.send(await a.begin('', 'U'));
    const [error] = await a.receiveAll('QI');
    expect(error?.type).toBe('Error');
    expect(await a.errorIn(error)).toMatchObject({ code: -8494 });
    expect(await a.count('QS')).toBe(0);
    await a.ok('GRANT SEND ON SERVICE::S TO u;');
    await a.send(await a.begin('', 'U'));
    await a.arrives('QS');
  });

  conforms('DENY RECEIVE wins over a role; SEND needs RECEIVE on the queue of its own service', async ({ a, b }) => {
    await a.ok('CREATE USER u WITHOUT LOGIN; CREATE ROLE readers; ALTER ROLE readers ADD MEMBER u;');
    await a.ok('GRANT RECEIVE ON OBJECT::QS TO readers; DENY RECEIVE ON OBJECT::QS TO u;');
    const handle = await a.begin();
    await a.send(handle);
    await a.arrives('QS');
    await b.ok("EXECUTE AS USER = 'u';");
    expect(await b.refused(`RECEIVE ${messageColumns} FROM QS;`)).toBe(229);
    await b.refused(b.sendText(handle));
    await a.ok('REVOKE RECEIVE ON OBJECT::QS FROM u;');
    expect(await b.receive('QS')).toHaveLength(1);
  });

  conforms('a message waits for a route, and goes when there is one', async ({ a }) => {
    const { value } = await a.ok("SELECT N'Routed_' + REPLACE(CAST(NEWID() AS nvarchar(36)), N'-', N'') AS name;");
    const service = String(value);
    await a.ok(`CREATE SERVICE ${service} ON QUEUE QS (C); DROP ROUTE AutoCreatedLocal;`);
    const handle = await a.begin('', 'I', `'${service}'`);
    await a.send(handle);
    await eventually(async () => expect(await transmissionStatus(a, handle)).not.toBe(''));
    expect(await a.count('QS')).toBe(0);
    await a.ok(`CREATE ROUTE ToTarget WITH SERVICE_NAME = '${service}', ADDRESS = 'LOCAL';`);
    await eventually(async () => expect(await a.count('QS')).toBe(1), { timeoutMs: 50_000 });
  });

  conforms('BEGIN DIALOG checks its own side: service 8423, contract 8425, LIFETIME 8411', async ({ a }) => {
    const begin = (from: string, contract: string, options: string) =>
      a.refused(
        `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE ${from} TO SERVICE 'S' ON CONTRACT ${contract} WITH ${options}ENCRYPTION = OFF;`,
      );
    expect([8423, 15151]).toContain(await begin('Unknown', 'C', ''));
    expect([8425, 15151]).toContain(await begin('I', 'Unknown', ''));
    expect(await begin('I', 'C', 'LIFETIME = 0, ')).toBe(8411);
    expect(await a.count('sys.conversation_endpoints')).toBe(0);
  });

  conforms('related dialogs have the same FROM SERVICE: 9610', async ({ a }) => {
    await a.ok('CREATE SERVICE I2 ON QUEUE QI;');
    const handle = await a.begin();
    const number = await a.refused(
      `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE I2 TO SERVICE 'S' ON CONTRACT C WITH RELATED_CONVERSATION = '${handle}', ENCRYPTION = OFF;`,
    );
    expect(number).toBe(9610);
  });

  conforms('WAITFOR (GET CONVERSATION GROUP) waits for a message', async ({ a, b }) => {
    const handle = await a.begin();
    const waiting = b.ok(
      'DECLARE @g uniqueidentifier; WAITFOR (GET CONVERSATION GROUP @g FROM QS), TIMEOUT 20000; SELECT @g AS conversation_group;',
    );
    await a.sees(b);
    await a.send(handle);
    expect((await waiting).value).not.toBeNull();
  });

  conforms('ALTER SERVICE ON QUEUE takes the messages along', async ({ a }) => {
    await a.ok('CREATE QUEUE Q2;');
    await a.send(await a.begin(), "N'moved'");
    await a.arrives('QS');
    await a.ok('ALTER SERVICE S ON QUEUE Q2;');
    expect(await a.receiveAll('Q2')).toMatchObject([{ text: 'moved' }]);
    expect(await a.count('QS')).toBe(0);
  });

  conforms('in a message of THROW %% is one, and % before the sign of a type takes all of it away', async ({ a }) => {
    const { rows } = await a.ok(`DECLARE @m table (id int identity, t nvarchar(99));
BEGIN TRY THROW 50000, N'5%%d', 1; END TRY BEGIN CATCH INSERT INTO @m (t) VALUES (ERROR_MESSAGE()); END CATCH;
BEGIN TRY THROW 50000, N'LIKE %.', 1; END TRY BEGIN CATCH INSERT INTO @m (t) VALUES (ERROR_MESSAGE()); END CATCH;
BEGIN TRY THROW 50000, N'5%d', 1; END TRY BEGIN CATCH INSERT INTO @m (t) VALUES (ERROR_MESSAGE()); END CATCH;
SELECT RTRIM(t) AS t FROM @m ORDER BY id;`);
    expect(rows.map(({ t }) => t)).toEqual(['5%d', 'LIKE .', '']);
  });

  conforms('with supplementary characters LEFT counts a pair as one, and CONVERT cuts by length', async ({ a }) => {
    const { rows } = await a.ok(`DECLARE @n nvarchar(9) = NCHAR(0xD83D) + NCHAR(0xDE00) + N'b';
SELECT DATALENGTH(LEFT(@n COLLATE Latin1_General_100_CI_AS_SC, 2)) AS sc, DATALENGTH(LEFT(@n COLLATE Latin1_General_100_CI_AS, 2)) AS plain,
DATALENGTH(CONVERT(nvarchar(2), @n COLLATE Latin1_General_100_CI_AS_SC)) AS cut;`);
    expect(rows).toEqual([{ sc: 6, plain: 4, cut: 4 }]);
  });

  conforms('REPLACE takes a fullwidth sign for the other one, except by a binary collation', async ({ a }) => {
    const { rows } = await a.ok(`DECLARE @n nvarchar(9) = NCHAR(0xFF06);
SELECT REPLACE(@n COLLATE Latin1_General_100_CI_AS, N'&', N'x') AS loose, REPLACE(@n COLLATE Latin1_General_BIN2, N'&', N'x') AS exact;`);
    expect(rows).toEqual([{ loose: 'x', exact: '\uFF06' }]);
  });

  conforms('what is not a Service Broker statement is a syntax error', async ({ a }) => {
    const texts = [
      'SEND ON CONVERSATION;',
      'RECEIVE FROM QS;',
      'RECEIVE * FROM QS WHERE conversation_handle = NEWID() AND status = 1;',
      'RECEIVE * FROM QS ORDER BY queuing_order;',
      'WAITFOR RECEIVE * FROM QS;',
      'RECEIVE * FROM QS, TIMEOUT 100;',
      "BEGIN DIALOG FROM SERVICE I TO SERVICE 'S';",
      'DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE I TO SERVICE S;',
      'GET CONVERSATION GROUP FROM QS;',
      'CREATE CONTRACT C3;',
      'CREATE CONTRACT C3 (T SENT BY NOBODY);',
      'CREATE QUEUE Q3 WITH STATUS = MAYBE;',
      "END CONVERSATION '00000000-0000-0000-0000-000000000000' WITH ERROR = 1;",
    ];
    for (const text of texts) expect([102, 156, 319, 343], text).toContain(await a.syntaxError(text));
  });
});
