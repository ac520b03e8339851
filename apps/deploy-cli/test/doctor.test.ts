import { connectBroker } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, createGraphWriter } from '@hartonomous/graph-sync';
import { sharedTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph } from '@hartonomous/operations';
import { brokerProcedures, tenant, workerQueues } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { hartonomous } from './hartonomous.ts';

// The first test waits for the graph's schema, on a server that other files share.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const database = 'Hartonomous';
const syncQueue = 'dbo.Neo4jSyncQueue';
const otherQueues = workerQueues.map(({ queue }) => queue).filter((queue) => queue !== syncQueue);
let sql: TestServer;
let env: Record<string, string>;

beforeAll(async () => {
  const { uri, username, password } = await sharedTestNeo4j();
  sql = await startTestServer();
  env = {
    ConnectionStrings__HartonomousDb: sql.connectionString(database),
    Neo4j__Uri: uri,
    Neo4j__Username: username,
    Neo4j__Password: password,
  };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  await deployGraph({ connection: { uri, username, password } });
  // Other test files write to the same graph with the numbers of their own databases.
  await sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000000001;');
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const documentSchema = z.object({
  ok: z.boolean(),
  subjects: z.array(
    z.object({
      subject: z.string(),
      findings: z.array(
        z.object({ id: z.string(), state: z.string(), message: z.string(), action: z.string().nullable() }),
      ),
    }),
  ),
});

/** Runs `doctor --json`. */
async function diagnosed(changes: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await hartonomous(['doctor', '--json'], { ...env, ...changes });
  expect(stderr).toBe('');
  const { ok, subjects } = documentSchema.parse(JSON.parse(stdout));
  expect(ok).toBe(exitCode === 0);
  const findings = subjects.flatMap((subject) => subject.findings);
  const idsOf = (state: string) => findings.filter((each) => each.state === state).map(({ id }) => id);
  const find = (id: string) => findings.find((each) => each.id === id);
  return { exitCode, stdout, findings, find, problems: idsOf('problem'), warnings: idsOf('warning') };
}

const endpoints = () =>
  sql.value(database, "SELECT COUNT(*) AS n FROM sys.conversation_endpoints AS e WHERE e.state = N'DI';").then(Number);

/** Conversations that their sender ends and whose messages a careless reader takes. */
async function leak(count: number): Promise<void> {
  await sql.run(
    database,
    `DECLARE @n INT = 0, @h UNIQUEIDENTIFIER;
     WHILE @n < ${count}
     BEGIN
       BEGIN DIALOG CONVERSATION @h FROM SERVICE [HartonomousInitiatorService] TO SERVICE N'Neo4jSyncService'
         ON CONTRACT [Neo4jSyncContract] WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @h MESSAGE TYPE [Neo4jSyncRequest] (N'<a/>');
       END CONVERSATION @h;
       SET @n = @n + 1;
     END;`,
  );
  await eventually(async () => {
    await sql.run(database, `RECEIVE TOP (1000) conversation_handle FROM ${syncQueue};`);
    expect(Number(await sql.value(database, `SELECT COUNT(*) AS n FROM ${syncQueue};`))).toBe(0);
    expect(await endpoints()).toBe(count);
  });
}

describe('doctor', () => {
  test('all is well: every line says so', async () => {
    const { exitCode, stdout, stderr } = await hartonomous(['doctor'], env);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^ *[✗!] /m);
    for (const line of [
      'Settings of environment Production',
      '  ✓ No settings are taken from Azure.',
      'Database Hartonomous on 127.0.0.1',
      '  ✓ Service Broker is enabled.',
      '  ✓ No message is stuck in sys.transmission_queue.',
      '  ✓ dbo.Neo4jSyncQueue is switched on.',
      '  ✓ dbo may RECEIVE from dbo.IngestionQueue.',
      '  ✓ No conversation of dbo.IngestionQueue is leaked.',
      '  ✓ The graph schema is whole: ',
      '  ✓ dbo.GraphSyncSequence is not behind the graph (at 1000000000, written up to ',
      ' ok, 0 warnings, 0 problems.',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(exitCode).toBe(0);
  });

  test('a restored database: the sequence is behind the graph, by doctor and verify, with the statement', async () => {
    // Some number that was written at all.
    const { uri, username, password } = await sharedTestNeo4j();
    await using graph = await connectNeo4j({ uri, username, password });
    await createGraphWriter(graph).apply(
      [{ entity: tenant, upserts: [], deletes: [{ entityId: 990_001n, tenantId: 990_001 }] }],
      2n,
    );
    await sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1;');
    const back = () => sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000000001;');
    onTestFinished(back);
    const { exitCode, problems, find } = await diagnosed();
    expect({ exitCode, problems }).toEqual({ exitCode: 1, problems: ['graph.sequence'] });
    expect(find('graph.sequence')?.message).toMatch(/^SEQUENCE_BEHIND: dbo\.GraphSyncSequence is at 0, /);
    const action = find('graph.sequence')?.action;
    expect(action).toMatch(/ALTER SEQUENCE \[dbo\]\.\[GraphSyncSequence\] RESTART WITH \d+; .*reconcile --repair/);

    const verified = await hartonomous(['verify'], env);
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toMatch(/ {2}✗ SEQUENCE_BEHIND: .*\n {6}.*ALTER SEQUENCE/);
    await sql.run(database, /ALTER SEQUENCE .*?;/.exec(action ?? '')?.[0] ?? '');
    expect((await hartonomous(['verify', '--json'], env)).exitCode).toBe(0);
    expect((await diagnosed()).problems).toEqual([]);
  });

  test('a sequence that is not there, or not to be seen: said, and not taken for well', async () => {
    await sql.run(database, 'DROP SEQUENCE dbo.GraphSyncSequence;');
    onTestFinished(async () => {
      await hartonomous(['database', 'deploy'], env);
      await sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000000001;');
    });
    const { warnings, find } = await diagnosed();
    expect(warnings).toContain('graph.sequence');
    expect(find('graph.sequence')?.message).toContain('there is no such sequence, or this login may not see it');
    const verified = await hartonomous(['verify', '--json'], env);
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toContain('graph.sequence');
  });

  test('the broker is off: what is stuck, and since messages are not delivered, what to do', async () => {
    const broker = (state: string) =>
      sql.run('master', `ALTER DATABASE ${database} SET ${state} WITH ROLLBACK IMMEDIATE;`);
    await broker('DISABLE_BROKER');
    onTestFinished(() => broker('ENABLE_BROKER'));
    await sql.run(
      database,
      "EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Tenant', @EntityId = 0, @SyncType = N'UPDATE', @TenantId = 0;",
    );
    // A message counts as stuck after a second.
    const { find, exitCode } = await eventually(
      async () => {
        const diagnosis = await diagnosed();
        expect(diagnosis.problems).toEqual(['broker.enabled', 'broker.transmission']);
        return diagnosis;
      },
      { timeoutMs: 60_000 },
    );
    expect(exitCode).toBe(1);
    expect(find('broker.enabled')?.action).toContain('SET ENABLE_BROKER');
    expect(find('broker.transmission')?.message).toMatch(/^1 message .* Neo4jSyncService/);
  });

  test('a queue is off, and another activates a procedure', async () => {
    await sql.run(
      database,
      'ALTER QUEUE dbo.IngestionQueue WITH STATUS = OFF;',
      `ALTER QUEUE ${syncQueue} WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.sp_HandleInitiatorMessages_Activated,
         MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);`,
    );
    onTestFinished(() =>
      sql.run(
        database,
        'ALTER QUEUE dbo.IngestionQueue WITH STATUS = ON;',
        `ALTER QUEUE ${syncQueue} WITH ACTIVATION (DROP);`,
      ),
    );
    const { exitCode, problems, find } = await diagnosed();
    expect(exitCode).toBe(1);
    expect(problems).toEqual([`queue.mode.${syncQueue}`, 'queue.status.dbo.IngestionQueue']);
    expect(find('queue.status.dbo.IngestionQueue')?.action).toContain(
      'ALTER QUEUE dbo.IngestionQueue WITH STATUS = ON;',
    );
  });

  test('a login with the role of workers sees all; one that may only look lacks RECEIVE', async () => {
    const password = 'Doctor-login!1';
    await sql.run(
      'master',
      ...['svc', 'outsider'].map((name) => `CREATE LOGIN [${name}] WITH PASSWORD = N'${password}';`),
    );
    await sql.run(
      database,
      'CREATE USER [svc] FOR LOGIN [svc];',
      'ALTER ROLE [HartonomousWorker] ADD MEMBER [svc];',
      'CREATE USER [outsider] FOR LOGIN [outsider];',
      `GRANT SELECT ON ${syncQueue} TO [outsider];`,
      ...otherQueues.map((queue) => `GRANT SELECT ON ${queue} TO [outsider];`),
      'GRANT SELECT ON dbo.HartonomousInitiatorQueue TO [outsider];',
    );
    const as = (name: string) =>
      diagnosed({
        ConnectionStrings__HartonomousDb: sql
          .connectionString(database, password)
          .replace('User Id=sa', `User Id=${name}`),
      });
    const svc = await as('svc');
    expect(svc.problems, svc.stdout).toEqual([]);
    expect(svc.find(`queue.receive.${syncQueue}`)?.message).toBe(`svc may RECEIVE from ${syncQueue}.`);
    const outsider = await as('outsider');
    expect(outsider.exitCode).toBe(1);
    expect(outsider.problems, outsider.stdout).toEqual([
      ...[syncQueue, ...otherQueues].map((queue) => `queue.receive.${queue}`),
      'permission.role',
    ]);
    expect(outsider.stdout).not.toContain(password);
  });

  test('a database that was never deployed to has no queues', async () => {
    const { exitCode, problems, find } = await diagnosed({
      ConnectionStrings__HartonomousDb: sql.connectionString('tempdb'),
    });
    expect(exitCode).toBe(1);
    expect(problems).toEqual(expect.arrayContaining([`queue.status.${syncQueue}`, 'queue.status.dbo.IngestionQueue']));
    expect(find(`queue.status.${syncQueue}`)?.action).toContain('hartonomous database deploy');
  });

  test('dead letters are a warning', async () => {
    await sql.run(
      database,
      `INSERT INTO dbo.Neo4jSyncDeadLetterQueue (ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt)
       VALUES (N'BAD', N'it is bad', N'Neo4jSyncRequest', NEWID(), SYSUTCDATETIME());`,
    );
    onTestFinished(() => sql.run(database, 'DELETE FROM dbo.Neo4jSyncDeadLetterQueue;'));
    const { exitCode, warnings, find } = await diagnosed();
    expect([exitCode, warnings]).toEqual([0, [`queue.dead-letters.${syncQueue}`]]);
    expect(find(`queue.dead-letters.${syncQueue}`)?.action).toContain('deadletter list --queue sync');
  });
});

describe('ingestion', () => {
  const job = (status: string, minutes: number, hash = 1) =>
    sql.run(
      database,
      `INSERT INTO dbo.IngestionJob (TenantId, FileName, Status, ReceivedAt, ContentHash)
       VALUES (0, N'a.txt', N'${status}', DATEADD(MINUTE, -${minutes}, SYSUTCDATETIME()), CONVERT(VARBINARY(32), ${hash}));`,
    );
  const lease = (minutes: number) =>
    sql.run(
      database,
      `INSERT INTO dbo.IngestionLease (TenantId, LeaseToken, LeaseUntil)
       VALUES (0, NEWID(), DATEADD(MINUTE, ${minutes}, SYSUTCDATETIME()));`,
    );
  const unfinished = (minutes: number) =>
    sql.run(
      database,
      `INSERT INTO dbo.IngestedDocument (TenantId, ContentHash, State, DocumentAtomId, ChangedAt)
       VALUES (0, CONVERT(VARBINARY(32), 1), N'RUNNING', 1, DATEADD(MINUTE, -${minutes}, SYSUTCDATETIME()));`,
    );
  const clean = () =>
    sql.run(
      database,
      'DELETE FROM dbo.IngestionJob; DELETE FROM dbo.IngestionLease; DELETE FROM dbo.IngestedDocument;',
    );

  test.each<[string, () => Promise<unknown>[], RegExp]>([
    ['taken off the queue, and no worker has the tenant', () => [job('QUEUED', 6)], /: 1 taken off the queue, 0 begun/],
    ['begun by a worker that has vanished', () => [job('RUNNING', 20), lease(-6)], /: 0 taken off the queue, 1 begun/],
    ['refused, and nobody undoes it', () => [job('REFUSED', 20)], /: 0 taken off the queue, 1 begun/],
  ])('a file waits for nobody: %s', async (_, given, message) => {
    onTestFinished(clean);
    await Promise.all(given());
    const { exitCode, problems, find } = await diagnosed();
    expect([exitCode, problems]).toEqual([1, ['ingestion.waiting-files']]);
    expect(find('ingestion.waiting-files')?.message).toMatch(message);
    expect(find('ingestion.waiting-files')?.action).toContain('ces-consumer');
  });

  test.each<[string, () => Promise<unknown>[]]>([
    ['the worker has the lease', () => [job('RUNNING', 20), lease(1)]],
    ['another file of its tenant is being written', () => [job('QUEUED', 20), lease(1)]],
    ['it has just been taken off the queue', () => [job('QUEUED', 1)]],
    ['its job goes on with it', () => [job('RUNNING', 20), lease(1), unfinished(20)]],
    ['it was written to a minute ago', () => [unfinished(1)]],
  ])('a file is not called forgotten when %s', async (_, given) => {
    onTestFinished(clean);
    await Promise.all(given());
    const { problems, warnings } = await diagnosed();
    expect([...problems, ...warnings]).toEqual([]);
  });

  test('a document that is unfinished and that no job is about is a warning', async () => {
    onTestFinished(clean);
    await Promise.all([unfinished(6), job('DEAD_LETTERED', 7)]);
    const { exitCode, warnings, find } = await diagnosed();
    expect([exitCode, warnings]).toEqual([0, ['ingestion.unfinished-documents']]);
    expect(find('ingestion.unfinished-documents')?.message).toMatch(/: 1\.$/);
    expect(find('ingestion.unfinished-documents')?.action).toContain('hartonomous ingest');
  });
});

describe('leaked conversations', () => {
  test('are counted in every queue that workers may receive from, on either side of a conversation', async () => {
    onTestFinished(() =>
      sql.run(
        database,
        `DECLARE @h UNIQUEIDENTIFIER;
         WHILE EXISTS (SELECT 1 FROM sys.conversation_endpoints)
         BEGIN
           SELECT TOP (1) @h = conversation_handle FROM sys.conversation_endpoints;
           END CONVERSATION @h WITH CLEANUP;
         END;`,
        'DROP SERVICE NewService;',
        'DROP QUEUE dbo.NewQueue;',
      ),
    );
    await sql.run(
      database,
      'CREATE QUEUE dbo.NewQueue;',
      'CREATE SERVICE NewService ON QUEUE dbo.NewQueue;',
      'GRANT RECEIVE ON dbo.NewQueue TO HartonomousWorker;',
      `DECLARE @h UNIQUEIDENTIFIER, @target UNIQUEIDENTIFIER;
       BEGIN DIALOG @h FROM SERVICE NewService TO SERVICE N'Neo4jSyncService' ON CONTRACT [Neo4jSyncContract] WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @h MESSAGE TYPE [Neo4jSyncRequest] (N'<a/>');
       SELECT @target = t.conversation_handle FROM sys.conversation_endpoints AS i
       INNER JOIN sys.conversation_endpoints AS t ON t.conversation_id = i.conversation_id AND t.is_initiator = 0
       WHERE i.conversation_handle = @h;
       END CONVERSATION @target;`,
    );
    const options = toMssqlOptions(parseSqlConnectionString(sql.connectionString(database)));
    await using client = await connectBroker({ sql: options, ...brokerProcedures });
    const leaked = async () => (await client.brokerHealth()).leaked;
    expect(await leaked()).toEqual([]);
    await sql.run(database, 'WAITFOR (RECEIVE TOP (1) * FROM dbo.NewQueue), TIMEOUT 5000;');
    expect(await leaked()).toEqual([{ queue: 'dbo.NewQueue', conversations: 1 }]);

    const queues = [...workerQueues.map(({ queue }) => queue), 'dbo.NewQueue'];
    const forAll = (verb: string, to: string) =>
      sql.run(database, ...queues.map((queue) => `${verb} RECEIVE ON ${queue} ${to} HartonomousWorker;`));
    onTestFinished(() => forAll('GRANT', 'TO'));
    await forAll('REVOKE', 'FROM');
    await expect(leaked()).rejects.toMatchObject({ number: 51_091 });
  });

  test('are reported, counted by a dry run, ended up to the limit, then all', async () => {
    await leak(5);
    const { exitCode, warnings, find } = await diagnosed();
    expect([exitCode, warnings]).toEqual([0, [`queue.leaked.${syncQueue}`]]);
    expect(find(`queue.leaked.${syncQueue}`)?.message).toMatch(/: 5\.$/);
    const end = (...args: readonly string[]) => hartonomous(['doctor', '--end-leaked-conversations', ...args], env);
    const dry = await end('--dry-run');
    expect(dry.stdout).toBe(
      `${[`${syncQueue}: 5`, ...otherQueues.map((queue) => `${queue}: 0`)].map((line) => `${line} leaked conversations.\n`).join('')}Nothing was changed.\n`,
    );
    expect(await endpoints()).toBe(5);
    const some = await end('--limit', '2', '--json');
    expect(JSON.parse(some.stdout)).toEqual({
      ok: true,
      dryRun: false,
      queues: [
        { queue: syncQueue, found: 2, ended: 2 },
        ...otherQueues.map((queue) => ({ queue, found: 0, ended: 0 })),
      ],
    });
    const rest = await end();
    expect(rest).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`✓ ${syncQueue}: 3 of 3 ended.`) });
    expect(await endpoints()).toBe(0);
    expect((await diagnosed()).warnings).toEqual([]);
  });

  test.each([[['--dry-run']], [['--limit', '5']], [['--end-leaked-conversations', '--limit', '0']]])(
    '%j is wrong usage',
    async (args) => {
      expect(await hartonomous(['doctor', ...args], env)).toMatchObject({ exitCode: 2 });
    },
  );
});

