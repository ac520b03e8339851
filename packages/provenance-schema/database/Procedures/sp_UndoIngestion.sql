-- Removes what has been written of a job's file (by the hash that dbo.sp_BeginIngestion has noted), one bounded transaction a call, until it answers IsDone: edges from the document down, and
-- atoms that no edge leads from any more, each with its message for the sync. What another file has in common keeps its atoms and
-- edges; so does what an application refers to. With @ErrorCode, or for a job that is REFUSED already, the last call puts the file
-- among the dead letters and ends the lease; without, the file can be begun anew. A crash between two calls loses nothing.
-- Internal to ces-consumer.
-- Errors: 51070 the lease is lost.
CREATE PROCEDURE [dbo].[sp_UndoIngestion]
    @IngestionJobId BIGINT,
    @TenantId       INT,
    @LeaseToken     UNIQUEIDENTIFIER,
    @LeaseMs        INT,
    @ErrorCode      NVARCHAR(64)   = NULL,
    @ErrorText      NVARCHAR(4000) = NULL,
    -- Edges, and atoms, of one transaction, which are up to seven rows for each of them; SQL Server locks whole tables from about 5,000
    -- locks of a statement on.
    @MaxAtoms       INT            = 500,
    @TraceParent    NVARCHAR(55)   = NULL,
    -- What was noted about the file, and its measure, until it was refused; NULL: nothing was read.
    @Notes              NVARCHAR(MAX) = NULL,
    @Letters            BIGINT        = NULL,
    @ShareNotUnderstood FLOAT         = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @State NVARCHAR(16), @DocumentAtomId BIGINT, @Edges INT = 0, @IsDone BIT = 0, @IsRefused BIT = 0;
    DECLARE @ContentHash VARBINARY(32);
    DECLARE @Removed TABLE (
        [AtomProvenanceId] BIGINT NOT NULL PRIMARY KEY,
        [ChildAtomId]      BIGINT NOT NULL
    );
    DECLARE @Loose TABLE ([AtomId] BIGINT NOT NULL PRIMARY KEY);
    DECLARE @Children TABLE ([AtomId] BIGINT NOT NULL PRIMARY KEY);
    DECLARE @Gone TABLE ([AtomId] BIGINT NOT NULL PRIMARY KEY);
    DECLARE @Requests [dbo].[Neo4jSyncRequestList];

    BEGIN TRANSACTION;
    EXEC [dbo].[sp_HoldIngestionLease] @TenantId = @TenantId, @LeaseToken = @LeaseToken, @LeaseMs = @LeaseMs;

    IF @ErrorCode IS NOT NULL
        UPDATE j
        SET
            j.[Status] = N'REFUSED',
            j.[ErrorCode] = @ErrorCode,
            j.[ErrorText] = @ErrorText,
            j.[Notes] = @Notes,
            j.[Letters] = @Letters,
            j.[ShareNotUnderstood] = @ShareNotUnderstood
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId AND j.[Status] = N'RUNNING';
    SELECT
        @ContentHash = j.[ContentHash],
        @IsRefused = CASE j.[Status] WHEN N'REFUSED' THEN 1 ELSE 0 END,
        @ErrorCode = j.[ErrorCode],
        @ErrorText = j.[ErrorText]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;

    SELECT @State = d.[State], @DocumentAtomId = d.[DocumentAtomId]
    FROM [dbo].[IngestedDocument] AS d
    WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
    IF @State = N'RUNNING'
    BEGIN
        UPDATE d
        SET d.[State] = N'UNDOING', d.[LeaseToken] = @LeaseToken, d.[ChangedAt] = SYSUTCDATETIME()
        FROM [dbo].[IngestedDocument] AS d
        WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
        UPDATE a SET a.[ReferenceCount] = 0 FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @DocumentAtomId;
        INSERT INTO [dbo].[IngestionUndo] ([TenantId], [AtomId]) VALUES (@TenantId, @DocumentAtomId);
        SET @State = N'UNDOING';
    END;

    IF @State = N'UNDOING'
    BEGIN
        INSERT INTO @Loose ([AtomId])
        SELECT TOP (@MaxAtoms) u.[AtomId] FROM [dbo].[IngestionUndo] AS u WHERE u.[TenantId] = @TenantId ORDER BY u.[AtomId];

        -- Another file has come to refer to it since.
        DELETE u
        FROM @Loose AS l
        INNER JOIN [dbo].[IngestionUndo] AS u ON u.[TenantId] = @TenantId AND u.[AtomId] = l.[AtomId]
        INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = l.[AtomId]
        WHERE a.[ReferenceCount] > 0
        OPTION (LOOP JOIN);
        DELETE l
        FROM @Loose AS l
        WHERE NOT EXISTS (SELECT 1 FROM [dbo].[IngestionUndo] AS u WHERE u.[TenantId] = @TenantId AND u.[AtomId] = l.[AtomId])
        OPTION (LOOP JOIN);

        -- Edges as ingestion writes them. An application's atom that has no reference but its own keeps its edge, and so its parent.
        INSERT INTO @Removed ([AtomProvenanceId], [ChildAtomId])
        SELECT TOP (@MaxAtoms) p.[AtomProvenanceId], p.[ChildAtomId]
        FROM @Loose AS l
        INNER JOIN [dbo].[AtomProvenance] AS p WITH (FORCESEEK) ON p.[ParentAtomId] = l.[AtomId] AND p.[TenantId] = @TenantId
        INNER JOIN [dbo].[Atom] AS c ON c.[AtomId] = p.[ChildAtomId]
        WHERE p.[RelationType] = N'DERIVED_FROM'
          AND p.[DerivationType] IS NOT NULL
          AND p.[SequenceNumber] IS NOT NULL
          AND c.[ReferenceCount] > CASE c.[SyncType] WHEN N'INGEST' THEN 0 ELSE 1 END
        OPTION (LOOP JOIN);
        SET @Edges = @@ROWCOUNT;

        DELETE p
        FROM @Removed AS r
        INNER JOIN [dbo].[AtomProvenance] AS p ON p.[AtomProvenanceId] = r.[AtomProvenanceId]
        OPTION (LOOP JOIN);

        UPDATE c
        SET c.[ReferenceCount] = CASE WHEN c.[ReferenceCount] > g.[Edges] THEN c.[ReferenceCount] - g.[Edges] ELSE 0 END
        OUTPUT inserted.[AtomId] INTO @Children ([AtomId])
        FROM (SELECT r.[ChildAtomId], COUNT(*) AS [Edges] FROM @Removed AS r GROUP BY r.[ChildAtomId]) AS g
        INNER JOIN [dbo].[Atom] AS c ON c.[AtomId] = g.[ChildAtomId]
        OPTION (LOOP JOIN);

        INSERT INTO [dbo].[IngestionUndo] ([TenantId], [AtomId])
        SELECT @TenantId, c.[AtomId]
        FROM @Children AS n
        INNER JOIN [dbo].[Atom] AS c ON c.[AtomId] = n.[AtomId]
        WHERE c.[ReferenceCount] = 0
          AND c.[SyncType] = N'INGEST'
          AND NOT EXISTS (
              SELECT 1 FROM [dbo].[IngestionUndo] AS u WHERE u.[TenantId] = @TenantId AND u.[AtomId] = c.[AtomId]
          )
        OPTION (LOOP JOIN);

        INSERT INTO @Gone ([AtomId])
        SELECT l.[AtomId]
        FROM @Loose AS l
        WHERE NOT EXISTS (
                  SELECT 1 FROM [dbo].[AtomProvenance] AS p WHERE p.[ParentAtomId] = l.[AtomId] AND p.[TenantId] = @TenantId
              )
          AND NOT EXISTS (
                  SELECT 1 FROM [dbo].[AtomProvenance] AS p WHERE p.[ChildAtomId] = l.[AtomId] AND p.[TenantId] = @TenantId
              )
          AND NOT EXISTS (SELECT 1 FROM [dbo].[Operation] AS o WHERE o.[InputAtomId] = l.[AtomId])
          AND NOT EXISTS (SELECT 1 FROM [dbo].[Operation] AS o WHERE o.[OutputAtomId] = l.[AtomId])
          AND NOT EXISTS (SELECT 1 FROM [dbo].[Inference] AS i WHERE i.[InputAtomId] = l.[AtomId])
          AND NOT EXISTS (SELECT 1 FROM [dbo].[Inference] AS i WHERE i.[OutputAtomId] = l.[AtomId])
          AND NOT EXISTS (SELECT 1 FROM [dbo].[GenerationStream] AS g WHERE g.[AtomId] = l.[AtomId])
        OPTION (LOOP JOIN);

        DELETE a
        FROM @Gone AS g
        INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = g.[AtomId]
        OPTION (LOOP JOIN);

        -- Fewer edges than there is room for: what is left of these atoms' edges is not ingestion's, and they stay.
        DELETE u
        FROM @Loose AS l
        INNER JOIN [dbo].[IngestionUndo] AS u ON u.[TenantId] = @TenantId AND u.[AtomId] = l.[AtomId]
        WHERE @Edges < @MaxAtoms OR EXISTS (SELECT 1 FROM @Gone AS g WHERE g.[AtomId] = l.[AtomId])
        OPTION (LOOP JOIN);

        INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
        SELECT N'AtomProvenance', r.[AtomProvenanceId], N'DELETE', @TenantId FROM @Removed AS r;
        INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
        SELECT N'Atom', g.[AtomId], N'DELETE', @TenantId FROM @Gone AS g;
        IF EXISTS (SELECT 1 FROM @Requests AS r)
            EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @Requests, @TraceParent = @TraceParent;
    END;

    IF ISNULL(@State, N'COMPLETE') <> N'UNDOING'
       OR NOT EXISTS (SELECT 1 FROM [dbo].[IngestionUndo] AS u WHERE u.[TenantId] = @TenantId)
    BEGIN
        SET @IsDone = 1;
        DELETE FROM [dbo].[IngestedDocument]
        WHERE [TenantId] = @TenantId AND [ContentHash] = @ContentHash AND [State] = N'UNDOING';
    END;

    IF @IsDone = 1 AND @IsRefused = 1
    BEGIN
        INSERT INTO [dbo].[IngestionDeadLetterQueue]
            ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
             [IngestionJobId], [FileName], [SourceUri], [IngestionFileId], [TenantId], [EnqueuedAt], [ReceivedAt], [Notes])
        SELECT
            j.[ErrorCode], ISNULL(j.[ErrorText], N''), j.[MessageBody], j.[MessageTypeName], j.[ConversationHandle],
            j.[MessageSequenceNumber], j.[IngestionJobId], j.[FileName], j.[SourceUri], j.[IngestionFileId], j.[TenantId],
            j.[EnqueuedAt], j.[ReceivedAt], j.[Notes]
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId;
        UPDATE j
        SET
            j.[Status] = N'DEAD_LETTERED',
            j.[DocumentAtomId] = NULL,
            j.[PieceCount] = NULL,
            j.[AtomCount] = NULL,
            j.[EdgeCount] = NULL,
            j.[MessageBody] = NULL,
            j.[FinishedAt] = SYSUTCDATETIME()
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId;
        UPDATE l
        SET l.[LeaseToken] = NULL, l.[LeaseUntil] = NULL, l.[IngestionJobId] = NULL
        FROM [dbo].[IngestionLease] AS l
        WHERE l.[TenantId] = @TenantId;
    END;
    COMMIT TRANSACTION;

    SELECT @IsDone AS [IsDone], @ErrorCode AS [ErrorCode], @ErrorText AS [ErrorText];
END;
