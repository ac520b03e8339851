import type { TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import type { Fault } from './fault.ts';

const sync = 'dbo.Neo4jSyncQueue';

/** Of queues, objects and permissions: what an administrator's doctor sees and can fix. */
export function objectFaults(sql: TestServer, database: string): readonly Fault[] {
  const run = (...statements: readonly string[]) => sql.run(database, ...statements);
  const nothing = async () => undefined;
  const fixed = (name: string, statements: readonly string[], finds: Fault['finds']): Fault => ({
    ...{ name, finds, isFixed: true, seed: () => run(...statements), undo: nothing },
  });
  const lost = (role: string, permission: string, name: string) => ({
    [`role.${role}.${permission}.dbo.${name}`]: new RegExp(
      `GRANT ${permission} ON \\[dbo\\]\\.\\[${name}\\] TO \\[${role}\\];`,
    ),
  });
  return [
    fixed('a queue is off', [`ALTER QUEUE ${sync} WITH STATUS = OFF;`], {
      [`queue.status.${sync}`]: /is switched off/,
    }),
    fixed(
      'a queue of workers is activated',
      [
        'ALTER QUEUE dbo.IngestionQueue WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.sp_HandleInitiatorMessages_Activated, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER);',
      ],
      { 'queue.mode.dbo.IngestionQueue': /takes messages from its readers/ },
    ),
    fixed('a queue keeps what was received', ['ALTER QUEUE dbo.EmbeddingQueue WITH RETENTION = ON;'], {
      'object.queue.dbo.EmbeddingQueue': /ALTER QUEUE \[dbo\]\.\[EmbeddingQueue\] WITH RETENTION = OFF;/,
    }),
    fixed(
      'the handler of senders is off',
      ['ALTER QUEUE dbo.HartonomousInitiatorQueue WITH ACTIVATION (STATUS = OFF);'],
      { 'queue.mode.dbo.HartonomousInitiatorQueue': /has its activation .* off/ },
    ),
    fixed('a procedure is gone', ['DROP PROCEDURE dbo.sp_LogNeo4jSync;'], {
      'object.procedure.dbo.sp_LogNeo4jSync': /is missing/,
    }),
    fixed(
      'a procedure was changed',
      ['CREATE OR ALTER PROCEDURE dbo.sp_PurgeDeadLetters @Table NVARCHAR(257) = NULL AS RETURN 0;'],
      { 'object.procedure.dbo.sp_PurgeDeadLetters': /another text/ },
    ),
    fixed('an index is gone', ['DROP INDEX IX_Neo4jSyncLog_Entity ON dbo.Neo4jSyncLog;'], {
      'object.table.dbo.Neo4jSyncLog': /index IX_Neo4jSyncLog_Entity/,
    }),
    fixed('a constraint is gone', ['ALTER TABLE dbo.SchemaMigration DROP CONSTRAINT CK_SchemaMigration_Outcome;'], {
      'object.table.dbo.SchemaMigration': /constraint CK_SchemaMigration_Outcome/,
    }),
    {
      name: 'a column has another type',
      seed: () => run('ALTER TABLE dbo.[User] ALTER COLUMN DisplayName NVARCHAR(300) NULL;'),
      undo: () => run('ALTER TABLE dbo.[User] ALTER COLUMN DisplayName NVARCHAR(256) NULL;'),
      finds: { 'object.table.dbo.User': /column DisplayName is nvarchar\(300\) null/ },
    },
    fixed('a table is gone', ['DROP TABLE dbo.EmbeddingUsage;'], {
      'object.table.dbo.EmbeddingUsage': /is missing/,
    }),
    fixed('a grant was taken back', ['REVOKE EXECUTE ON dbo.sp_DeadLetterNeo4jSync FROM HartonomousWorker;'], {
      ...lost('HartonomousWorker', 'EXECUTE', 'sp_DeadLetterNeo4jSync'),
    }),
    fixed('senders may not enqueue', ['REVOKE EXECUTE ON dbo.sp_EnqueueIngestion FROM HartonomousSender;'], {
      ...lost('HartonomousSender', 'EXECUTE', 'sp_EnqueueIngestion'),
    }),
    {
      name: 'a permission is denied',
      seed: () => run('CREATE USER [denied] WITHOUT LOGIN;', 'DENY SELECT ON dbo.Atom TO [denied];'),
      undo: () => run('REVOKE SELECT ON dbo.Atom FROM [denied];', 'DROP USER [denied];'),
      finds: { 'role.denied.SELECT.dbo.Atom': /denied to denied.*REVOKE SELECT/s },
    },
    {
      name: 'a permission on a column is denied',
      seed: () => run('CREATE USER [kept out] WITHOUT LOGIN;', 'DENY SELECT (ContentType) ON dbo.Atom TO [kept out];'),
      undo: () => run('REVOKE SELECT ON dbo.Atom FROM [kept out];', 'DROP USER [kept out];'),
      finds: {
        'role.denied.SELECT.dbo.Atom.ContentType':
          /denied to kept out.*REVOKE SELECT ON dbo\.Atom \(\[ContentType\]\)/s,
      },
    },
    fixed('a grant was taken back for a column', ['REVOKE SELECT (ContentType) ON dbo.Atom FROM HartonomousWorker;'], {
      'role.HartonomousWorker.SELECT.dbo.Atom.ContentType': /without the column ContentType/,
    }),
  ];
}

/** The user that looks at conversations for everybody lost its right; it would hide others. */
export function brokerUserFault(sql: TestServer, database: string): Fault {
  return {
    name: 'HartonomousBroker lost db_owner',
    seed: () => sql.run(database, 'ALTER ROLE db_owner DROP MEMBER HartonomousBroker;'),
    undo: async () => undefined,
    finds: { 'broker.owner': /is not a member of db_owner/ },
    isFixed: true,
  };
}

/** Of what is in the tables, on the way, and in the settings of the database. */
export function stateFaults(sql: TestServer, database: string): readonly Fault[] {
  const run = (...statements: readonly string[]) => sql.run(database, ...statements);
  const letter = (table: string) =>
    `INSERT INTO dbo.${table} (ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt)
     VALUES (N'BAD', N'it is bad', N'Some', NEWID(), SYSUTCDATETIME());`;
  const letters = (queue: string, table: string): Fault => ({
    name: `dead letters of ${queue}`,
    seed: () => run(letter(table)),
    undo: () => run(`DELETE FROM dbo.${table};`),
    finds: { [`queue.dead-letters.${queue}`]: /could not be processed: 1\..*deadletter list/s },
  });
  const dialog = (service = 'Neo4jSyncService') =>
    `BEGIN DIALOG CONVERSATION @h FROM SERVICE [HartonomousInitiatorService] TO SERVICE N'${service}'
       ON CONTRACT [Neo4jSyncContract] WITH ENCRYPTION = OFF;`;
  const send = "SEND ON CONVERSATION @h MESSAGE TYPE [Neo4jSyncRequest] (N'<a/>');";
  const endAll = `DECLARE @h UNIQUEIDENTIFIER;
    WHILE 1 = 1 BEGIN
      SET @h = NULL;
      SELECT TOP (1) @h = e.conversation_handle FROM sys.conversation_endpoints AS e WHERE e.state <> 'CD';
      IF @h IS NULL BREAK;
      END CONVERSATION @h WITH CLEANUP;
    END;`;
  const taken = () =>
    eventually(async () => {
      await run(`RECEIVE TOP (1000) conversation_handle FROM ${sync};`);
      if (Number(await sql.value(database, `SELECT COUNT(*) AS n FROM ${sync};`)) > 0) throw new Error('not taken yet');
    });
  return [
    letters(sync, 'Neo4jSyncDeadLetterQueue'),
    letters('dbo.IngestionQueue', 'IngestionDeadLetterQueue'),
    letters('dbo.EmbeddingQueue', 'EmbeddingDeadLetterQueue'),
    {
      name: 'nobody purges the log',
      seed: () =>
        run(
          `INSERT INTO dbo.Neo4jSyncLog (LoggedAt, Outcome) VALUES (DATEADD(DAY, -40, SYSUTCDATETIME()), N'SYNCED');`,
        ),
      undo: () => run('DELETE FROM dbo.Neo4jSyncLog;'),
      finds: { 'log.retention': /has 40 days, and should have gone after 30/ },
    },
    {
      name: 'the compatibility level is old',
      seed: () => sql.run('master', `ALTER DATABASE ${database} SET COMPATIBILITY_LEVEL = 140;`),
      undo: () => sql.run('master', `ALTER DATABASE ${database} SET COMPATIBILITY_LEVEL = 160;`),
      finds: { 'database.compatibility-level': /level is 140.*SET COMPATIBILITY_LEVEL = 150/s },
    },
    {
      name: 'READ_COMMITTED_SNAPSHOT is off',
      seed: () =>
        sql.run('master', `ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT OFF WITH ROLLBACK IMMEDIATE;`),
      undo: () =>
        sql.run('master', `ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;`),
      finds: { 'database.read-committed-snapshot': /READ_COMMITTED_SNAPSHOT/ },
    },
    {
      name: 'dialogs are begun for each message and never ended',
      seed: () => run(`DECLARE @h UNIQUEIDENTIFIER, @n INT = 0; WHILE @n < 110 BEGIN ${dialog()} SET @n += 1; END;`),
      undo: () => run(endAll),
      finds: { 'broker.leaks.unpooled': /never ended.*: 11\d.*END CONVERSATION '/s },
    },
    {
      name: 'a sender ended its dialog without its far side',
      seed: async () => {
        await run(`DECLARE @h UNIQUEIDENTIFIER; ${dialog()} ${send} END CONVERSATION @h WITH CLEANUP;`);
        await taken();
      },
      undo: () => run(endAll),
      finds: { 'broker.leaks.orphaned': /ended WITH CLEANUP.*: 1.*WITH CLEANUP;/s },
    },
    {
      name: 'a conversation that its sender ended and nobody answered',
      seed: async () => {
        await run(`DECLARE @h UNIQUEIDENTIFIER; ${dialog()} ${send} END CONVERSATION @h;`);
        await taken();
      },
      undo: () => run(endAll),
      finds: { [`queue.leaked.${sync}`]: /nobody answered: 1/ },
      isFixed: true,
    },
    {
      name: 'a message for a service of a wrong name',
      seed: () =>
        run(`DECLARE @h UNIQUEIDENTIFIER; ${dialog('Neo4jSyncServce')} ${send}`, "WAITFOR DELAY '00:00:01.1';"),
      undo: () => run(endAll),
      finds: { 'broker.transmission': /Neo4jSyncServce, which is not a service.*END CONVERSATION @h WITH CLEANUP/s },
    },
    {
      name: 'messages wait for their next try, and nobody takes them',
      seed: () =>
        run(`INSERT INTO dbo.MessageRetry (QueueName, DueAt, Attempts, ReasonCode, ReasonText, MessageTypeName, ServiceName,
               ConversationHandle, ConversationGroupId, MessageSequenceNumber, QueuingOrder, EnqueuedAt)
             VALUES (N'${sync}', DATEADD(HOUR, -1, SYSUTCDATETIME()), 3, N'X', N'x', N'Neo4jSyncRequest', N'Neo4jSyncService',
               NEWID(), NEWID(), 0, 0, DATEADD(HOUR, -1, SYSUTCDATETIME()));`),
      undo: () => run('DELETE FROM dbo.MessageRetry;'),
      finds: {
        [`queue.waiting.${sync}`]: /oldest for 60 minutes; 1 of them wait for another try.*neo4j-sync-worker runs/s,
      },
    },
    {
      name: 'a queue is deep',
      seed: () =>
        run(`INSERT INTO dbo.MessageRetry (QueueName, DueAt, Attempts, ReasonCode, ReasonText, MessageTypeName, ServiceName,
               ConversationHandle, ConversationGroupId, MessageSequenceNumber, QueuingOrder, EnqueuedAt)
             SELECT TOP (1100) N'dbo.IngestionQueue', SYSUTCDATETIME(), 1, N'X', N'x', N'IngestionRequest', N'IngestionService',
               NEWID(), NEWID(), 0, 0, SYSUTCDATETIME()
             FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11)) AS a (n)
             CROSS JOIN (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) AS b (n)
             CROSS JOIN (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) AS c (n);`),
      undo: () => run('DELETE FROM dbo.MessageRetry;'),
      finds: { 'queue.depth.dbo.IngestionQueue': /Messages in dbo\.IngestionQueue: 1100/ },
    },
    {
      name: 'files wait for a worker, a job lost its message, a document is half written',
      seed: () =>
        run(
          `INSERT INTO dbo.IngestionJob (TenantId, FileName, Status, ReceivedAt, ContentHash)
           VALUES (0, N'a.txt', N'RUNNING', DATEADD(MINUTE, -20, SYSUTCDATETIME()), CONVERT(VARBINARY(32), 1));`,
          `INSERT INTO dbo.IngestionJob (TenantId, FileName, Status, EnqueuedAt, ContentHash)
           VALUES (0, N'b.txt', N'QUEUED', DATEADD(MINUTE, -20, SYSUTCDATETIME()), CONVERT(VARBINARY(32), 2));`,
          `INSERT INTO dbo.IngestedDocument (TenantId, ContentHash, State, DocumentAtomId, ChangedAt)
           VALUES (0, CONVERT(VARBINARY(32), 3), N'RUNNING', 1, DATEADD(MINUTE, -20, SYSUTCDATETIME()));`,
        ),
      undo: () => run('DELETE FROM dbo.IngestionJob;', 'DELETE FROM dbo.IngestedDocument;'),
      finds: {
        'ingestion.waiting-files': /1 begun by a worker that has vanished/,
        'ingestion.lost-jobs': /whose message was not found: 1/,
        'ingestion.unfinished-documents': /no job is about: 1/,
      },
    },
  ];
}

/** Of versions, which a deployment must not settle by itself. */
export function versionFaults(sql: TestServer, database: string): readonly Fault[] {
  const run = (...statements: readonly string[]) => sql.run(database, ...statements);
  const columns = 'MigrationNumber, Name, Class, TextHash, Outcome, AppliedAt, AppliedBy';
  return [
    {
      name: 'the database is newer',
      seed: () =>
        run(`INSERT INTO dbo.SchemaMigration (MigrationNumber, Name, Class, TextHash, Outcome, AppliedBy)
             VALUES (9999, N'from-the-future', N'EXPAND', 0x00, N'APPLIED', N'hartonomous 9.9.9');`),
      undo: () => run('DELETE FROM dbo.SchemaMigration WHERE MigrationNumber = 9999;'),
      finds: { 'migration.unknown.9999': /from-the-future\) by hartonomous 9\.9\.9.*newer/s },
    },
    {
      name: 'the database lacks a migration',
      seed: () =>
        run(
          `SELECT ${columns} INTO dbo.SchemaMigrationKept FROM dbo.SchemaMigration WHERE MigrationNumber IN (1, 2);`,
          'DELETE FROM dbo.SchemaMigration WHERE MigrationNumber = 2;',
        ),
      undo: () =>
        run(
          `INSERT INTO dbo.SchemaMigration (${columns}) SELECT ${columns} FROM dbo.SchemaMigrationKept WHERE MigrationNumber = 2;`,
          'DROP TABLE dbo.SchemaMigrationKept;',
        ),
      finds: { 'migration.pending.2': /has not had migration 2.*hartonomous database deploy/s },
    },
    {
      name: 'a migration had another text',
      seed: () => run('UPDATE dbo.SchemaMigration SET TextHash = 0x01 WHERE MigrationNumber = 1;'),
      undo: () =>
        run(
          'UPDATE m SET m.TextHash = k.TextHash FROM dbo.SchemaMigration AS m INNER JOIN dbo.SchemaMigrationKept AS k ON k.MigrationNumber = m.MigrationNumber;',
        ),
      finds: { 'migration.changed.1': /had another text/ },
    },
  ];
}
