-- Runs after every deployment, so everything here can run again without effect.

-- A database made by CREATE DATABASE has an active broker; one that was restored or attached has not.
-- ROLLBACK IMMEDIATE because the statement needs the database for itself and would wait forever.
IF EXISTS (SELECT 1 FROM sys.databases AS d WHERE d.[database_id] = DB_ID() AND d.[is_broker_enabled] = 0)
    ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;
GO

-- Why: see Security/HartonomousBroker.sql. Again here for a user that somebody took out of the role.
IF IS_ROLEMEMBER(N'db_owner', N'HartonomousBroker') = 0
    ALTER ROLE [db_owner] ADD MEMBER [HartonomousBroker];
GO

-- Tenant 0 is the system's own. Row and message together, as for every change.
SET XACT_ABORT ON;
BEGIN TRANSACTION;
IF NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = 0)
BEGIN
    INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (0, N'System');
    EXEC [dbo].[sp_EnqueueNeo4jSync] @EntityType = N'Tenant', @EntityId = 0, @SyncType = N'CREATE';
END;
COMMIT TRANSACTION;
GO

GRANT RECEIVE ON [dbo].[Neo4jSyncQueue] TO [HartonomousWorker];
GRANT RECEIVE ON [dbo].[IngestionQueue] TO [HartonomousWorker];
-- RECEIVE doesn't include looking: the depth of a queue needs SELECT.
GRANT SELECT ON [dbo].[Neo4jSyncQueue] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionQueue] TO [HartonomousWorker];
-- For `hartonomous doctor`, which is run with a worker's settings: whether what comes back to senders is handled.
GRANT SELECT ON [dbo].[HartonomousInitiatorQueue] TO [HartonomousWorker];
-- RECEIVE doesn't include END CONVERSATION, and no permission shows endpoints and the transmission queue.
GRANT EXECUTE ON [dbo].[sp_EndConversations] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_BrokerHealth] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Tenant] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[User] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Model] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[ModelVersion] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Atom] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[AtomProvenance] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Operation] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Inference] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Decision] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[GenerationStream] TO [HartonomousWorker];
-- Its greatest number is the version of the schema.
GRANT SELECT ON [dbo].[SchemaMigration] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Neo4jSyncLog] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Neo4jSyncDeadLetterQueue] TO [HartonomousWorker];
-- NEXT VALUE FOR needs UPDATE on the sequence.
GRANT UPDATE ON [dbo].[GraphSyncSequence] TO [HartonomousWorker];
-- Messages that wait for their next try.
GRANT SELECT ON [dbo].[MessageRetry] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PutMessageRetries] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_TakeMessageRetries] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_LogNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_DeadLetterNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeNeo4jSyncLog] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeDeadLetters] TO [HartonomousWorker];
-- Workers say that they are there, and ask whether they may receive. To pause and to resume is for operators.
GRANT EXECUTE ON [dbo].[sp_ReportWorker] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ReadQueuePause] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[WorkerInstance] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[QueuePause] TO [HartonomousWorker];
-- Who claims what is due may do it by these rights; what a backfill and a self-repair take besides is for a login of their own. To make
-- schedules is for operators.
GRANT SELECT ON [dbo].[Schedule] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[ScheduleRun] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ClaimSchedule] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_RenewSchedule] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_FinishSchedule] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSyncBatch] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[Neo4jSyncRequestList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSync] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSyncBatch] TO [HartonomousSender];
GRANT EXECUTE ON TYPE::[dbo].[Neo4jSyncRequestList] TO [HartonomousSender];
GO

