-- Set-based form of dbo.sp_EnqueueNeo4jSync for bulk changes: same rules, same errors, all messages or none.
CREATE PROCEDURE [dbo].[sp_EnqueueNeo4jSyncBatch]
    @Requests    [dbo].[Neo4jSyncRequestList] READONLY,
    @TraceParent NVARCHAR(55) = NULL,
    -- 0: what has changed of atoms are their embeddings, so they need no jobs for new ones.
    @MakesEmbeddingJobs BIT   = 1
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    -- As in dbo.sp_EnqueueNeo4jSync.
    SET XACT_ABORT ON;

    DECLARE @Resolved TABLE (
        [Ordinal]         INT           IDENTITY (1, 1) NOT NULL PRIMARY KEY,
        [GivenEntityType] NVARCHAR(128) NOT NULL,
        [GivenSyncType]   NVARCHAR(128) NOT NULL,
        [EntityType]      NVARCHAR(128) NULL,
        [EntityId]        BIGINT        NOT NULL,
        [SyncType]        NVARCHAR(16)  NULL,
        [TenantId]        INT           NULL
    );
    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Atoms [dbo].[EmbeddingAtomList];
    DECLARE @Bad NVARCHAR(128);
    DECLARE @EntityType NVARCHAR(128), @EntityId BIGINT;
    DECLARE @Body VARBINARY(2000), @Tail NVARCHAR(200);
    DECLARE @ConversationHandle UNIQUEIDENTIFIER, @Capacity BIGINT = 0;

    -- The caller's trace, where its connection says it (OpenTelemetry's convention for SQL Server). An invalid one is left out below.
    SET @TraceParent = COALESCE(
        @TraceParent, CONVERT(NVARCHAR(55), SESSION_CONTEXT(N'traceparent')), CONVERT(VARCHAR(55), CONTEXT_INFO())
    );

    INSERT INTO @Resolved ([GivenEntityType], [GivenSyncType], [EntityType], [EntityId], [SyncType], [TenantId])
    SELECT
        r.[EntityType],
        r.[SyncType],
        CASE r.[EntityType]
            WHEN N'Tenant' THEN N'Tenant'
            WHEN N'User' THEN N'User'
            WHEN N'Model' THEN N'Model'
            WHEN N'ModelVersion' THEN N'ModelVersion'
            WHEN N'Atom' THEN N'Atom'
            WHEN N'AtomProvenance' THEN N'AtomProvenance'
            WHEN N'Operation' THEN N'Operation'
            WHEN N'Inference' THEN N'Inference'
            WHEN N'Decision' THEN N'Decision'
            WHEN N'GenerationStream' THEN N'GenerationStream'
        END,
        r.[EntityId],
        CASE r.[SyncType]
            WHEN N'CREATE' THEN N'CREATE'
            WHEN N'UPDATE' THEN N'UPDATE'
            WHEN N'DELETE' THEN N'DELETE'
        END,
        r.[TenantId]
    FROM @Requests AS r;

    -- Most callers pass the tenant and spell the rest right: a single look at their rows.
    IF EXISTS (
        SELECT 1 FROM @Resolved AS r WHERE r.[EntityType] IS NULL OR r.[SyncType] IS NULL OR r.[TenantId] IS NULL
    )
    BEGIN
        SELECT TOP (1) @Bad = r.[GivenEntityType] FROM @Resolved AS r WHERE r.[EntityType] IS NULL ORDER BY r.[Ordinal];
        IF @Bad IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(N'Unknown entity type ''', REPLACE(@Bad, N'%', N'%%'), N'''. Use Tenant, User, Model, ModelVersion, Atom, ',
                N'AtomProvenance, Operation, Inference, Decision or GenerationStream.');
            THROW 51001, @Problem, 1;
        END;

        SELECT TOP (1) @Bad = r.[GivenSyncType] FROM @Resolved AS r WHERE r.[SyncType] IS NULL ORDER BY r.[Ordinal];
        IF @Bad IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(N'Unknown sync type ''', REPLACE(@Bad, N'%', N'%%'), N'''. Use CREATE, UPDATE or DELETE.');
            THROW 51002, @Problem, 1;
        END;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Atom] AS e ON e.[AtomId] = r.[EntityId]
        WHERE r.[EntityType] = N'Atom' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[AtomProvenance] AS e ON e.[AtomProvenanceId] = r.[EntityId]
        WHERE r.[EntityType] = N'AtomProvenance' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Tenant] AS e ON e.[TenantId] = r.[EntityId]
        WHERE r.[EntityType] = N'Tenant' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[User] AS e ON e.[UserId] = r.[EntityId]
        WHERE r.[EntityType] = N'User' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Model] AS e ON e.[ModelId] = r.[EntityId]
        WHERE r.[EntityType] = N'Model' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[ModelVersion] AS e ON e.[ModelVersionId] = r.[EntityId]
        WHERE r.[EntityType] = N'ModelVersion' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Operation] AS e ON e.[OperationId] = r.[EntityId]
        WHERE r.[EntityType] = N'Operation' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Inference] AS e ON e.[InferenceId] = r.[EntityId]
        WHERE r.[EntityType] = N'Inference' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Decision] AS e ON e.[DecisionId] = r.[EntityId]
        WHERE r.[EntityType] = N'Decision' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[GenerationStream] AS e ON e.[StreamId] = r.[EntityId]
        WHERE r.[EntityType] = N'GenerationStream' AND r.[TenantId] IS NULL;

        SELECT TOP (1) @EntityType = r.[EntityType], @EntityId = r.[EntityId]
        FROM @Resolved AS r
        WHERE r.[TenantId] IS NULL
        ORDER BY r.[Ordinal];
        IF @EntityType IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(@EntityType, N' ', @EntityId, N' has no row to take the tenant from. ',
                N'Check the id; for a row that is deleted already, pass TenantId too.');
            THROW 51003, @Problem, 1;
        END;
    END;

    -- The body that dbo.sp_SendNeo4jSync writes.
    SET @Tail = CONCAT(
        N'</TenantId><EnqueuedAt>', CONVERT(NVARCHAR(27), SYSUTCDATETIME(), 126), N'Z</EnqueuedAt>',
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</Neo4jSync>');

    -- SEND takes one body for all its handles, so a loop is the only way to several messages.
    DECLARE [messages] CURSOR LOCAL FAST_FORWARD FOR
        SELECT
            0xFFFE + CONVERT(VARBINARY(1998), CONCAT(
                N'<Neo4jSync><EntityType>', r.[EntityType],
                N'</EntityType><EntityId>', r.[EntityId],
                N'</EntityId><SyncType>', r.[SyncType],
                N'</SyncType><TenantId>', r.[TenantId], @Tail))
        FROM @Resolved AS r
        ORDER BY r.[Ordinal];

    BEGIN TRANSACTION;
    OPEN [messages];
    FETCH NEXT FROM [messages] INTO @Body;
    WHILE @@FETCH_STATUS = 0
    BEGIN
        EXEC [dbo].[sp_SendOnPooledDialog]
            @ContractName = N'Neo4jSyncContract',
            @ToService = N'Neo4jSyncService',
            @MaxMessages = 1000,
            @MaxAgeMinutes = 60,
            @MessageType = N'Neo4jSyncRequest',
            @Body = @Body,
            @ConversationHandle = @ConversationHandle OUTPUT,
            @Capacity = @Capacity OUTPUT;
        FETCH NEXT FROM [messages] INTO @Body;
        -- The lock of that SEND is on this side of the dialog only: the far side may end it at any time. As in
        -- dbo.sp_SendOnPooledDialog, which then gets the message; called for each of them it would cost several times the SEND.
        SET XACT_ABORT OFF;
        -- The last message of a dialog goes through the procedure, which marks it.
        WHILE @Capacity > 1 AND @@FETCH_STATUS = 0
        BEGIN
            BEGIN TRY
                SEND ON CONVERSATION @ConversationHandle MESSAGE TYPE [Neo4jSyncRequest] (@Body);
                SET @Capacity = @Capacity - 1;
                FETCH NEXT FROM [messages] INTO @Body;
            END TRY
            BEGIN CATCH
                SET @Capacity = 0;
                IF ERROR_NUMBER() NOT IN (8426, 8427, 8429, 8462) OR XACT_STATE() = -1
                BEGIN
                    SET XACT_ABORT ON;
                    THROW;
                END;
            END CATCH;
        END;
        SET XACT_ABORT ON;
    END;
    CLOSE [messages];
    DEALLOCATE [messages];
    -- As in dbo.sp_EnqueueNeo4jSync.
    IF @MakesEmbeddingJobs = 1
       AND EXISTS (SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[State] IN (N'ENABLED', N'PAUSED'))
    BEGIN
        INSERT INTO @Atoms ([AtomId])
        SELECT DISTINCT r.[EntityId] FROM @Resolved AS r WHERE r.[EntityType] = N'Atom' AND r.[SyncType] <> N'DELETE';
        EXEC [dbo].[sp_EnqueueEmbeddingJobs] @Atoms = @Atoms;
    END;
    COMMIT TRANSACTION;
END;
