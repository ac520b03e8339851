-- Ends the ingestion of a file, in the transaction that wrote the last of its atoms: the job records the outcome, a new document
-- gets its Operation and is COMPLETE, an uploaded file is removed. Internal: of dbo.sp_WriteIngestedSlice and dbo.sp_BeginIngestion,
-- and of consumers of the version before leases.
CREATE PROCEDURE [dbo].[sp_FinishIngestion]
    @IngestionJobId  BIGINT,
    @TenantId        INT,
    -- COMPLETED or UNCHANGED.
    @Status          NVARCHAR(16),
    @DocumentAtomId  BIGINT,
    @ByteCount       BIGINT,
    @ContentHash     VARBINARY(32),
    @Atomizer        NVARCHAR(64),
    @PieceCount      INT,
    @AtomCount       INT,
    @EdgeCount       INT,
    @IngestionFileId BIGINT       = NULL,
    @TraceParent     NVARCHAR(55) = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- More slices of an upload (of 1 MB) than this are left to dbo.sp_PurgeIngestion, which removes them little by little.
    DECLARE @MostSlices INT = 1000;
    DECLARE @OperationId BIGINT, @Metadata NVARCHAR(MAX), @StartedAt DATETIME2(7), @FileId BIGINT;
    DECLARE @Supersedes BIGINT, @EdgeId BIGINT, @Notes NVARCHAR(MAX), @Letters BIGINT, @Share FLOAT;

    IF @Status = N'COMPLETED'
    BEGIN
        UPDATE d
        SET d.[State] = N'COMPLETE', d.[OpenParents] = NULL, d.[SliceDigest] = NULL, d.[ChangedAt] = SYSUTCDATETIME()
        FROM [dbo].[IngestedDocument] AS d
        WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
        IF @@ROWCOUNT = 0 AND @ContentHash IS NOT NULL
            INSERT INTO [dbo].[IngestedDocument]
                ([TenantId], [ContentHash], [State], [DocumentAtomId], [Atomizer], [PieceCount], [AtomCount], [EdgeCount])
            VALUES (
                @TenantId, @ContentHash, N'COMPLETE', @DocumentAtomId, @Atomizer, ISNULL(@PieceCount, 0), ISNULL(@AtomCount, 0),
                ISNULL(@EdgeCount, 0)
            );

        SELECT @Supersedes = d.[SupersedesAtomId]
        FROM [dbo].[IngestedDocument] AS d
        INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = d.[SupersedesAtomId] AND a.[TenantId] = d.[TenantId]
        WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash AND d.[SupersedesAtomId] <> @DocumentAtomId
        OPTION (LOOP JOIN);
        IF @Supersedes IS NOT NULL
        BEGIN
            INSERT INTO [dbo].[AtomProvenance] ([TenantId], [ChildAtomId], [ParentAtomId], [RelationType])
            VALUES (@TenantId, @DocumentAtomId, @Supersedes, N'SUPERSEDES');
            SET @EdgeId = SCOPE_IDENTITY();
            EXEC [dbo].[sp_EnqueueNeo4jSync]
                @EntityType = N'AtomProvenance',
                @EntityId = @EdgeId,
                @SyncType = N'CREATE',
                @TenantId = @TenantId,
                @TraceParent = @TraceParent;
        END;

        SELECT
            @StartedAt = j.[StartedAt],
            @Metadata = (
                SELECT
                    j.[FileName] AS [fileName], j.[SourceUri] AS [sourceUri], j.[IngestionJobId] AS [ingestionJobId],
                    @Atomizer AS [atomizer], @ByteCount AS [bytes], @PieceCount AS [pieces], @AtomCount AS [atoms],
                    @EdgeCount AS [edges]
                FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
            )
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId;

        INSERT INTO [dbo].[Operation] ([TenantId], [OperationType], [OutputAtomId], [Metadata], [CreatedAt], [CompletedAt])
        VALUES (
            @TenantId, N'ingestion', @DocumentAtomId, @Metadata, ISNULL(@StartedAt, SYSUTCDATETIME()), SYSUTCDATETIME()
        );
        SET @OperationId = SCOPE_IDENTITY();
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Operation',
            @EntityId = @OperationId,
            @SyncType = N'CREATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;
    END;

    -- How well the document was read is in its metadata.
    SELECT
        @Notes = JSON_QUERY(a.[Metadata], N'$.notes'),
        @Letters = TRY_CONVERT(BIGINT, JSON_VALUE(a.[Metadata], N'$.letters')),
        @Share = TRY_CONVERT(FLOAT, JSON_VALUE(a.[Metadata], N'$.shareNotUnderstood'))
    FROM [dbo].[Atom] AS a
    WHERE a.[AtomId] = @DocumentAtomId;

    UPDATE j
    SET
        j.[Status] = @Status,
        j.[Notes] = @Notes,
        j.[Letters] = @Letters,
        j.[ShareNotUnderstood] = @Share,
        j.[DocumentAtomId] = @DocumentAtomId,
        j.[ByteCount] = @ByteCount,
        j.[ContentHash] = @ContentHash,
        j.[Atomizer] = @Atomizer,
        j.[PieceCount] = @PieceCount,
        j.[AtomCount] = @AtomCount,
        j.[EdgeCount] = @EdgeCount,
        j.[ErrorCode] = NULL,
        j.[ErrorText] = NULL,
        j.[MessageBody] = NULL,
        j.[FinishedAt] = SYSUTCDATETIME()
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;

    -- Unless another message still asks for the same upload. The upload's row is locked first: two jobs of one upload that end at the
    -- same moment would each wait for the other, or each see the other as unfinished.
    IF @IngestionFileId IS NULL
        RETURN;
    SELECT @FileId = f.[IngestionFileId]
    FROM [dbo].[IngestionFile] AS f WITH (UPDLOCK, ROWLOCK)
    WHERE f.[IngestionFileId] = @IngestionFileId AND f.[TenantId] = @TenantId;
    IF @FileId IS NOT NULL
       AND (SELECT COUNT(*) FROM [dbo].[IngestionFileSlice] AS s WHERE s.[IngestionFileId] = @FileId) <= @MostSlices
       AND NOT EXISTS (
           SELECT 1
           FROM [dbo].[IngestionJob] AS j
           WHERE j.[IngestionFileId] = @FileId AND j.[Status] NOT IN (N'COMPLETED', N'UNCHANGED')
       )
    BEGIN
        DELETE FROM [dbo].[IngestionFileSlice] WHERE [IngestionFileId] = @FileId;
        DELETE FROM [dbo].[IngestionFile] WHERE [IngestionFileId] = @FileId AND [TenantId] = @TenantId;
    END;
END;