-- Ingestion. A worker reads uploaded files and jobs; it writes only through procedures.
GRANT SELECT ON [dbo].[IngestionFile] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionFileSlice] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionJob] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionLease] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestedDocument] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[DocumentReading] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionDeadLetterQueue] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_TakeInIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[IngestionMessageList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ClaimIngestionJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_RenewIngestionLeases] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_YieldIngestionJob] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_BeginIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_WriteIngestedSlice] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_UndoIngestion] TO [HartonomousWorker];
-- For consumers of the version before leases.
GRANT EXECUTE ON [dbo].[sp_StartIngestionJob] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ReleaseIngestionJob] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_BeginIngestedDocument] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_WriteIngestedAtoms] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_FinishIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_DeadLetterIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[IngestedAtomList] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[IngestedEdgeList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueIngestion] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_BeginIngestionFile] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_AppendIngestionFile] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_CompleteIngestionFile] TO [HartonomousSender];
GO

-- Embeddings. A worker writes only through procedures; enabling models and backfill are for operators.
GRANT RECEIVE ON [dbo].[EmbeddingQueue] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[EmbeddingQueue] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[EmbeddingModel] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[EmbeddingModelAtomType] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[AtomEmbedding] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[BackgroundJob] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[EmbeddingUsage] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[EmbeddingDeadLetterQueue] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ClaimEmbeddingJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_RenewEmbeddingLeases] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ReleaseEmbeddingJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_FinishEmbeddingJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ReopenEmbeddingJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_RecordEmbeddingUsage] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_SwitchEmbeddingReads] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ClassifyAtoms] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeBackgroundJobs] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_DeadLetterEmbedding] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[EmbeddingAtomList] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[EmbeddingResultList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueEmbeddingRequest] TO [HartonomousSender];
GO

-- The HTTP API reads, and writes only through procedures; API keys are made by operators.
GRANT SELECT ON [dbo].[ApiKey] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_TouchApiKey] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_LogApiAudit] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_PurgeApiAudit] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSync] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Tenant] TO [HartonomousApi];
GRANT SELECT ON [dbo].[User] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Model] TO [HartonomousApi];
GRANT SELECT ON [dbo].[ModelVersion] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Atom] TO [HartonomousApi];
GRANT SELECT ON [dbo].[AtomProvenance] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Operation] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Inference] TO [HartonomousApi];
GRANT SELECT ON [dbo].[Decision] TO [HartonomousApi];
GRANT SELECT ON [dbo].[GenerationStream] TO [HartonomousApi];
GRANT SELECT ON [dbo].[IngestionJob] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_BeginIngestionFile] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_AppendIngestionFile] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_EnqueueApiIngestion] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_PurgeApiRequests] TO [HartonomousApi];
-- To show what the queues do.
GRANT SELECT ON [dbo].[Neo4jSyncQueue] TO [HartonomousApi];
GRANT SELECT ON [dbo].[IngestionQueue] TO [HartonomousApi];
GRANT SELECT ON [dbo].[EmbeddingQueue] TO [HartonomousApi];
GRANT SELECT ON [dbo].[HartonomousInitiatorQueue] TO [HartonomousApi];
GRANT SELECT ON [dbo].[MessageRetry] TO [HartonomousApi];
GRANT SELECT ON [dbo].[QueuePause] TO [HartonomousApi];
GRANT SELECT ON [dbo].[WorkerInstance] TO [HartonomousApi];
GRANT SELECT ON [dbo].[EmbeddingDeadLetterQueue] TO [HartonomousApi];
GRANT SELECT ON [dbo].[IngestionDeadLetterQueue] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_BrokerHealth] TO [HartonomousApi];
-- How long changes took to reach the graph, and the history of an entity.
GRANT SELECT ON [dbo].[Neo4jSyncLog] TO [HartonomousApi];
-- To replay them. A replayed letter is marked and never deleted.
GRANT SELECT ON [dbo].[Neo4jSyncDeadLetterQueue] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_ClaimDeadLetter] TO [HartonomousApi];
-- Whether a letter's uploaded file is still there.
GRANT SELECT ON [dbo].[IngestionFile] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_ResendDeadLetter] TO [HartonomousApi];
-- To pause queues, and have them go on.
GRANT EXECUTE ON [dbo].[sp_PauseQueue] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_ResumeQueue] TO [HartonomousApi];
-- To compare the tables with the graph, and enqueue what differs. VIEW DEFINITION shows where the sequence is, and takes no number.
GRANT SELECT ON [dbo].[AtomEmbedding] TO [HartonomousApi];
GRANT SELECT ON [dbo].[EmbeddingModel] TO [HartonomousApi];
GRANT VIEW DEFINITION ON [dbo].[GraphSyncSequence] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSyncBatch] TO [HartonomousApi];
GRANT EXECUTE ON TYPE::[dbo].[Neo4jSyncRequestList] TO [HartonomousApi];
GRANT SELECT ON [dbo].[ReconcileRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_StartReconcileRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_ReportReconcileRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_FinishReconcileRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_CancelReconcileRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_PurgeReconcileRuns] TO [HartonomousApi];
-- To show schedules, and to create and change them. Their runs use the rights of the login of `hartonomous schedule run`.
GRANT SELECT ON [dbo].[Schedule] TO [HartonomousApi];
GRANT SELECT ON [dbo].[ScheduleRun] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_AddSchedule] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_ChangeSchedule] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_RemoveSchedule] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_EnableSchedule] TO [HartonomousApi];
GRANT EXECUTE ON [dbo].[sp_TriggerSchedule] TO [HartonomousApi];
GO

