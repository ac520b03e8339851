import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { BrokerIdentifierTakenError, deployDatabase, examineDatabase, verifyDeployment } from '../src/index.ts';

const original = 'Original';
const copy = 'Copy';
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  for (const database of [original, copy]) await deployDatabase({ connection: server.connectionString(database) });
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** What doctor finds, by id. */
async function examined(connection: string) {
  const { signal } = new AbortController();
  const found = await Array.fromAsync(examineDatabase(parseSqlConnectionString(connection), signal));
  return new Map(found.map((finding) => [finding.id, finding]));
}

/** The checks of verify that failed, by id. */
async function failedChecks(database: string) {
  const { subjects } = await verifyDeployment({ database: server.connectionString(database) });
  return subjects.flatMap(({ checks }) => checks.flatMap(({ id, ok, action }) => (ok ? [] : [{ id, action }])));
}

const enqueue = (database: string) =>
  server.run(database, "EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Tenant', @EntityId = 0, @SyncType = N'UPDATE';");

test('a fresh deployment is well in every setting', async () => {
  const found = await examined(server.connectionString(original));
  for (const id of ['server.version', 'database.owner', 'broker.owner', 'broker.identifier', 'database.auto-close']) {
    expect(found.get(id), id).toMatchObject({ state: 'ok' });
  }
  expect(found.get('database.owner')?.message).toMatch(/^The database belongs to \S+\.$/);
  expect(await failedChecks(original)).toEqual([]);
});

test('restored elsewhere: doctor, verify and deploy say that nothing runs as dbo; enqueueing goes on', async () => {
  server.simulateRestore(copy);
  const { warnings, brokerEnabled } = await deployDatabase({ connection: server.connectionString(copy) });
  expect(brokerEnabled).toBe(true);
  expect(warnings.map(({ id, severity }) => [id, severity])).toEqual([['database.owner', 'problem']]);
  const action = 'ALTER AUTHORIZATION ON DATABASE::[Copy] TO [sa];';
  expect((await examined(server.connectionString(copy))).get('database.owner')).toMatchObject({
    state: 'problem',
    message: expect.stringMatching(
      /has no login on this server.* error 15517: Cannot execute as the database principal/,
    ),
    action: expect.stringContaining(action),
  });
  expect(await failedChecks(copy)).toEqual([{ id: 'database.owner', action: expect.stringContaining(action) }]);
  await enqueue(copy);
  expect(await server.value(copy, 'SELECT COUNT(*) AS n FROM sys.transmission_queue;')).toBe(0);

  await server.run('master', action);
  expect(await failedChecks(copy)).toEqual([]);
});

test('a copy beside its original: refused with the statement, and told by doctor', async () => {
  server.simulateCopy(copy, original);
  const deployed = deployDatabase({ connection: server.connectionString(copy) });
  await expect(deployed).rejects.toThrow(BrokerIdentifierTakenError);
  const found = await examined(server.connectionString(copy));
  expect(found.get('broker.enabled')).toMatchObject({ state: 'problem' });
  expect(found.get('broker.identifier')).toMatchObject({
    state: 'problem',
    message: expect.stringContaining('Original has the same Service Broker identifier'),
    action: expect.stringContaining('ALTER DATABASE [Copy] SET NEW_BROKER WITH ROLLBACK IMMEDIATE;'),
  });
  // The original is as it was.
  expect((await examined(server.connectionString(original))).get('broker.identifier')).toMatchObject({ state: 'ok' });

  await server.run('master', 'ALTER DATABASE [Copy] SET NEW_BROKER WITH ROLLBACK IMMEDIATE;');
  await deployDatabase({ connection: server.connectionString(copy) });
  expect(await failedChecks(copy)).toEqual([]);
});

