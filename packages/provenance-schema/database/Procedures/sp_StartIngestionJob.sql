-- A worker begins with a file. Called outside the transaction that received the message, so that the row is seen at
-- once and survives a worker that vanishes. Answers with the job, with how many workers in a row have begun with the
-- file and then vanished, whether the tenant is there, and, where the file was found to be refused already, the reason.
-- A sender past dbo.sp_EnqueueIngestion gives no job, or one that isn't there: then the message's own is found or made.
-- No two workers have the same message, so nothing can come between the look and the insert.
CREATE PROCEDURE [dbo].[sp_StartIngestionJob]
    @IngestionJobId        BIGINT,
    @TenantId              INT,
    @FileName              NVARCHAR(400),
    @SourceUri             NVARCHAR(2048),
    @IngestionFileId       BIGINT,
    @EnqueuedAt            DATETIME2(7),
    @ConversationHandle    UNIQUEIDENTIFIER,
    @MessageSequenceNumber BIGINT,
    @WorkerId              UNIQUEIDENTIFIER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @JobId BIGINT;

    SELECT @JobId = j.[IngestionJobId]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
    IF @JobId IS NULL
        SELECT @JobId = MAX(j.[IngestionJobId])
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[ConversationHandle] = @ConversationHandle AND j.[MessageSequenceNumber] = @MessageSequenceNumber;

    IF @JobId IS NULL
    BEGIN
        INSERT INTO [dbo].[IngestionJob]
            ([TenantId], [FileName], [SourceUri], [IngestionFileId], [EnqueuedAt], [ConversationHandle], [MessageSequenceNumber])
        VALUES
            (@TenantId, @FileName, @SourceUri, @IngestionFileId, @EnqueuedAt, @ConversationHandle, @MessageSequenceNumber);
        SET @JobId = SCOPE_IDENTITY();
    END;

    -- Such a consumer would write the file's atoms without its level, and their texts could leave the house.
    IF EXISTS (
        SELECT 1 FROM [dbo].[IngestionJob] AS j WHERE j.[IngestionJobId] = @JobId AND j.[Classification] IS NOT NULL
    )
        THROW 51073, N'The file has a classification, which this version of ces-consumer does not know. Replace the consumer: the one of this version takes the file.', 1;

    UPDATE j
    SET
        j.[Attempts] = CASE
            WHEN j.[Status] NOT IN (N'RUNNING', N'REFUSED') THEN 1
            WHEN j.[Status] = N'RUNNING' AND j.[WorkerId] <> @WorkerId THEN j.[Attempts] + 1
            ELSE j.[Attempts]
        END,
        j.[ErrorCode] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorCode] END,
        j.[ErrorText] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorText] END,
        j.[Status] = CASE WHEN j.[Status] = N'REFUSED' THEN N'REFUSED' ELSE N'RUNNING' END,
        j.[WorkerId] = @WorkerId,
        j.[StartedAt] = SYSUTCDATETIME(),
        j.[FinishedAt] = NULL
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @JobId;

    SELECT
        j.[IngestionJobId],
        j.[Attempts],
        j.[ErrorCode],
        j.[ErrorText],
        CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId) THEN 1 ELSE 0 END AS [TenantExists]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @JobId;
END;
