import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DatabaseDriftError,
  DatabaseNewerError,
  type DatabaseProgress,
  deployDatabase,
  hasChanges,
  MigrationChangedError,
  MigrationFailedError,
} from '../src/index.ts';
import { type TestMigration, testProject } from './test-project.ts';

let server: TestServer;
let databases = 0;
const newDatabase = () => `Migrated${++databases}`;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const jobTable = (statuses: string, more = '') => `CREATE TABLE [dbo].[Job] (
    [JobId]  INT NOT NULL,
    [Status] NVARCHAR(16) NOT NULL CONSTRAINT [DF_Job_Status] DEFAULT (N'NEW'),
    ${more}
    CONSTRAINT [PK_Job] PRIMARY KEY ([JobId]),
    CONSTRAINT [CK_Job_Status] CHECK ([Status] IN (${statuses}))
);`;
const older = jobTable("N'NEW', N'BROKEN'");
const newer = jobTable("N'NEW', N'FAILED'");

/** BROKEN becomes FAILED: the rule gives way, the rows move, the new rule comes. */
const renameStatus: TestMigration = {
  settles: [{ object: 'table dbo.Job', what: 'constraint CK_Job_Status' }],
  sql: `SET XACT_ABORT ON;
    IF EXISTS (SELECT 1 FROM sys.check_constraints AS c WHERE c.[name] = N'CK_Job_Status' AND c.[definition] LIKE N'%BROKEN%')
    BEGIN
      BEGIN TRANSACTION;
      ALTER TABLE [dbo].[Job] DROP CONSTRAINT [CK_Job_Status];
      UPDATE [dbo].[Job] SET [Status] = N'FAILED' WHERE [Status] = N'BROKEN';
      ALTER TABLE [dbo].[Job] ADD CONSTRAINT [CK_Job_Status] CHECK ([Status] IN (N'NEW', N'FAILED'));
      COMMIT TRANSACTION;
    END;`,
};

/** A database of the older project with two rows. */
async function olderDatabase(table = older): Promise<{ readonly database: string; readonly connection: string }> {
  const database = newDatabase();
  const connection = server.deployerConnectionString(database);
  using before = testProject({ Job: table });
  await deployDatabase({ connection, project: before.project });
  await server.run(database, "INSERT INTO [dbo].[Job] ([JobId], [Status]) VALUES (1, N'NEW'), (2, N'BROKEN');");
  return { database, connection };
}

const records = (database: string) =>
  server.rows(
    database,
    'SELECT m.[MigrationNumber] AS [number], m.[Class] AS [class], m.[Outcome] AS [outcome] FROM [dbo].[SchemaMigration] AS m ORDER BY 1;',
  );
const statuses = async (database: string) =>
  (await server.rows(database, 'SELECT j.[Status] FROM [dbo].[Job] AS j ORDER BY j.[JobId];')).map((row) => row.Status);

