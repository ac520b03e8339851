-- A worker knows the hash of the file that it has claimed. Answers with how far the tenant has this very file: State NULL: not at all;
-- RUNNING: up to NextSlice, to go on there; UNDOING: it is being removed, which has to be brought to its end first; OTHER: the
-- job's file had other bytes when a worker began with it before, and those are to be undone first; COMPLETE: the job has ended as
-- UNCHANGED, and the lease with it; NOTED: as COMPLETE, but the job wants nothing that is noted: it is the worker's to refuse. A file
-- that was only read differently, by another atomizer or in another variant, isn't there yet. Internal to ces-consumer.
-- Errors: 51070 the lease is lost.
CREATE PROCEDURE [dbo].[sp_BeginIngestion]
    @IngestionJobId  BIGINT,
    @TenantId        INT,
    @LeaseToken      UNIQUEIDENTIFIER,
    @LeaseMs         INT,
    @ContentHash     VARBINARY(32),
    @ByteCount       BIGINT,
    @IngestionFileId BIGINT       = NULL,
    @TraceParent     NVARCHAR(55) = NULL,
    -- How the file would be read now: csv (tabs). NULL: a consumer of the version before, for which any reading will do.
    @Atomizer        NVARCHAR(64) = NULL,
    @AtomizerVersion INT          = NULL,
    -- 1: what is there is read anew.
    @Again           BIT          = 0,
    -- 1: what is noted isn't good enough.
    @Strict          BIT          = 0,
    -- Of the message. The job has it too, but where its row was purged before the message came back.
    @Classification  NVARCHAR(16) = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @State NVARCHAR(16), @AtomId BIGINT, @IsOther BIT = 0, @Notes NVARCHAR(MAX), @Older NVARCHAR(300);
    DECLARE @ReadBy NVARCHAR(64), @ReadVersion INT;
    -- Before this version only the atomizer's name was kept, without the variant.
    DECLARE @WithWays INT = 5;
    DECLARE @Plain NVARCHAR(64) = LEFT(@Atomizer, CHARINDEX(N' ', @Atomizer + N' ') - 1);
    DECLARE @Levels TABLE ([Level] NVARCHAR(16) NOT NULL, [Sensitivity] INT NOT NULL);

    INSERT INTO @Levels ([Level], [Sensitivity])
    VALUES (N'public', 0), (N'internal', 1), (N'confidential', 2), (N'restricted', 3);

    BEGIN TRANSACTION;
    EXEC [dbo].[sp_HoldIngestionLease] @TenantId = @TenantId, @LeaseToken = @LeaseToken, @LeaseMs = @LeaseMs;

    -- The stricter one of message and job counts.
    UPDATE j
    SET j.[Classification] = @Classification
    FROM [dbo].[IngestionJob] AS j
    INNER JOIN @Levels AS n ON n.[Level] = @Classification
    LEFT JOIN @Levels AS l ON l.[Level] = j.[Classification]
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId AND n.[Sensitivity] > ISNULL(l.[Sensitivity], -1);
    SELECT @Classification = j.[Classification]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;

    IF EXISTS (
        SELECT 1
        FROM [dbo].[IngestionJob] AS j
        INNER JOIN [dbo].[IngestedDocument] AS d ON d.[TenantId] = j.[TenantId] AND d.[ContentHash] = j.[ContentHash]
        WHERE j.[IngestionJobId] = @IngestionJobId
          AND j.[TenantId] = @TenantId
          AND j.[ContentHash] <> @ContentHash
          AND d.[State] <> N'COMPLETE'
    )
        SET @IsOther = 1;

    DELETE r
    FROM [dbo].[DocumentReading] AS r
    WHERE r.[TenantId] = @TenantId
      AND r.[ContentHash] = @ContentHash
      AND NOT EXISTS (SELECT 1 FROM [dbo].[Atom] AS a WHERE a.[AtomId] = r.[DocumentAtomId])
    OPTION (LOOP JOIN);

    SELECT @State = d.[State], @AtomId = d.[DocumentAtomId], @ReadBy = d.[Atomizer], @ReadVersion = d.[AtomizerVersion]
    FROM [dbo].[IngestedDocument] AS d
    WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;

    IF @IsOther = 1
        SET @State = N'OTHER';
    IF @State = N'COMPLETE' AND NOT EXISTS (SELECT 1 FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @AtomId)
    BEGIN
        DELETE FROM [dbo].[IngestedDocument] WHERE [TenantId] = @TenantId AND [ContentHash] = @ContentHash;
        SELECT @State = NULL, @AtomId = NULL;
    END;

    -- An atom without such a row was written by a consumer of the version before, in one transaction, or by an application. One
    -- without references is what undoing had to leave.
    IF @State IS NULL
    BEGIN
        SELECT @AtomId = MIN(a.[AtomId])
        FROM [dbo].[Atom] AS a
        WHERE a.[TenantId] = @TenantId
          AND a.[ContentHash] = @ContentHash
          AND a.[AtomType] = N'document'
          AND a.[ReferenceCount] > 0
          AND NOT EXISTS (
              SELECT 1
              FROM [dbo].[DocumentReading] AS r
              WHERE r.[TenantId] = @TenantId AND r.[ContentHash] = @ContentHash
          )
        OPTION (LOOP JOIN);
        IF @AtomId IS NOT NULL
        BEGIN
            INSERT INTO [dbo].[IngestedDocument] ([TenantId], [ContentHash], [State], [DocumentAtomId])
            VALUES (@TenantId, @ContentHash, N'COMPLETE', @AtomId);
            SELECT @State = N'COMPLETE', @ReadBy = NULL, @ReadVersion = NULL;
        END;
    END;

    -- Of what was ingested before dbo.IngestedDocument, the metadata says what has read it.
    IF @State = N'COMPLETE' AND @ReadBy IS NULL
        SELECT @ReadBy = CONVERT(NVARCHAR(64), JSON_VALUE(a.[Metadata], N'$.atomizer')) FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @AtomId;
    IF @State = N'COMPLETE'
       AND @Atomizer IS NOT NULL
       AND (@Again = 1 OR @ReadBy <> CASE WHEN ISNULL(@ReadVersion, 0) < @WithWays THEN @Plain ELSE @Atomizer END)
    BEGIN
        UPDATE r
        SET r.[DocumentAtomId] = @AtomId, r.[AtomizerVersion] = @ReadVersion
        FROM [dbo].[DocumentReading] AS r
        WHERE r.[TenantId] = @TenantId AND r.[ContentHash] = @ContentHash AND r.[Atomizer] = ISNULL(@ReadBy, N'');
        IF @@ROWCOUNT = 0
            INSERT INTO [dbo].[DocumentReading] ([TenantId], [ContentHash], [Atomizer], [AtomizerVersion], [DocumentAtomId])
            VALUES (@TenantId, @ContentHash, ISNULL(@ReadBy, N''), @ReadVersion, @AtomId);
        DELETE FROM [dbo].[IngestedDocument] WHERE [TenantId] = @TenantId AND [ContentHash] = @ContentHash;
        SELECT @State = NULL, @AtomId = NULL;
    END;
    IF @State IS NULL AND @Again = 0
        SELECT TOP (1) @State = N'COMPLETE', @AtomId = r.[DocumentAtomId], @ReadVersion = r.[AtomizerVersion]
        FROM [dbo].[DocumentReading] AS r
        WHERE r.[TenantId] = @TenantId
          AND r.[ContentHash] = @ContentHash
          AND (
              @Atomizer IS NULL
              OR r.[Atomizer] = CASE WHEN ISNULL(r.[AtomizerVersion], 0) < @WithWays THEN @Plain ELSE @Atomizer END
          )
        ORDER BY r.[DocumentAtomId] DESC;

    IF @State = N'COMPLETE'
    BEGIN
        SELECT @Notes = ISNULL(JSON_QUERY(a.[Metadata], N'$.notes'), N'[]') FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @AtomId;
        IF ISNULL(@ReadVersion, 0) < @AtomizerVersion
        BEGIN
            SET @Older = CONCAT(N'{"code":"READ_BY_OLDER_VERSION","count":1,"detail":"read by version ',
                ISNULL(CONVERT(NVARCHAR(11), @ReadVersion), N'?'), N' of the atomizers, now there is ', @AtomizerVersion,
                N'; hartonomous ingest --again reads it anew"}');
            SET @Notes = CASE WHEN @Notes LIKE N'[[]{%' THEN CONCAT(LEFT(@Notes, LEN(@Notes) - 1), N',', @Older, N']')
                ELSE CONCAT(N'[', @Older, N']') END;
        END;
        IF @Strict = 1 AND @Notes <> N'[]'
            SET @State = N'NOTED';
    END;

    -- The document is there, or in part: it gets the level of this job where that is the stricter one.
    UPDATE a
    SET a.[Classification] = @Classification
    FROM [dbo].[Atom] AS a
    INNER JOIN @Levels AS n ON n.[Level] = @Classification
    LEFT JOIN @Levels AS l ON l.[Level] = a.[Classification]
    WHERE a.[AtomId] = @AtomId AND n.[Sensitivity] > ISNULL(l.[Sensitivity], -1);
    IF @@ROWCOUNT > 0
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Atom',
            @EntityId = @AtomId,
            @SyncType = N'UPDATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;

    IF @State = N'COMPLETE'
    BEGIN
        EXEC [dbo].[sp_FinishIngestion]
            @IngestionJobId = @IngestionJobId,
            @TenantId = @TenantId,
            @Status = N'UNCHANGED',
            @DocumentAtomId = @AtomId,
            @ByteCount = @ByteCount,
            @ContentHash = @ContentHash,
            @Atomizer = NULL,
            @PieceCount = 0,
            @AtomCount = 0,
            @EdgeCount = 0,
            @IngestionFileId = @IngestionFileId,
            @TraceParent = @TraceParent;
        -- With what this job's worker adds to the document's own.
        IF @Atomizer IS NOT NULL
            UPDATE j
            SET j.[Notes] = @Notes
            FROM [dbo].[IngestionJob] AS j
            WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
        UPDATE l
        SET l.[LeaseToken] = NULL, l.[LeaseUntil] = NULL, l.[IngestionJobId] = NULL
        FROM [dbo].[IngestionLease] AS l
        WHERE l.[TenantId] = @TenantId;
    END
    ELSE IF @IsOther = 0 AND ISNULL(@State, N'') <> N'NOTED'
        UPDATE j
        SET j.[ContentHash] = @ContentHash, j.[ByteCount] = @ByteCount, j.[ErrorCode] = NULL, j.[ErrorText] = NULL
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
    COMMIT TRANSACTION;

    SELECT
        @State AS [State], @AtomId AS [DocumentAtomId], d.[Atomizer], d.[AtomizerVersion], d.[NextSlice], d.[SliceAtoms],
        d.[SliceBytes], d.[SliceDigest], d.[OpenParents], d.[PieceCount], d.[AtomCount], d.[EdgeCount], @Notes AS [Notes]
    FROM (SELECT 1 AS [One]) AS o
    LEFT JOIN [dbo].[IngestedDocument] AS d ON d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
END;
