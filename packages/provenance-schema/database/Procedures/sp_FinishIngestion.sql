-- Ends the ingestion of a file, in the transaction that received its message and wrote its atoms: the job says what
-- became of it, a new document gets its Operation, an uploaded file is removed. Internal to ces-consumer.
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

    DECLARE @OperationId BIGINT, @Metadata NVARCHAR(MAX), @StartedAt DATETIME2(7);

    IF @Status = N'COMPLETED'
    BEGIN
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

    UPDATE j
    SET
        j.[Status] = @Status,
        j.[DocumentAtomId] = @DocumentAtomId,
        j.[ByteCount] = @ByteCount,
        j.[ContentHash] = @ContentHash,
        j.[Atomizer] = @Atomizer,
        j.[PieceCount] = @PieceCount,
        j.[AtomCount] = @AtomCount,
        j.[EdgeCount] = @EdgeCount,
        j.[ErrorCode] = NULL,
        j.[ErrorText] = NULL,
        j.[FinishedAt] = SYSUTCDATETIME()
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;

    -- Unless another message still asks for the same upload.
    IF @IngestionFileId IS NOT NULL AND NOT EXISTS (
        SELECT 1
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionFileId] = @IngestionFileId AND j.[Status] NOT IN (N'COMPLETED', N'UNCHANGED')
    )
    BEGIN
        DELETE FROM [dbo].[IngestionFileSlice] WHERE [IngestionFileId] = @IngestionFileId;
        DELETE FROM [dbo].[IngestionFile] WHERE [IngestionFileId] = @IngestionFileId AND [TenantId] = @TenantId;
    END;
END;