describe('a migration', () => {
  test('changes a rule and moves the rows with it, once', async () => {
    const { database, connection } = await olderDatabase();
    using after = testProject({ Job: newer }, [renameStatus]);
    const { project } = after;
    const planned = await deployDatabase({ connection, project, dryRun: true });
    expect(planned).toMatchObject({ migrations: { applied: [{ number: 1, name: 'step-1' }] }, drift: [] });
    expect(planned.migrated).toMatchObject([{ name: 'Job' }]);
    expect(await statuses(database)).toEqual(['NEW', 'BROKEN']);

    const progress: DatabaseProgress[] = [];
    const deployed = await deployDatabase({ connection, project, onProgress: (step) => progress.push(step) });
    expect(deployed).toMatchObject({ migrations: planned.migrations, migrated: planned.migrated, unchanged: [{}] });
    expect(progress.flatMap((step) => (step.type === 'migration' ? [step.state] : []))).toEqual(['started', 'applied']);
    expect(await statuses(database)).toEqual(['NEW', 'FAILED']);
    expect(await records(database)).toEqual([{ number: 1, class: 'EXPAND', outcome: 'APPLIED' }]);
    await expect(server.run(database, "UPDATE [dbo].[Job] SET [Status] = N'BROKEN';")).rejects.toThrow('CK_Job_Status');
    expect(hasChanges(await deployDatabase({ connection, project }))).toBe(false);
  });

  test('is only recorded in a new database, of whatever class it is', async () => {
    const database = newDatabase();
    const refused = { sql: "THROW 50000, N'must not run', 1;" };
    using created = testProject({ Job: newer }, [refused, { ...refused, class: 'contract' }]);
    const deployed = await deployDatabase({
      connection: server.deployerConnectionString(database),
      project: created.project,
    });
    expect(deployed.migrations).toMatchObject({ applied: [], baseline: [{ number: 1 }, { number: 2 }], contract: [] });
    expect(await records(database)).toEqual([
      { number: 1, class: 'EXPAND', outcome: 'BASELINE' },
      { number: 2, class: 'CONTRACT', outcome: 'BASELINE' },
    ]);
  });

  test('that takes something away is left for its own command, and what it will take away stops nothing', async () => {
    const { database, connection } = await olderDatabase(jobTable("N'NEW', N'BROKEN'", '[Note] INT NULL,'));
    const dropNote: TestMigration = {
      class: 'contract',
      settles: [{ object: 'table dbo.Job', what: 'column Note' }],
      sql: 'ALTER TABLE [dbo].[Job] DROP COLUMN [Note];',
    };
    using after = testProject({ Job: older }, [dropNote]);
    const deployed = await deployDatabase({ connection, project: after.project });
    expect(deployed.migrations).toMatchObject({ applied: [], contract: [{ number: 1 }] });
    expect(hasChanges(deployed)).toBe(false);
    expect(await server.value(database, "SELECT COL_LENGTH(N'dbo.Job', N'Note') AS n;")).toBe(4);
    expect(await records(database)).toEqual([]);
  });

  test('after the objects drops a rule that the project has no more', async () => {
    const { database, connection } = await olderDatabase();
    const dropRule: TestMigration = {
      phase: 'after',
      sql: 'ALTER TABLE [dbo].[Job] DROP CONSTRAINT IF EXISTS [CK_Job_Status];',
    };
    const without = older.replace(/,\s*CONSTRAINT \[CK_Job_Status\].*/, '\n);').replace(/\);\n\);$/, ');');
    using after = testProject({ Job: without }, [dropRule]);
    await deployDatabase({ connection, project: after.project });
    await server.run(database, "UPDATE [dbo].[Job] SET [Status] = N'ANYTHING';");
    expect(await records(database)).toHaveLength(1);
  });

  test('that SQL Server refuses is not recorded, those before it are, and the next deployment goes on there', async () => {
    const { database, connection } = await olderDatabase();
    const copy = { sql: "UPDATE [dbo].[Job] SET [Status] = N'NEW' WHERE [JobId] = 2;" };
    using failing = testProject({ Job: older }, [copy, { sql: "THROW 50001, N'not today', 1;" }]);
    const failure = await deployDatabase({ connection, project: failing.project }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationFailedError);
    expect(failure).toMatchObject({
      code: 'MIGRATION_FAILED',
      number: 2,
      message: expect.stringContaining('not today'),
    });
    expect(await records(database)).toHaveLength(1);
    using fixed = testProject({ Job: older }, [copy, { sql: 'SELECT 1 AS n;' }]);
    const { migrations } = await deployDatabase({ connection, project: fixed.project });
    expect(migrations.applied).toEqual([{ number: 2, name: 'step-2' }]);
  });

  test('that leaves a transaction open has changed nothing', async () => {
    const { database, connection } = await olderDatabase();
    using open = testProject({ Job: older }, [{ sql: 'BEGIN TRANSACTION; DELETE FROM [dbo].[Job];' }]);
    await expect(deployDatabase({ connection, project: open.project })).rejects.toThrow('left a transaction open');
    expect(await statuses(database)).toHaveLength(2);
    expect(await records(database)).toEqual([]);
  });

  test('that does not settle what it says is an error, not a success', async () => {
    const { connection } = await olderDatabase();
    using idle = testProject({ Job: newer }, [{ ...renameStatus, sql: 'SELECT 1 AS n;' }]);
    const failure = await deployDatabase({ connection, project: idle.project }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseDriftError);
    expect(failure).toMatchObject({ message: expect.stringContaining('migration 1 (step-1) has been applied') });
  });
});