-- <migrations>
-- Written by `pnpm migrations` from Scripts/Migrations: change the files there.
-- Scripts/Migrations/0002-legacy-embeddings.sql
IF COL_LENGTH(N'dbo.Atom', N'Embedding') IS NOT NULL
    EXEC [sys].[sp_executesql] N'-- Copies dbo.Atom.Embedding to dbo.AtomEmbedding as the model legacy-384. The column stays for programs of the version
-- before; what these write later is copied by the next publish of SqlPackage, and not by a deployment, which runs this once.
-- Nobody knows the texts of these vectors, so they have no hash and no projection.
SET XACT_ABORT ON;
DECLARE @EmbeddingModelId INT, @After BIGINT = 0, @Last BIGINT;

SELECT @EmbeddingModelId = m.[EmbeddingModelId] FROM [dbo].[EmbeddingModel] AS m WHERE m.[ModelKey] = ''legacy_384'';

WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(p.[AtomId])
    FROM (
        SELECT TOP (2000) a.[AtomId]
        FROM [dbo].[Atom] AS a
        WHERE a.[AtomId] > @After AND a.[Embedding] IS NOT NULL
        ORDER BY a.[AtomId]
    ) AS p;
    IF @Last IS NULL
        BREAK;

    IF @EmbeddingModelId IS NULL
    BEGIN
        INSERT INTO [dbo].[EmbeddingModel] ([ModelKey], [ModelName], [ModelVersion], [Dimension])
        VALUES (''legacy_384'', N''legacy-384'', N''1'', 384);
        SET @EmbeddingModelId = SCOPE_IDENTITY();
    END;

    INSERT INTO [dbo].[AtomEmbedding] ([AtomId], [EmbeddingModelId], [TenantId], [Dimension], [Vector])
    SELECT a.[AtomId], @EmbeddingModelId, a.[TenantId], 384, a.[Embedding]
    FROM [dbo].[Atom] AS a WITH (REPEATABLEREAD, ROWLOCK)
    WHERE a.[AtomId] > @After
      AND a.[AtomId] <= @Last
      AND a.[Embedding] IS NOT NULL
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[AtomEmbedding] AS e
          WHERE e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
      )
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;';
GO

