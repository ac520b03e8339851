-- A worker knows the hash of the file that it has claimed. Answers with how far the tenant has this very file: State NULL: not at all;
-- RUNNING: up to NextSlice, to go on there; UNDOING: it is being removed, which has to be brought to its end first; OTHER: the
-- job's file had other bytes when a worker began with it before, and those are to be undone first; COMPLETE: the job has ended as
-- UNCHANGED, and the lease with it. Internal to ces-consumer.
-- Errors: 51070 the lease is lost.
CREATE PROCEDURE [dbo].[sp_BeginIngestion]
    @IngestionJobId  BIGINT,
    @TenantId        INT,
    @LeaseToken      UNIQUEIDENTIFIER,
    @LeaseMs         INT,
    @ContentHash     VARBINARY(32),
    @ByteCount       BIGINT,
    @IngestionFileId BIGINT       = NULL,
    @TraceParent     NVARCHAR(55) = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @State NVARCHAR(16), @AtomId BIGINT, @IsOther BIT = 0;

    BEGIN TRANSACTION;
    EXEC [dbo].[sp_HoldIngestionLease] @TenantId = @TenantId, @LeaseToken = @LeaseToken, @LeaseMs = @LeaseMs;

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

    SELECT @State = d.[State], @AtomId = d.[DocumentAtomId]
    FROM [dbo].[IngestedDocument] AS d
    WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;

    IF @IsOther = 1
        SET @State = N'OTHER';
    IF @State = N'COMPLETE' AND NOT EXISTS (SELECT 1 FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @AtomId)
    BEGIN
        DELETE FROM [dbo].[IngestedDocument] WHERE [TenantId] = @TenantId AND [ContentHash] = @ContentHash;
        SET @State = NULL;
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
          AND a.[ReferenceCount] > 0;
        IF @AtomId IS NOT NULL
        BEGIN
            INSERT INTO [dbo].[IngestedDocument] ([TenantId], [ContentHash], [State], [DocumentAtomId])
            VALUES (@TenantId, @ContentHash, N'COMPLETE', @AtomId);
            SET @State = N'COMPLETE';
        END;
    END;

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
        UPDATE l
        SET l.[LeaseToken] = NULL, l.[LeaseUntil] = NULL, l.[IngestionJobId] = NULL
        FROM [dbo].[IngestionLease] AS l
        WHERE l.[TenantId] = @TenantId;
    END
    ELSE IF @IsOther = 0
        UPDATE j
        SET j.[ContentHash] = @ContentHash, j.[ByteCount] = @ByteCount, j.[ErrorCode] = NULL, j.[ErrorText] = NULL
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
    COMMIT TRANSACTION;

    SELECT
        @State AS [State], @AtomId AS [DocumentAtomId], d.[Atomizer], d.[AtomizerVersion], d.[NextSlice], d.[SliceAtoms],
        d.[SliceBytes], d.[SliceDigest], d.[OpenParents], d.[PieceCount], d.[AtomCount], d.[EdgeCount]
    FROM (SELECT 1 AS [One]) AS o
    LEFT JOIN [dbo].[IngestedDocument] AS d ON d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
END;