describe('what is refused before anything is changed', () => {
  test('a migration with another text than when it was applied', async () => {
    const { connection } = await olderDatabase();
    using first = testProject({ Job: older }, [{ sql: 'SELECT 1 AS n;' }]);
    await deployDatabase({ connection, project: first.project });
    using changed = testProject({ Job: older }, [{ sql: 'SELECT 2 AS n;' }]);
    for (const dryRun of [true, false]) {
      const failure = await deployDatabase({ connection, project: changed.project, dryRun }).catch((e: unknown) => e);
      expect(failure).toBeInstanceOf(MigrationChangedError);
      expect(failure).toMatchObject({ code: 'MIGRATION_CHANGED', migrations: [{ number: 1, name: 'step-1' }] });
    }
  });

  test('a database that is newer than the program', async () => {
    const { connection } = await olderDatabase();
    using next = testProject({ Job: older }, [{ sql: 'SELECT 1 AS n;' }, { sql: 'SELECT 2 AS n;' }]);
    await deployDatabase({ connection, project: next.project });
    using before = testProject({ Job: newer }, [{ sql: 'SELECT 1 AS n;' }]);
    const failure = await deployDatabase({ connection, project: before.project, allowDrift: true }).catch((e) => e);
    expect(failure).toBeInstanceOf(DatabaseNewerError);
    expect(failure).toMatchObject({ code: 'DATABASE_NEWER', migrations: [{ number: 2, name: 'step-2' }] });
  });

  test('a rule with another text and no migration, with the statement that changes it', async () => {
    const { database, connection } = await olderDatabase();
    await server.run(database, 'DELETE FROM [dbo].[Job];');
    using after = testProject({ Job: newer });
    const { project } = after;
    const failure = await deployDatabase({ connection, project }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseDriftError);
    if (!(failure instanceof DatabaseDriftError)) throw failure;
    const [{ what, expected, found, remedy, migration } = failure.drift[0]!] = failure.drift;
    expect({ what, migration }).toEqual({ what: 'constraint CK_Job_Status', migration: null });
    expect(expected).toContain('FAILED');
    expect(found).toContain('BROKEN');
    expect(failure.message).toContain(remedy);
    await server.run(database, remedy ?? '');
    expect(hasChanges(await deployDatabase({ connection, project }))).toBe(false);
  });

  test('a default that has another value, with the statement that changes it', async () => {
    const { database, connection } = await olderDatabase();
    using after = testProject({ Job: older.replace("DEFAULT (N'NEW')", "DEFAULT (N'BROKEN')") });
    const { project } = after;
    const { drift } = await deployDatabase({ connection, project, dryRun: true });
    expect(drift).toMatchObject([{ what: 'constraint DF_Job_Status', expected: expect.stringContaining('BROKEN') }]);
    await server.run(database, drift[0]?.remedy ?? '');
    expect(hasChanges(await deployDatabase({ connection, project }))).toBe(false);
  });
});

describe('two deployments at once', () => {
  test('of a database that is there: one applies the migrations, the other waits and finds nothing to do', async () => {
    const { connection } = await olderDatabase();
    using after = testProject({ Job: newer }, [renameStatus]);
    const progress: DatabaseProgress['type'][] = [];
    const onProgress = (step: DatabaseProgress) => progress.push(step.type);
    const deploy = () => deployDatabase({ connection, project: after.project, onProgress });
    const both = await Promise.all([deploy(), deploy()]);
    expect(both.map(({ migrations }) => migrations.applied.length).sort()).toEqual([0, 1]);
    expect(progress.filter((type) => type === 'waiting')).toHaveLength(1);
  });

  test('of one that is not there: one creates it', async () => {
    const connection = server.deployerConnectionString(newDatabase());
    using project = testProject({ Job: newer }, [renameStatus]);
    const both = await Promise.all([1, 2].map(() => deployDatabase({ connection, project: project.project })));
    expect(both.map(({ databaseCreated }) => databaseCreated).sort()).toEqual([false, true]);
    expect(both.map(({ created }) => created.length).sort()).toEqual([0, 2]);
  });
});
