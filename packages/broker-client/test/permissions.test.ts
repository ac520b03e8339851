import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BrokerClient, classifyBrokerFailure, QueueWatch } from '../src/index.ts';
import { dialog, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

const password = 'Re4der!-of-queues';
const procedures = { endProcedure: 'dbo.Ends', healthProcedure: 'dbo.Health' };

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
  for (const statement of [
    `CREATE LOGIN [Reader] WITH PASSWORD = N'${password}'; CREATE USER [Reader] FOR LOGIN [Reader];`,
    `GRANT RECEIVE ON ${targetQueue} TO [Reader]; GRANT SELECT ON ${targetQueue} TO [Reader];`,
    'CREATE USER [Owner] WITHOUT LOGIN; ALTER ROLE [db_owner] ADD MEMBER [Owner];',
    `CREATE PROCEDURE dbo.Ends @Handles NVARCHAR(MAX) WITH EXECUTE AS 'Owner' AS
     BEGIN
       DECLARE @At INT = 1, @Handle UNIQUEIDENTIFIER;
       WHILE @At < DATALENGTH(@Handles) / 2
       BEGIN
         SET @Handle = CONVERT(UNIQUEIDENTIFIER, SUBSTRING(@Handles, @At, 36));
         END CONVERSATION @Handle;
         SET @At = @At + 36;
       END;
     END;`,
    `CREATE PROCEDURE dbo.Health WITH EXECUTE AS 'Owner' AS
     BEGIN
       SELECT to_service_name AS toService, transmission_status AS status, COUNT_BIG(*) AS messages, MIN(enqueue_time) AS oldestEnqueuedAt
       FROM sys.transmission_queue GROUP BY to_service_name, transmission_status;
       SELECT state_desc AS state, COUNT_BIG(*) AS endpoints FROM sys.conversation_endpoints GROUP BY state_desc;
       SELECT N'dbo.TargetQueue' AS queue, CAST(0 AS BIGINT) AS conversations;
     END;`,
  ])
    await client.run(statement);
});
afterAll(() => database[Symbol.asyncDispose]());

beforeEach(() => client.run(`REVOKE EXECUTE ON dbo.Ends FROM [Reader]; REVOKE EXECUTE ON dbo.Health FROM [Reader];`));

const grant = () => client.run('GRANT EXECUTE ON dbo.Ends TO [Reader]; GRANT EXECUTE ON dbo.Health TO [Reader];');
const asReader = (options = {}) => database.connect({ user: 'Reader', password }, options);

/** A dialog whose sender has ended it. */
async function finished(): Promise<void> {
  const handle = await client.send({ ...dialog, messageType: 'Request', body: 'x' });
  await client.endConversation(handle);
}

test('RECEIVE alone does not end: a missing right is named with what to do, and is not an outage', async () => {
  await finished();
  await using reader = await asReader();
  await using batch = await reader.receiveBatch({ queue: targetQueue, waitMs: 5_000 });
  expect(batch.systemMessages).toHaveLength(1);
  const error: unknown = await batch.endFinishedConversations().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('endProcedure') });
  expect(classifyBrokerFailure(error, 'sql-server')).toEqual({ kind: 'fatal', error });
  await batch.rollback();
});

test('a procedure that runs as an owner ends them; without EXECUTE the GRANT is named', async () => {
  await finished();
  await using reader = await asReader(procedures);
  {
    await using batch = await reader.receiveBatch({ queue: targetQueue, waitMs: 5_000 });
    await expect(batch.endFinishedConversations()).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('GRANT EXECUTE ON [dbo].[Ends] TO'),
    });
    await batch.rollback();
  }
  await grant();
  await using batch = await reader.receiveBatch({ queue: targetQueue, waitMs: 5_000 });
  expect(await batch.endFinishedConversations()).toEqual([]);
  await batch.commit();
});

test('what the login may not see is not seen, and never 0', async () => {
  await client.send({ ...dialog, toService: 'Nowhere', messageType: 'Request', body: 'x' });
  for (const options of [{}, procedures]) {
    await using reader = await asReader(options);
    await expect(reader.stuckTransmissions()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const failed: string[] = [];
    const watch = new QueueWatch({ client: reader, queue: targetQueue, onFailed: (part) => failed.push(part) });
    const seen = await watch.look(new AbortController().signal);
    expect(failed).toEqual(['stuck', 'endpoints']);
    expect(Object.keys(seen).sort()).toEqual(['isBrokerEnabled', 'status', 'waiting']);
  }
  await grant();
  await using reader = await asReader(procedures);
  expect(await reader.stuckTransmissions()).toMatchObject([{ toService: 'Nowhere', messages: 1 }]);
  const seen = await new QueueWatch({ client: reader, queue: targetQueue }).look(new AbortController().signal);
  expect(seen).toMatchObject({ stuck: [{ messages: 1 }], leaked: [{ queue: 'dbo.TargetQueue', conversations: 0 }] });
  expect(seen.endpoints?.length).toBeGreaterThan(0);
});

test('a procedure whose own user sees nothing says so; who sees them without it, still does', async () => {
  await client.run(
    `CREATE PROCEDURE dbo.Blind AS THROW 51090, N'Its user is not in db_owner, so nothing can be seen.', 1;`,
  );
  await client.run('GRANT EXECUTE ON dbo.Blind TO [Reader];');
  await client.send({ ...dialog, toService: 'Nowhere', messageType: 'Request', body: 'x' });
  await using reader = await asReader({ healthProcedure: 'dbo.Blind' });
  await expect(reader.brokerHealth()).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringContaining('Its user is not in db_owner'),
  });
  const failed: string[] = [];
  const watch = new QueueWatch({ client: reader, queue: targetQueue, onFailed: (part) => failed.push(part) });
  expect((await watch.look(new AbortController().signal)).stuck).toBeUndefined();
  expect(failed).toEqual(['stuck', 'endpoints']);
  await using owner = await database.connect({}, { healthProcedure: 'dbo.Blind' });
  const health = await owner.brokerHealth();
  expect(health.stuck).not.toEqual([]);
  expect(health.leaked).toBeUndefined();
});

test('a refusal says what to grant', async () => {
  await client.run('CREATE TABLE dbo.[odd ]] name] (n INT);');
  await using reader = await asReader();
  await expect(reader.run('SELECT n FROM dbo.[odd ]] name];')).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    number: 229,
    message: expect.stringContaining('GRANT SELECT ON [dbo].[odd ]] name] TO [user];'),
  });
  await client.run('CREATE TABLE dbo.Parts (n INT, [odd ]] part] INT); GRANT SELECT ON dbo.Parts (n) TO [public];');
  await expect(reader.run('SELECT [odd ]] part] FROM dbo.Parts;')).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    number: 230,
    message: expect.stringContaining('GRANT SELECT ON [dbo].[Parts] ([odd ]] part]) TO [user];'),
  });
  await expect(reader.run('CREATE TABLE dbo.T (n INT);')).rejects.toMatchObject({
    number: 262,
    message: expect.stringContaining('GRANT CREATE TABLE TO [user];'),
  });
});