describe('what is away', () => {
  test('a canary that nobody syncs: everything looks ok, and the exit code is 1', async () => {
    const { exitCode, stdout } = await hartonomous(['doctor', '--canary', '1'], env);
    onTestFinished(() => sql.run(database, `RECEIVE * FROM ${syncQueue};`));
    expect(stdout.match(/^ +[✗!] .*/gm)).toEqual(['  ✗ A message about tenant 0 was not synced within 1 s.']);
    expect(stdout).toContain('Does a neo4j-sync-worker run');
    expect(exitCode).toBe(1);
  });

  test('a canary that its worker puts away: says why, and the exit code is 1', async () => {
    const asked = hartonomous(['doctor', '--canary', '60'], env);
    // What a worker does that can't write the tenant: it accounts for the message in the transaction that took it.
    await sql.run(
      database,
      `DECLARE @Received TABLE (body VARBINARY(MAX));
       BEGIN TRANSACTION;
       WAITFOR (RECEIVE message_body FROM ${syncQueue} INTO @Received), TIMEOUT 60000;
       INSERT INTO dbo.Neo4jSyncLog (Outcome, EntityType, EntityId, Detail)
       SELECT N'DEAD_LETTERED', N'Tenant', 0, N'Neo4j refuses the name' FROM @Received;
       COMMIT TRANSACTION;`,
    );
    const { exitCode, stdout } = await asked;
    expect(stdout).toContain('✗ A message about tenant 0 was dead-lettered: Neo4j refuses the name');
    expect(stdout).toContain('hartonomous deadletter list');
    expect(exitCode).toBe(1);
  });

  test('a canary that the graph has newer is not proof', async () => {
    const asked = hartonomous(['doctor', '--canary', '60'], env);
    await sql.run(
      database,
      `DECLARE @Received TABLE (body VARBINARY(MAX));
       BEGIN TRANSACTION;
       WAITFOR (RECEIVE message_body FROM ${syncQueue} INTO @Received), TIMEOUT 60000;
       INSERT INTO dbo.Neo4jSyncLog (Outcome, EntityType, EntityId) SELECT N'STALE', N'Tenant', 0 FROM @Received;
       COMMIT TRANSACTION;`,
    );
    const { exitCode, stdout } = await asked;
    expect(stdout).toContain('✗ A message about tenant 0 was left out');
    expect(exitCode).toBe(1);
  });

  test.each([
    [['--canary', '0'], "--canary 0 can't be used"],
    [['--canary', '--end-leaked-conversations'], 'are two commands'],
  ])('doctor %j is not a command line', async (args, message) => {
    const { exitCode, stderr } = await hartonomous(['doctor', ...args], env);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test('Neo4j refuses the password: exit code 3, SQL Server is looked at all the same', async () => {
    const { exitCode, problems, find, stdout } = await diagnosed({ Neo4j__Password: 'not-the-password' });
    expect([exitCode, problems]).toEqual([3, ['graph.reachable']]);
    expect(find('graph.reachable')?.message).toMatch(/^NEO4J_AUTH_FAILED: /);
    expect(find('graph.reachable')?.action).toContain('config explain Neo4j:Uri');
    expect(find('broker.enabled')?.state).toBe('ok');
    expect(stdout).not.toContain('not-the-password');
  });

  test('SQL Server refuses the login: exit code 3, Neo4j is looked at all the same', async () => {
    const changed = { ConnectionStrings__HartonomousDb: sql.connectionString(database, 'not-the-password') };
    const { exitCode, problems, find, stdout } = await diagnosed(changed);
    expect([exitCode, problems]).toEqual([3, ['database.reachable']]);
    expect(find('database.reachable')?.message).toMatch(/^BROKER_LOGIN_FAILED: /);
    expect(find('graph.schema')?.state).toBe('ok');
    expect(stdout).not.toContain('not-the-password');
  });

  test('Azure gives no settings: exit code 3, what the others say is used', async () => {
    const { exitCode, problems, find } = await diagnosed({
      Azure__TimeoutSeconds: '1',
      Azure__MaxRetries: '0',
      KeyVault__Enabled: 'true',
      KeyVault__VaultUri: 'https://127.0.0.1:1/',
    });
    expect([exitCode, problems]).toEqual([3, ['settings.azure', 'azure.host.127.0.0.1:1']]);
    expect(find('settings.azure')?.message).toMatch(/^AZURE_/);
    expect(find('graph.schema')?.state).toBe('ok');
  });

  test('settings that are wrong are said all at once: exit code 2', async () => {
    const { exitCode, stdout } = await hartonomous(['doctor', '--json'], {
      ...env,
      Neo4j__Uri: 'x',
      Neo4j__Username: '',
    });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/Neo4j:Uri.*Neo4j:Username/s);
  });
});
