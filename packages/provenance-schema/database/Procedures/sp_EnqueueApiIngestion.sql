-- Enqueues a file that came over the HTTP API, with its row of the audit, once for each Idempotency-Key: all of it or nothing.
-- The bytes are @FileData, or those of an upload (@IngestionFileId) with @ByteCount bytes, which is completed here: one that
-- turns out to be a repetition stays incomplete and is purged.
CREATE PROCEDURE [dbo].[sp_EnqueueApiIngestion]
    @TenantId        INT,
    @Subject         NVARCHAR(128),
    @TraceId         CHAR(32),
    @FileName        NVARCHAR(400),
    @FileData        VARBINARY(MAX) = NULL,
    @IngestionFileId BIGINT         = NULL,
    @ByteCount       BIGINT         = NULL,
    @TraceParent     NVARCHAR(55)   = NULL,
    -- NULL: without an Idempotency-Key.
    @KeyHash         BINARY(32)     = NULL,
    @RequestHash     BINARY(32)     = NULL,
    -- JSON for the audit.
    @Detail          NVARCHAR(MAX)  = NULL,
    @IngestionJobId  BIGINT         = NULL OUTPUT,
    -- ENQUEUED; REPEATED: by an earlier request, whose job this is; CONFLICT: the key belongs to another request.
    @Outcome         NVARCHAR(16)   = NULL OUTPUT,
    -- As in dbo.sp_EnqueueIngestion.
    @Classification  NVARCHAR(16)   = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @KnownHash BINARY(32), @Target NVARCHAR(400);

    BEGIN TRANSACTION;
    IF @KeyHash IS NOT NULL
    BEGIN
        -- Of two at a time the second waits here until the first has committed.
        INSERT INTO [dbo].[ApiRequest] ([TenantId], [KeyHash], [RequestHash])
        SELECT @TenantId, @KeyHash, @RequestHash
        WHERE NOT EXISTS (
            SELECT 1
            FROM [dbo].[ApiRequest] AS r WITH (UPDLOCK, HOLDLOCK)
            WHERE r.[TenantId] = @TenantId AND r.[KeyHash] = @KeyHash
        );
        IF @@ROWCOUNT = 0
        BEGIN
            SELECT @IngestionJobId = r.[IngestionJobId], @KnownHash = r.[RequestHash]
            FROM [dbo].[ApiRequest] AS r
            WHERE r.[TenantId] = @TenantId AND r.[KeyHash] = @KeyHash;
            SET @Outcome = CASE WHEN @KnownHash = @RequestHash THEN N'REPEATED' ELSE N'CONFLICT' END;
            COMMIT TRANSACTION;
            RETURN;
        END;
    END;

    IF @IngestionFileId IS NOT NULL
        EXEC [dbo].[sp_CompleteIngestionFile] @IngestionFileId = @IngestionFileId, @ByteCount = @ByteCount;
    EXEC [dbo].[sp_EnqueueIngestion]
        @FileName = @FileName,
        @FileData = @FileData,
        @TenantId = @TenantId,
        @IngestionFileId = @IngestionFileId,
        @TraceParent = @TraceParent,
        @IngestionJobId = @IngestionJobId OUTPUT,
        @Classification = @Classification;

    UPDATE r
    SET r.[IngestionJobId] = @IngestionJobId
    FROM [dbo].[ApiRequest] AS r
    WHERE r.[TenantId] = @TenantId AND r.[KeyHash] = @KeyHash;

    SET @Target = CONCAT(N'Ingestion/', @IngestionJobId);
    EXEC [dbo].[sp_LogApiAudit]
        @TenantId = @TenantId,
        @Subject = @Subject,
        @Action = N'ingestion.create',
        @Target = @Target,
        @Detail = @Detail,
        @TraceId = @TraceId;
    SET @Outcome = N'ENQUEUED';
    COMMIT TRANSACTION;
END;
