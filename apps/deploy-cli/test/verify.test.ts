import { deployDatabase } from '@hartonomous/operations';
import { databaseProject } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const total = databaseProject.objects.length;
let server: TestServer;
/** Each test has a database of its own. */
let databases = 0;
const newDatabase = () => `Hartonomous${++databases}`;
const environment = (database: string, password?: string) => ({
  ConnectionStrings__HartonomousDb:
    password === undefined ? server.deployerConnectionString(database) : server.connectionString(database, password),
});

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe('verify --skip-graph', () => {
  test('passes after a deployment', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment(database));
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('✓ Service Broker is enabled');
    expect(stdout).toContain('✓ the Service Broker objects around dbo.Neo4jSyncQueue: 4 rows');
    expect(stdout).toContain('✓ service Neo4jSyncService: 1');
    expect(stdout).toContain(`✓ ${total} of ${total} objects are as in the SQL project`);
    expect(stdout).toContain('messages in dbo.Neo4jSyncQueue: 1');
    expect(exitCode).toBe(0);
  });

  test('a missing database is said with what to do', async () => {
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment('Nowhere'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ database Nowhere is missing\n      Run: hartonomous database deploy');
  });

  test('each thing that is wrong is a line with what to do', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run(
      database,
      'DROP SERVICE [IngestionService];',
      'ALTER QUEUE [dbo].[IngestionQueue] WITH STATUS = OFF;',
      'DROP PROCEDURE [dbo].[sp_LogNeo4jSync];',
    );
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph', '--json'], environment(database));
    expect(exitCode).toBe(1);
    const { subjects } = JSON.parse(stdout);
    const wrong = subjects[0].checks.filter((check: { ok: boolean }) => !check.ok);
    expect(wrong.map((check: { id: string }) => check.id)).toEqual([
      'broker.set.IngestionQueue',
      'broker.count.IngestionService',
      'queue.status.dbo.IngestionQueue',
      'objects',
      'object.service.IngestionService',
      'object.procedure.dbo.sp_LogNeo4jSync',
    ]);
    for (const check of wrong) expect(check.action).not.toBe(null);
  });

  test('a queue with both workers and activation is reported', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run(
      database,
      // A queue of its own reader, so that nothing turns the activation off again while the test looks.
      'CREATE PROCEDURE [dbo].[sp_Idle] AS SET NOCOUNT ON;',
      `ALTER QUEUE [dbo].[IngestionQueue] WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = [dbo].[sp_Idle], MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);`,
    );
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ dbo\.IngestionQueue also activates .*sp_Idle.* inside SQL Server, which takes messages/);
    expect(stdout).toContain('ALTER QUEUE dbo.IngestionQueue WITH ACTIVATION (STATUS = OFF);');
  });

  test('a queue of a procedure whose activation is off is reported', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run(database, 'ALTER QUEUE [dbo].[HartonomousInitiatorQueue] WITH ACTIVATION (STATUS = OFF);');
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      '✗ dbo.HartonomousInitiatorQueue has its activation of dbo.sp_HandleInitiatorMessages_Activated off.\n' +
        '      Run: hartonomous database deploy',
    );
  });

  test('a database of an older version is compared to the end', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run(database, 'DROP TABLE [dbo].[MessageRetry];');
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ table dbo.MessageRetry is missing');
    expect(stdout).not.toContain('Incomplete');
  });

  test('a disabled broker is reported', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run('master', `ALTER DATABASE [${database}] SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;`);
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Service Broker is switched off in the database');
  });

  test('a login whose database cannot be opened: 4060, and no claim that all is well', async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    await server.run('master', "CREATE LOGIN [Stranger] WITH PASSWORD = N'Str4nger!';");
    const env = {
      ConnectionStrings__HartonomousDb: server
        .connectionString(database, 'Str4nger!')
        .replace('User Id=sa', 'User Id=Stranger'),
    };
    const listed = await hartonomous(['deadletter', 'list'], env);
    expect(listed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('DATABASE_UNAVAILABLE') });
    const { exitCode, stdout } = await hartonomous(['verify', '--skip-graph'], env);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/✗ DATABASE_UNAVAILABLE: SQL Server error 4060 while connecting.*Cannot open database/);
    expect(stdout).not.toContain('Check User Id and Password');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '✗ Incomplete: SQL Server could not be checked to the end (see above). 1 check passed, 0 failed.',
    );
  });
});
