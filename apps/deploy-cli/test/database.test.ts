import { parseSqlConnectionString } from '@hartonomous/config-loader';
import {
  DatabaseDriftError,
  type DatabaseProgress,
  deployDatabase,
  hasChanges,
  openSqlServer,
} from '@hartonomous/operations';
import { databaseProject } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const total = databaseProject.objects.length;
const expanding = databaseProject.migrations.filter((migration) => migration.class === 'expand');
let server: TestServer;
/** Each test has a database of its own. */
let databases = 0;
const newDatabase = () => `Hartonomous${++databases}`;
const environment = (database: string, password?: string) => ({
  ConnectionStrings__HartonomousDb:
    password === undefined ? server.deployerConnectionString(database) : server.connectionString(database, password),
});

/** Tenant, Atom and AtomProvenance as the first release had them, and a row of each. */
const olderTables = [
  `CREATE TABLE [dbo].[Tenant] (
     [TenantId] INT NOT NULL,
     [Name] NVARCHAR(200) NOT NULL,
     [CreatedAt] DATETIME2(7) NOT NULL CONSTRAINT [DF_Tenant_CreatedAt] DEFAULT (SYSUTCDATETIME()),
     CONSTRAINT [PK_Tenant] PRIMARY KEY CLUSTERED ([TenantId])
   );`,
  `CREATE TABLE [dbo].[Atom] (
     [AtomId] BIGINT IDENTITY (1, 1) NOT NULL,
     [TenantId] INT NOT NULL,
     [AtomType] NVARCHAR(64) NOT NULL CONSTRAINT [DF_Atom_AtomType] DEFAULT (N'generic'),
     [ContentType] NVARCHAR(256) NULL,
     [ContentHash] VARBINARY(32) NULL,
     [CanonicalText] NVARCHAR(MAX) NULL,
     [Metadata] NVARCHAR(MAX) NULL,
     [SyncType] NVARCHAR(16) NOT NULL CONSTRAINT [DF_Atom_SyncType] DEFAULT (N'CREATE'),
     [CreatedAt] DATETIME2(7) NOT NULL CONSTRAINT [DF_Atom_CreatedAt] DEFAULT (SYSUTCDATETIME()),
     CONSTRAINT [PK_Atom] PRIMARY KEY CLUSTERED ([AtomId]),
     CONSTRAINT [UQ_Atom_AtomId_TenantId] UNIQUE ([AtomId], [TenantId]),
     CONSTRAINT [FK_Atom_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
     CONSTRAINT [CK_Atom_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
     CONSTRAINT [CK_Atom_SyncType] CHECK ([SyncType] IN (N'CREATE', N'UPDATE', N'DELETE')),
     INDEX [IX_Atom_TenantId_ContentHash] NONCLUSTERED ([TenantId], [ContentHash])
   );`,
  // Without its indexes, which are added too.
  `CREATE TABLE [dbo].[AtomProvenance] (
     [AtomProvenanceId] BIGINT IDENTITY (1, 1) NOT NULL,
     [TenantId] INT NOT NULL,
     [ChildAtomId] BIGINT NOT NULL,
     [ParentAtomId] BIGINT NOT NULL,
     [RelationType] NVARCHAR(32) NOT NULL CONSTRAINT [DF_AtomProvenance_RelationType] DEFAULT (N'DERIVED_FROM'),
     [DerivationType] NVARCHAR(64) NULL,
     [SequenceNumber] INT NULL,
     [CreatedAt] DATETIME2(7) NOT NULL CONSTRAINT [DF_AtomProvenance_CreatedAt] DEFAULT (SYSUTCDATETIME()),
     CONSTRAINT [PK_AtomProvenance] PRIMARY KEY CLUSTERED ([AtomProvenanceId]),
     CONSTRAINT [FK_AtomProvenance_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
     CONSTRAINT [FK_AtomProvenance_ChildAtom] FOREIGN KEY ([ChildAtomId], [TenantId])
       REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
     CONSTRAINT [FK_AtomProvenance_ParentAtom] FOREIGN KEY ([ParentAtomId], [TenantId])
       REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
     CONSTRAINT [CK_AtomProvenance_RelationType] CHECK ([RelationType] IN (N'DERIVED_FROM', N'MERGED_FROM')),
     CONSTRAINT [CK_AtomProvenance_NotItself] CHECK ([ChildAtomId] <> [ParentAtomId])
   );`,
  `INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (7, N'older');
   INSERT INTO [dbo].[Atom] ([TenantId], [ContentType]) VALUES (7, N'text/plain'), (7, N'text/html');
   INSERT INTO [dbo].[AtomProvenance] ([TenantId], [ChildAtomId], [ParentAtomId]) VALUES (7, 2, 1);`,
];

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe('database deploy', () => {
  test('creates the database and every object, and says each', async () => {
    const database = newDatabase();
    const { exitCode, stdout, stderr } = await hartonomous(['database', 'deploy'], environment(database));
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Database ${database}: created`);
    expect(stdout).toContain('table dbo.Atom: created');
    expect(stdout).toContain(`${total} objects created, 0 altered, 0 unchanged`);
    expect(await server.value(database, 'SELECT t.[Name] FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = 0;')).toBe(
      'System',
    );
    expect(
      await server.value(
        'master',
        `SELECT d.is_broker_enabled FROM sys.databases AS d WHERE d.[name] = N'${database}';`,
      ),
    ).toBe(true);
  });

  test('a second run changes nothing and says so', async () => {
    const connection = server.deployerConnectionString(newDatabase());
    const first = await deployDatabase({ connection });
    expect(first.created).toHaveLength(total);
    const second = await deployDatabase({ connection });
    expect(hasChanges(second)).toBe(false);
    expect(second).toMatchObject({ created: [], altered: [], drift: [], databaseCreated: false, brokerEnabled: false });
    expect(second.unchanged).toHaveLength(total);
    const { stdout } = await hartonomous(['database', 'deploy', '--connection-string', connection]);
    expect(stdout).toContain('✓ Nothing changed');
  });

  test('a third run does not repeat what the post-deployment script did', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    for (let run = 0; run < 3; run += 1) await deployDatabase({ connection });
    expect(await server.value(database, 'SELECT COUNT(*) AS n FROM [dbo].[Neo4jSyncQueue] WITH (NOLOCK);')).toBe(1);
  });

  test('--dry-run shows the plan and leaves the server alone', async () => {
    const database = newDatabase();
    const { exitCode, stdout } = await hartonomous(['database', 'deploy', '--dry-run'], environment(database));
    expect(exitCode).toBe(10);
    expect(stdout).toContain(`Database ${database}: would be created`);
    expect(stdout).toContain('procedure dbo.sp_EnqueueNeo4jSync: would be created');
    expect(stdout).toContain('Nothing was changed.');
    expect(
      await server.value('master', `SELECT COUNT(*) AS n FROM sys.databases AS d WHERE d.[name] = N'${database}';`),
    ).toBe(0);
  });

  test('progress counts every object up to the total', async () => {
    const progress: DatabaseProgress[] = [];
    await deployDatabase({
      connection: server.deployerConnectionString(newDatabase()),
      onProgress: (step) => progress.push(step),
    });
    const positions = progress.flatMap((step) => (step.type === 'object' ? [step.position] : []));
    expect(positions).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(progress.at(-1)).toEqual({ type: 'postDeployment', path: databaseProject.postDeployment.at(-1) });
  });

  test('a procedure whose text differs is rewritten, and only that one', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run(
      database,
      'CREATE OR ALTER PROCEDURE [dbo].[sp_PurgeNeo4jSyncLog] @RetentionDays INT = 30 AS BEGIN SET NOCOUNT ON; END;',
    );
    const { altered, unchanged, created } = await deployDatabase({ connection });
    expect(altered).toEqual([{ kind: 'procedure', schema: 'dbo', name: 'sp_PurgeNeo4jSyncLog' }]);
    expect(unchanged).toHaveLength(total - 1);
    expect(created).toEqual([]);
    expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  });

  test('a missing object is created, and nothing else', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run(database, 'DROP PROCEDURE [dbo].[sp_PurgeNeo4jSyncLog];');
    const { created, altered } = await deployDatabase({ connection });
    expect(created).toEqual([{ kind: 'procedure', schema: 'dbo', name: 'sp_PurgeNeo4jSyncLog' }]);
    expect(altered).toEqual([]);
  });

  test('tables of an older deployment get what they lack, and their rows stay', async () => {
    const database = newDatabase();
    await server.createDatabase(database);
    const connection = server.deployerConnectionString(database);
    await server.run(database, ...olderTables);
    const planned = await hartonomous(['database', 'deploy', '--dry-run'], environment(database));
    expect(planned).toMatchObject({ exitCode: 10, stderr: '' });
    expect(planned.stdout).toContain('table dbo.Atom: would be extended by column AtomicValue, column ReferenceCount');
    expect(planned.stdout).toContain('Migration 1 (atom-sync-type-is-a-word): would be applied');
    expect(planned.stdout).toContain(`${expanding.length} migrations applied`);
    expect(await server.value(database, "SELECT COL_LENGTH(N'dbo.Atom', N'AtomicValue') AS n;")).toBe(null);

    const deployed = await hartonomous(['database', 'deploy', '--json'], environment(database));
    expect(deployed, deployed.stdout).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      changed: true,
      migrations: {
        // Those of rules come before the tables, those of rows after them.
        applied: expect.toSatisfy((applied: readonly { number: number; name: string }[]) => {
          const byNumber = applied.toSorted((one, other) => one.number - other.number);
          expect(byNumber).toEqual(expanding.map(({ number, name }) => ({ number, name })));
          return true;
        }),
        baseline: [],
        contract: [{ name: 'atom-embedding-goes' }],
      },
      extended: [
        { name: 'Atom', additions: expect.arrayContaining(['column Embedding', 'constraint CK_Atom_Embedding']) },
        {
          name: 'AtomProvenance',
          additions: expect.arrayContaining(['column StartOffset', 'index IX_AtomProvenance_ChildAtomId']),
        },
      ],
    });
    const row = "FROM [dbo].[Atom] AS a WHERE a.[ContentType] = N'text/plain';";
    expect(await server.value(database, `SELECT a.[ReferenceCount] ${row}`)).toBe(1);
    await expect(server.run(database, "UPDATE [dbo].[Atom] SET [Classification] = N'other';")).rejects.toThrow(
      'CK_Atom_Classification',
    );
    expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  });

  test('rows that break a new rule stop the deployment, and nothing of the rule is there', async () => {
    const database = newDatabase();
    await server.createDatabase(database);
    await server.run(
      database,
      ...olderTables,
      'ALTER TABLE [dbo].[Atom] DROP CONSTRAINT [CK_Atom_Metadata];',
      "UPDATE [dbo].[Atom] SET [Metadata] = N'no json';",
    );
    const { exitCode, stderr } = await hartonomous(['database', 'deploy'], environment(database));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/extending table dbo\.Atom[\s\S]*CK_Atom_Metadata/);
    expect(await server.value(database, "SELECT COL_LENGTH(N'dbo.Atom', N'AtomicValue') AS n;")).toBe(null);
  });

  test('activation that was switched off or changed is put back, and nothing else is done', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    const queue = { kind: 'queue', schema: 'dbo', name: 'HartonomousInitiatorQueue' };
    const changes = [
      'ACTIVATION (STATUS = OFF)',
      'ACTIVATION (MAX_QUEUE_READERS = 7)',
      'ACTIVATION (DROP)',
      'ACTIVATION (EXECUTE AS SELF)',
    ];
    for (const change of changes) {
      await server.run(database, `ALTER QUEUE [dbo].[HartonomousInitiatorQueue] WITH ${change};`);
      expect(await deployDatabase({ connection }), change).toMatchObject({ altered: [queue], created: [], drift: [] });
      expect(hasChanges(await deployDatabase({ connection })), change).toBe(false);
    }
    expect(
      await server.value(
        database,
        `SELECT q.[max_readers] FROM sys.service_queues AS q
         WHERE q.[name] = N'HartonomousInitiatorQueue' AND q.[is_activation_enabled] = 1;`,
      ),
    ).toBe(1);
  });

  test('a broker that is off is enabled', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run('master', `ALTER DATABASE [${database}] SET DISABLE_BROKER WITH ROLLBACK IMMEDIATE;`);
    expect((await deployDatabase({ connection })).brokerEnabled).toBe(true);
    expect((await deployDatabase({ connection })).brokerEnabled).toBe(false);
  });
});

describe('database contract', () => {
  test('checks first, and removes what only older workers used when confirmed', async () => {
    const database = newDatabase();
    const env = { ...environment(database), Neo4j__Enabled: 'False' };
    await server.run('master', 'GRANT VIEW SERVER STATE TO [hartonomous-deployer];');
    const deployed = await hartonomous(['database', 'deploy'], env);
    expect(deployed.stdout).toContain('hartonomous database contract --dry-run');
    for (const args of [[], ['--yes', '--dry-run'], ['--yes', '--watch', '0']]) {
      expect(await hartonomous(['database', 'contract', ...args], env)).toMatchObject({ exitCode: 2 });
    }
    const planned = await hartonomous(['database', 'contract', '--dry-run', '--watch', '1'], env);
    expect(planned).toMatchObject({ exitCode: 10, stderr: '' });
    expect(planned.stdout).toContain('(atom-embedding-goes): would be applied');
    expect(planned.stdout).toContain('the graph was left out');
    const done = await hartonomous(['database', 'contract', '--yes', '--watch', '1', '--json'], env);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ...{ ok: true, changed: true, database, graph: null, olderSessions: [] },
      migrations: [{ name: 'atom-embedding-goes' }],
    });
    expect(await server.value(database, "SELECT COL_LENGTH(N'dbo.Atom', N'Embedding') AS n;")).toBeNull();
    expect(await hartonomous(['database', 'contract', '--dry-run'], env)).toMatchObject({ exitCode: 0 });
    const again = await hartonomous(['database', 'deploy'], env);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing changed') });
  });

  test('an older worker is named and stops it', async () => {
    const database = newDatabase();
    const env = { ...environment(database), Neo4j__Enabled: 'False' };
    await server.run('master', 'GRANT VIEW SERVER STATE TO [hartonomous-deployer];');
    await hartonomous(['database', 'deploy'], env);
    const name = "Application Name='Hartonomous neo4j-sync-worker (schema 1)'";
    await using older = await openSqlServer(
      parseSqlConnectionString(`${environment(database).ConnectionStrings__HartonomousDb}${name}`),
    );
    await older.run('SELECT 1 AS n;');
    const { exitCode, stdout } = await hartonomous(['database', 'contract', '--dry-run', '--watch', '1'], env);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Hartonomous neo4j-sync-worker (schema 1) on');
    const refused = await hartonomous(['database', 'contract', '--yes', '--watch', '1'], env);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^OLDER_PROGRAMS: /) });
  });
});

describe('drift', () => {
  test('columns that differ stop the deployment before it changes anything', async () => {
    const database = newDatabase();
    await server.createDatabase(database);
    const connection = server.deployerConnectionString(database);
    await server.run(
      database,
      'CREATE TABLE [dbo].[Tenant] ([TenantId] INT NOT NULL CONSTRAINT [PK_Tenant] PRIMARY KEY, [Name] NVARCHAR(50) NULL, [Extra] INT NOT NULL);',
    );
    const { exitCode, stderr } = await hartonomous(['database', 'deploy'], environment(database));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^DATABASE_DRIFT: /);
    expect(stderr).toContain('table dbo.Tenant: column Name is nvarchar(50) null, expected nvarchar(200) not null');
    expect(stderr).toContain('table dbo.Tenant: column CreatedAt is missing, expected datetime2(7) not null');
    expect(stderr).toContain('table dbo.Tenant: column Extra (int not null) is not in the SQL project');
    expect(stderr).toContain('ALTER TABLE [dbo].[Tenant] ALTER COLUMN [Extra] INT NULL;');
    expect(stderr).toContain('ALTER TABLE [dbo].[Tenant] ALTER COLUMN [Name] NVARCHAR(200) NOT NULL;');
    await expect(deployDatabase({ connection })).rejects.toBeInstanceOf(DatabaseDriftError);
    expect(await server.value(database, `SELECT COUNT(*) AS n FROM sys.procedures;`)).toBe(0);
  });

  test('Service Broker objects and table types are compared too', async () => {
    const database = newDatabase();
    await server.createDatabase(database);
    await server.run(
      database,
      'CREATE MESSAGE TYPE [Neo4jSyncRequest] VALIDATION = NONE;',
      'CREATE CONTRACT [Neo4jSyncContract] ([Neo4jSyncRequest] SENT BY ANY);',
      'CREATE QUEUE [dbo].[Neo4jSyncQueue] WITH RETENTION = ON;',
      'CREATE TYPE [dbo].[Neo4jSyncRequestList] AS TABLE ([EntityId] INT NOT NULL);',
    );
    const { exitCode, stdout } = await hartonomous(['database', 'deploy', '--dry-run'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('message type Neo4jSyncRequest: validation is NONE, expected WELL_FORMED_XML');
    expect(stdout).toContain(
      'contract Neo4jSyncContract: message type Neo4jSyncRequest is sent by any, expected sent by initiator',
    );
    expect(stdout).toContain('queue dbo.Neo4jSyncQueue: would be altered');
    expect(stdout).toContain('ALTER MESSAGE TYPE [Neo4jSyncRequest] VALIDATION = WELL_FORMED_XML;');
    expect(stdout).toContain(
      'table type dbo.Neo4jSyncRequestList: column EntityId is int not null, expected bigint not null',
    );
  });

  test('activation on a queue that a worker reads is reported, with the statement that removes it', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run(
      database,
      `CREATE PROCEDURE [dbo].[sp_Mine] AS BEGIN SET NOCOUNT ON; END;`,
      `ALTER QUEUE [dbo].[IngestionQueue] WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = [dbo].[sp_Mine],
         MAX_QUEUE_READERS = 2, EXECUTE AS OWNER);`,
    );
    const { exitCode, stderr } = await hartonomous(['database', 'deploy'], environment(database));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'queue dbo.IngestionQueue: activation is dbo.sp_Mine (at most 2 readers, as owner), expected off',
    );
    const [, remedy = ''] = /(ALTER QUEUE .*;)/.exec(stderr) ?? [];
    await server.run(database, remedy);
    expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  });

  test('--allow-drift deploys all else and leaves the different object as it is', async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run(
      database,
      "ALTER TABLE [dbo].[Atom] ADD [Note] NVARCHAR(10) NOT NULL CONSTRAINT [DF_Note] DEFAULT (N'');",
      'DROP PROCEDURE [dbo].[sp_LogNeo4jSync];',
    );
    const { exitCode, stdout } = await hartonomous(['database', 'deploy', '--allow-drift'], environment(database));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('column Note (nvarchar(10) not null) is not in the SQL project');
    expect(stdout).toContain('1 object created');
    expect(await server.value(database, `SELECT COL_LENGTH(N'dbo.Atom', N'Note') AS n;`)).toBe(20);
  });

  test("an operator's own column that may be NULL is named and left alone; diff prints the T-SQL of the rest", async () => {
    const database = newDatabase();
    await deployDatabase({ connection: server.deployerConnectionString(database) });
    const same = await hartonomous(['database', 'diff'], environment(database));
    expect(same).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('Nothing differs') });
    await server.run(
      database,
      'ALTER TABLE [dbo].[User] ADD [Phone] NVARCHAR(30) NULL;',
      'ALTER QUEUE [dbo].[Neo4jSyncQueue] WITH RETENTION = ON;',
      'ALTER TABLE [dbo].[User] ALTER COLUMN [DisplayName] NVARCHAR(300) NULL;',
    );
    const { exitCode, stdout } = await hartonomous(['database', 'diff'], environment(database));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('-- table dbo.User');
    expect(stdout).not.toContain('ALTER COLUMN [Phone]');
    // What it prints is a script: run as it is, nothing but the own column is left.
    const batches = stdout.split(/^GO$/m).map((batch) => batch.trim());
    for (const batch of batches) if (/^(?!--).*;$/m.test(batch)) await server.run(database, batch);
    const after = await hartonomous(['database', 'deploy', '--json'], environment(database));
    expect(JSON.parse(after.stdout)).toMatchObject({
      changed: false,
      own: [{ name: 'User', columns: ['column Phone (nvarchar(30) null)'] }],
    });
  });

  test("an operator's own index is not drift", async () => {
    const database = newDatabase();
    const connection = server.deployerConnectionString(database);
    await deployDatabase({ connection });
    await server.run(database, 'CREATE INDEX [IX_Tuning] ON [dbo].[Atom] ([CreatedAt]);');
    expect(hasChanges(await deployDatabase({ connection }))).toBe(false);
  });
});

describe('refusals', () => {
  test('a wrong password: exit code 3, the password is not shown', async () => {
    const { exitCode, stderr } = await hartonomous(['database', 'deploy'], environment('Hartonomous', 'Wr0ng!Secret'));
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^BROKER_LOGIN_FAILED: /);
    expect(stderr).not.toContain('Wr0ng!Secret');
  });

  test('--json gives the error as a document', async () => {
    const { exitCode, stdout, stderr } = await hartonomous(
      ['database', 'deploy', '--json'],
      environment('Hartonomous', 'Wr0ng!Secret'),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'BROKER_LOGIN_FAILED' } });
  });
});