-- Scripts/Migrations/0003-documents-are-complete.sql
-- Files that were ingested before dbo.IngestedDocument are complete: each was one transaction. Of two atoms of one file the older counts.
SET XACT_ABORT ON;
-- Little by little, in the order of the key; a document that is there already is passed over.
DECLARE @After BIGINT = 0, @Last BIGINT;
WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(s.[AtomId])
    FROM (
        SELECT TOP (4000) a.[AtomId]
        FROM [dbo].[Atom] AS a
        WHERE a.[AtomId] > @After AND a.[AtomType] = N'document' AND a.[ContentHash] IS NOT NULL
        ORDER BY a.[AtomId]
    ) AS s;
    IF @Last IS NULL
        BREAK;

    INSERT INTO [dbo].[IngestedDocument] ([TenantId], [ContentHash], [State], [DocumentAtomId])
    SELECT a.[TenantId], a.[ContentHash], N'COMPLETE', MIN(a.[AtomId])
    FROM [dbo].[Atom] AS a
    WHERE a.[AtomId] > @After AND a.[AtomId] <= @Last AND a.[AtomType] = N'document' AND a.[ContentHash] IS NOT NULL
      AND a.[ReferenceCount] > 0
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[IngestedDocument] AS d WITH (UPDLOCK, HOLDLOCK)
          WHERE d.[TenantId] = a.[TenantId] AND d.[ContentHash] = a.[ContentHash]
      )
    GROUP BY a.[TenantId], a.[ContentHash]
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;
GO

-- Scripts/Migrations/0005-jobs-have-notes.sql
-- Jobs whose documents were read with notes have them in columns of their own, as jobs have from now on.
SET XACT_ABORT ON;
-- Little by little, in the order of the key; a job that has notes is passed over.
DECLARE @After BIGINT = 0, @Last BIGINT;
WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(s.[IngestionJobId])
    FROM (
        SELECT TOP (2000) j.[IngestionJobId]
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] > @After
        ORDER BY j.[IngestionJobId]
    ) AS s;
    IF @Last IS NULL
        BREAK;

    UPDATE j
    SET
        j.[Notes] = JSON_QUERY(a.[Metadata], N'$.notes'),
        j.[Letters] = TRY_CONVERT(BIGINT, JSON_VALUE(a.[Metadata], N'$.letters')),
        j.[ShareNotUnderstood] = TRY_CONVERT(FLOAT, JSON_VALUE(a.[Metadata], N'$.shareNotUnderstood'))
    FROM [dbo].[IngestionJob] AS j
    INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = j.[DocumentAtomId] AND a.[TenantId] = j.[TenantId]
    WHERE j.[IngestionJobId] > @After
      AND j.[IngestionJobId] <= @Last
      AND j.[Notes] IS NULL
      AND j.[Status] IN (N'COMPLETED', N'UNCHANGED')
      AND ISJSON(a.[Metadata]) = 1
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;
GO

INSERT INTO [dbo].[SchemaMigration] ([MigrationNumber], [Name], [Class], [TextHash], [Outcome], [AppliedBy])
SELECT v.[MigrationNumber], v.[Name], N'EXPAND', v.[TextHash], N'APPLIED', N'SqlPackage'
FROM (
    VALUES
        (1, N'atom-sync-type-is-a-word', 0x9c4bdf3993a8e4473a3f4f372e57f6d3619f39a125e78ed41254b642c3294b89),
        (2, N'legacy-embeddings', 0xb07197c0679ccbbdd13159ca142cd4541f73489deaf10a9bfeb13af83f20c9f7),
        (3, N'documents-are-complete', 0xf91636a5aa471bf19a4218da70130b3fe8dcf64202fe2488d972d02123ea8b5f),
        (4, N'documents-supersede', 0xfd7bd4409781347de5002e039db4df1a6b590864fa1d5a0a39711a5597cbd069),
        (5, N'jobs-have-notes', 0xef9389627087739c5d72b0db3356875e6867fd524935af42adf871edaef34e19)
) AS v ([MigrationNumber], [Name], [TextHash])
WHERE NOT EXISTS (SELECT 1 FROM [dbo].[SchemaMigration] AS m WHERE m.[MigrationNumber] = v.[MigrationNumber]);
GO
-- </migrations>