test('jobs whose message NEW_BROKER has taken are found; those that wait in queue or retries are not', async () => {
  const enqueueFile = "EXEC dbo.sp_EnqueueIngestion @FileName = N'a.txt', @FileData = 0x61;";
  const age = "UPDATE dbo.IngestionJob SET EnqueuedAt = DATEADD(MINUTE, -6, EnqueuedAt) WHERE Status = N'QUEUED';";
  const lost = async (connection: string) => (await examined(connection)).get('ingestion.lost-jobs');
  await server.run(copy, enqueueFile, enqueueFile);
  // Recent jobs aren't a problem yet.
  await server.run('master', 'ALTER DATABASE [Copy] SET NEW_BROKER WITH ROLLBACK IMMEDIATE;');
  expect(await lost(server.connectionString(copy))).toMatchObject({ state: 'ok' });
  await server.run(copy, age);
  expect(await lost(server.connectionString(copy))).toMatchObject({
    state: 'problem',
    message: expect.stringContaining('was not found: 2, the first of them 1.'),
    action: expect.stringContaining('hartonomous ingest status --status QUEUED'),
  });

  await server.run(original, enqueueFile, age);
  expect(await lost(server.connectionString(original))).toMatchObject({ state: 'ok' });
  await server.run(
    original,
    `DECLARE @m TABLE (body VARBINARY(MAX));
     RECEIVE message_body FROM dbo.IngestionQueue INTO @m;
     INSERT INTO dbo.MessageRetry (QueueName, DueAt, Attempts, ReasonCode, ReasonText, MessageBody, MessageTypeName,
       ServiceName, ConversationHandle, ConversationGroupId, MessageSequenceNumber, QueuingOrder)
     SELECT N'dbo.IngestionQueue', SYSUTCDATETIME(), 0, N'X', N'x', m.body, N'IngestionRequest', N'IngestionService',
       NEWID(), NEWID(), 0, 0 FROM @m AS m;`,
  );
  expect(await lost(server.connectionString(original))).toMatchObject({ state: 'ok' });

  // Somebody else's message, whose job isn't a number.
  await server.run(
    original,
    `INSERT INTO dbo.MessageRetry (QueueName, DueAt, Attempts, ReasonCode, ReasonText, MessageBody, MessageTypeName,
       ServiceName, ConversationHandle, ConversationGroupId, MessageSequenceNumber, QueuingOrder)
     SELECT N'dbo.IngestionQueue', SYSUTCDATETIME(), 0, N'X', N'x',
       CONVERT(VARBINARY(MAX), '<IngestionRequest><IngestionJobId>none</IngestionJobId></IngestionRequest>'),
       N'IngestionRequest', N'IngestionService', NEWID(), NEWID(), 0, 0;`,
  );
  expect(await lost(server.connectionString(original))).toMatchObject({ state: 'ok' });
});

test('messages that nobody hands back to senders are found: the queue of their replies is looked at', async () => {
  await server.run(original, 'ALTER QUEUE dbo.HartonomousInitiatorQueue WITH ACTIVATION (STATUS = OFF);');
  onTestFinished(() =>
    server.run(original, 'ALTER QUEUE dbo.HartonomousInitiatorQueue WITH ACTIVATION (STATUS = ON);'),
  );
  const found = await examined(server.connectionString(original));
  expect(found.get('queue.mode.dbo.HartonomousInitiatorQueue')).toMatchObject({ state: 'problem' });
  expect(found.get('queue.status.dbo.HartonomousInitiatorQueue')).toMatchObject({ state: 'ok' });
});

test('a compatibility level below 150 is reported and nothing fails', async () => {
  const set = (level: number) => server.run('master', `ALTER DATABASE ${original} SET COMPATIBILITY_LEVEL = ${level};`);
  await set(140);
  onTestFinished(() => set(160));
  const found = await examined(server.connectionString(original));
  expect(found.get('database.compatibility-level')).toMatchObject({ state: 'warning' });
  expect(await failedChecks(original)).toEqual([]);
});

test("with a worker's login the settings are seen, and what isn't is reported", async () => {
  await server.run(original, createRoleLogins());
  const found = await examined(asRoleLogin(server.connectionString(original), 'worker'));
  expect(found.get('database.owner')).toMatchObject({
    state: 'unseen',
    message: expect.stringContaining('may not try'),
  });
  expect(found.get('broker.owner')).toMatchObject({ state: 'unseen', message: expect.stringContaining('Not seen') });
  expect(found.get('queue.mode.dbo.HartonomousInitiatorQueue')).toMatchObject({ state: 'ok' });
  expect(found.get('queue.size.dbo.HartonomousInitiatorQueue')).toMatchObject({ state: 'ok' });
  expect([...found.values()].filter(({ state }) => state === 'problem')).toEqual([]);
});

const permissions = ['VIEW SERVER STATE', 'VIEW SERVER PERFORMANCE STATE'];
test.each(permissions)('with %s alone, waits for schema locks are seen', async (permission) => {
  await server.run('master', `GRANT ${permission} TO [hartonomous-worker];`);
  onTestFinished(() => server.run('master', `REVOKE ${permission} FROM [hartonomous-worker];`));
  const found = await examined(asRoleLogin(server.connectionString(original), 'worker'));
  expect(found.get('lock.schema')).toMatchObject({ state: 'ok' });
});
